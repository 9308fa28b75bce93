import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contractOf, parameterPath, PlatformParameters, readContract } from 'plinth/constructs/core/platform-contract';
import { Platform } from 'plinth/constructs/core/platform';
import { Profile } from 'plinth/constructs/core/profile';
import { givenCluster, only, synthesizeStack } from '../../support/program';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-contract-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const platform = new Platform({
  name: 'prod',
  region: 'eu-west-1',
  profile: Profile.staging(),
  cluster: givenCluster,
  domain: { name: 'ml.example.com' },
  provides: { metrics: { system: 'Prometheus', endpoints: { api: 'http://prometheus:9090' } } },
});

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('what a platform says of itself can be read again', () => {
  const contract = contractOf(platform);
  expect(readContract(written('good.json', JSON.stringify(contract)), 'prod')).toEqual(contract);
  expect(contract).toMatchObject({
    platform: 'prod',
    profile: 'staging',
    domain: 'ml.example.com',
    gpuPools: [{ family: 'g6', for: 'serving' }],
    provides: { metrics: { system: 'Prometheus' } },
  });
});

test.each([
  ['missing.json', undefined, 'the contract file cannot be read, because it is not there'],
  ['text.json', 'no json', 'because it is not JSON'],
  ['odd.json', '{"schemaVersion":2}', 'because schemaVersion is wrong'],
  [
    'other.json',
    JSON.stringify({ ...contractOf(platform), platform: 'dev' }),
    "the contract file is of the platform 'dev', because 'prod' was asked for",
  ],
])('%s is refused, with how to write it anew', (name, text, why) => {
  const path = text === undefined ? join(folder, name) : written(name, text);
  expect(() => readContract(path, 'prod')).toThrow(why);
  expect(() => readContract(path, 'prod')).toThrow(`write it anew with 'plinth contract prod --out ${path}'`);
});

test('values are published under the platform, in the open', () => {
  const stack = synthesizeStack(
    (scope) => void new PlatformParameters(scope, 'parameters', 'prod', { 'cluster/name': 'prod' }),
  );
  expect(only(stack, 'aws_ssm_parameter')).toMatchObject({
    name: '/plinth/prod/cluster/name',
    type: 'String',
    insecure_value: 'prod',
  });
  expect(parameterPath('prod', 'lake/raw')).toBe('/plinth/prod/lake/raw');
});
