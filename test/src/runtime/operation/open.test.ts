import { serveConfig, type ServeConfigInput } from '@plinth/contract';
import { openOperation, type Operation } from '../../../../src/runtime/operation/open';
import { cleanup, memoryLogger } from '../support/cleanup';

const shop = cleanup();
async function open(config: Partial<ServeConfigInput>): Promise<{ operation: Operation; text(): string }> {
  const { logger, text } = memoryLogger();
  const operation = await openOperation(serveConfig.parse({ modelRepository: '/m', ...config }), {}, logger);
  shop.after(() => operation.stop());
  return { operation, text };
}

test.each<[string, boolean]>([
  ['0.0.0.0', true],
  ['10.0.0.7', true],
  ['127.0.0.1', false],
  ['::1', false],
  ['localhost', false],
])('a server without tokens that listens on %s is warned about: %s', async (host, warned) => {
  const { operation, text } = await open({ host });
  expect(/"level":40.*no tokens are asked for: whoever reaches the port may do everything/.test(text())).toBe(warned);
  expect(operation.gate).toBeUndefined();
});

test('nothing is paid for what is off', async () => {
  const { operation } = await open({ host: '127.0.0.1', requestLog: { errors: false } });
  expect([operation.gate, operation.watcher]).toEqual([undefined, undefined]);
  expect(operation.counts.limited?.()).toBe(0);
});

test('limits of tenants are a gate of their own, and are counted', async () => {
  const { operation, text } = await open({ host: '127.0.0.1', tenants: { rate: 1 } });
  expect(operation.gate?.({}, 'infer')).toEqual({});
  expect(() => operation.gate?.({}, 'infer')).toThrow(/it may send 1 requests a second/);
  expect(operation.counts.limited?.()).toBe(1);
  expect(text()).toMatch(
    /"level":40,.*"need":"infer","kind":"limited","code":"tenant-limited","msg":"call turned away"/,
  );
});
