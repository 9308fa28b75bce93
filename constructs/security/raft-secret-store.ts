import { Construct } from 'constructs';
import { checkAtSynth } from '../core/findings';
import { grant } from '../core/grants';
import { HelmComponent, HelmComponentProps, HelmValues } from '../core/helm-component';
import { KubernetesObjects } from '../core/kubernetes-objects';
import { httpsOut, NetworkPolicy } from '../core/network-policy';
import { IPlatform, Platform } from '../core/platform';
import { ISecret } from '../core/resources';
import { monitored } from '../core/service-monitor';
import { Secret } from '../storage/secret';
import { internalIssuer } from './cert-manager';
import { Key } from './key';
import { SecretStoreInit } from './secret-store-init';

export interface RaftSecretStoreProps extends HelmComponentProps {
  /** Servers. Default 3, or 1 under an ephemeral profile: two would tolerate the loss of none. */
  readonly replicas?: number;
  /** Disk of each server. Default `10Gi`. */
  readonly size?: string;
  /** Default the cluster's default class. */
  readonly storageClass?: string;
  /** Image of the job that initialises it, with bash, curl and the AWS CLI. */
  readonly initImage?: string;
}

/** What differs between Vault and OpenBao, whose charts and interfaces have one origin. */
export interface RaftSecretStoreFlavour {
  /** Where its image keeps data. */
  readonly home: '/vault' | '/openbao';
  /** Name of the server's process. */
  readonly process: 'vault' | 'bao';
  readonly image: { readonly registry?: string; readonly repository: string; readonly tag: string };
  /** Lines of the server's configuration. */
  readonly config: readonly string[];
  readonly audit: 'api' | 'config';
  /** Further values below `server`. */
  readonly server?: HelmValues;
}

const tlsFolder = '/etc/plinth/tls';

/**
 * Vault or OpenBao: servers that keep their data by Raft on encrypted volumes, are unsealed by a KMS key, speak TLS only,
 * and are initialised by a job. What the job leaves behind, and how people get in, is told in docs/secret-store.md.
 */
export abstract class RaftSecretStore extends HelmComponent {
  /** Seals the store: without it nobody reads it again. */
  readonly key: Key;
  /** In AWS Secrets Manager: five recovery keys, three of which make a new root token. */
  readonly recovery: ISecret;

  /** @throws PlinthError at synth `even-quorum` for a number of servers that is even */
  constructor(scope: Construct, id: string, props: RaftSecretStoreProps, flavour: RaftSecretStoreFlavour) {
    const given = props.platform ?? Platform.of(scope);
    const key = new Key(scope, `${id}-seal`, { platform: given, description: `Seals ${id} of ${given.name}` });
    const replicas = props.replicas ?? (given.profile.multiZone ? 3 : 1);
    const tls = `${id}-tls`;
    super(
      scope,
      id,
      props,
      // Its pods are not ready before the job below has initialised them, so nothing would come of waiting.
      { namespace: id, namespaceProps: {}, serviceAccount: id, wait: false },
      ({ platform, namespace, name }) => ({
        fullnameOverride: name,
        global: { tlsDisable: false },
        // Secrets reach pods through External Secrets.
        injector: { enabled: false },
        csi: { enabled: false },
        server: {
          image: { ...flavour.image },
          logFormat: 'json',
          resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '512Mi' } },
          serviceAccount: { create: true, name },
          volumes: [{ name: 'tls', secret: { secretName: tls } }],
          volumeMounts: [{ name: 'tls', mountPath: tlsFolder, readOnly: true }],
          shareProcessNamespace: true,
          extraContainers: [reloader(flavour)],
          statefulSet: { securityContext: { pod: podSecurity, container: containerSecurity } },
          dataStorage: {
            enabled: true,
            size: props.size ?? '10Gi',
            ...(props.storageClass && { storageClass: props.storageClass }),
          },
          persistentVolumeClaimRetentionPolicy: {
            whenDeleted: platform.profile.forceDestroy ? 'Delete' : 'Retain',
            whenScaled: 'Retain',
          },
          standalone: { enabled: false },
          ha: {
            enabled: true,
            replicas,
            raft: {
              enabled: true,
              setNodeId: true,
              config: serverConfig(flavour, { name, replicas, region: platform.region, keyId: key.keyId }),
            },
          },
          ...flavour.server,
        },
        serverTelemetry: {
          serviceMonitor: {
            enabled: monitored(platform),
            tlsConfig: {
              ca: { secret: { name: tls, key: 'ca.crt' } },
              serverName: `${name}-active.${namespace}.svc`,
            },
          },
        },
      }),
    );
    this.key = key;
    const { platform, namespace } = this;
    const pods = { 'app.kubernetes.io/instance': id, component: 'server' };
    grant(this, this, 'seal', [
      { actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey'], resources: [key.keyArn] },
    ]);
    new NetworkPolicy(this, 'network', {
      ...{ name: id, namespace, pods },
      ingressFrom: [
        { platform: platform.name, ports: [8200] },
        { pods, ports: [8200, 8201] },
      ],
      egressTo: [{ pods, ports: [8200, 8201] }, httpsOut],
    });
    this.release.node.addDependency(this.certificate(platform, tls));
    this.recovery = new Secret(this, 'recovery', {
      platform,
      name: `${id}/recovery-keys`,
      description: `Recovery keys of ${id}, as its initialisation answered`,
      keyArn: key.keyArn,
    });
    const init = new SecretStoreInit(this, `${id}-init`, {
      ...{ platform, namespace, pods, tlsSecret: tls },
      address: `https://${id}-0.${id}-internal:8200`,
      recovery: this.recovery,
      audit: flavour.audit,
      image: props.initImage,
    });
    init.node.addDependency(this.release);
    checkAtSynth(this, () =>
      replicas % 2 === 1
        ? []
        : [
            {
              code: 'even-quorum',
              what: `${this.system.name} has ${replicas} servers`,
              why: 'Raft needs more than half of them, so that an even number tolerates no more losses than one less',
              cure: `set 'replicas' to ${replicas + 1}`,
            },
          ],
    );
  }

  /** The servers' certificate, by the platform's own authority. */
  private certificate(platform: IPlatform, secretName: string): KubernetesObjects {
    const { namespace, node } = this;
    const name = node.id;
    const services = [name, `${name}-active`, `${name}-standby`, `*.${name}-internal`];
    const certificate = new KubernetesObjects(this, 'certificate', {
      name: secretName,
      namespace,
      objects: [
        {
          apiVersion: 'cert-manager.io/v1',
          kind: 'Certificate',
          metadata: { name: secretName, namespace },
          spec: {
            secretName,
            duration: '8760h',
            renewBefore: '720h',
            privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
            usages: ['server auth', 'client auth'],
            dnsNames: [
              ...services.flatMap((service) =>
                ['', `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`].map(
                  (suffix) => `${service}${suffix}`,
                ),
              ),
              'localhost',
            ],
            ipAddresses: ['127.0.0.1'],
            issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: internalIssuer },
          },
        },
      ],
    });
    const issuer = platform.find('certificates')?.component;
    if (issuer !== undefined) certificate.node.addDependency(issuer);
    return certificate;
  }
}

const containerSecurity = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
// User and group of both images.
const podSecurity = {
  ...{ runAsNonRoot: true, runAsUser: 100, runAsGroup: 1000, fsGroup: 1000 },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** Servers read a new certificate when they are told to, and cert-manager tells nobody. */
function reloader({ image, process }: RaftSecretStoreFlavour): HelmValues {
  const look = `now=$(cat ${tlsFolder}/tls.crt)`;
  return {
    name: 'reload',
    image: `${image.registry === undefined ? '' : `${image.registry}/`}${image.repository}:${image.tag}`,
    command: [
      'sh',
      '-ec',
      `${look}; while sleep 60; do last=$now; ${look}; [ "$now" = "$last" ] || pkill -HUP -x ${process}; done`,
    ],
    securityContext: { ...containerSecurity, readOnlyRootFilesystem: true },
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '32Mi' } },
    volumeMounts: [{ name: 'tls', mountPath: tlsFolder, readOnly: true }],
  };
}

function serverConfig(
  { home, config }: RaftSecretStoreFlavour,
  { name, replicas, region, keyId }: { name: string; replicas: number; region: string; keyId: string },
): string {
  const join = Array.from({ length: replicas }, (_, index) => [
    '  retry_join {',
    `    leader_api_addr = "https://${name}-${index}.${name}-internal:8200"`,
    `    leader_ca_cert_file = "${tlsFolder}/ca.crt"`,
    '  }',
  ]).flat();
  return [
    'ui = true',
    ...config,
    'listener "tcp" {',
    '  address = "[::]:8200"',
    '  cluster_address = "[::]:8201"',
    `  tls_cert_file = "${tlsFolder}/tls.crt"`,
    `  tls_key_file = "${tlsFolder}/tls.key"`,
    '  telemetry {',
    '    unauthenticated_metrics_access = true',
    '  }',
    '}',
    'storage "raft" {',
    `  path = "${home}/data"`,
    ...join,
    '}',
    'seal "awskms" {',
    `  region = "${region}"`,
    `  kms_key_id = "${keyId}"`,
    '}',
    'service_registration "kubernetes" {}',
    'telemetry {',
    '  prometheus_retention_time = "30s"',
    '  disable_hostname = true',
    '}',
    '',
  ].join('\n');
}
