/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { trafficFromJson } from '../../../../src/runtime/traffic/facts';
import { placeOf, Router, type Route } from '../../../../src/runtime/traffic/router';

const facts = (document: object): ReturnType<typeof trafficFromJson> =>
  trafficFromJson(JSON.stringify(document), 'traffic.json');

/** A router of one model, whose versions 1 to 3 are ready unless said otherwise. */
function routerOf(document: object, { ready = ['1', '2', '3'], random = (): number => 0.5 } = {}): Router {
  const router = new Router((_, version) => ready.includes(version), random);
  router.set('fraud', facts(document));
  return router;
}

const keys = Array.from({ length: 4000 }, (_, i) => `customer-${i}`);
const armOf = (router: Router, key: string): string | undefined => router.route('fraud', undefined, key)?.arm;

test('a model of which nothing is said goes to its newest version, and has no aliases', () => {
  const router = new Router(() => true);
  expect(router.route('plain', undefined, undefined)).toBeUndefined();
  expect(() => router.route('plain', 'champion', undefined)).toThrow(
    'model "plain": there is no alias "champion", because it has no aliases; ask for "plain" alone, or set the alias.',
  );
});

test('a request goes where the default alias points, or where the alias that it names does', () => {
  const router = routerOf({ aliases: { champion: 1, challenger: 2 } });
  const champion: Route = { version: '1', arm: 'champion', judged: false };
  expect(router.route('fraud', undefined, undefined)).toEqual(champion);
  expect(router.route('fraud', 'champion', undefined)).toEqual(champion);
  expect(router.route('fraud', 'challenger', undefined)).toEqual({ version: '2', arm: 'challenger', judged: false });
  expect(() => router.route('fraud', 'chalenger', undefined)).toThrow(
    'model "fraud": there is no alias "chalenger", because it has champion, challenger; ask for "fraud" alone, or set the alias.',
  );
  expect(routerOf({ aliases: { challenger: 2 } }).route('fraud', undefined, undefined)).toBeUndefined();
});

test('a canary gets its share of the keys, each key always the same arm', () => {
  const router = routerOf({ aliases: { champion: 1, challenger: 2 }, canary: { weight: 0.1 } });
  const arms = keys.map((key) => armOf(router, key));
  const share = arms.filter((arm) => arm === 'challenger').length / keys.length;
  expect(share).toBeGreaterThan(0.08);
  expect(share).toBeLessThan(0.12);
  expect(keys.map((key) => armOf(router, key))).toEqual(arms);
});

test('a larger weight only moves keys to the canary', () => {
  const router = routerOf({});
  let before = new Set<string>();
  for (const weight of [0, 0.05, 0.2, 0.5, 1]) {
    router.set('fraud', facts({ aliases: { champion: 1, challenger: 2 }, canary: { weight } }));
    const now = new Set(keys.filter((key) => armOf(router, key) === 'challenger'));
    for (const key of before) expect(now.has(key)).toBe(true);
    expect(Math.abs(now.size / keys.length - weight)).toBeLessThan(0.03);
    before = now;
  }
});

test('keys of different models are spread independently', () => {
  const both = keys.filter((key) => placeOf('a', key) < 0.5 && placeOf('b', key) < 0.5).length;
  expect(Math.abs(both / keys.length - 0.25)).toBeLessThan(0.03);
});

test('without a key chance decides', () => {
  let next = 0.05;
  const router = routerOf({ aliases: { champion: 1, challenger: 2 }, canary: { weight: 0.1 } }, { random: () => next });
  expect(router.route('fraud', undefined, undefined)).toMatchObject({ version: '2', arm: 'challenger', judged: true });
  next = 0.1;
  expect(router.route('fraud', undefined, undefined)).toMatchObject({ version: '1', arm: 'champion', judged: true });
});

test('a challenger that is not ready, or is the champion itself, gets nothing', () => {
  const document = { aliases: { champion: 1, challenger: 2 }, canary: { weight: 1 } };
  const champion = { version: '1', arm: 'champion', judged: false };
  expect(routerOf(document, { ready: ['1'] }).route('fraud', undefined, undefined)).toEqual(champion);
  const same = { ...document, aliases: { champion: 1, challenger: 1 } };
  expect(routerOf(same).route('fraud', undefined, undefined)).toEqual(champion);
});

test('an alias that is moved leads to the version before until the new one is ready', () => {
  const ready = ['1'];
  const router = routerOf({ aliases: { champion: 1 } }, { ready });
  expect(router.route('fraud', undefined, undefined)?.version).toBe('1');
  router.set('fraud', facts({ aliases: { champion: 2 } }));
  expect(router.route('fraud', undefined, undefined)?.version).toBe('1');
  ready.push('2');
  expect(router.route('fraud', undefined, undefined)?.version).toBe('2');
  ready.splice(0);
  expect(() => router.route('fraud', undefined, undefined)).toThrow(
    'model "fraud": version 2, to which the alias "champion" points, cannot answer, because it is not loaded; send the request again a little later, or point the alias to a version that is ready.',
  );
  expect(() => router.route('fraud', 'champion', undefined)).toThrow('"champion" points, cannot answer');
});

test('shadow copies are a share of the requests, and always compare the same two versions', () => {
  let next = 0.2;
  const random = (): number => next;
  const document = { aliases: { champion: 1, challenger: 2 }, shadow: { share: 0.25 }, canary: { weight: 0.22 } };
  const router = routerOf(document, { random });
  expect(router.route('fraud', undefined, undefined)).toMatchObject({ version: '2', shadow: '1' });
  next = 0.23;
  expect(router.route('fraud', undefined, undefined)).toMatchObject({ version: '1', shadow: '2' });
  next = 0.25;
  expect(router.route('fraud', undefined, undefined)).toEqual({ version: '1', arm: 'champion', judged: true });
  next = 0.23;
  expect(router.route('fraud', 'challenger', undefined)).not.toHaveProperty('shadow');
  expect(routerOf(document, { ready: ['1'], random }).route('fraud', undefined, undefined)).not.toHaveProperty(
    'shadow',
  );
});
