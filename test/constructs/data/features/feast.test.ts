import { Template } from '@plinth/rehearsal/expect';
import { Feast } from 'plinth/constructs/data/features/feast';
import { synthesizeMl } from '../../../support/ml';
import { at } from '../../../support/program';

const storeOf = ({ values }: Feast) =>
  JSON.parse(Buffer.from(values.feature_store_yaml_base64 as string, 'base64').toString()) as Record<string, unknown>;

test('feature_store.yaml holds names of variables in place of secrets', () => {
  synthesizeMl((scope) => {
    const feast = new Feast(scope, 'feast');
    expect(storeOf(feast)).toMatchObject({
      project: 'prod',
      registry: {
        registry_type: 'sql',
        path: 'postgresql+psycopg://${FEAST_USER}:${FEAST_PASSWORD}@${FEAST_HOST}:${FEAST_PORT}/${FEAST_DATABASE}?sslmode=require',
      },
      online_store: { type: 'postgres', password: '${FEAST_PASSWORD}', sslmode: 'require' },
      entity_key_serialization_version: 3,
    });
    expect(feast.values.extraEnvs).toEqual(
      expect.arrayContaining([
        { name: 'FEAST_HOST', value: 'postgres.example' },
        { name: 'FEAST_PASSWORD', valueFrom: { secretKeyRef: { name: 'feast-database', key: 'password' } } },
      ]),
    );
    expect(feast.http.url).toBe('http://feast.ml.svc.cluster.local:80');
  });
});

test('the store can be changed', () => {
  synthesizeMl((scope) => {
    const store = (config: Readonly<Record<string, unknown>>) => ({ ...config, online_store: { type: 'redis' } });
    expect(storeOf(new Feast(scope, 'feast', { store }))).toMatchObject({ online_store: { type: 'redis' } });
  });
});

test('its account is there before it, reads the features zone, and has no token of the cluster', () => {
  const stack = synthesizeMl((scope) => void new Feast(scope, 'feast'));
  expect(at(stack, 'kubernetes_service_account_v1', 'feast/service-account').automount_service_account_token).toBe(
    false,
  );
  expect(at(stack, 'aws_iam_role_policy', 'lake-features-read')).toBeDefined();
  expect(at(stack, 'helm_release', 'prod-test/feast/release').depends_on).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^terraform_data\.feast_feast-database_all_/),
      expect.stringMatching(/^kubernetes_service_account_v1\.feast_service-account_/),
    ]),
  );
});

test('it keeps to the restricted standard, which its chart does not by itself', () => {
  synthesizeMl((scope) => {
    expect(new Feast(scope, 'feast').values).toMatchObject({
      podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
      volumeMounts: [{ mountPath: '/tmp' }],
    });
  });
});

test('it is scraped only where there is somebody to scrape it', () => {
  const monitors = (provides: object) =>
    Template.of(synthesizeMl((scope) => void new Feast(scope, 'feast'), { provides })).resources('helm_release', {
      values: [/ServiceMonitor/],
    });
  const secrets = { 'external-secrets': { system: 'External Secrets', endpoints: {} } };
  expect(monitors({ ...secrets, metrics: { system: 'Prometheus', endpoints: {} } })).toHaveLength(1);
  expect(monitors(secrets)).toHaveLength(0);
});
