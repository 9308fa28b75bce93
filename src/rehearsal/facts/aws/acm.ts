import type { FactSheets } from '../facts';

const file = (name: string): string =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/acm/${name}.go`;

export const acm: FactSheets = {
  aws_acm_certificate: {
    source: file('certificate'),
    stateful: true,
    replaces: [
      'certificate_authority_arn',
      'domain_name',
      'key_algorithm',
      'subject_alternative_names',
      'validation_method',
      'validation_option',
    ],
    sensitive: ['private_key'],
    rules: {
      certificate_authority_arn: { format: 'arn' },
      validation_method: { oneOf: ['DNS', 'EMAIL'] },
    },
  },
};
