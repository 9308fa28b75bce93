import { Profile } from 'plinth/constructs/core/profile';
import { PlatformAttributes } from 'plinth/constructs/core/platform';
import { OpenBao } from 'plinth/constructs/security/openbao';
import { RaftSecretStoreProps } from 'plinth/constructs/security/raft-secret-store';
import { Vault } from 'plinth/constructs/security/vault';
import { at, blocks, only } from '../../support/program';
import { ingressOf, synthesizeServices } from '../../support/services';

interface Values {
  readonly server: {
    readonly ha: { readonly replicas: number; readonly raft: { readonly config: string } };
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
}

const kinds = { Vault, OpenBao };

function store(
  kind: keyof typeof kinds,
  props: RaftSecretStoreProps = {},
  attributes: Partial<PlatformAttributes> = {},
) {
  let values: Values | undefined;
  let url = '';
  const stack = synthesizeServices((scope) => {
    const made = new kinds[kind](scope, 'store', props);
    values = made.values as unknown as Values;
    url = made.api.url;
  }, attributes);
  return { stack, values: values!, url, config: values!.server.ha.raft.config };
}

describe.each(['Vault', 'OpenBao'] as const)('%s', (kind) => {
  const { stack, values, url, config } = store(kind);

  test('three servers on Raft that speak TLS only and are unsealed by a key of KMS', () => {
    expect(values).toMatchObject({
      global: { tlsDisable: false },
      injector: { enabled: false },
      server: { ha: { enabled: true, replicas: 3, raft: { enabled: true, setNodeId: true } } },
    });
    expect(config).toContain('seal "awskms"');
    expect(config).toContain('tls_cert_file = "/etc/plinth/tls/tls.crt"');
    expect(config).not.toContain('tls_disable');
    expect(config.match(/leader_api_addr = .*/g)).toEqual(
      [0, 1, 2].map((index) => `leader_api_addr = "https://store-${index}.store-internal:8200"`),
    );
    expect(url).toBe('https://store-active.store.svc.cluster.local:8200');
  });

  test('its release does not wait: pods are not ready before the job has initialised them', () => {
    expect(at(stack, 'helm_release', 'store/release')).toMatchObject({ wait: false });
    const job = only(stack, 'kubernetes_job_v1');
    expect(job).toMatchObject({ wait_for_completion: true });
    expect(String(job['depends_on'])).toContain('helm_release.store_release');
  });

  test('its pods keep to the restricted standard', () => {
    expect(values.server['statefulSet']).toMatchObject({
      securityContext: {
        pod: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        container: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    });
  });

  test('its servers may use the key that unseals them, its job the secret of recovery keys, and neither more', () => {
    const actions = Object.fromEntries(
      blocks(stack, 'aws_iam_role_policy').map(([, { name, policy }]) => [
        name,
        [...String(policy).matchAll(/"((?:kms|secretsmanager):\w+)"/g)].map(([, action]) => action),
      ]),
    );
    expect(actions).toEqual({
      seal: ['kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey'],
      'recovery-keys': [
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
        'kms:Decrypt',
        'kms:GenerateDataKey',
        // Not an action: the condition under which the two before it are allowed.
        'kms:ViaService',
      ],
    });
  });

  test('no value of a secret is in what Terraform reads', () => {
    expect(blocks(stack, 'aws_secretsmanager_secret_version')).toEqual([]);
    expect(only(stack, 'aws_secretsmanager_secret')).toMatchObject({ name: 'prod/store/recovery-keys' });
  });

  test('it is reached by the platform’s pods, and on the port of Raft by itself alone', () => {
    const rules = ingressOf(stack, 'store') as { from: unknown; ports: { port: string }[] }[];
    expect(rules.map(({ ports }) => ports.map(({ port }) => port))).toEqual([['8200'], ['8200', '8201']]);
    expect(JSON.stringify(rules[1]?.from)).toContain('"app.kubernetes.io/instance":"store"');
  });

  test('a new certificate is read without a restart', () => {
    const process = kind === 'Vault' ? 'vault' : 'bao';
    expect(JSON.stringify(values.server['extraContainers'])).toContain(`pkill -HUP -x ${process}`);
  });

  test('one server where nothing must last, and its disk goes with it', () => {
    const { values: small } = store(kind, {}, { profile: Profile.ephemeral({ ttl: '1h' }) });
    expect(small.server.ha.replicas).toBe(1);
    expect(small.server['persistentVolumeClaimRetentionPolicy']).toMatchObject({ whenDeleted: 'Delete' });
    expect(values.server['persistentVolumeClaimRetentionPolicy']).toMatchObject({ whenDeleted: 'Retain' });
  });

  test('an even number of servers is refused', () => {
    expect(() => store(kind, { replicas: 4 })).toThrow(
      `${kind} has 4 servers, because Raft needs more than half of them, so that an even number tolerates no more losses than one less; set 'replicas' to 5`,
    );
  });

  test('it asks for certificates', () => {
    expect(() => store(kind, {}, { provides: {} })).toThrow(
      `${kind} needs a system for 'certificates', and the platform 'prod' has none, because its servers speak TLS only; add one that provides 'certificates', such as CertManager`,
    );
  });
});
