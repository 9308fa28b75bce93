import { ExternalSecret, GeneratedPassword } from 'plinth/constructs/core/external-secret';
import { Secret } from 'plinth/constructs/storage/secret';
import { synthesizeMl } from '../../support/ml';
import { only, StackJson } from '../../support/program';

const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub-AbCdEf';
const valuesOf = (stack: StackJson) => JSON.stringify(only(stack, 'helm_release').values);

test('keys of a secret become keys of a Kubernetes Secret, kept up to date', () => {
  const stack = synthesizeMl((scope, platform) => {
    const secret = Secret.fromAttributes(scope, 'hub', { secretArn: arn });
    const made = new ExternalSecret(scope, 'x', {
      platform,
      name: 'hub',
      namespace: 'ml',
      secret,
      keys: { token: 'api' },
    });
    expect(made.ref('token')).toEqual({ secret: 'hub', key: 'token' });
    const objects = scope.node.findAll().flatMap((node) => ('objects' in node ? (node.objects as object[]) : []));
    expect(objects).toEqual([
      {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        metadata: { name: 'hub', namespace: 'ml' },
        spec: {
          refreshInterval: '1h',
          secretStoreRef: { kind: 'ClusterSecretStore', name: 'aws-secrets-manager' },
          target: { name: 'hub', creationPolicy: 'Owner' },
          data: [{ secretKey: 'token', remoteRef: { key: arn, property: 'api' } }],
        },
      },
    ]);
  });
  expect(valuesOf(stack)).toContain(arn);
});

test('a password is born once, without symbols that a URL would have to escape, and Terraform never sees it', () => {
  const stack = synthesizeMl((scope, platform) => {
    new GeneratedPassword(scope, 'x', { platform, name: 'db', namespace: 'ml', beside: { username: 'mlflow' } });
  });
  const values = valuesOf(stack);
  expect(values).toContain('CreatedOnce');
  expect(values).toMatch(/symbols\W+0/);
  expect(values).toContain('{{ .password }}');
  expect(stack.resource?.random_password).toBeUndefined();
});
