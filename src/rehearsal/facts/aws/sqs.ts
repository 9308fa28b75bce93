import type { FactSheets } from '../facts';

const file = (name: string): string =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sqs/${name}.go`;

export const sqs: FactSheets = {
  aws_sqs_queue: {
    source: file('queue'),
    stateful: true,
    replaces: ['fifo_queue', 'name', 'name_prefix'],
    atMostOneOf: [
      ['kms_master_key_id', 'sqs_managed_sse_enabled'],
      ['name', 'name_prefix'],
    ],
    rules: {
      deduplication_scope: { oneOf: ['messageGroup', 'queue'] },
      delay_seconds: { between: [0, 900] },
      fifo_throughput_limit: { oneOf: ['perMessageGroupId', 'perQueue'] },
      kms_data_key_reuse_period_seconds: { between: [60, 86_400] },
      max_message_size: { between: [1024, 1_048_576] },
      message_retention_seconds: { between: [60, 1_209_600] },
      name: {
        pattern: /^[0-9A-Za-z_-]{1,80}$|^[0-9A-Za-z_-]{1,75}\.fifo$/,
        means: 'at most 80 letters, digits, hyphens and underscores, with .fifo at the end of a FIFO queue',
      },
      redrive_allow_policy: { format: 'json' },
      redrive_policy: { format: 'json' },
      visibility_timeout_seconds: { between: [0, 43_200] },
    },
    defaults: { fifo_queue: false },
  },
};
