import {
  blockHolds,
  blockHoldsInternet,
  blockHoldsPods,
  contains,
  isNetwork,
  isPrivate,
  overlaps,
} from '../../../../../src/rehearsal/expect/reach/networks';

test.each([
  ['10.0.0.0/16', true],
  ['10.0.0.1', true],
  ['::/0', true],
  ['fd00::1', true],
  ['10.0.0.0/33', false],
  ['::/129', false],
  ['10.0.0/16', false],
  ['10.0.0.0/', false],
  ['ml/mlflow', false],
])('%s is a network: %s', (text, so) => expect(isNetwork(text)).toBe(so));

test.each([
  ['10.0.0.0/8', '10.1.0.0/16', true],
  ['10.0.0.0/8', '10.0.0.0/8', true],
  ['10.1.0.0/16', '10.0.0.0/8', false],
  ['0.0.0.0/0', '::/0', false],
  ['0.0.0.0/0', '1.2.3.4', true],
  ['2001:db8::/32', '2001:db8:1::/48', true],
  ['x', '10.0.0.0/8', false],
])('%s contains %s: %s', (outer, inner, so) => expect(contains(outer, inner)).toBe(so));

test('networks overlap where one holds the other', () => {
  expect(overlaps('10.1.0.0/16', '10.0.0.0/8')).toBe(true);
  expect(overlaps('10.1.0.0/16', '10.2.0.0/16')).toBe(false);
  expect(isPrivate('172.31.0.0/16')).toBe(true);
  expect(isPrivate('172.0.0.0/8')).toBe(false);
});

test.each([
  ['10.0.0.0/8', [], ['10.1.0.0/16', '10.2.0.0/16'], 'yes'],
  ['10.1.0.0/16', [], ['10.1.0.0/16', '10.2.0.0/16'], 'unknown'],
  ['10.1.2.0/24', [], ['10.1.0.0/16'], 'unknown'],
  ['192.168.0.0/16', [], ['10.1.0.0/16'], 'no'],
  ['10.0.0.0/8', ['10.1.0.0/16'], ['10.1.2.0/24'], 'no'],
  ['10.0.0.0/8', ['10.1.2.0/24'], ['10.1.0.0/16'], 'unknown'],
  ['10.0.0.0/8', ['10.9.0.0/16'], ['10.1.0.0/16'], 'yes'],
  // Of something whose networks are not known, only everything is certain.
  ['0.0.0.0/0', [], [], 'yes'],
  ['0.0.0.0/0', ['10.0.0.0/8'], [], 'unknown'],
  ['10.0.0.0/8', [], [], 'unknown'],
] as const)('%s but %j holds %j: %s', (block, except, networks, answer) =>
  expect(blockHolds(block, except, networks)).toBe(answer),
);

test.each([
  ['0.0.0.0/0', [], 'yes'],
  ['::/0', [], 'yes'],
  ['0.0.0.0/0', ['10.0.0.0/8', '169.254.169.254/32'], 'yes'],
  ['0.0.0.0/0', ['52.0.0.0/8'], 'unknown'],
  ['52.0.0.0/8', [], 'unknown'],
  ['0.0.0.0/1', [], 'unknown'],
  ['10.0.0.0/8', [], 'no'],
  ['0.0.0.0/0', ['0.0.0.0/0'], 'no'],
] as const)('%s but %j holds the internet: %s', (block, except, answer) =>
  expect(blockHoldsInternet(block, except)).toBe(answer),
);

test.each([
  ['0.0.0.0/0', [], 'unknown'],
  ['10.0.0.0/8', [], 'unknown'],
  ['10.0.0.0/8', ['10.0.0.0/8'], 'no'],
  ['52.0.0.0/8', [], 'no'],
  ['169.254.170.23/32', [], 'no'],
] as const)('%s but %j holds pods: %s', (block, except, answer) => expect(blockHoldsPods(block, except)).toBe(answer));
