import type { FactSheets } from '../facts';

const file = (name: string): string =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/s3/${name}.go`;

export const s3: FactSheets = {
  aws_s3_bucket: {
    source: file('bucket'),
    stateful: true,
    replaces: ['bucket', 'bucket_prefix', 'object_lock_enabled'],
    atMostOneOf: [['bucket', 'bucket_prefix']],
    rules: {
      bucket: [
        { length: [3, 63] },
        {
          pattern: /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
          means: 'lower-case letters, digits, dots and hyphens, beginning and ending with a letter or digit',
        },
      ],
      bucket_prefix: { length: [0, 37] },
    },
    defaults: { object_lock_enabled: false, force_destroy: false },
  },
};
