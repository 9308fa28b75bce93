import { Platform } from 'plinth/constructs/core/platform';
import { Profile } from 'plinth/constructs/core/profile';
import { State } from 'plinth/constructs/core/state';
import { Domain } from 'plinth/constructs/ingress/domain';
import { Network } from 'plinth/constructs/network/network';
import { FoundationStack, FoundationStackProps } from 'plinth/stacks/foundation';
import { blocks, synthesize } from '../support/program';

function made(props: Partial<FoundationStackProps> = {}, profile = Profile.production()) {
  const platform = new Platform({ name: 'prod', region: 'eu-west-1', profile });
  const stacks = synthesize((app) => new FoundationStack(app, { platform, state: State.local(), ...props }));
  const stack = stacks['prod-foundation'];
  if (stack === undefined) throw new Error('no stack prod-foundation');
  return { platform, stack };
}

test('it gives the platform its network, lake, database and domain', () => {
  const { platform, stack } = made({ domain: Domain.hosted('ml.example.com') });
  expect(platform.network.cidr).toBe('10.0.0.0/16');
  expect(platform.database.databaseName).toBe('plinth');
  expect(platform.domain.name).toBe('ml.example.com');
  expect(platform.lake.models.url('fraud')).toMatch(/^s3:\/\/.+\/fraud$/);
  expect(blocks(stack, 'aws_vpc')).toHaveLength(1);
  // Five zones, their access log, and the sources of the runtime's image.
  expect(blocks(stack, 'aws_s3_bucket')).toHaveLength(7);
  expect(blocks(stack, 'aws_db_instance')).toHaveLength(1);
  expect(blocks(stack, 'aws_ecr_repository')).toHaveLength(1);
});

test('the picture shows what it is made of', () => {
  const { stack } = made();
  expect(stack['//'].plinth?.components.map(({ system }) => system)).toEqual([
    'Amazon VPC',
    'Amazon S3',
    'Amazon RDS for PostgreSQL',
    'Amazon ECR',
  ]);
  const database = stack['//'].plinth?.components.find(({ path }) => path === 'prod-foundation/postgres');
  expect(database?.endpoints).toEqual([{ name: 'sql', protocol: 'tcp', port: 5432, host: 'known after apply' }]);
});

test("everything that is written down is under the platform's key", () => {
  const { stack } = made();
  for (const [, { kms_key_id }] of [
    ...blocks(stack, 'aws_cloudwatch_log_group'),
    ...blocks(stack, 'aws_db_instance'),
  ]) {
    expect(kms_key_id).toMatch(/^\$\{aws_kms_key\.data_/);
  }
});

test('a network may be brought along, a database left out', () => {
  const network = Network.fromAttributes({
    vpcId: 'vpc-1',
    cidr: '172.31.0.0/16',
    privateSubnetIds: ['a'],
    publicSubnetIds: ['b'],
  });
  const { platform, stack } = made({ network: () => network, database: false, images: false });
  expect(platform.network).toBe(network);
  expect(blocks(stack, 'aws_vpc')).toEqual([]);
  expect(blocks(stack, 'aws_ecr_repository')).toEqual([]);
  expect(() => platform.database).toThrow(/the platform has no database/);
});

test('the same program gives the same bytes', () => {
  expect(JSON.stringify(made().stack)).toBe(JSON.stringify(made().stack));
});
