import { Construct } from 'constructs';
import { Component } from './component';
import { IGrantable } from './grants';
import { KubernetesManifest, KubernetesObjects } from './kubernetes-objects';
import { IPlatform } from './platform';
import { SecretRef } from './pod';
import { ISecret } from './resources';

/** The ClusterSecretStore of External Secrets that reads AWS Secrets Manager under the controller's own role. */
export const secretStore = 'aws-secrets-manager';

interface Place {
  readonly platform: IPlatform;
  /** Name of the Kubernetes Secret. */
  readonly name: string;
  readonly namespace: string;
}

export interface ExternalSecretProps extends Place {
  readonly secret: ISecret;
  /** Keys of the Kubernetes Secret, each with the key of the JSON document in Secrets Manager that it holds. */
  readonly keys: Readonly<Record<string, string>>;
}

/**
 * Some keys of a secret in AWS Secrets Manager as a Kubernetes Secret, kept up to date by External Secrets. This lets
 * the controller read that one secret.
 */
export class ExternalSecret extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: ExternalSecretProps) {
    super(scope, id);
    const { platform, name, secret, keys } = props;
    this.name = name;
    const controller = platform.find('external-secrets')?.component;
    if (controller !== undefined) secret.grantRead(controller as Component & IGrantable);
    carry(this, props, [
      externalSecret(props, {
        refreshInterval: '1h',
        secretStoreRef: { kind: 'ClusterSecretStore', name: secretStore },
        target: { name, creationPolicy: 'Owner' },
        data: Object.entries(keys).map(([secretKey, property]) => ({
          secretKey,
          remoteRef: { key: secret.secretArn, property },
        })),
      }),
    ]);
  }

  /** One of its keys, for a variable of a pod. */
  ref(key: string): SecretRef {
    return { secret: this.name, key };
  }
}

export interface GeneratedPasswordProps extends Place {
  /** Keys besides `password`, such as the user's name. They are no secrets: they stand in Terraform's state. */
  readonly beside?: Readonly<Record<string, string>>;
}

/**
 * A password that is born in the cluster, once, and stays: 40 letters and digits under the key `password` of a
 * Kubernetes Secret. Terraform never sees it.
 */
export class GeneratedPassword extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: GeneratedPasswordProps) {
    super(scope, id);
    const { name, namespace, beside } = props;
    this.name = name;
    const generator = { apiVersion: 'generators.external-secrets.io/v1alpha1', kind: 'Password', name };
    carry(this, props, [
      {
        apiVersion: generator.apiVersion,
        kind: generator.kind,
        metadata: { name, namespace },
        spec: { length: 40, digits: 10, symbols: 0, noUpper: false, allowRepeat: true },
      },
      externalSecret(props, {
        // Another password every hour would be of no use to whoever was told the first.
        refreshPolicy: 'CreatedOnce',
        target: {
          name,
          creationPolicy: 'Owner',
          template: { engineVersion: 'v2', data: { ...beside, password: '{{ .password }}' } },
        },
        dataFrom: [{ sourceRef: { generatorRef: generator } }],
      }),
    ]);
  }

  /** One of its keys, for a variable of a pod. */
  ref(key: string): SecretRef {
    return { secret: this.name, key };
  }
}

function externalSecret({ name, namespace }: Place, spec: Record<string, unknown>): KubernetesManifest {
  return { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', metadata: { name, namespace }, spec };
}

/** Their kinds are there when the controller is; where it stands in an earlier stack, it is there already. */
function carry(scope: Construct, { platform, name, namespace }: Place, objects: readonly KubernetesManifest[]): void {
  const carrier = new KubernetesObjects(scope, 'objects', { name: `${name}-secret`, namespace, objects });
  const controller = platform.find('external-secrets')?.component;
  if (controller !== undefined) carrier.node.addDependency(controller);
}
