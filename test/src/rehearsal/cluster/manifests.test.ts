import { parseAllDocuments } from 'yaml';
import { manifestsYaml, printed } from '../../../../src/rehearsal/cluster/manifests';
import { object } from './support';

test('a document for each object, with the place it comes from', () => {
  const yaml = manifestsYaml([
    printed(
      object('ConfigMap', 'a', {
        data: { text: '#!/bin/sh\necho "no"\n', long: `${'word '.repeat(40)}end`, flag: 'yes' },
      }),
      false,
    ),
    printed(object('ConfigMap', 'b'), false),
  ]);
  expect(yaml).toContain('---\n# stack s, ConfigMap.a\napiVersion: v1\nkind: ConfigMap\nmetadata:\n');
  expect(parseAllDocuments(yaml).map((one) => one.toJS() as unknown)).toEqual([
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'ml' },
      data: { text: '#!/bin/sh\necho "no"\n', long: `${'word '.repeat(40)}end`, flag: 'yes' },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b', namespace: 'ml' } },
  ]);
});

test('what a release carries goes to its namespace, where it goes to any', () => {
  const carried = { namespace: null, release: 'monitoring' };
  expect(printed(object('ConfigMap', 'a', {}, carried), false).object.metadata).toEqual({
    name: 'a',
    namespace: 'monitoring',
  });
  const role = object('ClusterRole', 'a', {}, { ...carried, apiVersion: 'rbac.authorization.k8s.io/v1' });
  expect(printed(role, false).object.metadata).toEqual({ name: 'a' });
  expect(printed(object('ConfigMap', 'a', {}, { namespace: null }), false).object.metadata).toEqual({ name: 'a' });
});

test('the values of Secrets stay unsaid, and a comment says so', () => {
  const secret = object('Secret', 'a', { type: 'Opaque', data: { password: 'aGk=' }, stringData: { user: 'me' } });
  const yaml = manifestsYaml([printed(secret, false)]);
  expect(yaml).toContain('# The values of password, user are left out; --show-secrets prints them.\n');
  expect(yaml).not.toMatch(/aGk=|me$/m);
  expect(parseAllDocuments(yaml)[0]!.toJS()).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'a', namespace: 'ml' },
    type: 'Opaque',
  });
  expect(manifestsYaml([printed(secret, true)])).toContain('password: aGk=');
});
