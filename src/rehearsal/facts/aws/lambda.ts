import type { FactSheets } from '../facts';

const file = (name: string): string =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/lambda/${name}.go`;

export const lambda: FactSheets = {
  aws_lambda_function: {
    source: file('function'),
    replaces: ['function_name', 'package_type'],
    exactlyOneOf: [['filename', 'image_uri', 's3_bucket']],
    rules: {
      architectures: { oneOf: ['arm64', 'x86_64'] },
      'ephemeral_storage.size': { between: [512, 10_240] },
      memory_size: { between: [128, 10_240] },
      package_type: { oneOf: ['Image', 'Zip'] },
      role: { format: 'arn' },
      timeout: { between: [1, 900] },
      'tracing_config.mode': { oneOf: ['Active', 'PassThrough'] },
    },
    defaults: { package_type: 'Zip' },
  },
};
