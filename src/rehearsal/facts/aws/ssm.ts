import type { FactSheets } from '../facts';

const file = (name: string): string =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ssm/${name}.go`;

export const ssm: FactSheets = {
  aws_ssm_parameter: {
    source: file('parameter'),
    stateful: true,
    replaces: ['data_type', 'name'],
    sensitive: ['value'],
    writeOnly: ['value_wo'],
    exactlyOneOf: [['insecure_value', 'value', 'value_wo']],
    together: [['value_wo', 'value_wo_version']],
    rules: {
      data_type: { oneOf: ['aws:ec2:image', 'aws:ssm:integration', 'text'] },
      name: { length: [1, 2048] },
      tier: { oneOf: ['Standard', 'Advanced', 'Intelligent-Tiering'] },
      type: { oneOf: ['String', 'StringList', 'SecureString'] },
    },
  },
};
