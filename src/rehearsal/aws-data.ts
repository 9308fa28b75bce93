import { text } from './aws-attributes';
import type { Making } from './plausible';
import { policyDocument } from './policy-document';
import type { TfObject } from './protocol/codec';

/** What a data source answers that follows from the question, the account or the region; undefined where nothing does. */
export function awsAnswer(type: string, config: TfObject, making: Making): TfObject | undefined {
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
      return image === undefined
        ? undefined
        : { id: name, value: image, insecure_value: image, type: 'String', version: 1 };
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
    default:
      return undefined;
  }
}
