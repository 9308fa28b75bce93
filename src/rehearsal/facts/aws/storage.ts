import type { FactSheets } from '../facts';

const file = (path: string): string =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/${path}.go`;

export const storage: FactSheets = {
  aws_ebs_volume: {
    source: file('ec2/ebs_volume'),
    stateful: true,
    replaces: ['availability_zone', 'encrypted', 'kms_key_id', 'multi_attach_enabled', 'outpost_arn', 'snapshot_id'],
    atLeastOneOf: [['size', 'snapshot_id']],
    rules: {
      kms_key_id: { format: 'arn' },
      type: { oneOf: ['standard', 'io1', 'io2', 'gp2', 'gp3', 'sc1', 'st1'] },
    },
  },
  aws_efs_file_system: {
    source: file('efs/file_system'),
    stateful: true,
    replaces: ['availability_zone_name', 'creation_token', 'encrypted', 'kms_key_id', 'performance_mode'],
    rules: {
      kms_key_id: { format: 'arn' },
      performance_mode: { oneOf: ['generalPurpose', 'maxIO'] },
      throughput_mode: { oneOf: ['bursting', 'elastic', 'provisioned'] },
    },
  },
  aws_dynamodb_table: {
    source: file('dynamodb/table'),
    stateful: true,
    replaces: ['hash_key', 'import_table', 'local_secondary_index', 'name', 'range_key'],
    rules: {
      'attribute.type': { oneOf: ['B', 'N', 'S'] },
      billing_mode: { oneOf: ['PAY_PER_REQUEST', 'PROVISIONED'] },
      name: { pattern: /^[\w.-]{3,255}$/, means: '3 to 255 letters, digits, dots, hyphens and underscores' },
      table_class: { oneOf: ['STANDARD', 'STANDARD_INFREQUENT_ACCESS'] },
    },
  },
  aws_kinesis_stream: {
    source: file('kinesis/stream'),
    stateful: true,
    replaces: ['name'],
    rules: { retention_period: { between: [24, 8760] } },
  },
  aws_sns_topic: {
    source: file('sns/topic'),
    replaces: ['fifo_topic', 'name', 'name_prefix'],
    atMostOneOf: [['name', 'name_prefix']],
    defaults: { fifo_topic: false },
  },
};
