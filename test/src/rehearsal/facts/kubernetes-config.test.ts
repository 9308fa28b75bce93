import { block, blocks, settled, text, told } from '../../../../src/rehearsal/facts/kubernetes-config';
import { Unknown } from '../../../../src/rehearsal/protocol/codec';

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
