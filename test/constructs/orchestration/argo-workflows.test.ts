import { Profile } from 'plinth/constructs/core/profile';
import { WorkloadIdentity } from 'plinth/constructs/core/identity';
import { ArgoWorkflows } from 'plinth/constructs/orchestration/argo-workflows';
import { synthesizeMl } from '../../support/ml';
import { at, only } from '../../support/program';

test('artifacts and logs go to the lake under the credentials of each step, never with static keys', () => {
  const stack = synthesizeMl((scope) => {
    const argo = new ArgoWorkflows(scope, 'argo');
    expect(argo.values).toMatchObject({
      useStaticCredentials: false,
      artifactRepository: {
        archiveLogs: true,
        s3: { bucket: 'prod-lake-curated', endpoint: 's3.eu-west-1.amazonaws.com', useSDKCreds: true, insecure: false },
      },
    });
    expect(argo.server.url).toBe('http://argo-server.argo.svc.cluster.local:2746');
  });
  expect(only(stack, 'aws_eks_pod_identity_association').service_account).toBe('argo-server');
  const policy = JSON.stringify(only(stack, 'aws_iam_role_policy').policy);
  expect(policy).toContain('/workflows/*');
  expect(policy).not.toContain('PutObject');
});

test('people bring their own rights; nobody acts under those of the server', () => {
  synthesizeMl((scope) => {
    expect(new ArgoWorkflows(scope, 'argo').values).toMatchObject({
      server: { authModes: ['client'], sso: { enabled: false } },
    });
  });
});

test('signing in with OpenID Connect', () => {
  synthesizeMl((scope) => {
    const argo = new ArgoWorkflows(scope, 'argo', {
      sso: {
        issuer: 'https://login.example',
        redirectUrl: 'https://workflows.example/oauth2/callback',
        clientId: { secret: 'argo-sso', key: 'id' },
        clientSecret: { secret: 'argo-sso', key: 'secret' },
      },
    });
    expect(argo.values).toMatchObject({
      server: {
        authModes: ['sso', 'client'],
        sso: { enabled: true, rbac: { enabled: true }, clientSecret: { name: 'argo-sso', key: 'secret' } },
      },
    });
  });
});

test('nothing is fetched while it installs, and its definitions go where everything may go', () => {
  synthesizeMl((scope) => {
    expect(new ArgoWorkflows(scope, 'argo').values).toMatchObject({ crds: { install: true, full: false, keep: true } });
  });
  synthesizeMl(
    (scope) => {
      const { values } = new ArgoWorkflows(scope, 'argo');
      expect(values).toMatchObject({ crds: { keep: false }, controller: { replicas: 1, pdb: { enabled: false } } });
    },
    { profile: Profile.ephemeral({ ttl: '1h' }) },
  );
});

test('who runs workflows may be let write what they keep', () => {
  const stack = synthesizeMl((scope, platform) => {
    const argo = new ArgoWorkflows(scope, 'argo');
    argo.grantArtifacts(new WorkloadIdentity(scope, 'steps', { platform, namespace: 'team', serviceAccount: 'steps' }));
  });
  const policy = at(stack, 'aws_iam_role_policy', 'steps/lake-curated-write-workflows');
  expect(JSON.stringify(policy.policy)).toContain('s3:PutObject');
});
