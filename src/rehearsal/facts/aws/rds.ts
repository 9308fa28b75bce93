import type { FactSheets } from '../facts';

const file = (name: string): string =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/rds/${name}.go`;

export const rds: FactSheets = {
  aws_db_instance: {
    source: file('instance'),
    stateful: true,
    replaces: [
      'availability_zone',
      'character_set_name',
      'custom_iam_instance_profile',
      'db_name',
      'engine',
      'kms_key_id',
      'nchar_character_set_name',
      'restore_to_point_in_time',
      's3_import.bucket_name',
      'snapshot_identifier',
      'storage_encrypted',
      'timezone',
      'username',
    ],
    sensitive: ['password'],
    writeOnly: ['password_wo'],
    atMostOneOf: [
      ['password', 'password_wo', 'manage_master_user_password'],
      ['identifier', 'identifier_prefix'],
    ],
    together: [['password_wo', 'password_wo_version']],
    rules: {
      kms_key_id: { format: 'arn' },
      backup_retention_period: { between: [0, 35] },
      engine_lifecycle_support: {
        oneOf: ['open-source-rds-extended-support', 'open-source-rds-extended-support-disabled'],
      },
      monitoring_role_arn: { format: 'arn' },
    },
    defaults: { storage_encrypted: false },
  },
};
