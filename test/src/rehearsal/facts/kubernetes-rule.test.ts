import { every, needs, oneSource } from '../../../../src/rehearsal/facts/kubernetes-rule';
import { Unknown } from '../../../../src/rehearsal/protocol/codec';

it('needs attributes and blocks with something in them', () => {
  const rule = needs('name', 'port');
  expect(rule({ name: 'a', port: [{}] })).toEqual([]);
  expect(rule({ name: 'a', port: 80 })).toEqual([]);
  expect(rule({ name: '', port: [] })).toEqual([
    { path: [], clause: 'it has no name; write it' },
    { path: [], clause: 'it has no port; write it' },
  ]);
  expect(rule({ name: Unknown.value, port: Unknown.value })).toEqual([]);
});

it('takes one source of several, and waits where one is not known yet', () => {
  const rule = oneSource(['a', 'b'], 1);
  expect(rule({ a: [{}], b: null })).toEqual([]);
  expect(rule({ a: 'text', b: [{}] })).toEqual([{ path: [], clause: 'it has a and b; keep one' }]);
  expect(rule({ a: null, b: [] })).toEqual([{ path: [], clause: 'it has none of a, b; write one' }]);
  expect(rule({ a: Unknown.value, b: [] })).toEqual([]);
  expect(oneSource(undefined, 0)({ name: 'v', a: [], b: [] })).toEqual([]);
});

it('puts rules together', () => {
  expect(every(needs('a'), needs('b'))({ a: null, b: null })).toHaveLength(2);
});
