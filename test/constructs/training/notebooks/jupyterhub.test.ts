import { JupyterHub } from 'plinth/constructs/training/notebooks/jupyterhub';
import { synthesizeMl } from '../../../support/ml';
import { at, only } from '../../../support/program';

const signIn = {
  host: 'notebooks.example',
  clientId: 'plinth',
  clientSecret: { secret: 'hub-oidc', key: 'secret' },
  authorizeUrl: 'https://login.example/authorize',
  tokenUrl: 'https://login.example/token',
  userInfoUrl: 'https://login.example/userinfo',
} as const;

test('as it comes nobody can sign in, and nothing is exposed', () => {
  synthesizeMl((scope) => {
    expect(new JupyterHub(scope, 'jupyterhub').values).toMatchObject({
      hub: { config: { JupyterHub: { authenticator_class: 'null', admin_access: false } } },
      proxy: { service: { type: 'ClusterIP' } },
      ingress: { enabled: false },
    });
  });
});

test('signing in names who may, and keeps the secret out of the values', () => {
  synthesizeMl((scope) => {
    const hub = (id: string, allow: 'everyone' | { groups: string[] } | { users: string[] }) =>
      new JupyterHub(scope, id, { namespace: id, signIn: { ...signIn, allow } }).values;
    expect(hub('by-group', { groups: ['ml'] })).toMatchObject({
      hub: {
        config: {
          JupyterHub: { authenticator_class: 'generic-oauth' },
          GenericOAuthenticator: {
            oauth_callback_url: 'https://notebooks.example/hub/oauth_callback',
            manage_groups: true,
            allowed_groups: ['ml'],
          },
        },
        extraEnv: { OAUTH_CLIENT_SECRET: { valueFrom: { secretKeyRef: { name: 'hub-oidc', key: 'secret' } } } },
      },
      ingress: { enabled: true, ingressClassName: 'traefik', hosts: ['notebooks.example'] },
    });
    const people = hub('by-name', { users: ['a@example'] });
    expect(JSON.stringify(people)).not.toContain('allow_all');
    expect(JSON.stringify(people)).toContain('"allowed_users":["a@example"]');
    expect(JSON.stringify(hub('open', 'everyone'))).toContain('"allow_all":true');
  });
});

test("people's servers keep to the restricted standard and away from the metadata of the node", () => {
  synthesizeMl((scope) => {
    const { values } = new JupyterHub(scope, 'jupyterhub');
    expect(values).toMatchObject({
      hub: {
        config: {
          KubeSpawner: {
            pod_security_context: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
            container_security_context: { capabilities: { drop: ['ALL'] } },
          },
        },
      },
      singleuser: {
        cloudMetadata: { blockWithIptables: false },
        networkPolicy: { egressAllowRules: { cloudMetadataServer: false, nonPrivateIPs: false, privateIPs: false } },
      },
      scheduling: { userScheduler: { enabled: false } },
      prePuller: { hook: { enabled: false }, continuous: { enabled: false } },
      cull: { enabled: true, timeout: 3600 },
    });
    expect(JSON.stringify(values)).toContain('"except":["169.254.169.254/32"]');
  });
});

test('they read the curated zone under a role of their own, and have no token of the cluster', () => {
  const stack = synthesizeMl((scope, platform) => {
    const hub = new JupyterHub(scope, 'jupyterhub');
    platform.lake.features.grantRead(hub.people);
  });
  expect(only(stack, 'kubernetes_service_account_v1').automount_service_account_token).toBe(false);
  expect(only(stack, 'aws_eks_pod_identity_association').service_account).toBe('notebook');
  expect(at(stack, 'aws_iam_role_policy', 'people/lake-curated-read')).toBeDefined();
  expect(at(stack, 'aws_iam_role_policy', 'people/lake-features-read')).toBeDefined();
});

test('volumes are gp3 unless another class is named', () => {
  synthesizeMl((scope) => {
    expect(new JupyterHub(scope, 'jupyterhub').values).toMatchObject({
      hub: { db: { pvc: { storageClassName: 'gp3' } } },
      singleuser: { storage: { dynamic: { storageClass: 'gp3' } } },
    });
  });
});
