import { formats } from '../../../../src/rehearsal/formats/index';

// One right text and one wrong one for each, so that no name leads to another format's check.
const samples: Record<keyof typeof formats, readonly [right: string, wrong: string]> = {
  arn: ['arn:aws:s3:::b', 's3://b'],
  cidr: ['2001:db8::/32', '10.0.0.1/8'],
  'ipv4-cidr': ['10.0.0.0/8', '2001:db8::/32'],
  'iam-policy': ['{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}', '{}'],
  'inline-policy': [
    `{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${'b'.repeat(7000)}"}}`,
    '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}',
  ],
  'trust-policy': [
    '{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}}',
    '{"Statement":{"Effect":"Allow","Action":"s3:*","Principal":"*"}}',
  ],
  'resource-policy': [
    '{"Statement":{"Effect":"Allow","Action":"s3:*","Principal":"*","Resource":"*"}}',
    '{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}',
  ],
  schedule: ['at(2030-01-31T08:30:00)', '0 3 * * *'],
  'rule-schedule': ['rate(1 day)', 'at(2030-01-31T08:30:00)'],
  json: ['[]', 'text'],
  'kubernetes-name': ['a.b', 'a_b'],
  'dns-label': ['1a', 'a.b'],
  'service-name': ['a1', '1a'],
  'port-name': ['http', 'a-very-long-port'],
  'label-key': ['example.com/A_b', 'a/b/c'],
  'label-value': ['', 'a/b'],
  quantity: ['1Gi', '1GB'],
  cron: ['0 3 * * *', 'rate(1 day)'],
  duration: ['1h', '1d'],
};

it.each(Object.entries(samples))('%s', (format, [right, wrong]) => {
  const check = formats[format as keyof typeof formats];
  expect(check(right)).toBeUndefined();
  expect(check(wrong)).toMatch(/; /);
});

it('has a sample of every format', () => expect(Object.keys(samples).sort()).toEqual(Object.keys(formats).sort()));
