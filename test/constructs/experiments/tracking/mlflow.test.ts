import { Profile } from 'plinth/constructs/core/profile';
import { Mlflow } from 'plinth/constructs/experiments/tracking/mlflow';
import { synthesizeMl } from '../../../support/ml';
import { at } from '../../../support/program';

test('metadata lies in PostgreSQL with a password from a Secret, artifacts in the lake', () => {
  const stack = synthesizeMl((scope) => {
    const mlflow = new Mlflow(scope, 'mlflow');
    expect(mlflow.web.url).toBe('http://mlflow.ml.svc.cluster.local:80');
    expect(mlflow.values).toMatchObject({
      replicaCount: 2,
      backendStore: {
        databaseMigration: true,
        postgres: { enabled: true, host: 'postgres.example', port: 5432, database: 'mlflow', driver: 'psycopg2' },
        existingDatabaseSecret: { name: 'mlflow-database', usernameKey: 'username', passwordKey: 'password' },
      },
      artifactRoot: { proxiedArtifactStorage: true, s3: { enabled: true, bucket: 'prod-lake-models', path: 'mlflow' } },
    });
    expect(JSON.stringify(mlflow.values.backendStore)).not.toContain('"password":"');
  });
  const policy = JSON.stringify(at(stack, 'aws_iam_role_policy', 'lake-models-write-mlflow').policy);
  expect(policy).toContain('/mlflow/*');
});

test('its database is there before it', () => {
  const stack = synthesizeMl((scope) => void new Mlflow(scope, 'mlflow'));
  const release = at(stack, 'helm_release', 'prod-test/mlflow/release');
  expect(release.depends_on).toContainEqual(expect.stringMatching(/^terraform_data\.mlflow_mlflow-database_all_/));
});

test('it answers to its own names, to what is added, and to Prometheus', () => {
  synthesizeMl((scope) => {
    const { values } = new Mlflow(scope, 'mlflow', { hosts: ['mlflow.example'] });
    const hosts = values.serverAllowedHosts as string[];
    expect(hosts).toEqual(
      expect.arrayContaining(['mlflow', 'mlflow.ml.svc.cluster.local', 'mlflow.example', '10.*:5000']),
    );
    expect(hosts).not.toContain('*');
    expect(values.serviceMonitor).toMatchObject({ enabled: true, useServicePort: true, namespace: 'ml' });
    // Where its metrics are added up must be writable.
    expect(values.extraVolumeMounts).toEqual([{ name: 'metrics', mountPath: '/mlflow/metrics' }]);
  });
});

test('it is reached from namespaces of the platform, and reaches PostgreSQL and HTTPS', () => {
  const stack = synthesizeMl((scope) => void new Mlflow(scope, 'mlflow'));
  expect(at(stack, 'kubernetes_network_policy_v1', 'prod-test/mlflow/network/policy').spec).toMatchObject({
    ingress: [
      {
        from: [{ namespace_selector: { match_labels: { 'plinth.dev/platform': 'prod' } } }],
        ports: [{ port: '5000' }],
      },
      { from: [{ namespace_selector: { match_labels: { 'kubernetes.io/metadata.name': 'monitoring' } } }] },
    ],
    egress: [
      { to: [{ ip_block: { cidr: '10.0.0.0/16' } }], ports: [{ port: '5432' }] },
      { to: [{ ip_block: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } }], ports: [{ port: '443' }] },
    ],
  });
});

test('one replica where an environment is short-lived', () => {
  synthesizeMl((scope) => expect(new Mlflow(scope, 'mlflow').values.replicaCount).toBe(1), {
    profile: Profile.ephemeral({ ttl: '1h' }),
  });
});

test('without External Secrets it says what is missing', () => {
  expect(() => synthesizeMl((scope) => void new Mlflow(scope, 'mlflow'), { provides: {} })).toThrow(
    "MLflow needs a system for 'external-secrets', and the platform 'prod' has none, because it makes the password of its database; add one that provides 'external-secrets'",
  );
});
