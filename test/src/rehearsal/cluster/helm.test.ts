import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sentence } from '@plinth/contract';
import { Charts } from '../../../../src/rehearsal/cluster/charts';
import { template } from '../../../../src/rehearsal/cluster/helm';
import { releasesOf, type Release } from '../../../../src/rehearsal/cluster/releases';
import type { AppliedResource } from '../../../../src/rehearsal/report';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'plinth-charts-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const applied = (values: object): AppliedResource => ({
  stack: 's',
  address: 'helm_release.keda',
  mode: 'managed',
  type: 'helm_release',
  name: 'keda',
  provider: 'p',
  values: { name: 'keda', namespace: 'keda', chart: 'keda', repository: 'https://x', version: '2.20.2', ...values },
});
const release = (values: object = {}): Release => releasesOf([applied(values)], new Set())[0]!;

test('a release is as Terraform applied it', () => {
  const sets = {
    set: [
      { name: 'a', value: '1' },
      { name: 'b', value: '2', type: 'string' },
    ],
    set_list: [{ name: 'c', value: ['x', 'y'] }],
    set_sensitive: [{ name: 'd', value: 'e', type: 'auto' }],
  };
  expect(release({ ...sets, values: ['a: 1\n', '', null], create_namespace: true, namespace: null })).toMatchObject({
    namespace: 'default',
    createNamespace: true,
    values: ['a: 1\n'],
    sets: [
      { flag: '--set', name: 'a', value: '1', secret: false },
      { flag: '--set-string', name: 'b', value: '2', secret: false },
      { flag: '--set', name: 'c', value: '{x,y}', secret: false },
      { flag: '--set', name: 'd', value: 'e', secret: true },
    ],
  });
  expect(releasesOf([applied({})], new Set(['s helm_release.keda']))).toEqual([]);
});

test('charts are found as helm pull leaves them', () => {
  writeFileSync(join(folder, 'keda-2.20.2.tgz'), '');
  mkdirSync(join(folder, 'cert-manager'));
  writeFileSync(join(folder, 'cert-manager', 'Chart.yaml'), 'version: v1.21.1\n');
  const charts = new Charts('/', folder);
  expect(charts.find(release())).toEqual({ path: join(folder, 'keda-2.20.2.tgz') });
  expect(charts.find(release({ chart: 'oci://ghcr.io/x/keda', repository: null, version: 'v2.20.2' }))).toEqual({
    path: join(folder, 'keda-2.20.2.tgz'),
  });
  expect(charts.find(release({ version: '2.0.0' }))).toEqual({ missing: `no chart keda 2.0.0 in ${folder}` });
  expect(charts.find(release({ chart: 'cert-manager', version: '1.21.1' }))).toEqual({
    path: join(folder, 'cert-manager'),
  });
  expect(charts.find(release({ chart: 'cert-manager', version: '2.0.0' }))).toEqual({
    missing: `no chart cert-manager 2.0.0 in ${folder}, whose cert-manager/ is version v1.21.1`,
  });
  expect(charts.find(release({ chart: join(folder, 'cert-manager'), repository: null }))).toEqual({
    path: join(folder, 'cert-manager'),
  });
  expect(new Charts('/', undefined).find(release())).toEqual({
    missing: 'no folder of charts was given for keda 2.20.2 (--charts DIR)',
  });
  expect(() => new Charts('/', join(folder, 'none'))).toThrow(
    /none: the folder of charts cannot be read, because ENOENT.*; name one that holds NAME-VERSION.tgz or NAME\//,
  );
});

/** Stands in for helm where what matters is how it is called; the real one runs in the lane. */
function helm(script: string): NodeJS.ProcessEnv {
  const file = join(folder, 'helm');
  writeFileSync(file, `#!/bin/sh\n${script}`);
  chmodSync(file, 0o755);
  return { ...process.env, HELM_BIN: file };
}

test('a secret is not on the command line', async () => {
  writeFileSync(join(folder, 'keda-2.20.2.tgz'), '');
  const env = helm(
    `echo "$@" > ${folder}/called; for one; do case $one in password=*) cp "\${one#*=}" ${folder}/secret;; esac; done`,
  );
  const sets = {
    set_sensitive: [
      { name: 'password', value: 'a\\,b' },
      { name: 'count', value: '3' },
    ],
  };
  const done = await template([release(sets)], { cwd: '/', charts: folder, env, kubeVersion: '1.34' });
  expect(done).toEqual({ objects: [], notTemplated: [], findings: [] });
  expect(readFileSync(join(folder, 'called'), 'utf8')).toMatch(
    new RegExp(
      `^template keda ${folder}/keda-2.20.2.tgz --namespace keda --skip-tests --include-crds --kube-version 1.34 --set-file password=\\S+ --set count=3\n$`,
    ),
  );
  expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('a,b');
});

test('what Helm refuses is a finding in its words', async () => {
  writeFileSync(join(folder, 'keda-2.20.2.tgz'), '');
  const env = helm(
    `echo 'Error: values don'"'"'t meet the specifications:' >&2; echo '- at /a: got string, want number' >&2; exit 1`,
  );
  const { findings } = await template([release()], { cwd: '/', charts: folder, env });
  expect(findings.map(sentence)).toEqual([
    "stack s, helm_release.keda: Helm cannot render the chart keda 2.20.2, because values don't meet the specifications: - at /a: got string, want number; correct the values of the release, or bring what its chart asks for.",
  ]);
});

test('without Helm a sentence says how to get it, and without charts nobody asks for it', async () => {
  const env = { PATH: folder };
  expect((await template([release()], { cwd: '/', env })).notTemplated).toHaveLength(1);
  writeFileSync(join(folder, 'keda-2.20.2.tgz'), '');
  await expect(template([release()], { cwd: '/', charts: folder, env })).rejects.toThrow(
    'PATH: helm cannot be found, because charts are rendered by the real Helm; install Helm 3 (https://helm.sh/docs/intro/install) so that it is on the PATH, or name it in HELM_BIN.',
  );
});
