import type { FactSheets, Format, TypeFacts } from './facts';

const page = (type: string): string =>
  `https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/${type.replace(/^aws_/, '')}`;

/** Arguments that hold a policy of IAM, by the kind of policy. */
const holders: Partial<Record<Format, readonly string[]>> = {
  'iam-policy': ['aws_iam_policy.policy'],
  'inline-policy': [
    'aws_iam_role_policy.policy',
    'aws_iam_group_policy.policy',
    'aws_iam_user_policy.policy',
    'aws_ssoadmin_permission_set_inline_policy.inline_policy',
  ],
  'trust-policy': ['aws_iam_role.assume_role_policy'],
  'resource-policy': [
    'aws_api_gateway_rest_api.policy',
    'aws_api_gateway_rest_api_policy.policy',
    'aws_backup_vault_policy.policy',
    'aws_cloudwatch_event_bus_policy.policy',
    'aws_cloudwatch_log_resource_policy.policy_document',
    'aws_codeartifact_domain_permissions_policy.policy_document',
    'aws_codeartifact_repository_permissions_policy.policy_document',
    'aws_codebuild_resource_policy.policy',
    'aws_dynamodb_resource_policy.policy',
    'aws_ecr_registry_policy.policy',
    'aws_ecr_repository_policy.policy',
    'aws_efs_file_system_policy.policy',
    'aws_elasticsearch_domain_policy.access_policies',
    'aws_glue_resource_policy.policy',
    'aws_kinesis_resource_policy.policy',
    'aws_kms_external_key.policy',
    'aws_kms_key.policy',
    'aws_kms_key_policy.policy',
    'aws_kms_replica_key.policy',
    'aws_msk_cluster_policy.policy',
    'aws_opensearch_domain.access_policies',
    'aws_opensearch_domain_policy.access_policies',
    'aws_s3_access_point.policy',
    'aws_s3_bucket_policy.policy',
    'aws_s3control_access_point_policy.policy',
    'aws_sagemaker_model_package_group_policy.resource_policy',
    'aws_secretsmanager_secret.policy',
    'aws_secretsmanager_secret_policy.policy',
    'aws_sns_topic.policy',
    'aws_sns_topic_policy.policy',
    'aws_sqs_queue.policy',
    'aws_sqs_queue_policy.policy',
    'aws_vpc_endpoint.policy',
    'aws_vpc_endpoint_policy.policy',
  ],
};

/** Policies of IAM are checked wherever they stand, so that one list says where; other facts of these types are with their service. */
export const policies: FactSheets = Object.fromEntries(
  Object.entries(holders).flatMap(([format, places]) =>
    places.map((place): [string, TypeFacts] => {
      const [type = '', argument = ''] = place.split('.');
      return [type, { source: page(type), rules: { [argument]: { format: format as Format } } }];
    }),
  ),
);
