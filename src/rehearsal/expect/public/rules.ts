import { parse } from 'yaml';
import { facesInternet } from './kubernetes-exposure';
import { isAnyAddress } from './everybody';
import { aclRules, policyRules } from './policy-rules';
import { blocksOf, textsOf, type PublicRule, type Values } from './rule';

const isTrue = (argument: string) => (values: Values) => values[argument] === true;
const is = (argument: string, value: string) => (values: Values) => values[argument] === value;

/** Every way to be public that is known here, except by security groups and objects of Kubernetes. */
export const rules: readonly PublicRule[] = [
  ...policyRules,
  ...aclRules,
  {
    code: 'load-balancer',
    types: ['aws_lb', 'aws_alb', 'aws_elb'],
    says: 'it faces the internet',
    fires: ({ internal, load_balancer_type: type }) => internal !== true && type !== 'gateway',
  },
  {
    code: 'database',
    types: [
      ...['aws_db_instance', 'aws_rds_cluster_instance', 'aws_redshift_cluster', 'aws_redshiftserverless_workgroup'],
      ...['aws_neptune_cluster_instance', 'aws_dms_replication_instance', 'aws_mq_broker', 'aws_lightsail_database'],
    ],
    says: 'it has a public address (publicly_accessible)',
    fires: isTrue('publicly_accessible'),
  },
  {
    code: 'eks-endpoint',
    types: ['aws_eks_cluster'],
    says: 'the endpoint of its API server is open to everybody',
    fires: (values) =>
      blocksOf(values, 'vpc_config').some((config) => {
        const networks = textsOf(config, 'public_access_cidrs');
        return config['endpoint_public_access'] !== false && (networks.length === 0 || networks.some(isAnyAddress));
      }),
  },
  {
    code: 'search-domain',
    types: ['aws_opensearch_domain', 'aws_elasticsearch_domain'],
    says: 'its endpoint is outside of any VPC',
    fires: (values) => blocksOf(values, 'vpc_options').length === 0,
  },
  {
    code: 'search-collection',
    types: ['aws_opensearchserverless_security_policy'],
    says: 'it opens collections to the internet (AllowFromPublic)',
    fires: ({ type, policy }) => type === 'network' && /"AllowFromPublic"\s*:\s*true/.test(String(policy)),
  },
  {
    code: 'kafka',
    types: ['aws_msk_cluster'],
    says: 'its brokers have public addresses',
    fires: (values) =>
      blocksOf(values, 'broker_node_group_info')
        .flatMap((info) => blocksOf(info, 'connectivity_info'))
        .flatMap((info) => blocksOf(info, 'public_access'))
        .some(is('type', 'SERVICE_PROVIDED_EIPS')),
  },
  {
    code: 'function-url',
    types: ['aws_lambda_function_url'],
    says: 'everybody may call its URL (authorization_type NONE)',
    fires: is('authorization_type', 'NONE'),
  },
  {
    code: 'function-permission',
    types: ['aws_lambda_permission'],
    says: 'everybody may call the function (principal *)',
    fires: (values) =>
      values['principal'] === '*' &&
      values['function_url_auth_type'] !== 'AWS_IAM' &&
      !['source_arn', 'source_account', 'principal_org_id'].some((name) => textsOf(values, name).join('') !== ''),
  },
  {
    code: 'layer-permission',
    types: ['aws_lambda_layer_version_permission'],
    says: 'everybody may use the layer (principal *)',
    fires: (values) => values['principal'] === '*' && textsOf(values, 'organization_id').join('') === '',
  },
  {
    code: 'event-permission',
    types: ['aws_cloudwatch_event_permission'],
    says: 'everybody may send events (principal *)',
    fires: (values) => values['principal'] === '*' && blocksOf(values, 'condition').length === 0,
  },
  {
    code: 'snapshot',
    types: ['aws_db_snapshot', 'aws_db_cluster_snapshot', 'aws_db_snapshot_copy', 'aws_rds_cluster_snapshot_copy'],
    says: 'it is shared with everybody (shared_accounts all)',
    fires: (values) => textsOf(values, 'shared_accounts').includes('all'),
  },
  {
    code: 'image',
    types: ['aws_ami_launch_permission'],
    says: 'everybody may launch the image (group all)',
    fires: is('group', 'all'),
  },
  {
    code: 'document',
    types: ['aws_ssm_document'],
    says: 'it is shared with everybody',
    fires: ({ permissions }) => /"?account_ids"?:"?all"?/i.test(JSON.stringify(permissions ?? {}).replace(/\s/g, '')),
  },
  {
    code: 'rest-method',
    types: ['aws_api_gateway_method'],
    says: 'everybody may call it (authorization NONE, and no key)',
    fires: ({ authorization, api_key_required: key, http_method: method, rest_api_id: id }, resources) =>
      authorization === 'NONE' &&
      key !== true &&
      method !== 'OPTIONS' &&
      !resources.some(
        ({ type, values }) =>
          type === 'aws_api_gateway_rest_api' &&
          values['id'] === id &&
          blocksOf(values, 'endpoint_configuration').some((one) => textsOf(one, 'types').includes('PRIVATE')),
      ),
  },
  {
    code: 'http-route',
    types: ['aws_apigatewayv2_route'],
    says: 'everybody may call it (it has no authorizer)',
    fires: ({ authorization_type: by, route_key: key, api_key_required: needed }) =>
      (by ?? 'NONE') === 'NONE' &&
      needed !== true &&
      !/^OPTIONS /.test(String(key)) &&
      !/^\$(?!connect|default)/.test(String(key)),
  },
  {
    code: 'graphql-key',
    types: ['aws_appsync_graphql_api'],
    says: 'whoever has its key may call it (API_KEY)',
    fires: (values) =>
      [values, ...blocksOf(values, 'additional_authentication_provider')].some(is('authentication_type', 'API_KEY')),
  },
  {
    code: 'guest-identities',
    types: ['aws_cognito_identity_pool'],
    says: 'it gives credentials to guests (allow_unauthenticated_identities)',
    fires: isTrue('allow_unauthenticated_identities'),
  },
  {
    code: 'instance-address',
    types: ['aws_instance', 'aws_spot_instance_request', 'aws_launch_configuration'],
    says: 'it has a public address (associate_public_ip_address)',
    fires: isTrue('associate_public_ip_address'),
  },
  {
    code: 'template-address',
    types: ['aws_launch_template'],
    says: 'its instances have public addresses (associate_public_ip_address)',
    fires: (values) =>
      blocksOf(values, 'network_interfaces').some((one) => String(one['associate_public_ip_address']) === 'true'),
  },
  {
    code: 'task-address',
    types: ['aws_ecs_service'],
    says: 'its tasks have public addresses (assign_public_ip)',
    fires: (values) => blocksOf(values, 'network_configuration').some(isTrue('assign_public_ip')),
  },
  {
    code: 'transfer',
    types: ['aws_transfer_server'],
    says: 'its endpoint is public',
    fires: ({ endpoint_type: type }) => (type ?? 'PUBLIC') === 'PUBLIC',
  },
  {
    code: 'airflow',
    types: ['aws_mwaa_environment'],
    says: 'its web server is public',
    fires: is('webserver_access_mode', 'PUBLIC_ONLY'),
  },
  {
    code: 'app-runner',
    types: ['aws_apprunner_service'],
    says: 'it is publicly accessible',
    fires: (values) =>
      !blocksOf(values, 'network_configuration')
        .flatMap((one) => blocksOf(one, 'ingress_configuration'))
        .some(({ is_publicly_accessible: open }) => open === false),
  },
  {
    code: 'public-registry',
    types: ['aws_ecrpublic_repository'],
    says: 'everybody can pull from it, which is what it is for',
    fires: () => true,
  },
  {
    code: 'edge',
    types: ['aws_cloudfront_distribution', 'aws_globalaccelerator_accelerator'],
    says: 'it serves the internet, which is what it is for',
    fires: ({ enabled }) => enabled !== false,
  },
  {
    code: 'chart-load-balancer',
    types: ['helm_release'],
    says: 'its values ask for a load balancer that faces the internet',
    fires: (values) => textsOf(values, 'values').some((text) => publicService(yaml(text))) || publicBySet(values),
  },
];

/** Values that are not YAML are Helm's to refuse. */
function yaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** The same where values are set one by one: `controller.service.type`. */
function publicBySet(values: Values): boolean {
  const set = blocksOf(values, 'set').map(({ name, value }) => [String(name), String(value)] as const);
  const internal = set.some(
    ([name, value]) =>
      (/aws-load-balancer-scheme$/.test(name) && value === 'internal') ||
      (/aws-load-balancer-internal$/.test(name) && value === 'true'),
  );
  return !internal && set.some(([name, value]) => /(^|\.)type$/.test(name) && value === 'LoadBalancer');
}

/** Whether somewhere in a chart's values stands a Service that faces the internet; charts mostly name its parts as Kubernetes does. */
function publicService(held: unknown): boolean {
  if (typeof held !== 'object' || held === null) return false;
  // Objects that ride in a release are looked at as what they are.
  if ('apiVersion' in held && 'kind' in held) return false;
  const { type, annotations, loadBalancerClass, loadBalancerSourceRanges: sources } = held as Values;
  const texts = (typeof annotations === 'object' && annotations !== null ? annotations : {}) as Record<string, string>;
  const ranges = Array.isArray(sources) ? sources.map(String) : [];
  const named = typeof loadBalancerClass === 'string' ? loadBalancerClass : undefined;
  if (type === 'LoadBalancer' && facesInternet(texts, named, ranges)) return true;
  return Object.values(held).some(publicService);
}
