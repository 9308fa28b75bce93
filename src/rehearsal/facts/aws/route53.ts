import type { FactSheets } from '../facts';

const file = (name: string): string =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/route53/${name}.go`;

export const route53: FactSheets = {
  aws_route53_zone: {
    source: file('zone'),
    stateful: true,
    replaces: ['delegation_set_id', 'name'],
    atMostOneOf: [['delegation_set_id', 'vpc']],
    rules: { comment: { length: [0, 256] }, name: { length: [1, 1024] } },
  },
  aws_route53_record: {
    source: file('record'),
    replaces: ['name', 'zone_id'],
    rules: {
      type: {
        oneOf: [
          'A',
          'AAAA',
          'CAA',
          'CNAME',
          'DS',
          'HTTPS',
          'MX',
          'NAPTR',
          'NS',
          'PTR',
          'SOA',
          'SPF',
          'SRV',
          'SSHFP',
          'SVCB',
          'TLSA',
          'TXT',
        ],
      },
    },
  },
};
