import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackJson } from '../support/program';
import { addressesOf, Example, examples, root, synthesized } from './support';

const synth = new Map<Example, Record<string, string>>();
const stacksOf = (example: Example) =>
  synth.get(example) ?? synth.set(example, synthesized(example)).get(example) ?? {};

describe.each(examples)('examples/%s', (example) => {
  test('gives the same bytes every time', () => {
    expect(synthesized(example)).toEqual(stacksOf(example));
  }, 60_000);

  test('has the addresses that were promised', () => {
    const promised = readFileSync(join(root, `test/examples/addresses/${example}.txt`), 'utf8')
      .trim()
      .split('\n');
    const now = addressesOf(stacksOf(example));
    // An address that goes without a recorded move is a resource that is destroyed: where that is meant, or where the
    // stack records a move (`moveFromId`), write the list anew with `node tools/addresses.mjs`.
    expect({
      gone: promised.filter((address) => !now.includes(address)),
      new: now.filter((address) => !promised.includes(address)),
    }).toEqual({
      gone: [],
      new: [],
    });
  });

  test('keeps its state encrypted and locked, or beside the program', () => {
    for (const text of Object.values(stacksOf(example))) {
      const { s3, local } = (JSON.parse(text) as StackJson).terraform.backend as {
        s3?: Record<string, unknown>;
        local?: object;
      };
      if (local === undefined) expect(s3).toMatchObject({ encrypt: true, use_lockfile: true });
      else expect(example).toBe('minimal');
    }
  });

  test('holds no secret, and nothing of this machine', () => {
    for (const text of Object.values(stacksOf(example))) {
      expect(text).not.toContain(root);
      expect(text).not.toMatch(/AKIA[0-9A-Z]{16}|-----BEGIN|"(master_)?password": "[^$"]/);
    }
  });
});

test('the contract that the team has committed is the one that the platform publishes', () => {
  const { '//': said } = JSON.parse(stacksOf('complete')['prod-models'] ?? '{}') as StackJson;
  const committed = JSON.parse(readFileSync(join(root, 'examples/team/plinth.contract.json'), 'utf8')) as unknown;
  expect(committed).toEqual(said.plinthContract);
});

test('the complete platform holds what it is known for', () => {
  const systems = Object.values(stacksOf('complete')).flatMap((text) =>
    ((JSON.parse(text) as StackJson)['//'].plinth?.components ?? []).map(({ system }) => system),
  );
  expect(systems).toEqual(
    expect.arrayContaining([
      ...[
        'Amazon S3',
        'Amazon EKS',
        'Amazon ECR',
        'NVIDIA device plugin',
        'KEDA',
        'AWS Load Balancer Controller',
        'cert-manager',
      ],
      ...[
        'External Secrets',
        'Karpenter',
        'Vault',
        'Prometheus and Grafana',
        'Traefik',
        'MLflow',
        'Feast',
        'Argo Workflows',
      ],
      ...['JupyterHub', 'Triton', 'Plinth Model Server', 'Plinth Model Monitor'],
    ]),
  );
});
