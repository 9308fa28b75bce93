import { awsKnowledge } from '../../../src/rehearsal/knowledge-aws';
import { helmKnowledge, kubernetesKnowledge, noKnowledge } from '../../../src/rehearsal/knowledge-kubernetes';
import { digitsOf, type Making } from '../../../src/rehearsal/plausible';
import { Unknown, type TfObject, type TfValue } from '../../../src/rehearsal/protocol/codec';
import { World } from '../../../src/rehearsal/world';

const aws = awsKnowledge();
const making = (type: string, values: TfObject = {}): Making => ({
  type,
  values,
  region: 'eu-west-1',
  account: '111122223333',
  digits: digitsOf(`${type} ${JSON.stringify(values)}`),
});
const attribute = (name: string, type: string, values: TfObject = {}): TfValue | undefined =>
  aws.curated(name, making(type, values), true);
const data = (type: string, config: TfObject = {}, world = new World()): TfObject | undefined =>
  aws.answer(type, config, making(type, config), world);

test.each<[string, string, TfObject, RegExp]>([
  ['id', 'aws_vpc', {}, /^vpc-0[0-9a-f]{16}$/],
  ['id', 'aws_security_group', {}, /^sg-0/],
  ['id', 'aws_iam_role', { name: 'r' }, /^r$/],
  ['id', 'aws_kms_key', {}, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/],
  ['id', 'aws_sqs_queue', { name: 'q' }, /^https:\/\/sqs\.eu-west-1\.amazonaws\.com\/111122223333\/q$/],
  ['id', 'aws_lb', { name: 'l' }, /^arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer\/app\/l\//],
  ['arn', 'aws_iam_policy', { name: 'p' }, /^arn:aws:iam::111122223333:policy\/p$/],
  ['arn', 'aws_s3_bucket', { bucket: 'b' }, /^arn:aws:s3:::b$/],
  ['arn', 'aws_kms_key', { id: 'k' }, /^arn:aws:kms:eu-west-1:111122223333:key\/k$/],
  ['arn', 'aws_ssm_parameter', { name: '/a/b' }, /^arn:aws:ssm:eu-west-1:111122223333:parameter\/a\/b$/],
  ['arn', 'aws_secretsmanager_secret', { name: 's' }, /:secret:s-[0-9a-f]{6}$/],
  ['arn', 'aws_subnet', { id: 'subnet-1' }, /^arn:aws:ec2:eu-west-1:111122223333:subnet\/subnet-1$/],
  ['arn', 'aws_lb', { name: 'l', load_balancer_type: 'network' }, /:loadbalancer\/net\/l\/[0-9a-f]{16}$/],
  ['arn', 'aws_lb', { name: 'l' }, /:loadbalancer\/app\/l\/[0-9a-f]{16}$/],
  [
    'arn',
    'aws_security_group',
    { id: 'sg-1', name: 'web' },
    /^arn:aws:ec2:eu-west-1:111122223333:security-group\/sg-1$/,
  ],
  ['arn', 'aws_cloudwatch_event_rule', { name: 'n' }, /^arn:aws:events:eu-west-1:111122223333:rule\/n$/],
  [
    'arn',
    'aws_eks_node_group',
    { cluster_name: 'c', node_group_name: 'gpu' },
    /^arn:aws:eks:eu-west-1:111122223333:nodegroup\/c\/gpu\/[0-9a-f-]{36}$/,
  ],
  ['arn', 'aws_cloudwatch_log_group', { name: '/a/b' }, /^arn:aws:logs:eu-west-1:111122223333:log-group:\/a\/b$/],
  ['arn', 'aws_anvil_forge', { name: 'f' }, /^arn:aws:anvil:eu-west-1:111122223333:forge\/f$/],
  [
    'invoke_arn',
    'aws_lambda_function',
    { function_name: 'f' },
    /^arn:aws:apigateway:eu-west-1:lambda:path\/2015-03-31\/functions\/arn:aws:lambda:eu-west-1:111122223333:function:f\/invocations$/,
  ],
  ['target_key_arn', 'aws_kms_alias', { target_key_id: 'k' }, /^arn:aws:kms:eu-west-1:111122223333:key\/k$/],
  ['association_arn', 'aws_eks_pod_identity_association', {}, /^arn:aws:eks:/],
  ['name', 'aws_iam_role', { name_prefix: 'x-' }, /^x-[0-9a-f]{26}$/],
  [
    'endpoint',
    'aws_db_instance',
    { identifier: 'db', engine: 'postgres' },
    /^db\.[0-9a-f]{12}\.eu-west-1\.rds\.amazonaws\.com:5432$/,
  ],
  ['address', 'aws_db_instance', { identifier: 'db', engine: 'postgres' }, /rds\.amazonaws\.com$/],
  [
    'repository_url',
    'aws_ecr_repository',
    { name: 'a/b' },
    /^111122223333\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/a\/b$/,
  ],
  ['issuer', 'aws_eks_cluster', {}, /^https:\/\/oidc\.eks\.eu-west-1\.amazonaws\.com\/id\/[0-9A-F]{32}$/],
  ['created_at', 'aws_eks_cluster', {}, /^2026-01-01T/],
])('%s of %s looks as AWS would write it', (name, type, values, pattern) => {
  expect(attribute(name, type, values)).toMatch(pattern);
});

test('a parameter shows its value under both names, unless it is secret', () => {
  expect(attribute('value', 'aws_ssm_parameter', { insecure_value: 'v', type: 'String' })).toBe('v');
  expect(attribute('insecure_value', 'aws_ssm_parameter', { value: 'v', type: 'String' })).toBe('v');
  expect(attribute('insecure_value', 'aws_ssm_parameter', { value: 'v', type: 'SecureString' })).toBe('');
});

test('a certificate asks for one record a name', () => {
  const options = attribute('domain_validation_options', 'aws_acm_certificate', {
    domain_name: 'ml.example.com',
    subject_alternative_names: ['*.ml.example.com', 'ml.example.com'],
  });
  expect(options).toEqual([
    expect.objectContaining({ domain_name: 'ml.example.com', resource_record_type: 'CNAME' }),
    expect.objectContaining({
      domain_name: '*.ml.example.com',
      resource_record_name: expect.stringMatching(/\.ml\.example\.com\.$/) as string,
    }),
  ]);
});

test('the account, the partition, the region and three zones of it', () => {
  expect(data('aws_caller_identity')).toMatchObject({ account_id: '111122223333' });
  expect(data('aws_partition')).toMatchObject({ partition: 'aws', dns_suffix: 'amazonaws.com' });
  expect(data('aws_region')).toMatchObject({ name: 'eu-west-1', region: 'eu-west-1' });
  expect(data('aws_availability_zones')).toMatchObject({
    names: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
    zone_ids: ['euw1-az1', 'euw1-az2', 'euw1-az3'],
  });
});

test('a policy document is its JSON', () => {
  const found = data('aws_iam_policy_document', { statement: [{ actions: ['s3:GetObject'], resources: ['*'] }] });
  expect(JSON.parse(found?.['json'] as string)).toMatchObject({
    Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
  });
});

test('images: of nodes by SSM parameter, of containers by digest, and the token to pull them', () => {
  const name = '/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/x86_64/nvidia/recommended/image_id';
  expect(data('aws_ssm_parameter', { name })).toMatchObject({
    value: expect.stringMatching(/^ami-0[0-9a-f]{16}$/) as string,
  });
  expect(data('aws_ssm_parameter', { name: '/acme/other' })).toBeUndefined();
  expect(data('aws_ecr_image', { repository_name: 'r', image_tag: '1' })).toMatchObject({
    image_digest: expect.stringMatching(/^sha256:/) as string,
  });
  expect(data('aws_ecr_authorization_token')).toMatchObject({ user_name: 'AWS' });
  expect(data('aws_ecrpublic_authorization_token')).toMatchObject({ user_name: 'AWS' });
  expect(data('aws_ami')).toMatchObject({ image_id: expect.stringMatching(/^ami-/) as string });
});

test('what was applied answers before any rule', () => {
  const world = new World();
  world.put(world.token(), 'aws_route53_zone', { id: 'Z1', name: 'ml.example.com', zone_id: 'Z1' });
  world.put(world.token(), 'aws_ssm_parameter', { id: '/acme/x', name: '/acme/x', value: 'applied' });
  expect(data('aws_route53_zone', { name: 'ml.example.com' }, world)).toMatchObject({ zone_id: 'Z1' });
  expect(data('aws_route53_zone', { name: 'other.example.com' }, world)).not.toHaveProperty('zone_id');
  expect(data('aws_ssm_parameter', { name: '/acme/x' }, world)).toMatchObject({ value: 'applied' });
});

test("default tags of the provider are on what can have tags, and the resource's own win", () => {
  const config = { default_tags: [{ tags: { owner: 'acme', env: 'prod' } }] };
  expect(aws.planned?.({ tags: { env: 'dev' }, tags_all: null }, config)).toMatchObject({
    tags_all: { owner: 'acme', env: 'dev' },
  });
  expect(aws.planned?.({ tags: null, tags_all: null }, {})).toMatchObject({ tags_all: {} });
  expect(aws.planned?.({ name: 'x' }, config)).toEqual({ name: 'x' });
});

test('Kubernetes: the id is the object, and what the user left out stays out', () => {
  const values = { metadata: [{ name: 'x', namespace: 'n' }] };
  expect(kubernetesKnowledge.curated('id', making('kubernetes_service', values), true)).toBe('n/x');
  expect(kubernetesKnowledge.curated('id', making('kubernetes_namespace', { metadata: [{ name: 'x' }] }), true)).toBe(
    'x',
  );
  expect(kubernetesKnowledge.curated('scheduler_name', making('kubernetes_pod'), false)).toBeNull();
  expect(kubernetesKnowledge.curated('hostname', making('kubernetes_pod'), false)).toBeNull();
  expect(kubernetesKnowledge.curated('hostname', making('kubernetes_service'), true)).toMatch(/elb\.amazonaws\.com$/);
});

test('Helm: its defaults; of an unknown provider there is an id', () => {
  expect(helmKnowledge.curated('id', making('helm_release', { name: 'r' }), true)).toBe('r');
  expect(helmKnowledge.curated('timeout', making('helm_release'), false)).toBe(300);
  expect(noKnowledge.curated('id', making('random_pet'), true)).toMatch(/^[0-9a-f]{16}$/);
});

test('which names a certificate is proven for is known when it is planned, and the rest of its records is not', () => {
  const certificate = (values: TfObject): TfObject | undefined =>
    aws.planned?.({ domain_validation_options: null, tags_all: null, tags: null, ...values }, {});
  const unknown = Unknown.value;
  const record = { resource_record_name: unknown, resource_record_type: unknown, resource_record_value: unknown };
  const named = {
    domain_name: 'a.example',
    subject_alternative_names: ['b.example', 'a.example'],
    validation_method: 'DNS',
  };
  expect(certificate(named)?.['domain_validation_options']).toEqual([
    { domain_name: 'a.example', ...record },
    { domain_name: 'b.example', ...record },
  ]);
  const open = (values: TfObject) => certificate(values)?.['domain_validation_options'];
  expect(open({ ...named, validation_method: 'EMAIL' })).toBeNull();
  expect(open({ ...named, domain_name: unknown })).toBeNull();
  expect(open({ ...named, domain_validation_options: [] })).toEqual([]);
  expect(attribute('resource_record_name', 'aws_acm_certificate', { domain_name: '*.a.example' })).toMatch(
    /^_[0-9a-f]{32}\.a\.example\.$/,
  );
});

test.each<[string, TfObject, TfValue | RegExp]>([
  [
    'aws_lb.zone_id',
    { id: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/l/1' },
    /^Z[0-9A-F]{13}$/,
  ],
  ['aws_apigatewayv2_api.api_endpoint', { id: 'a1b2c3d4e5' }, 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com'],
  ['aws_cloudfront_distribution.domain_name', {}, /^d[0-9a-f]{13}\.cloudfront\.net$/],
  ['aws_efs_file_system.dns_name', { id: 'fs-1' }, 'fs-1.efs.eu-west-1.amazonaws.com'],
  ['aws_elasticache_replication_group.member_clusters', { replication_group_id: 'cache' }, ['cache-001']],
  ['aws_key_pair.key_name', { key_name_prefix: 'bastion-' }, /^bastion-[0-9a-f]{26}$/],
  ['aws_lambda_event_source_mapping.uuid', {}, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
  ['aws_sns_topic.owner', {}, '111122223333'],
])('%s of %j', (place, values, expected) => {
  const [type = '', name = ''] = place.split('.');
  const value = attribute(name, type, values);
  if (expected instanceof RegExp) expect(value).toMatch(expected);
  else expect(value).toEqual(expected);
});

test.each<[string, TfObject, TfObject]>([
  ['aws_vpc', { default: true }, { cidr_block: '172.31.0.0/16' }],
  ['aws_vpc_endpoint_service', { service: 's3' }, { service_name: 'com.amazonaws.eu-west-1.s3' }],
  ['aws_organizations_organization', {}, { master_account_id: '111122223333' }],
  [
    'aws_iam_session_context',
    { arn: 'arn:aws:sts::111122223333:assumed-role/deployer/me' },
    { issuer_arn: 'arn:aws:iam::111122223333:role/deployer', issuer_name: 'deployer', session_name: 'me' },
  ],
  [
    'aws_iam_session_context',
    { arn: 'arn:aws:iam::111122223333:user/u' },
    { issuer_arn: 'arn:aws:iam::111122223333:user/u' },
  ],
])('%s of %j answers as in an account of the first day', (type, config, expected) => {
  expect(data(type, config)).toMatchObject(expected);
});

test('a secret that nobody made here is a document, and subnets are those of the program', () => {
  const { secret_string: document } = data('aws_secretsmanager_secret_version', { secret_id: 's' }) ?? {};
  expect(JSON.parse(String(document))).toMatchObject({ username: 'admin', port: 5432 });
  const filter = [{ name: 'vpc-id', values: ['vpc-1'] }];
  expect(data('aws_subnets', { filter })?.['ids']).toHaveLength(3);
  const world = new World();
  for (const [id, vpc, tags] of [
    ['a', 'vpc-1', { tier: 'data' }],
    ['b', 'vpc-1', null],
    ['c', 'vpc-2', { tier: 'data' }],
  ] as const)
    world.put(world.token(), 'aws_subnet', { id, vpc_id: vpc, tags });
  expect(data('aws_subnets', { filter }, world)?.['ids']).toEqual(['a', 'b']);
  expect(data('aws_subnets', { filter, tags: { tier: 'data' } }, world)?.['ids']).toEqual(['a']);
});

test.each([
  ['/plinth/prod/lake/key-arn', /^arn:aws:kms:eu-west-1:111122223333:key\/[0-9a-f-]{36}$/],
  ['/acme/role_arn', /^arn:aws:iam::111122223333:role\/looked-up$/],
  ['/acme/thing/arn', /^arn:aws:ssm:eu-west-1:111122223333:parameter\/acme\/thing\/arn$/],
])('a parameter called %s holds an ARN', (name, pattern) => {
  const { value, insecure_value: open } = data('aws_ssm_parameter', { name }) ?? {};
  expect(value).toMatch(pattern);
  expect(open).toBe(value);
});
