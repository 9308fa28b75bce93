/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { auditEvent, type AuditEvent } from '@plinth/contract';
import { pino } from 'pino';
import { RequestError, type FailureKind } from '../../../../src/runtime/engine/errors';
import type { Tensor } from '../../../../src/runtime/engine/tensors';
import { trafficFromJson } from '../../../../src/runtime/traffic/facts';
import { ModelTraffic, type TrafficParts } from '../../../../src/runtime/traffic/model-traffic';
import { ownDecisions, type TrafficRegistry } from '../../../../src/runtime/traffic/rollback';
import { seeded } from './support';

const facts = (document: object): ReturnType<typeof trafficFromJson> =>
  trafficFromJson(JSON.stringify(document), 'fraud/traffic.json');
const canary = { aliases: { champion: 1, challenger: 2 }, canary: { weight: 0.5 } };

const answer = (value: number): Tensor[] => [{ name: 'Y', datatype: 'FP32', shape: [1], data: Float32Array.of(value) }];

/** Traffic of versions that are all ready, with what it said and decided. */
function traffic(own: Partial<TrafficParts> = {}): { traffic: ModelTraffic; lines: string[]; events: AuditEvent[] } {
  const lines: string[] = [];
  const events: AuditEvent[] = [];
  const logger = pino({}, { write: (line: string) => lines.push((JSON.parse(line) as { msg: string }).msg) });
  const parts: TrafficParts = {
    ready: () => true,
    run: (_, version) => Promise.resolve(answer(Number(version))),
    registry: ownDecisions,
    logger,
    audit: (event) => void events.push(event),
    random: seeded(1),
    ...own,
  };
  return { traffic: new ModelTraffic(parts), lines, events };
}

interface Behaviour {
  cached?: boolean;
  failed?: FailureKind | undefined;
  milliseconds?: number;
}

/** Sends requests, of which each version makes what it is said to make. */
function send(to: ModelTraffic, count: number, behaviour: Readonly<Record<string, Behaviour>> = {}): string[] {
  return Array.from({ length: count }, () => {
    const route = to.route('fraud', undefined, undefined);
    if (route === undefined) return 'newest';
    const { failed, milliseconds = 1, cached = false } = behaviour[route.version] ?? {};
    const outputs = failed === undefined ? answer(Number(route.version)) : [];
    to.observed({ model: 'fraud', route, milliseconds, cached, failed, inputs: [], outputs });
    return route.version;
  });
}

test('a challenger that fails gets no more requests, and there is an event that says why', async () => {
  const { traffic: to, lines, events } = traffic();
  to.update('fraud', facts(canary));
  send(to, 1000, { 2: { failed: 'backend' } });
  await to.settled();
  expect(new Set(send(to, 100))).toEqual(new Set(['1']));
  expect(events).toHaveLength(1);
  expect(auditEvent.parse(events[0]).data).toMatchObject({
    model: 'fraud',
    alias: 'challenger',
    champion: '1',
    challenger: '2',
    weight: 0.5,
    metric: 'errors',
    challengerShare: 1,
    championShare: 0,
    alpha: 0.05,
    replicas: 4,
  });
  expect(lines).toEqual([
    `model "fraud": version 2 gets no more requests for the model, because 100.0 % of its requests failed, and 0.0 % of the champion's, in ${events[0]?.data.comparisons ?? 0} comparisons. ` +
      'This replica keeps that in memory and forgets it when it ends, because traffic.json is only read; take the canary out of fraud/traffic.json.',
  ]);
  expect(to.route('fraud', 'challenger', undefined)).toMatchObject({ version: '2' });
});

test.each([
  [
    'latency',
    { 2: { milliseconds: 10 } },
    {},
    /because 100\.0 % of its requests were slower than allowed, in \d+ comp/,
  ],
  ['disagreement', {}, { shadow: { share: 1 } }, /because 100\.0 % of its answers disagreed, in \d+ comparisons\./],
] as const)('so does one that is worse in %s', async (metric, behaviour, own, sentence) => {
  const { traffic: to, lines, events } = traffic();
  to.update('fraud', facts({ ...canary, ...own }));
  for (let i = 0; i < 200; i++) {
    send(to, 5, behaviour);
    await to.settled();
  }
  expect(events.map(({ data }) => data.metric)).toEqual([metric]);
  expect(lines[0]).toMatch(sentence);
});

test('what is the client’s mistake or a busy server’s is not the challenger’s', async () => {
  for (const failed of ['invalid', 'rejected', 'canceled', 'deadline', 'limited'] as const) {
    const { traffic: to, events } = traffic();
    to.update('fraud', facts(canary));
    send(to, 1000, { 2: { failed } });
    await to.settled();
    expect(events).toEqual([]);
  }
});

test('answers that were remembered say nothing', async () => {
  const { traffic: to, events } = traffic();
  to.update('fraud', facts(canary));
  send(to, 2000, { 2: { milliseconds: 100, cached: true } });
  await to.settled();
  expect(events).toEqual([]);
});

test('a copy that fails counts against its version, unless nobody had time for it', async () => {
  const kinds = { backend: 1, invalid: 1, rejected: 0 } as const;
  for (const [kind, expected] of Object.entries(kinds)) {
    const finding = { code: 'x', what: 'x', where: 'x', why: 'x', cure: 'x' };
    const run = (_: string, version: string): Promise<Tensor[]> =>
      version === '2' ? Promise.reject(new RequestError(kind as FailureKind, finding)) : Promise.resolve(answer(1));
    const { traffic: to, events } = traffic({ run });
    const document = { ...canary, canary: { weight: 0.01 }, shadow: { share: 1 }, test: { disagreement: 1 } };
    to.update('fraud', facts(document));
    for (let i = 0; i < 300; i++) {
      send(to, 1);
      await to.settled();
    }
    expect(events).toHaveLength(expected);
  }
});

test('a shadow without a canary is measured, and takes nothing back until the canary begins', async () => {
  const { traffic: to, events } = traffic();
  const shadowed = { ...canary, canary: { weight: 0 }, shadow: { share: 1 } };
  to.update('fraud', facts(shadowed));
  for (let i = 0; i < 100; i++) {
    send(to, 1);
    await to.settled();
  }
  expect(events).toEqual([]);
  to.update('fraud', facts({ ...shadowed, canary: { weight: 0.1 } }));
  send(to, 1);
  await to.settled();
  expect(events).toMatchObject([{ data: { metric: 'disagreement' } }]);
});

test('the same facts do not bring a challenger back; another challenger, or a new start, does', async () => {
  const { traffic: to } = traffic();
  to.update('fraud', facts(canary));
  send(to, 1000, { 2: { failed: 'backend' } });
  await to.settled();
  to.update('fraud', facts(canary));
  expect(send(to, 100)).not.toContain('2');
  to.update('fraud', facts({ ...canary, aliases: { champion: 1, challenger: 3 } }));
  expect(send(to, 100)).toContain('3');
  to.update('fraud', facts(canary));
  send(to, 1000, { 2: { failed: 'backend' } });
  await to.settled();
  to.update('fraud', facts({ ...canary, canary: { weight: 0 } }));
  to.update('fraud', facts(canary));
  expect(send(to, 100)).toContain('2');
});

test('a registry that cannot be written stops nothing here, and is asked again with the next facts', async () => {
  const asked: string[] = [];
  const registry: TrafficRegistry = {
    decide: ({ id }) => {
      asked.push(id);
      return asked.length === 1 ? Promise.reject(new Error('the registry is away')) : Promise.resolve(true);
    },
    consequence: () => 'Written.',
  };
  const { traffic: to, lines, events } = traffic({ registry });
  to.update('fraud', facts(canary));
  send(to, 1000, { 2: { failed: 'backend' } });
  await to.settled();
  expect(lines).toEqual(['the registry is away']);
  expect(send(to, 100)).not.toContain('2');
  to.update('fraud', facts(canary));
  await to.settled();
  expect(asked).toHaveLength(2);
  expect(new Set(asked).size).toBe(1);
  expect(events).toHaveLength(1);
});

test('where another replica was first there is no second event', async () => {
  const registry: TrafficRegistry = { decide: () => Promise.resolve(false), consequence: () => '' };
  const { traffic: to, lines, events } = traffic({ registry });
  to.update('fraud', facts(canary));
  send(to, 1000, { 2: { failed: 'backend' } });
  await to.settled();
  expect(events).toEqual([]);
  expect(lines).toEqual(['another replica has taken the challenger back already']);
});

test('versions are needed while an alias points to them or they answer in the place of one that is not ready', () => {
  const ready = ['1'];
  const { traffic: to } = traffic({ ready: (_, version) => ready.includes(version) });
  expect(to.needed('fraud')).toEqual([]);
  expect(to.labels('fraud')).toEqual({});
  to.update('fraud', facts({ aliases: { champion: 1 } }));
  expect(to.needed('fraud')).toEqual(['1']);
  to.update('fraud', facts({ aliases: { champion: 2 } }));
  expect(to.needed('fraud')).toEqual(['2', '1']);
  expect(to.labels('fraud')).toEqual({ champion: '1' });
  ready.push('2');
  expect(to.needed('fraud')).toEqual(['2']);
  expect(to.labels('fraud')).toEqual({ champion: '2' });
  to.update('fraud', undefined);
  expect(to.route('fraud', undefined, undefined)).toBeUndefined();
});

test('what is not understood is told once', () => {
  const { traffic: to, lines } = traffic();
  const bad = facts({ aliases: { champion: 1 }, canary: { weight: 2 } });
  to.update('fraud', bad);
  to.update('fraud', bad);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('fraud/traffic.json, canary.weight: it is not understood');
  to.update('fraud', facts({}));
  to.update('fraud', bad);
  expect(lines).toHaveLength(2);
});

test('requests and failures are counted by arm', () => {
  const { traffic: to } = traffic();
  to.update('fraud', facts({ aliases: { champion: 1 } }));
  send(to, 3);
  send(to, 1, { 1: { failed: 'backend' } });
  expect([...to.arms]).toEqual([{ model: 'fraud', version: '1', arm: 'champion', requests: 4, failures: 1 }]);
});
