import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type ConnectionOptions } from '@nats-io/transport-node';
import { payloadEvent, serveConfig, type PayloadEvent, type ServeConfigInput } from '@plinth/contract';
import { PayloadLog } from '../../../src/runtime/payload-log';
import { openPayloadSink } from '../../../src/runtime/payload-sinks';
import type { Tensor } from '../../../src/runtime/engine/tensors';
import { cleanup, memoryLogger, until } from '../../src/runtime/support/cleanup';
import { freePort, NatsServer, securedBy } from './support';

jest.setTimeout(60_000);
const shop = cleanup();

async function server(config?: string): Promise<NatsServer> {
  const started = await NatsServer.start(shop.folder(), config);
  shop.after(() => started.kill());
  return started;
}

async function manager(of: NatsServer, options: ConnectionOptions = {}): Promise<JetStreamManager> {
  const connection = await connect({ servers: of.host, maxReconnectAttempts: -1, reconnectTimeWait: 50, ...options });
  shop.after(() => connection.close());
  return jetstreamManager(connection);
}

type Settings = Partial<NonNullable<ServeConfigInput['payloadLog']>>;

/** Flushed by hand. */
function open(location: string, settings: Settings = {}): { log: PayloadLog; text(): string } {
  const config = serveConfig.parse({
    modelRepository: '/m',
    payloadLog: { location, flushSeconds: 3600, ...settings },
  }).payloadLog;
  if (config === undefined) throw new Error('there is no payload log');
  const { logger, text } = memoryLogger();
  const log = new PayloadLog(openPayloadSink(config), config, logger);
  shop.after(() => log.stop(0.1));
  return { log, text };
}

const tensor = (values: number): Tensor => ({
  name: 'X',
  datatype: 'FP32',
  shape: [1, values],
  data: new Float32Array(values).fill(0.5),
});
const record = (log: PayloadLog, model = 'fraud', values = 2): void =>
  log.record(model, '1', [tensor(values)], [tensor(1)]);

interface Stored {
  readonly subject: string;
  readonly event: PayloadEvent;
  readonly type: string;
}

async function stored(jsm: JetStreamManager, name = 'P'): Promise<Stored[]> {
  const { state } = await jsm.streams.info(name);
  return Promise.all(
    Array.from({ length: state.messages }, async (_, index) => {
      const message = await jsm.streams.getMessage(name, { seq: state.first_seq + index });
      if (message === null) throw new Error('the message is gone');
      const event = payloadEvent.parse(JSON.parse(new TextDecoder().decode(message.data)));
      return { subject: message.subject, event, type: message.header.get('content-type') };
    }),
  );
}
const count = async (jsm: JetStreamManager): Promise<number> => (await jsm.streams.info('P')).state.messages;

test('each event is a message on the subject of its model, a CloudEvent in structured mode', async () => {
  const nats = await server();
  const jsm = await manager(nats);
  await jsm.streams.add({ name: 'P', subjects: ['plinth.payloads.>'] });
  const { log } = open(`nats://${nats.host}/plinth.payloads`);
  for (let i = 0; i < 3; i++) record(log);
  record(log, 'a.b');
  await log.flush();
  const messages = await stored(jsm);
  expect(messages.map(({ subject }) => subject).sort()).toEqual([
    'plinth.payloads.a%2Eb',
    ...Array.from({ length: 3 }, () => 'plinth.payloads.fraud'),
  ]);
  expect(new Set(messages.map(({ event }) => event.id)).size).toBe(4);
  expect(new Set(messages.map(({ type }) => type))).toEqual(new Set(['application/cloudevents+json']));
  expect(messages[0]?.event.data.inputs).toEqual([{ name: 'X', datatype: 'FP32', shape: [1, 2], data: [0.5, 0.5] }]);
  expect([log.dropped, log.waitingBytes]).toEqual([0, 0]);
});

test('many events keep their order within a window, and what is left is sent when the log stops', async () => {
  const nats = await server();
  const jsm = await manager(nats);
  await jsm.streams.add({ name: 'P', subjects: ['p.*'] });
  const { log } = open(`nats://${nats.host}/p`, { segmentEvents: 2000 });
  for (let i = 0; i < 5000; i++) record(log);
  await log.stop();
  expect(await count(jsm)).toBe(5000);
  expect(log.dropped).toBe(0);
});

test('a server that dies loses nothing that fits in memory, and nothing is there twice after it is back', async () => {
  const nats = await server();
  const jsm = await manager(nats);
  await jsm.streams.add({ name: 'P', subjects: ['p.*'] });
  const { log, text } = open(`nats://${nats.host}/p`, { maxPendingBytes: 100_000 });
  record(log);
  await log.flush();
  await nats.kill();
  for (let i = 0; i < 1000; i++) record(log);
  const dropped = log.dropped;
  expect(dropped).toBeGreaterThan(0);
  await log.flush();
  expect(log.waitingBytes).toBeGreaterThan(0);
  expect(text()).toMatch(/nats:\/\/127\.0\.0\.1:\d+\/p: it cannot be written, because /);
  await nats.start();
  await until(async () => {
    await log.flush();
    return log.waitingBytes === 0;
  });
  const messages = await stored(jsm);
  expect(messages).toHaveLength(1001 - dropped);
  expect(new Set(messages.map(({ event }) => event.id)).size).toBe(messages.length);
  expect(log.dropped).toBe(dropped);
});

test('a server that is not there yet is told, and found when it is', async () => {
  const nats = await server();
  const jsm = await manager(nats);
  await jsm.streams.add({ name: 'P', subjects: ['p.*'] });
  await nats.kill();
  const { log, text } = open(`nats://${nats.host}/p`);
  record(log);
  await log.flush();
  expect(text()).toMatch(/it cannot be written, because connection refused; check that it is reachable/);
  await nats.start();
  await log.flush();
  expect(log.waitingBytes).toBe(0);
  await until(async () => (await count(jsm).catch(() => 0)) === 1);
});

test('a subject that no stream holds is told, and the events wait until one does', async () => {
  const nats = await server();
  const jsm = await manager(nats);
  const { log, text } = open(`nats://${nats.host}/p`);
  record(log);
  await log.flush();
  expect(text()).toMatch(/because no JetStream stream holds this subject/);
  await jsm.streams.add({ name: 'P', subjects: ['p.*'] });
  await log.flush();
  expect(await count(jsm)).toBe(1);
});

test('an event that is larger than the server takes is dropped, and the others are not', async () => {
  const nats = await server('max_payload: 4KB\n');
  const jsm = await manager(nats);
  await jsm.streams.add({ name: 'P', subjects: ['p.*'] });
  const { log, text } = open(`nats://${nats.host}/p`);
  record(log);
  record(log, 'fraud', 2000);
  record(log);
  await log.flush();
  expect(await count(jsm)).toBe(2);
  expect([log.dropped, log.waitingBytes]).toEqual([1, 0]);
  expect(text()).toMatch(/events are larger than it takes, and are lost/);
});

test('credentials open a server that asks for them; without them, or with others, it is told', async () => {
  const { config, credentials, login } = securedBy();
  const nats = await server(config);
  const jsm = await manager(nats, login);
  await jsm.streams.add({ name: 'P', subjects: ['p.*'] });
  const file = (content: string): string => {
    const path = join(shop.folder(), 'user.creds');
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const known = open(`nats://${nats.host}/p`, { natsCredentialsFile: file(credentials) });
  record(known.log);
  await known.log.flush();
  expect(await count(jsm)).toBe(1);
  for (const settings of [{}, { natsCredentialsFile: file(securedBy().credentials) }]) {
    const { log, text } = open(`nats://${nats.host}/p`, settings);
    record(log);
    await log.flush();
    expect(text()).toMatch(/it cannot be written, because .*[Aa]uthorization/);
    expect(text()).not.toMatch(/SEED|eyJ/);
  }
  const none = open(`nats://${nats.host}/p`, { natsCredentialsFile: '/does/not/exist' });
  record(none.log);
  await none.log.flush();
  expect(none.text()).toMatch(/no such file or directory/);
  expect(await count(jsm)).toBe(1);
});

test('with tls:// the connection is encrypted and the server is who it says, or there is none', async () => {
  const folder = shop.folder();
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const names = ['-subj', '/CN=nats', '-addext', 'subjectAltName=DNS:localhost'];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...newKey, '-keyout', key, '-out', cert, ...names], { stdio: 'ignore' });
  const nats = await server(`tls { cert_file: "${cert}", key_file: "${key}" }\n`);
  const host = `localhost:${nats.port}`;
  const jsm = await manager(nats, { servers: host, tls: { caFile: cert } });
  await jsm.streams.add({ name: 'P', subjects: ['p.*'] });
  const { log } = open(`tls://${host}/p`, { natsCaFile: cert });
  record(log);
  await log.flush();
  expect(await count(jsm)).toBe(1);
  const stranger = open(`tls://${host}/p`);
  record(stranger.log);
  await stranger.log.flush();
  expect(stranger.text()).toMatch(/it cannot be written, because .*self-signed certificate/);
  const plain = open(`tls://localhost:${(await server()).port}/p`);
  record(plain.log);
  await plain.log.flush();
  expect(plain.text()).toMatch(/it cannot be written, because .*tls/);
  expect(await count(jsm)).toBe(1);
});

test('a log that stops while nothing answers says what is lost', async () => {
  const { log, text } = open(`nats://127.0.0.1:${await freePort()}/p`);
  record(log);
  await log.stop();
  expect(log.dropped).toBe(1);
  expect(text()).toMatch(/1 events could not be written and are lost/);
});
