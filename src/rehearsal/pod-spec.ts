import type { KubernetesObject } from './kubernetes-objects';

type Texts = Readonly<Record<string, string>>;

/** The parts of a pod's specification that a local process follows (https://kubernetes.io/docs/reference/kubernetes-api). */
export interface PodSpec {
  readonly containers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly terminationGracePeriodSeconds?: number;
}

export interface Container {
  readonly name: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly {
    readonly prefix?: string;
    readonly configMapRef?: Reference;
    readonly secretRef?: Reference;
  }[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
}

export interface Reference {
  readonly name?: string;
  readonly optional?: boolean;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly configMapKeyRef?: Reference & { readonly key: string };
    readonly secretKeyRef?: Reference & { readonly key: string };
    readonly fieldRef?: { readonly fieldPath: string };
    readonly resourceFieldRef?: object;
  };
}

export interface Probe {
  readonly httpGet?: { readonly path?: string; readonly port?: number | string };
}

interface FileSource extends Reference {
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

export interface Volume {
  readonly name: string;
  readonly configMap?: FileSource;
  readonly secret?: FileSource & { readonly secretName?: string };
  readonly emptyDir?: object;
  readonly persistentVolumeClaim?: object;
  readonly projected?: {
    readonly sources?: readonly { readonly configMap?: FileSource; readonly secret?: FileSource }[];
  };
}

/** A Deployment's parts. */
export interface DeploymentSpec {
  readonly template: { readonly metadata?: { readonly labels?: Texts }; readonly spec: PodSpec };
}

/** A ConfigMap's or Secret's entries as bytes; undefined where no such object was applied. */
export function entriesOf(
  objects: readonly KubernetesObject[],
  kind: 'ConfigMap' | 'Secret',
  namespace: string,
  name: string | undefined,
): Readonly<Record<string, Buffer>> | undefined {
  const found = objects.find(
    (object) =>
      object.kind === kind && object.metadata.name === name && (object.metadata.namespace ?? 'default') === namespace,
  );
  if (found === undefined) return undefined;
  const encoding = (texts: unknown, code: BufferEncoding): [string, Buffer][] =>
    Object.entries((texts ?? {}) as Texts).map(([key, text]) => [key, Buffer.from(text, code)]);
  return Object.fromEntries([
    ...encoding(found['data'], kind === 'Secret' ? 'base64' : 'utf8'),
    ...encoding(found['binaryData'], 'base64'),
  ]);
}
