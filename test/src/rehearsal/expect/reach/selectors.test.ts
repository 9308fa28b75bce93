import { selects } from '../../../../../src/rehearsal/expect/reach/selectors';

const labels = { app: 'mlflow', tier: 'web' };
const expression = (key: string, operator: string, values?: string[]) => ({
  matchExpressions: [{ key, operator, ...(values && { values }) }],
});

test.each([
  ['an empty selector', {}, 'yes'],
  ['equal labels', { matchLabels: { app: 'mlflow', tier: 'web' } }, 'yes'],
  ['one other label', { matchLabels: { app: 'mlflow', tier: 'db' } }, 'no'],
  ['In', expression('app', 'In', ['mlflow', 'x']), 'yes'],
  ['In, of others', expression('app', 'In', ['x']), 'no'],
  ['In, of a missing label', expression('zone', 'In', ['x']), 'no'],
  ['NotIn', expression('app', 'NotIn', ['x']), 'yes'],
  ['NotIn, of it', expression('app', 'NotIn', ['mlflow']), 'no'],
  ['NotIn, of a missing label', expression('zone', 'NotIn', ['x']), 'yes'],
  ['Exists', expression('app', 'Exists'), 'yes'],
  ['Exists, of a missing label', expression('zone', 'Exists'), 'no'],
  ['DoesNotExist', expression('zone', 'DoesNotExist'), 'yes'],
  ['DoesNotExist, of one that is there', expression('app', 'DoesNotExist'), 'no'],
  ['an operator that nobody knows', expression('app', 'Gt', ['1']), 'unknown'],
  ['labels and expressions', { matchLabels: { app: 'mlflow' }, ...expression('tier', 'NotIn', ['web']) }, 'no'],
] as const)('%s', (_name, selector, answer) => expect(selects(selector, labels)).toBe(answer));

test('a label that may be there is not known', () => {
  expect(selects({ matchLabels: { zone: 'a' } }, labels, true)).toBe('unknown');
  expect(selects({ matchLabels: { zone: 'a', app: 'x' } }, labels, true)).toBe('no');
  expect(selects({ matchLabels: { app: 'mlflow' } }, labels, true)).toBe('yes');
});
