import type { ModelState } from '../../../../src/runtime/engine/inference';
import { unreadyReason, type ReadinessFacts } from '../../../../src/runtime/engine/readiness';

const ready = { state: 'READY' as ModelState, settled: true, aside: false };
const failed = { state: 'UNAVAILABLE' as ModelState, settled: true, aside: false };
const loading = { state: 'LOADING' as ModelState, settled: false, aside: false };
/** A failed model that is being tried again. */
const retried = { state: 'LOADING' as ModelState, settled: true, aside: false };

/** Put aside for want of memory: the next request brings it back. */
const aside = { state: 'UNAVAILABLE' as ModelState, settled: true, aside: true };

const facts: ReadinessFacts = { draining: false, listed: true, models: [], readyWhenEmpty: false };

// The truth table: every row is a state that a server can be in.
test.each<[string, Partial<ReadinessFacts>, string | undefined]>([
  ['repository not read yet', { listed: false }, 'the model repository has not been read yet'],
  [
    'not read yet, though empty would do',
    { listed: false, readyWhenEmpty: true },
    'the model repository has not been read yet',
  ],
  ['empty', {}, 'the model repository holds no model yet'],
  ['empty, and that will do', { readyWhenEmpty: true }, undefined],
  ['first model loads', { models: [loading] }, 'models are being loaded'],
  ['first model loads, where empty would do', { models: [loading], readyWhenEmpty: true }, 'models are being loaded'],
  ['one ready, one loads', { models: [ready, loading] }, 'models are being loaded'],
  ['all ready', { models: [ready, ready] }, undefined],
  ['one ready, one broken', { models: [ready, failed] }, undefined],
  ['one ready, one tried again', { models: [ready, retried] }, undefined],
  ['all put aside', { models: [aside] }, undefined],
  ['all broken', { models: [failed, failed] }, 'no model could be loaded'],
  ['all broken, where empty would do', { models: [failed], readyWhenEmpty: true }, 'no model could be loaded'],
  ['the only one tried again', { models: [retried] }, 'no model could be loaded'],
  ['draining', { models: [ready], draining: true }, 'it is being stopped'],
  ['draining while empty', { readyWhenEmpty: true, draining: true }, 'it is being stopped'],
])('%s', (_, changed, reason) => {
  expect(unreadyReason({ ...facts, ...changed })).toBe(reason);
});
