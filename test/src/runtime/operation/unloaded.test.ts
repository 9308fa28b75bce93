import { serveConfig } from '@plinth/contract';
import { openPayloadSink } from '../../../../src/runtime/payload-sinks';
import { openOperation } from '../../../../src/runtime/operation/open';
import { cleanup, memoryLogger } from '../support/cleanup';

// Libraries that cost memory and time to start are paid for by those only who use what they are for.
const loaded: string[] = [];
jest.mock('jose', () => (loaded.push('jose'), jest.requireActual('jose')));
jest.mock('@opentelemetry/api', () => (loaded.push('api'), jest.requireActual('@opentelemetry/api')));
jest.mock('@opentelemetry/sdk-trace', () => (loaded.push('sdk'), jest.requireActual('@opentelemetry/sdk-trace')));
jest.mock('@nats-io/transport-node', () => (loaded.push('nats'), jest.requireActual('@nats-io/transport-node')));

const payloadLog = { sampleRate: 1, flushSeconds: 1, segmentEvents: 1, maxEventBytes: 1000, maxPendingBytes: 1 };
const shop = cleanup();
const { logger } = memoryLogger();
const open = async (config: object): Promise<void> => {
  const operation = await openOperation(
    serveConfig.parse({ modelRepository: '/m', host: '::1', ...config }),
    {},
    logger,
  );
  shop.after(() => operation.stop());
};

test('what is off is not even loaded', async () => {
  await open({});
  openPayloadSink({ ...payloadLog, location: 'nats://127.0.0.1:1/p' });
  expect(loaded).toEqual([]);
  await open({ tracing: { endpoint: 'http://127.0.0.1:1' } });
  expect(loaded).toEqual(expect.arrayContaining(['api', 'sdk']));
});
