import { rules } from '../../../../../src/rehearsal/expect/public/rules';
import { exposures } from '../../../../../src/rehearsal/expect/public/nothing-public';
import { applied, made } from '../support';

type Values = Readonly<Record<string, unknown>>;
const everybody = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] });
const somebody = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: '*', Resource: '*' }],
});
const service = (type: string) => ['controller:', '  service:', `    type: ${type}`].join('\n');

/** For each rule, what is public and what is not, by type where its types differ. */
const cases: Readonly<Record<string, readonly [open: Values, closed: Values]>> = {
  'bucket-acl': [{ acl: 'public-read' }, { acl: 'private' }],
  'load-balancer': [{ internal: false }, { internal: true }],
  database: [{ publicly_accessible: true }, { publicly_accessible: false }],
  'eks-endpoint': [
    { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ['0.0.0.0/0'] }] },
    { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ['203.0.113.7/32'] }] },
  ],
  'search-domain': [{ vpc_options: [] }, { vpc_options: [{ subnet_ids: ['subnet-1'] }] }],
  'search-collection': [
    { type: 'network', policy: '[{"AllowFromPublic":true}]' },
    { type: 'network', policy: '[{"AllowFromPublic":false}]' },
  ],
  kafka: [
    { broker_node_group_info: [{ connectivity_info: [{ public_access: [{ type: 'SERVICE_PROVIDED_EIPS' }] }] }] },
    { broker_node_group_info: [{ connectivity_info: [{ public_access: [{ type: 'DISABLED' }] }] }] },
  ],
  'function-url': [{ authorization_type: 'NONE' }, { authorization_type: 'AWS_IAM' }],
  'function-permission': [{ principal: '*' }, { principal: '*', source_account: '111122223333' }],
  'layer-permission': [{ principal: '*' }, { principal: '*', organization_id: 'o-1' }],
  'event-permission': [{ principal: '*' }, { principal: '*', condition: [{ key: 'aws:PrincipalOrgID' }] }],
  snapshot: [{ shared_accounts: ['all'] }, { shared_accounts: ['111122223333'] }],
  image: [{ group: 'all' }, { account_id: '111122223333' }],
  document: [{ permissions: { account_ids: 'All', type: 'Share' } }, { permissions: { account_ids: '111122223333' } }],
  'rest-method': [
    { authorization: 'NONE', http_method: 'GET' },
    { authorization: 'AWS_IAM', http_method: 'GET' },
  ],
  'http-route': [{ route_key: 'GET /a' }, { route_key: 'GET /a', authorization_type: 'JWT' }],
  'graphql-key': [{ authentication_type: 'API_KEY' }, { authentication_type: 'AWS_IAM' }],
  'guest-identities': [{ allow_unauthenticated_identities: true }, { allow_unauthenticated_identities: false }],
  'instance-address': [{ associate_public_ip_address: true }, { associate_public_ip_address: false }],
  'template-address': [
    { network_interfaces: [{ associate_public_ip_address: 'true' }] },
    { network_interfaces: [{ associate_public_ip_address: 'false' }] },
  ],
  'task-address': [
    { network_configuration: [{ assign_public_ip: true }] },
    { network_configuration: [{ assign_public_ip: false }] },
  ],
  transfer: [{ endpoint_type: 'PUBLIC' }, { endpoint_type: 'VPC' }],
  airflow: [{ webserver_access_mode: 'PUBLIC_ONLY' }, { webserver_access_mode: 'PRIVATE_ONLY' }],
  'app-runner': [
    { network_configuration: [] },
    { network_configuration: [{ ingress_configuration: [{ is_publicly_accessible: false }] }] },
  ],
  edge: [{ enabled: true }, { enabled: false }],
  'chart-load-balancer': [{ values: [service('LoadBalancer')] }, { values: [service('ClusterIP')] }],
};

/** Rules that fire for everything of their type, as that is what it is for. */
const always = ['public-registry'];

const found = (type: string, values: Values) => exposures(applied([made(type, values)])).map(({ code }) => code);

test.each(
  rules
    .filter(({ code }) => !always.includes(code))
    .flatMap(({ code, types }) => types.map((type) => [code, type] as const)),
)('the rule %s fires for %s, and not without need', (code, type) => {
  const rule = rules.find((one) => one.code === code);
  const argument = policyArgument(code, rule?.says ?? '');
  const [open, closed] =
    argument === undefined ? (cases[code] ?? [{}, {}]) : [{ [argument]: everybody }, { [argument]: somebody }];
  expect(found(type, open)).toContain(code);
  expect(found(type, closed)).not.toContain(code);
});

/** The argument that a rule of a policy is about, as its sentence has it. */
const policyArgument = (code: string, says: string): string | undefined =>
  code.startsWith('policy-') ? /^its (\w+) lets/.exec(says)?.[1] : undefined;

test('each rule has a name of its own, and every case a rule', () => {
  const codes = rules.map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  expect(Object.keys(cases).filter((code) => !codes.includes(code))).toEqual([]);
  expect(found('aws_ecrpublic_repository', {})).toEqual(always);
});

test.each<[string, string, Values, boolean]>([
  ['a gateway load balancer faces nobody', 'aws_lb', { internal: null, load_balancer_type: 'gateway' }, false],
  [
    'a cluster without a list takes everybody',
    'aws_eks_cluster',
    { vpc_config: [{ endpoint_public_access: true }] },
    true,
  ],
  ['a private endpoint', 'aws_eks_cluster', { vpc_config: [{ endpoint_public_access: false }] }, false],
  ['half of all addresses', 'aws_eks_cluster', { vpc_config: [{ public_access_cidrs: ['128.0.0.0/1'] }] }, true],
  [
    'an encryption policy',
    'aws_opensearchserverless_security_policy',
    { type: 'encryption', policy: '"AllowFromPublic":true' },
    false,
  ],
  ['a URL for IAM', 'aws_lambda_permission', { principal: '*', function_url_auth_type: 'AWS_IAM' }, false],
  ['a service', 'aws_lambda_permission', { principal: 's3.amazonaws.com' }, false],
  ['an OPTIONS method', 'aws_api_gateway_method', { authorization: 'NONE', http_method: 'OPTIONS' }, false],
  ['a method with a key', 'aws_api_gateway_method', { authorization: 'NONE', api_key_required: true }, false],
  ['the default route', 'aws_apigatewayv2_route', { route_key: '$default' }, true],
  ['a message of a socket that is open', 'aws_apigatewayv2_route', { route_key: '$disconnect' }, false],
  [
    'a second way to sign in',
    'aws_appsync_graphql_api',
    { authentication_type: 'AWS_IAM', additional_authentication_provider: [{ authentication_type: 'API_KEY' }] },
    true,
  ],
  [
    'an access control list that grants to a group of all',
    'aws_s3_bucket_acl',
    { access_control_policy: [{ grant: [{ grantee: [{ uri: 'http://acs.amazonaws.com/groups/global/AllUsers' }] }] }] },
    true,
  ],
  [
    'one that grants to the delivery of logs',
    'aws_s3_bucket_acl',
    { access_control_policy: [{ grant: [{ grantee: [{ uri: 'http://acs.amazonaws.com/groups/s3/LogDelivery' }] }] }] },
    false,
  ],
  [
    'a chart with an internal load balancer',
    'helm_release',
    {
      values: [
        [
          service('LoadBalancer'),
          '    annotations:',
          '      service.beta.kubernetes.io/aws-load-balancer-scheme: internal',
        ].join('\n'),
      ],
    },
    false,
  ],
  ['a value that is set', 'helm_release', { set: [{ name: 'controller.service.type', value: 'LoadBalancer' }] }, true],
  [
    'a value that is set, with one that makes it internal',
    'helm_release',
    {
      set: [
        { name: 'service.type', value: 'LoadBalancer' },
        { name: 'service.annotations.service\\.beta\\.kubernetes\\.io/aws-load-balancer-scheme', value: 'internal' },
      ],
    },
    false,
  ],
  ['values that are not YAML', 'helm_release', { values: ['a: ['] }, false],
  ['a chart without values', 'helm_release', { values: ['', null] }, false],
  [
    'an object that rides in a release, which is looked at itself',
    'helm_release',
    { values: ['objects: [{ apiVersion: v1, kind: Service, spec: { type: LoadBalancer } }]'] },
    false,
  ],
])('%s', (_name, type, values, open) => expect(found(type, values).length > 0).toBe(open));

test('a private API needs no authorizer, as only the VPC reaches it', () => {
  const method = made('aws_api_gateway_method', { authorization: 'NONE', http_method: 'GET', rest_api_id: 'a' });
  const api = (types: string[]) => made('aws_api_gateway_rest_api', { id: 'a', endpoint_configuration: [{ types }] });
  expect(exposures(applied([method, api(['PRIVATE'])]))).toEqual([]);
  expect(exposures(applied([method, api(['REGIONAL'])]))).toHaveLength(1);
});

test('the public access block of a bucket or an account takes away what would be public', () => {
  const policy = made('aws_s3_bucket_policy', { bucket: 'b', policy: everybody });
  const acl = made('aws_s3_bucket_acl', { bucket: 'b', acl: 'public-read' });
  const block = (values: Values, type = 'aws_s3_bucket_public_access_block') => made(type, values);
  const open = (...resources: ReturnType<typeof made>[]) => exposures(applied(resources)).map(({ address }) => address);
  expect(open(policy, acl)).toEqual(['aws_s3_bucket_policy.x', 'aws_s3_bucket_acl.x']);
  expect(open(policy, block({ bucket: 'b', restrict_public_buckets: true }))).toEqual([]);
  expect(open(policy, block({ bucket: 'c', restrict_public_buckets: true }))).toEqual(['aws_s3_bucket_policy.x']);
  expect(open(policy, block({ bucket: 'b', restrict_public_buckets: false, ignore_public_acls: true }))).toHaveLength(
    1,
  );
  expect(open(acl, block({ bucket: 'b', ignore_public_acls: true }))).toEqual([]);
  expect(open(policy, block({ restrict_public_buckets: true }, 'aws_s3_account_public_access_block'))).toEqual([]);
});
