import type { FactSheets } from '../facts';

const file = (name: string): string =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/secretsmanager/${name}.go`;

export const secretsmanager: FactSheets = {
  aws_secretsmanager_secret: {
    source: file('secret'),
    stateful: true,
    replaces: ['name', 'name_prefix'],
    atMostOneOf: [['name', 'name_prefix']],
    rules: {
      name: { pattern: /^[\w/+=.@-]{1,512}$/, means: 'at most 512 letters, digits and /_+=.@-' },
      recovery_window_in_days: { between: [0, 30] },
    },
  },
  aws_secretsmanager_secret_version: {
    source: file('secret_version'),
    replaces: ['secret_id'],
    sensitive: ['secret_binary', 'secret_string'],
    writeOnly: ['secret_string_wo'],
  },
};
