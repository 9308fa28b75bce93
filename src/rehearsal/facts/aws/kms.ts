import type { FactSheets } from '../facts';

const file = (name: string): string =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/kms/${name}.go`;

export const kms: FactSheets = {
  aws_kms_key: {
    source: file('key'),
    // What was encrypted with a key that is gone is gone as well.
    stateful: true,
    replaces: ['custom_key_store_id', 'customer_master_key_spec', 'key_usage', 'multi_region', 'xks_key_id'],
    rules: {
      custom_key_store_id: { length: [1, 22] },
      deletion_window_in_days: { between: [7, 30] },
      description: { length: [0, 8192] },
      key_usage: { oneOf: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT'] },
      rotation_period_in_days: { between: [90, 2560] },
      xks_key_id: { length: [1, 128] },
    },
    defaults: { customer_master_key_spec: 'SYMMETRIC_DEFAULT', key_usage: 'ENCRYPT_DECRYPT' },
  },
};
