import { checkConfig, replacedBy } from '../../../../src/rehearsal/facts/check';
import { helm } from '../../../../src/rehearsal/facts/helm';
import { Unknown, type TfObject } from '../../../../src/rehearsal/protocol/codec';

const facts = helm['helm_release']!;
const release: TfObject = {
  name: 'keda',
  chart: 'keda',
  version: '2.20.2',
  repository: 'https://kedacore.github.io/charts',
};
const details = (config: TfObject) =>
  checkConfig('helm_release', facts, { ...release, ...config }).map(({ detail }) => detail);

it.each<[TfObject]>([
  [{}],
  [{ values: ['operator:\n  replicaCount: 2\n'] }],
  [{ values: [''] }],
  [{ values: ['# nothing'] }],
  [{ values: [Unknown.value, 'a: &x { b: 1 }\nglobal: *x'], chart: 'nobody' }],
  [{ values: ['log: 1\nlog: 2'], chart: 'nobody' }],
  [{ values: Unknown.value }],
  [{ values: ['anything: 1'], version: '2.19.0' }],
  [{ values: ['anything: 1'], version: null }],
  [
    {
      set: [
        { name: 'operator.replicaCount', value: '2' },
        { name: 'podAnnotations.keda.example\\.com/a', value: 'b' },
      ],
    },
  ],
  [{ set: [{ name: 'tolerations[0].key', value: 'x', type: 'string' }] }],
  [{ chart: 'oci://ghcr.io/org/chart', repository: null }],
  [{ repository: 'stable' }],
  [{ repository: 'oci://public.ecr.aws/karpenter' }],
  [{ repository: 'plugin-of-mine://host/path' }],
])('lets be %j', (config) => expect(details(config)).toEqual([]));

it.each([
  '1.2.3',
  'v1.2.3',
  '1.x',
  '*',
  '~1.2',
  '^1.2.3',
  '>= 1.2, < 2',
  '>=1.2 <2',
  '1.2 - 1.4',
  '1.2.3-rc.1+b',
  '1 || 2',
  '!=1.0.0',
  '~> 1.2',
])('takes the version %s', (version) => expect(details({ chart: 'nobody', version })).toEqual([]));

it.each<[TfObject, string]>([
  [{ name: 'a'.repeat(54) }, `"${'a'.repeat(54)}" has 54 characters; give 1 to 53.`],
  [
    { name: 'My_Release' },
    '"My_Release" does not fit; give lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit.',
  ],
  [{ namespace: 'a.b' }, expect.stringContaining('write "a-b"')],
  [{ version: 'latest' }, '"latest" is neither a version nor a constraint on one; write one such as 1.2.3 or ~1.2.'],
  [{ version: '1.2.3.4' }, '"1.2.3.4" is neither a version nor a constraint on one; write one such as 1.2.3 or ~1.2.'],
  [
    { repository: 'htps://charts.example.com' },
    '"htps://charts.example.com" has a scheme that Helm does not know; write https://charts.example.com.',
  ],
  [
    { repository: 'https:/charts.example.com' },
    '"https:/charts.example.com" is no URL; write one such as https://charts.example.com.',
  ],
  [{ repository: 'https://' }, '"https://" is no URL; write one such as https://charts.example.com.'],
  [{ values: ['a: [1, 2'] }, 'the text is not YAML in line 1; make it with yamlencode or Fn.yamlencode.'],
  [{ values: ['- a\n- b'] }, 'the text is no map of YAML; write keys and values.'],
  [{ values: ['text'] }, 'the text is no map of YAML; write keys and values.'],
  [
    { values: ['operator:\n  replicas: 2\n'] },
    expect.stringContaining(
      'the chart keda 2.20.2 knows no value "operator.replicas", and would not read it; write operator.replica',
    ),
  ],
  [
    { values: ['somethingQuiteDifferentFromAll: 2\n'] },
    'the chart keda 2.20.2 knows no value "somethingQuiteDifferentFromAll", and would not read it; leave it out.',
  ],
  [
    { set: [{ name: 'operator.replicaCounts', value: '2' }] },
    'the chart keda 2.20.2 knows no value "operator.replicaCounts", and would not read it; write operator.replicaCount.',
  ],
  [{ set: [{ name: 'env', value: '2', type: 'number' }] }, expect.stringContaining('"number" is none of')],
])('tells of %j', (config, says) => expect(details(config)).toEqual([says]));

it('replaces a release by name or namespace only', () => {
  expect(replacedBy(facts, release, { ...release, namespace: 'default', version: '3.0.0' })).toEqual([]);
  expect(replacedBy(facts, release, { ...release, namespace: 'other', name: 'k' })).toEqual([['name'], ['namespace']]);
});

it('says where, with the place in the list', () => {
  const found = checkConfig('helm_release', facts, { ...release, values: ['', 'operater: {}'] });
  expect(found[0]).toMatchObject({
    severity: 'error',
    summary: '"values" of helm_release is not right',
    path: ['values', 1],
  });
});
