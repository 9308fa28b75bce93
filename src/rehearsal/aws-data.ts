import { text, uuidOf } from './aws-attributes';
import type { Making } from './plausible';
import { policyDocument } from './policy-document';
import { isObject, type TfObject, type TfValue } from './protocol/codec';
import type { World } from './world';

/** What a data source answers that follows from the question, the account or the region; undefined where nothing does. */
export function awsAnswer(type: string, config: TfObject, making: Making, world: World): TfObject | undefined {
  const { region, account, digits } = making;
  switch (type) {
    case 'aws_caller_identity':
      return {
        id: account,
        account_id: account,
        arn: `arn:aws:iam::${account}:user/rehearsal`,
        user_id: `AIDA${digits.slice(0, 17).toUpperCase()}`,
      };
    case 'aws_partition':
      return { id: 'aws', partition: 'aws', dns_suffix: 'amazonaws.com', reverse_dns_prefix: 'com.amazonaws' };
    case 'aws_region':
      return { id: region, name: region, region, endpoint: `ec2.${region}.amazonaws.com`, description: region };
    case 'aws_availability_zones':
      return {
        id: region,
        names: ['a', 'b', 'c'].map((letter) => `${region}${letter}`),
        zone_ids: [1, 2, 3].map((n) => `${region.replaceAll(/([a-z]{2})-([a-z])[a-z]*-/g, '$1$2')}-az${n}`),
        group_names: [region],
      };
    case 'aws_iam_policy_document': {
      const document = policyDocument(config);
      const json = JSON.stringify(document, null, 2);
      return { id: String(parseInt(digits.slice(0, 8), 16)), json, minified_json: JSON.stringify(document) };
    }
    case 'aws_ssm_parameter': {
      const name = text(config['name']) ?? '';
      const image = /\bami|image_id|image-id/.test(name) ? `ami-0${digits.slice(0, 16)}` : undefined;
      const value = image ?? arnNamed(name, making);
      return value === undefined ? undefined : { id: name, value, insecure_value: value, type: 'String', version: 1 };
    }
    case 'aws_ami':
      return { id: `ami-0${digits.slice(0, 16)}`, image_id: `ami-0${digits.slice(0, 16)}`, architecture: 'x86_64' };
    case 'aws_ecr_image': {
      const digest = `sha256:${digits}`;
      const uri = `${account}.dkr.ecr.${region}.amazonaws.com/${text(config['repository_name']) ?? 'repository'}@${digest}`;
      return { id: digest, image_digest: text(config['image_digest']) ?? digest, image_uri: uri };
    }
    case 'aws_ecr_authorization_token':
      return {
        id: region,
        user_name: 'AWS',
        password: digits,
        authorization_token: Buffer.from(`AWS:${digits}`).toString('base64'),
      };
    case 'aws_ecrpublic_authorization_token':
      return { id: 'us-east-1', user_name: 'AWS', password: digits };
    case 'aws_route53_zone':
      return { id: `Z${digits.slice(0, 19).toUpperCase()}`, name: text(config['name']) ?? 'example.com' };
    case 'aws_eks_cluster':
      return text(config['name']) === undefined ? undefined : { id: config['name'] ?? null };
    // Where nobody says otherwise, what an account has from its first day.
    case 'aws_vpc':
      return { cidr_block: '172.31.0.0/16', state: 'available', main_route_table_id: `rtb-0${digits.slice(0, 16)}` };
    case 'aws_subnet':
      return { cidr_block: '172.31.0.0/20', availability_zone: `${region}a`, state: 'available' };
    case 'aws_subnets': {
      const standing = subnetsOf(config, world);
      return { ids: standing.length > 0 ? standing : [0, 16, 32].map((at) => `subnet-0${digits.slice(at, at + 16)}`) };
    }
    case 'aws_vpc_endpoint_service':
      return {
        service_name: text(config['service_name']) ?? `com.amazonaws.${region}.${text(config['service']) ?? 's3'}`,
      };
    case 'aws_canonical_user_id':
      return { id: digits };
    case 'aws_elb_service_account':
      return { id: '127311923021', arn: 'arn:aws:iam::127311923021:root' };
    case 'aws_organizations_organization':
      return { id: `o-${digits.slice(0, 10)}`, master_account_id: account, feature_set: 'ALL' };
    case 'aws_eks_addon_version':
      return { version: 'v1.20.0-eksbuild.1' };
    case 'aws_iam_session_context':
      return sessionContext(text(config['arn']) ?? '');
    case 'aws_iam_policy':
    case 'aws_iam_role': {
      const empty = JSON.stringify({ Version: '2012-10-17', Statement: [] });
      return { path: '/', policy: empty, assume_role_policy: empty };
    }
    case 'aws_secretsmanager_secret_version': {
      // As RDS keeps its master's: what a program reads out of a document is most often one of these.
      const secret = {
        username: 'admin',
        password: digits.slice(0, 32),
        host: 'db.example.com',
        port: 5432,
        dbname: 'main',
      };
      return { secret_string: JSON.stringify(secret), version_id: digits.slice(0, 32), version_stages: ['AWSCURRENT'] };
    }
    default:
      return undefined;
  }
}

/** What a parameter holds whose name says that it is an ARN: `/plinth/prod/lake/key-arn`. */
function arnNamed(name: string, { region, account, digits }: Making): string | undefined {
  const [, kind] = /(?:^|[/_-])(\w+)[/_-]arn$/i.exec(name) ?? [];
  const here = `${region}:${account}`;
  const known: Readonly<Record<string, string>> = {
    key: `kms:${here}:key/${uuidOf(digits)}`,
    secret: `secretsmanager:${here}:secret:looked-up-${digits.slice(0, 6)}`,
    certificate: `acm:${here}:certificate/${uuidOf(digits)}`,
    role: `iam::${account}:role/looked-up`,
    policy: `iam::${account}:policy/looked-up`,
    bucket: `s3:::looked-up-${digits.slice(0, 8)}`,
    topic: `sns:${here}:looked-up`,
    queue: `sqs:${here}:looked-up`,
  };
  if (!/arn$/i.test(name)) return undefined;
  return `arn:aws:${known[kind?.toLowerCase() ?? ''] ?? `ssm:${here}:parameter/${name.replace(/^\//, '')}`}`;
}

/** The ids of those subnets of the program that a `vpc-id` filter and tags ask for. */
function subnetsOf(config: TfObject, world: World): TfValue[] {
  const filters = Array.isArray(config['filter']) ? config['filter'].filter(isObject) : [];
  const vpcs = filters.flatMap(({ name, values }) => (name === 'vpc-id' && Array.isArray(values) ? values : []));
  const tags = isObject(config['tags']) ? config['tags'] : {};
  const tagged = (own: TfValue): boolean =>
    Object.entries(tags).every(([key, value]) => isObject(own) && own[key] === value);
  return [...world.all().values()]
    .filter(({ type, values }) => type === 'aws_subnet' && tagged(values['tags'] ?? null))
    .filter(({ values }) => vpcs.length === 0 || vpcs.includes(values['vpc_id'] ?? null))
    .map(({ values }) => values['id'] ?? null);
}

/** An assumed role leads back to the role; whoever else acts, acts for himself. */
function sessionContext(arn: string): TfObject {
  const [, partition = 'aws', account = '', role = '', session = ''] =
    /^arn:([\w-]+):sts::(\d+):assumed-role\/([^/]+)\/(.+)$/.exec(arn) ?? [];
  return role === ''
    ? { issuer_arn: arn, issuer_name: '', session_name: '' }
    : { issuer_arn: `arn:${partition}:iam::${account}:role/${role}`, issuer_name: role, session_name: session };
}
