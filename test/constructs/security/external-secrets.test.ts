import { ExternalSecret } from 'plinth/constructs/core/external-secret';
import { ExternalSecrets } from 'plinth/constructs/security/external-secrets';
import { Secret } from 'plinth/constructs/storage/secret';
import { at, blocks, only } from '../../support/program';
import { synthesizeServices } from '../../support/services';

test('one store for the whole cluster, under the controller’s own role, which may read nothing yet', () => {
  const stack = synthesizeServices((scope) => {
    expect(new ExternalSecrets(scope, 'external-secrets').values).toMatchObject({
      installCRDs: true,
      replicaCount: 2,
      leaderElect: true,
      serviceAccount: { name: 'external-secrets' },
    });
  });
  const store = String(at(stack, 'helm_release', 'stores/release')['values']);
  expect(store).toContain('ClusterSecretStore');
  expect(store).not.toContain('auth');
  expect(only(stack, 'aws_eks_pod_identity_association')).toMatchObject({ service_account: 'external-secrets' });
  expect(blocks(stack, 'aws_iam_role_policy')).toEqual([]);
});

test('each secret that is brought into the cluster is let be read, and only that', () => {
  const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:token-AbCdEf';
  const stack = synthesizeServices((scope, platform) => {
    new ExternalSecrets(scope, 'external-secrets');
    const secret = Secret.fromAttributes(scope, 'token', { secretArn });
    new ExternalSecret(scope, 'in-cluster', {
      platform,
      name: 'token',
      namespace: 'ml',
      secret,
      keys: { token: 'token' },
    });
  });
  const policy = String(only(stack, 'aws_iam_role_policy')['policy']);
  expect(policy).toContain(secretArn);
  expect(policy).not.toContain('"*"');
});
