import { TerraformOutput } from 'cdktf';
import { WorkloadIdentity } from 'plinth/constructs/core/identity';
import { Profile } from 'plinth/constructs/core/profile';
import { Postgres, PostgresProps } from 'plinth/constructs/storage/postgres';
import { blocks, only, synthesizeStack } from '../../support/program';

const network = { vpcId: 'vpc-1', cidr: '10.0.0.0/16', privateSubnetIds: ['a', 'b'], publicSubnetIds: [] };
const key = { keyArn: 'arn:key' };
const made = (profile = Profile.production(), props: Partial<PostgresProps> = {}) =>
  synthesizeStack((stack) => new Postgres(stack, 'postgres', { network, key, ...props }), { profile });

test('no password is born in Terraform', () => {
  const instance = only(made(), 'aws_db_instance');
  expect(instance).toMatchObject({ manage_master_user_password: true, master_user_secret_kms_key_id: 'arn:key' });
  expect(instance).not.toHaveProperty('password');
});

test('encrypted, private, and TLS is forced', () => {
  const stack = made();
  expect(only(stack, 'aws_db_instance')).toMatchObject({
    storage_encrypted: true,
    kms_key_id: 'arn:key',
    publicly_accessible: false,
    ca_cert_identifier: 'rds-ca-rsa2048-g1',
    performance_insights_kms_key_id: 'arn:key',
  });
  expect(only(stack, 'aws_db_parameter_group')).toMatchObject({
    family: 'postgres17',
    parameter: expect.arrayContaining([{ name: 'rds.force_ssl', value: '1' }]),
  });
});

test('nobody reaches its port until somebody is let in', () => {
  const stack = made();
  expect(only(stack, 'aws_security_group')).not.toHaveProperty('ingress');
  expect(blocks(stack, 'aws_vpc_security_group_ingress_rule')).toEqual([]);
});

test.each([
  [
    Profile.production(),
    {
      multi_az: true,
      deletion_protection: true,
      skip_final_snapshot: false,
      backup_retention_period: 30,
      instance_class: 'db.m7g.large',
      apply_immediately: false,
    },
  ],
  [
    Profile.staging(),
    {
      multi_az: true,
      deletion_protection: false,
      skip_final_snapshot: false,
      backup_retention_period: 7,
      instance_class: 'db.t4g.medium',
      apply_immediately: true,
    },
  ],
  [
    Profile.ephemeral({ ttl: '8h' }),
    {
      multi_az: false,
      deletion_protection: false,
      skip_final_snapshot: true,
      backup_retention_period: 1,
      delete_automated_backups: true,
    },
  ],
])('what the profile decides: %#', (profile, expected) => {
  expect(only(made(profile), 'aws_db_instance')).toMatchObject(expected);
});

test('a final snapshot has a name where one is taken', () => {
  expect(only(made(), 'aws_db_instance').final_snapshot_identifier).toBe('prod-postgres-final');
  expect(only(made(Profile.ephemeral({ ttl: '8h' })), 'aws_db_instance')).not.toHaveProperty(
    'final_snapshot_identifier',
  );
});

test('its logs are kept as long as the profile says, from the first line', () => {
  const stack = made();
  expect(
    blocks(stack, 'aws_cloudwatch_log_group')
      .map(([, { name, retention_in_days, kms_key_id }]) => [name, retention_in_days, kms_key_id])
      .sort(),
  ).toEqual([
    ['/aws/rds/instance/prod-postgres/postgresql', 365, 'arn:key'],
    ['/aws/rds/instance/prod-postgres/upgrade', 365, 'arn:key'],
  ]);
  expect(only(stack, 'aws_db_instance').depends_on).toEqual(
    expect.arrayContaining([
      expect.stringContaining('aws_cloudwatch_log_group.'),
      expect.stringContaining('aws_iam_role_policy_attachment.'),
    ]),
  );
});

test('the next major version has a parameter group of its own', () => {
  const stack = made(undefined, { version: '18.1' });
  expect(only(stack, 'aws_db_parameter_group')).toMatchObject({
    name: 'prod-postgres-postgres18',
    family: 'postgres18',
  });
});

test('to connect is to read the secret of the master user', () => {
  const stack = synthesizeStack((scope, platform) => {
    const database = new Postgres(scope, 'postgres', { network, key });
    database.grantConnect(new WorkloadIdentity(scope, 'who', { platform, namespace: 'ml', serviceAccount: 'mlflow' }));
    expect(database.cidrs).toEqual(['10.0.0.0/16']);
    new TerraformOutput(scope, 'url', { value: database.endpoint('sql').url });
  });
  expect(String(only(stack, 'aws_iam_role_policy').policy)).toContain('master_user_secret[0].secret_arn');
  expect(stack.output?.url?.value).toMatch(/^\$\{aws_db_instance\.[^}]+\.address\}:5432$/);
});

test('a server that exists already', () => {
  const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf';
  const stack = synthesizeStack((scope, platform) => {
    const database = Postgres.fromAttributes(scope, 'db', {
      host: 'db.example',
      secret: { secretArn },
      cidrs: ['10.1.0.0/16'],
    });
    expect(database).toMatchObject({ host: 'db.example', port: 5432, databaseName: 'plinth', cidrs: ['10.1.0.0/16'] });
    database.grantConnect(new WorkloadIdentity(scope, 'who', { platform, namespace: 'ml', serviceAccount: 'mlflow' }));
  });
  expect(String(only(stack, 'aws_iam_role_policy').policy)).toContain(secretArn);
});

test('the instance can be changed by a transform', () => {
  const stack = made(undefined, { transform: { instance: (config) => ({ ...config, engineVersion: '17.6' }) } });
  expect(only(stack, 'aws_db_instance').engine_version).toBe('17.6');
});
