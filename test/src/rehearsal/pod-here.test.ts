import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '../../../src/rehearsal/kubernetes-objects';
import { containerHere, type ContainerHere } from '../../../src/rehearsal/pod-here';
import type { Container, PodSpec } from '../../../src/rehearsal/pod-spec';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'plinth-pod-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const object = (kind: string, name: string, data: Record<string, string>, more: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'models' },
  data,
  ...more,
  provenance: { stack: 's', address: 'a' },
});
const objects = [
  object('ConfigMap', 'settings', { 'config.json': '{}', 'a.txt': 'A' }, { binaryData: { 'b.bin': 'AAE=' } }),
  object('Secret', 'key', { password: Buffer.from('pässword').toString('base64') }),
];
const here = (container: Partial<Container>, pod: PodSpec = {}): ContainerHere =>
  containerHere({ deployment: 'fraud', namespace: 'models', objects, folder }, pod, { name: 'server', ...container });

test('volumes are folders here, and paths in arguments and variables lead to them', () => {
  const found = here(
    {
      args: ['serve', '--config', '/etc/plinth/config.json', '--scratch=/var/lib/plinth', '/etc/plinthology'],
      env: [{ name: 'PATHS', value: '/etc/plinth:/models/one' }],
      volumeMounts: [
        { name: 'config', mountPath: '/etc/plinth' },
        { name: 'scratch', mountPath: '/var/lib/plinth/' },
        { name: 'all', mountPath: '/models', subPath: 'sub' },
      ],
    },
    {
      volumes: [
        { name: 'config', configMap: { name: 'settings' } },
        { name: 'scratch', emptyDir: {} },
        {
          name: 'all',
          projected: { sources: [{ configMap: { name: 'settings', items: [{ key: 'a.txt', path: 'sub/one' }] } }] },
        },
      ],
    },
  );
  expect(found.args).toEqual([
    'serve',
    '--config',
    `${folder}/config/config.json`,
    `--scratch=${folder}/scratch`,
    '/etc/plinthology',
  ]);
  expect(found.env).toEqual({ PATHS: `${folder}/config:${folder}/all/sub/one` });
  expect(readFileSync(found.path('/etc/plinth/config.json'), 'utf8')).toBe('{}');
  expect([...readFileSync(join(folder, 'config/b.bin'))]).toEqual([0, 1]);
  expect(readFileSync(found.path('/models/one'), 'utf8')).toBe('A');
});

test('variables come from values, config maps, secrets and the pod itself, in their order', () => {
  const { env, args } = here({
    args: ['--name=$(POD)', '$$(POD)', '$(UNKNOWN)'],
    envFrom: [{ prefix: 'S_', configMapRef: { name: 'settings' } }, { secretRef: { name: 'gone', optional: true } }],
    env: [
      { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'key', key: 'password' } } },
      { name: 'LETTER', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a.txt' } } },
      { name: 'MAYBE', valueFrom: { configMapKeyRef: { name: 'gone', key: 'a', optional: true } } },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'GREETING', value: 'hello $(LETTER)' },
    ],
  });
  expect(env).toMatchObject({
    'S_a.txt': 'A',
    PASSWORD: 'pässword',
    LETTER: 'A',
    POD: 'fraud-here',
    GREETING: 'hello A',
  });
  expect(env).not.toHaveProperty('MAYBE');
  expect(args).toEqual(['--name=fraud-here', '$(POD)', '$(UNKNOWN)']);
});

test('a secret that only the cluster has is named, wherever it is asked for', () => {
  const sentence = (why: string): string =>
    `Deployment models/fraud, container server: there is no Secret "db" in the namespace models, because ${why}, ` +
    'and secrets are made in the cluster, not by Terraform; make the reference optional, or run this Deployment in a cluster.';
  expect(() => here({ env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'p' } } }] })).toThrow(
    sentence('its variable PASSWORD is the key "p" of it'),
  );
  expect(() => here({ envFrom: [{ secretRef: { name: 'db' } }] })).toThrow(sentence('its variables are taken from it'));
  expect(() =>
    here(
      { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
      { volumes: [{ name: 'v', secret: { secretName: 'db' } }] },
    ),
  ).toThrow(sentence('its volume "v" is made of it'));
});

test('a config map that no stack applied is named', () => {
  expect(() => here({ envFrom: [{ configMapRef: { name: 'gone' } }] })).toThrow(
    'Deployment models/fraud, container server: there is no ConfigMap "gone" in the namespace models, because its variables are taken ' +
      'from it, and Terraform applied none; apply the ConfigMap in one of the stacks.',
  );
});

test('a variable that only a cluster can fill is named', () => {
  expect(() => here({ env: [{ name: 'UID', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } }] })).toThrow(
    'Deployment models/fraud, container server: the variable UID cannot be had, because metadata.uid exists in a cluster only; ' +
      'give the variable a value, or do not start this Deployment here.',
  );
  expect(() => here({ env: [{ name: 'CPU', valueFrom: { resourceFieldRef: {} } }] })).toThrow(
    'because a container resource exists in a cluster only',
  );
});
