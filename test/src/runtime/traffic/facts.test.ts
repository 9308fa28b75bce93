import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sentence } from '@plinth/contract';
import { trafficFromJson, trafficFromTags } from '../../../../src/runtime/traffic/facts';

const told = ({ findings }: ReturnType<typeof trafficFromJson>): string[] => findings.map(sentence);

test('traffic.json and the tags of MLflow say the same', () => {
  const document = {
    aliases: { champion: 3, challenger: '4' },
    canary: { weight: 0.1 },
    shadow: { alias: 'challenger', share: 0.5 },
    test: { alpha: 0.01, replicas: 2, minRequests: 50, tolerance: 0.001 },
  };
  const facts = trafficFromJson(JSON.stringify(document), 'fraud/traffic.json');
  expect(facts).toEqual({
    aliases: { champion: '3', challenger: '4' },
    canary: { alias: 'challenger', weight: 0.1 },
    shadow: { alias: 'challenger', share: 0.5 },
    test: {
      alpha: 0.01,
      replicas: 2,
      minRequests: 50,
      errors: 0.005,
      latency: 0.2,
      latencyMs: 2,
      disagreement: 0.1,
      tolerance: 0.001,
    },
    findings: [],
  });
  const tags = {
    team: 'risk',
    'plinth.audit': '{}',
    'plinth.canary.weight': '0.1',
    'plinth.shadow.alias': 'challenger',
    'plinth.shadow.share': '.5',
    'plinth.canary.alpha': '1e-2',
    'plinth.canary.replicas': '2',
    'plinth.canary.minRequests': '50',
    'plinth.canary.tolerance': '0.001',
  };
  expect(trafficFromTags({ champion: '3', challenger: '4' }, tags, 'models:/fraud')).toEqual(facts);
});

test('without canary and shadow there are aliases alone', () => {
  const facts = trafficFromTags({ champion: '3' }, { 'plinth.canary.alias': 'next' }, 'models:/fraud');
  expect(facts).toMatchObject({ aliases: { champion: '3' }, findings: [] });
  expect(facts.canary).toBeUndefined();
  expect(facts.shadow).toBeUndefined();
});

test('a tag that cannot be understood sends no request anywhere, and says so', () => {
  const facts = trafficFromTags(
    { champion: '3', challenger: '4' },
    { 'plinth.canary.weight': 'ten', 'plinth.shadow.share': '2', 'plinth.canary.wieght': '0.1', 'plinth.x': '' },
    'models:/fraud',
  );
  expect(facts.aliases).toEqual({ champion: '3', challenger: '4' });
  expect(facts.canary).toBeUndefined();
  expect(facts.shadow).toBeUndefined();
  expect(told(facts)).toEqual([
    'models:/fraud, tag plinth.canary.wieght: the tag is not understood, because there is no such tag; did you mean plinth.canary.weight.',
    expect.stringMatching(
      /^models:\/fraud, tag plinth\.x: the tag is not understood, because there is no such tag; Plinth's tags are plinth\.canary\.alias, /,
    ),
    'models:/fraud, tag plinth.canary.weight: it is not understood, because invalid input: expected number, received string; correct it.',
    'models:/fraud, tag plinth.shadow.share: it is not understood, because too big: expected number to be <=1; correct it.',
  ]);
});

test('a canary whose test cannot be understood gets no request', () => {
  const facts = trafficFromJson(
    JSON.stringify({ aliases: { champion: 1, challenger: 2 }, canary: { weight: 0.5 }, test: { alpha: 1 } }),
    'fraud/traffic.json',
  );
  expect(facts.canary).toBeUndefined();
  expect(facts.test.alpha).toBe(0.05);
  expect(told(facts)).toEqual([
    'fraud/traffic.json, test.alpha: it is not understood, because too big: expected number to be <1; correct it.',
  ]);
});

test('each mistake in traffic.json gets its sentence', () => {
  const tell = (text: string): string[] => told(trafficFromJson(text, 'fraud/traffic.json'));
  expect(tell('{')).toEqual([
    expect.stringMatching(/^fraud\/traffic\.json: it is not JSON, because .+; write it as JSON\.$/),
  ]);
  expect(tell('[]')).toEqual([
    'fraud/traffic.json: it is not understood, because invalid input: expected object, received array; correct it.',
  ]);
  expect(tell('{"aliases":{"champion":"one"}}')).toEqual([
    'fraud/traffic.json, aliases.champion: it is not understood, because a version is a whole number from 1; correct it.',
  ]);
  expect(tell('{"canarry":{}}')).toEqual([
    'fraud/traffic.json: it is not understood, because unrecognized key: "canarry"; take it away, or correct its name.',
  ]);
  expect(tell('{"aliases":{"champion":1},"canary":{"weight":0.1}}')).toEqual([
    'fraud/traffic.json, canary.alias: no request goes to the alias challenger, because it points to no version; point challenger to a version.',
  ]);
  expect(tell('{"aliases":{"champion":1},"canary":{"weight":0}}')).toEqual([]);
});

test('every tag and its default stand in the documentation', () => {
  const text = readFileSync(join(__dirname, '../../../../docs/traffic.md'), 'utf8');
  const { test: defaults } = trafficFromJson('{}', '');
  for (const [key, value] of Object.entries(defaults))
    expect(text).toMatch(new RegExp(`\\| \`plinth\\.canary\\.${key}\` \\|.*\\| ${value} \\|`));
  for (const tag of ['canary.weight', 'canary.alias', 'shadow.share', 'shadow.alias', 'sha256', 'audit'])
    expect(text).toContain(`\`plinth.${tag}\``);
});
