import { arns } from './aws-arns';
import { awsValues } from './aws-values';
import type { Making } from './plausible';
import type { TfValue } from './protocol/codec';

/** Ids that AWS makes up begin so. */
const idPrefixes: Readonly<Record<string, string>> = {
  aws_ami: 'ami',
  aws_cloudfront_origin_access_control: 'E',
  aws_customer_gateway: 'cgw',
  aws_default_security_group: 'sg',
  aws_ebs_volume: 'vol',
  aws_efs_access_point: 'fsap',
  aws_efs_file_system: 'fs',
  aws_egress_only_internet_gateway: 'eigw',
  aws_eip: 'eipalloc',
  aws_flow_log: 'fl',
  aws_instance: 'i',
  aws_internet_gateway: 'igw',
  aws_launch_template: 'lt',
  aws_nat_gateway: 'nat',
  aws_network_acl: 'acl',
  aws_network_interface: 'eni',
  aws_route_table: 'rtb',
  aws_route_table_association: 'rtbassoc',
  aws_security_group: 'sg',
  aws_subnet: 'subnet',
  aws_vpc: 'vpc',
  aws_vpc_dhcp_options: 'dopt',
  aws_vpc_endpoint: 'vpce',
  aws_vpc_peering_connection: 'pcx',
  aws_vpc_security_group_egress_rule: 'sgr',
  aws_vpc_security_group_ingress_rule: 'sgr',
};

/** Attributes that are an id of another kind of resource. */
const references: Readonly<Record<string, string>> = {
  vpc_id: 'vpc',
  subnet_id: 'subnet',
  security_group_id: 'sg',
  cluster_security_group_id: 'sg',
  default_security_group_id: 'sg',
  network_interface_id: 'eni',
  allocation_id: 'eipalloc',
  main_route_table_id: 'rtb',
  default_route_table_id: 'rtb',
  default_network_acl_id: 'acl',
  dhcp_options_id: 'dopt',
  association_id: 'assoc',
  prefix_list_id: 'pl',
  route_table_id: 'rtb',
  security_group_rule_id: 'sgr',
};

const namers = ['name', 'bucket', 'identifier', 'cluster_identifier', 'function_name', 'cluster_name', 'id'] as const;

export const text = (value: TfValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function nameOf({ values, type, digits }: Making): string {
  return (
    namers.map((key) => text(values[key])).find((name) => name !== undefined) ??
    `${type.slice(4)}-${digits.slice(0, 8)}`
  );
}

/** By the table, or, where the type is not in it, as most are written: `aws_iam_role` is of the service `iam`. */
function arn(making: Making): string {
  const { type, region, account, values, digits } = making;
  const name = nameOf(making).replace(/^\/+/, '');
  const own: Readonly<Record<string, string>> = {
    r: region,
    a: account,
    name: type === 'aws_cloudwatch_log_group' ? nameOf(making) : name,
    uuid: uuidOf(digits),
    kind: values['load_balancer_type'] === 'network' ? 'net' : 'app',
  };
  if (type === 'aws_iam_openid_connect_provider') {
    return `arn:aws:iam::${account}:oidc-provider/${(text(values['url']) ?? name).replace('https://', '')}`;
  }
  const template = arns[type];
  if (template !== undefined) {
    return `arn:aws:${template.replace(/\{(\w+)\}/g, (_all, key: string) => {
      const hex = /^hex(\d+)$/.exec(key)?.[1];
      return hex !== undefined ? digits.slice(0, Number(hex)) : (own[key] ?? text(values[key]) ?? name);
    })}`;
  }
  const [, service = '', ...rest] = type.split('_');
  return `arn:aws:${service}:${service === 'iam' ? '' : region}:${account}:${rest.join('-')}/${name}`;
}

/** A template of `aws-values.ts` with its names replaced. */
function filled(template: string, { region, account, values, digits }: Making): string {
  const own: Readonly<Record<string, string>> = { r: region, a: account, uuid: uuidOf(digits) };
  return template.replace(/\{(\w+)\}/g, (_all, key: string) => {
    const [, hex, length] = /^(hex|HEX)(\d+)$/.exec(key) ?? [];
    if (hex === undefined) return own[key] ?? text(values[key]) ?? '';
    const part = digits.slice(0, Number(length));
    return hex === 'HEX' ? part.toUpperCase() : part;
  });
}

export function uuidOf(digits: string): string {
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
}

function id(making: Making): string {
  const { type, digits, values } = making;
  const prefix = idPrefixes[type];
  if (prefix !== undefined) return `${prefix}-0${digits.slice(0, 16)}`;
  if (type === 'aws_kms_key') return uuidOf(digits);
  if (type === 'aws_route53_zone') return `Z${digits.slice(0, 19).toUpperCase()}`;
  if (type === 'aws_s3_object') return text(values['key']) ?? nameOf(making);
  if (type === 'aws_sqs_queue') return `https://sqs.${making.region}.amazonaws.com/${making.account}/${nameOf(making)}`;
  const named = namers.map((key) => text(values[key])).find((name) => name !== undefined);
  if (
    /_(policy|lb|listener|target_group|certificate|secret|topic|openid_connect_provider)$/.test(type) &&
    !/^aws_(s3|ecr|sqs|sns)_/.test(type)
  ) {
    return arn({ ...making, values: { ...values, id: named ?? digits.slice(0, 12) } });
  }
  return named ?? `${type.slice(4).replaceAll('_', '-')}-${digits.slice(0, 12)}`;
}

function endpoint(making: Making): string | undefined {
  const { type, region, digits, values } = making;
  const name = nameOf(making);
  const part = digits.slice(0, 12);
  switch (type) {
    case 'aws_eks_cluster':
      return `https://${digits.slice(0, 32).toUpperCase()}.gr7.${region}.eks.amazonaws.com`;
    case 'aws_db_instance':
      return `${name}.${part}.${region}.rds.amazonaws.com:${String(port(making))}`;
    case 'aws_rds_cluster':
      return `${name}.cluster-${part}.${region}.rds.amazonaws.com`;
    case 'aws_ecr_authorization_token':
      return `https://${making.account}.dkr.ecr.${region}.amazonaws.com`;
    default:
      return `${text(values['id']) ?? name}.${part}.${region}.amazonaws.com`;
  }
}

function port({ values }: Making): number {
  return typeof values['port'] === 'number' ? values['port'] : String(values['engine']).includes('mysql') ? 3306 : 5432;
}

/** The value of an attribute that only AWS can know: most mean the same wherever they stand. */
export function awsAttribute(name: string, making: Making): TfValue | undefined {
  const { type, region, account, digits, values } = making;
  const known = awsValues[`${type}.${name}`];
  if (known !== undefined)
    return typeof known === 'string' ? filled(known, making) : known.map((one) => filled(one, making));
  if (name in references) return `${references[name]}-0${digits.slice(16, 32)}`;
  switch (name) {
    case 'id':
      return id(making);
    case 'arn':
    case 'association_arn':
      return arn(making);
    case 'name': {
      const prefix = text(values['name_prefix']);
      return prefix === undefined ? `terraform-${digits.slice(0, 26)}` : `${prefix}${digits.slice(0, 26)}`;
    }
    case 'bucket':
      return `${text(values['bucket_prefix']) ?? 'terraform-'}${digits.slice(0, 26)}`;
    case 'tags_all':
      return values['tags'] ?? {};
    case 'region':
    case 'bucket_region':
      return region;
    case 'account_id':
    case 'owner_id':
    case 'registry_id':
      return account;
    case 'partition':
      return 'aws';
    case 'bucket_domain_name':
      return `${nameOf(making)}.s3.amazonaws.com`;
    case 'bucket_regional_domain_name':
      return `${nameOf(making)}.s3.${region}.amazonaws.com`;
    case 'repository_url':
      return `${account}.dkr.ecr.${region}.amazonaws.com/${nameOf(making)}`;
    case 'endpoint':
      return endpoint(making);
    case 'address':
      return endpoint(making)?.replace(/:\d+$/, '');
    case 'reader_endpoint':
      return endpoint(making)?.replace('.cluster-', '.cluster-ro-');
    case 'port':
      return port(making);
    case 'dns_name':
      return `${nameOf(making)}-${digits.slice(0, 16)}.elb.${region}.amazonaws.com`;
    case 'issuer':
      return `https://oidc.eks.${region}.amazonaws.com/id/${digits.slice(0, 32).toUpperCase()}`;
    case 'data':
      return Buffer.from(`-----BEGIN CERTIFICATE-----\n${digits}\n-----END CERTIFICATE-----\n`).toString('base64');
    case 'key_id':
      return text(values['id']) ?? uuidOf(digits);
    case 'kms_key_id':
      return `arn:aws:kms:${region}:${account}:key/${uuidOf(digits)}`;
    case 'hosted_zone_id':
      return `Z${digits.slice(20, 39).toUpperCase()}`;
    case 'value':
    case 'insecure_value':
      // A parameter shows one value under two names, unless it is secret.
      if (type !== 'aws_ssm_parameter') return undefined;
      if (name === 'insecure_value' && values['type'] === 'SecureString') return '';
      return text(values['insecure_value']) ?? text(values['value']);
    case 'version':
      return type === 'aws_ssm_parameter' ? 1 : undefined;
    case 'fqdn':
      return text(values['name']);
    case 'cidr_blocks':
      return ['203.0.113.0/24'];
    case 'resource_id':
      return `db-${digits.slice(0, 26).toUpperCase()}`;
    case 'zone_id':
      return text(values['id']) ?? `Z${digits.slice(0, 19).toUpperCase()}`;
    case 'name_servers':
      return [1, 2, 3, 4].map((n) => `ns-${n}.awsdns-0${n}.org`);
    case 'status':
    case 'state':
      return type.includes('nat') || type.includes('vpc_endpoint') ? 'available' : 'ACTIVE';
    case 'secret_arn':
      return `arn:aws:secretsmanager:${region}:${account}:secret:rds!${uuidOf(digits)}-${digits.slice(0, 6)}`;
    case 'secret_status':
      return 'active';
    case 'public_ip':
      return `203.0.113.${parseInt(digits.slice(0, 2), 16) % 254}`;
    case 'private_ip':
      return `10.0.0.${parseInt(digits.slice(0, 2), 16) % 254}`;
    case 'unique_id':
      return `AROA${digits.slice(0, 17).toUpperCase()}`;
    case 'url':
      return type === 'aws_sqs_queue' ? id(making) : undefined;
    case 'etag':
      return digits.slice(0, 32);
    case 'ebs_optimized':
      return true;
    case 'domain_validation_options':
      return validationOptions(making);
    case 'resource_record_name':
      return `_${digits.slice(0, 32)}.${text(values['domain_name'])?.replace('*.', '') ?? 'example.com'}.`;
    case 'resource_record_type':
      return 'CNAME';
    case 'resource_record_value':
      return `_${digits.slice(32)}.acm-validations.aws.`;
    case 'target_key_arn':
      return `arn:aws:kms:${region}:${account}:key/${text(values['target_key_id'])?.split('/').at(-1) ?? uuidOf(digits)}`;
    case 'invoke_arn':
      return `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn(making)}/invocations`;
    case 'qualified_arn':
      return `${arn(making)}:1`;
    case 'qualified_invoke_arn':
      return `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn(making)}:1/invocations`;
    case 'arn_suffix':
      return arn(making)
        .split(':')
        .at(-1)
        ?.replace(/^loadbalancer\//, '');
    case 'code_sha256':
      return Buffer.from(digits, 'hex').toString('base64');
    case 'last_modified':
      return '2026-01-01T00:00:00.000+0000';
    case 'engine_version_actual':
      return text(values['engine_version']);
    case 'private_dns':
      return `ip-10-0-0-${parseInt(digits.slice(0, 2), 16) % 254}.${region}.compute.internal`;
    case 'public_dns':
      return `ec2-203-0-113-${parseInt(digits.slice(0, 2), 16) % 254}.${region}.compute.amazonaws.com`;
    case 'platform_version':
      return 'eks.1';
    case 'caller_reference':
      return `terraform-${digits.slice(0, 26)}`;
    case 'primary_name_server':
      return 'ns-1.awsdns-01.org';
    default:
      if (/_(at|date|time|after|before)$/.test(name)) return '2026-01-01T00:00:00Z';
      // What AWS leaves empty unless it is asked for.
      if (/^(carrier|customer_owned)_ip$|^(signing|website|linked_service|checksum|ptr|public_project)_/.test(name))
        return '';
      if (/_association_id$|^(badge_url|comment|name_prefix|description|external_id|version_id)$/.test(name)) return '';
      return name.endsWith('_arn') ? `${arn(making)}/${name.replace('_arn', '')}` : undefined;
  }
}

function validationOptions({ values, digits }: Making): TfValue {
  const names = [
    values['domain_name'],
    ...(Array.isArray(values['subject_alternative_names']) ? values['subject_alternative_names'] : []),
  ];
  return [...new Set(names.flatMap((name) => text(name) ?? []))].map((domain_name) => ({
    domain_name,
    resource_record_name: `_${digits.slice(0, 32)}.${domain_name.replace('*.', '')}.`,
    resource_record_type: 'CNAME',
    resource_record_value: `_${digits.slice(32)}.acm-validations.aws.`,
  }));
}
