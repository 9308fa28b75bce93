import { block, blocks, settled, text, told, wrongValues } from '../../../../src/rehearsal/facts/kubernetes-walk';
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

it('reads blocks and texts', () => {
  expect(blocks(Unknown.value)).toEqual([]);
  expect(block([{ a: 1 }])).toEqual({ a: 1 });
  expect(block(null)).toEqual({});
  expect([text('a'), text(''), text(Unknown.value)]).toEqual(['a', undefined, undefined]);
  expect([settled(null), settled([{}]), settled(Unknown.value), settled([Unknown.value])]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it('is told as a provider tells it', () => {
  const path = ['spec', 0, 'port', 1, 'name'];
  expect(told('kubernetes_service_v1', { path, clause: 'what; cure' })).toEqual({
    severity: 'error',
    summary: '"spec.port.name" of kubernetes_service_v1 is not right',
    detail: 'what; cure.',
    path,
  });
  expect(told('kubernetes_service_v1', { path, clause: 'what; cure', taken: true })).toMatchObject({
    severity: 'warning',
    summary: '"spec.port.name" of kubernetes_service_v1 is doubtful',
  });
});
