import type { FactSheets } from '../facts';

const file = (name: string): string =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecr/${name}.go`;

export const ecr: FactSheets = {
  aws_ecr_repository: {
    source: file('repository'),
    stateful: true,
    replaces: ['encryption_configuration.encryption_type', 'encryption_configuration.kms_key', 'name'],
    rules: {
      'encryption_configuration.encryption_type': { oneOf: ['AES256', 'KMS', 'KMS_DSSE'] },
      image_tag_mutability: {
        oneOf: ['MUTABLE', 'IMMUTABLE', 'IMMUTABLE_WITH_EXCLUSION', 'MUTABLE_WITH_EXCLUSION'],
      },
      name: { length: [2, 256] },
    },
    defaults: { 'encryption_configuration.encryption_type': 'AES256' },
  },
};
