import { quoted, type Check } from './words';

/** The parts of `arn:partition:service:region:account:resource`. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** The parts of an ARN, whatever they hold; undefined where there are fewer than six. */
export function partsOfArn(text: string): Arn | undefined {
  const [prefix, partition, service, region, account, ...resource] = text.split(':');
  if (prefix !== 'arn' || resource.length === 0) return undefined;
  return {
    partition: partition ?? '',
    service: service ?? '',
    region: region ?? '',
    account: account ?? '',
    resource: resource.join(':'),
  };
}

/** Services whose resources belong to no region (and, of S3, the buckets and objects). */
const withoutRegion = new Set(['iam', 'cloudfront', 'route53', 'organizations']);
const withoutAccount = new Set(['route53']);
/** Services whose every ARN names a region and an account (or `aws`, for what AWS itself owns). */
const regional = new Set([
  ...['acm', 'autoscaling', 'batch', 'codebuild', 'cognito-idp', 'dynamodb', 'ecr', 'ecs', 'eks', 'elasticache'],
  ...[
    'elasticfilesystem',
    'elasticloadbalancing',
    'es',
    'firehose',
    'fsx',
    'kafka',
    'kinesis',
    'kms',
    'lambda',
    'logs',
  ],
  ...['mq', 'rds', 'redshift', 'sagemaker', 'secretsmanager', 'sns', 'sqs'],
]);
/** What belongs to no region all the same. */
const globals = /^(global-table\/|global-cluster:|globalreplicationgroup:|cluster-access-policy\/)|^\*/;
/** What S3 has besides buckets and objects; these name a region and an account. */
const s3Others = /^(accesspoint|access-grants|job|storage-lens|storage-lens-group|async-request)[/:]|^\*/;

/**
 * An ARN of one thing: six parts, a partition, a region and an account of their known shapes, and those two present
 * or absent as the service has it. An empty text is right, as it is to the AWS provider.
 * Source: `ValidARN` of terraform-provider-aws (internal/verify/validate.go) and AWS's Service Authorization Reference.
 */
export const arn: Check = (text) => {
  if (text === '') return undefined;
  const parts = partsOfArn(text);
  if (parts === undefined) {
    return `${quoted(text)} is no ARN; write arn:partition:service:region:account:resource`;
  }
  const wrong = shapeOfArn(parts);
  if (wrong !== undefined) return `${quoted(text)} ${wrong}`;
  const { partition, region, account, resource } = parts;
  if (resource === '') return `${quoted(text)} names no resource; write it after the last colon`;
  if (!/^aws(-[a-z]+)*$/.test(partition)) {
    return `${quoted(text)} has the partition ${quoted(partition)}; write aws, aws-cn or aws-us-gov`;
  }
  if (region !== '' && !/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(region)) {
    return `${quoted(text)} has the region ${quoted(region)}; write one such as eu-west-1`;
  }
  if (account !== '' && !/^(aws|aws-managed|third-party|aws-marketplace|\d{12}|cw.{10})$/.test(account)) {
    return `${quoted(text)} has the account ${quoted(account)}; write its twelve digits`;
  }
  return undefined;
};

/** What is wrong with the parts that are there or missing, as a verb and its cure; a part may be a wildcard. */
export function shapeOfArn(parts: Arn): string | undefined {
  const { partition, service, region, account, resource } = parts;
  const without = (drop: 'region' | 'account'): string =>
    ['arn', partition, service, drop === 'region' ? '' : region, drop === 'account' ? '' : account, resource].join(':');
  if (service === '') return `names no service; write arn:partition:service:region:account:resource`;
  const bucket = service === 's3' && !s3Others.test(resource);
  if (region !== '' && region !== '*' && (bucket || withoutRegion.has(service))) {
    return `names a region that ARNs of ${service} do not have; write ${without('region')}`;
  }
  if (account !== '' && account !== '*' && (bucket || withoutAccount.has(service))) {
    return `names an account that ARNs of ${service} do not have; write ${without('account')}`;
  }
  if (!regional.has(service) || globals.test(resource)) return undefined;
  if (region === '') return `names no region, as ARNs of ${service} do; write it after "${service}:"`;
  if (account === '') return `names no account, as ARNs of ${service} do; write it after the region`;
  return undefined;
}
