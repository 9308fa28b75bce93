import { wrongBlocks, wrongValues } from '../../../../src/rehearsal/facts/kubernetes-walk';
import { Unknown } from '../../../../src/rehearsal/protocol/codec';

it('finds wrong values wherever they stand, and says where', () => {
  const template = { spec: [{ container: [{ name: 'a' }, { name: 'B' }] }] };
  const cronJob = { spec: [{ job_template: [{ spec: [{ template: [template] }] }] }] };
  expect(wrongValues('cron_job', cronJob).map(({ path }) => path)).toEqual([
    ['spec', 0, 'job_template', 0, 'spec', 0, 'template', 0, 'spec', 0, 'container', 1, 'name'],
  ]);
});

it('lets be what is not known yet', () => {
  expect(wrongValues('pod', { metadata: Unknown.value, spec: [Unknown.value] })).toEqual([]);
  expect(wrongValues('pod', { metadata: [{ name: Unknown.value, labels: { a: Unknown.value } }] })).toEqual([]);
});

it('finds wrong blocks wherever they stand, with the place in them', () => {
  const volume = [{ name: 'a' }, { name: 'b', nfs: [{ server: 's' }] }];
  expect(wrongBlocks({ spec: [{ volume }] })).toEqual([
    { path: ['spec', 0, 'volume', 1, 'nfs', 0], clause: 'it has no path; write it' },
  ]);
  const term = { match_expressions: [{ key: 'a', operator: 'Gt', values: [] }] };
  expect(wrongBlocks({ node_selector_term: [term] })).toMatchObject([
    { path: ['node_selector_term', 0, 'match_expressions', 0, 'values'] },
  ]);
});
