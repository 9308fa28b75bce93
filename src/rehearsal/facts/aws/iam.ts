import type { FactSheets } from '../facts';

const file = (name: string): string =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/iam/${name}.go`;

export const iam: FactSheets = {
  aws_iam_role: {
    source: file('role'),
    replaces: ['name', 'name_prefix', 'path'],
    atMostOneOf: [['name', 'name_prefix']],
    rules: {
      description: { length: [0, 1000] },
      max_session_duration: { between: [3600, 43_200] },
      name: { pattern: /^[\w+=,.@-]{1,64}$/, means: 'at most 64 letters, digits and +=,.@_-' },
      name_prefix: { length: [1, 38] },
      path: { length: [0, 512] },
      permissions_boundary: { format: 'arn' },
    },
    defaults: { path: '/' },
  },
  aws_iam_role_policy: {
    source: file('role_policy'),
    replaces: ['name', 'name_prefix', 'role'],
    atMostOneOf: [['name', 'name_prefix']],
    rules: { name: { pattern: /^[\w+=,.@-]{1,128}$/, means: 'at most 128 letters, digits and +=,.@_-' } },
  },
  aws_iam_policy: {
    source: file('policy'),
    replaces: ['description', 'name', 'name_prefix', 'path'],
    atMostOneOf: [['name', 'name_prefix']],
    rules: { name: { pattern: /^[\w+=,.@-]{1,128}$/, means: 'at most 128 letters, digits and +=,.@_-' } },
    defaults: { path: '/' },
  },
  aws_iam_role_policy_attachment: {
    source: file('role_policy_attachment'),
    replaces: ['policy_arn', 'role'],
    rules: { policy_arn: { format: 'arn' } },
  },
  aws_iam_openid_connect_provider: {
    source: file('openid_connect_provider'),
    replaces: ['url'],
    rules: { client_id_list: { length: [1, 255] }, thumbprint_list: { length: [40, 40] } },
  },
};
