import { readFileSync } from 'node:fs';
import { Construct } from 'constructs';
import { grant } from '../core/grants';
import { httpsOut } from '../core/network-policy';
import { packageFile } from '../core/package-file';
import { Platform } from '../core/platform';
import { ISecret } from '../core/resources';
import { defineSystem } from '../core/system';
import { Workload, WorkloadProps } from '../core/workload';

export interface SecretStoreInitProps extends WorkloadProps {
  readonly namespace: string;
  /** `https://host:port` of one server of the store. */
  readonly address: string;
  /** Labels of the store's pods. */
  readonly pods: Readonly<Record<string, string>>;
  /** Name of the Kubernetes Secret whose key `ca.crt` is the authority of the store's certificate. */
  readonly tlsSecret: string;
  /** Where the recovery keys are kept. */
  readonly recovery: ISecret;
  /** Whether the audit log is switched on by this job (Vault) or stands in the server's configuration (OpenBao). */
  readonly audit: 'api' | 'config';
  /** An image with bash, curl and the AWS CLI. */
  readonly image?: string;
}

/**
 * The job that initialises a secret store and prepares it. Its output holds no secret, and neither does Terraform: recovery
 * keys go to Secrets Manager, and the root token is revoked before the job ends.
 */
export class SecretStoreInit extends Workload {
  static override readonly system = defineSystem({
    name: 'Secret store initialisation',
    categories: ['security'],
    licence: 'Apache-2.0',
  });

  constructor(scope: Construct, id: string, props: SecretStoreInitProps) {
    const platform = props.platform ?? Platform.of(scope);
    super(scope, id, props, {
      kind: 'Job',
      namespace: props.namespace,
      identity: true,
      files: { script: { 'init.sh': readFileSync(packageFile('constructs/security/secret-store-init.sh'), 'utf8') } },
      pod: {
        image: props.image ?? 'public.ecr.aws/aws-cli/aws-cli:2.22.35',
        command: ['bash', '/etc/plinth/init/init.sh'],
        env: {
          ADDRESS: props.address,
          SECRET: props.recovery.secretArn,
          CA: { secret: props.tlsSecret, key: 'ca.crt' },
          AUDIT: props.audit,
          // The servers check tokens by the authority and the account of their own pods.
          KUBERNETES: JSON.stringify({ kubernetes_host: 'https://kubernetes.default.svc' }),
          // Each takes five seconds: ten minutes, for volumes and images to come.
          ATTEMPTS: '120',
          AWS_REGION: platform.region,
          HOME: '/tmp',
        },
        configMaps: { '/etc/plinth/init': `${id}-script` },
        scratch: ['/tmp'],
        resources: { cpu: '100m', memory: '256Mi' },
      },
      egressTo: [{ pods: props.pods, ports: [8200] }, httpsOut],
    });
    const { secretArn, keyArn } = props.recovery;
    grant(this, this, 'recovery-keys', [
      { actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'], resources: [secretArn] },
      ...(keyArn === undefined
        ? []
        : [
            {
              actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
              resources: [keyArn],
              conditions: { StringLike: { 'kms:ViaService': 'secretsmanager.*.amazonaws.com' } },
            },
          ]),
    ]);
  }
}
