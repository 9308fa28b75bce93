import type { AppliedResource } from '../../report';
import { forEverybody } from './everybody';
import type { PublicRule, Values } from './rule';

/** Arguments that hold a policy of the thing itself, and what the thing is called. */
const documents: Readonly<Record<string, readonly [argument: string, thing: string]>> = {
  aws_api_gateway_rest_api: ['policy', 'API'],
  aws_api_gateway_rest_api_policy: ['policy', 'API'],
  aws_backup_vault_policy: ['policy', 'backup vault'],
  aws_cloudwatch_event_bus_policy: ['policy', 'event bus'],
  aws_cloudwatch_log_resource_policy: ['policy_document', 'logs'],
  aws_codeartifact_domain_permissions_policy: ['policy_document', 'package domain'],
  aws_codeartifact_repository_permissions_policy: ['policy_document', 'package repository'],
  aws_dynamodb_resource_policy: ['policy', 'table'],
  aws_ecr_registry_policy: ['policy', 'container registry'],
  aws_ecr_repository_policy: ['policy', 'container repository'],
  aws_efs_file_system_policy: ['policy', 'file system'],
  aws_elasticsearch_domain_policy: ['access_policies', 'search domain'],
  aws_glacier_vault: ['access_policy', 'vault'],
  aws_glue_resource_policy: ['policy', 'data catalogue'],
  aws_iam_role: ['assume_role_policy', 'role'],
  aws_kinesis_resource_policy: ['policy', 'stream'],
  aws_kms_external_key: ['policy', 'key'],
  aws_kms_key: ['policy', 'key'],
  aws_kms_key_policy: ['policy', 'key'],
  aws_kms_replica_key: ['policy', 'key'],
  aws_msk_cluster_policy: ['policy', 'Kafka cluster'],
  aws_opensearch_domain_policy: ['access_policies', 'search domain'],
  aws_s3_access_point: ['policy', 'access point'],
  aws_s3_bucket: ['policy', 'bucket'],
  aws_s3_bucket_policy: ['policy', 'bucket'],
  aws_s3control_access_point_policy: ['policy', 'access point'],
  aws_secretsmanager_secret: ['policy', 'secret'],
  aws_secretsmanager_secret_policy: ['policy', 'secret'],
  aws_sns_topic: ['policy', 'topic'],
  aws_sns_topic_policy: ['policy', 'topic'],
  aws_sqs_queue: ['policy', 'queue'],
  aws_sqs_queue_policy: ['policy', 'queue'],
};

/** Rules for what is public by its own policy, one for each type that has one. */
export const policyRules: readonly PublicRule[] = Object.entries(documents).map(([type, [argument, thing]]) => ({
  code: `policy-${type}`,
  types: [type],
  says: `its ${argument} lets everybody use the ${thing}`,
  fires: (values, resources) => {
    const names = forEverybody(values[argument]);
    if (names.length === 0) return false;
    if (thing === 'bucket' && blocked(values, 'restrict_public_buckets', resources)) return false;
    return `by ${names.join(', ')}`;
  },
}));

const groups = /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

/** Rules for what is public by an access control list. */
export const aclRules: readonly PublicRule[] = [
  {
    code: 'bucket-acl',
    types: ['aws_s3_bucket', 'aws_s3_bucket_acl', 'aws_s3_object', 'aws_s3_bucket_object', 'aws_s3_object_copy'],
    says: 'its access control list lets everybody in',
    fires: (values, resources) => {
      if (blocked(values, 'ignore_public_acls', resources)) return false;
      const acl = values['acl'];
      if (acl === 'public-read' || acl === 'public-read-write' || acl === 'authenticated-read') return acl;
      const grantee = JSON.stringify([values['access_control_policy'], values['grant']]);
      return [...grantee.matchAll(/"uri":"([^"]*)"/g)].some(([, uri = '']) => groups.test(uri)) && 'by a grant';
    },
  },
];

/** Whether the public access block of a bucket, or of the account, takes away what would be public. */
function blocked(
  values: Values,
  argument: 'restrict_public_buckets' | 'ignore_public_acls',
  resources: readonly AppliedResource[],
): boolean {
  const bucket = values['bucket'] ?? values['id'];
  return resources.some(
    ({ mode, type, values: block }) =>
      mode === 'managed' &&
      block[argument] === true &&
      (type === 'aws_s3_account_public_access_block' ||
        (type === 'aws_s3_bucket_public_access_block' && block['bucket'] === bucket)),
  );
}
