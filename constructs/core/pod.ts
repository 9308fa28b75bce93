import type {
  DeploymentV1SpecTemplateSpec,
  DeploymentV1SpecTemplateSpecContainerEnv,
} from '@cdktf/provider-kubernetes/lib/deployment-v1';

/** A value out of a Kubernetes Secret, which External Secrets fills. */
export interface SecretRef {
  readonly secret: string;
  readonly key: string;
}

/** An HTTP path on a named port that tells how a container fares. */
export interface Probe {
  readonly path: string;
  readonly port: string;
  /** Seconds between two looks. Default 10. */
  readonly period?: number;
  /** Looks that must fail before something is done. Default 3. */
  readonly failures?: number;
}

/** What a container may use. Requests and limits of memory are the same, so that nothing is killed for a neighbour. */
export interface Resources {
  /** Cores, as Kubernetes writes them: `500m`, `2`. A request, not a limit: throttling hurts latency more than it helps. */
  readonly cpu: string;
  /** `256Mi`, `4Gi`. */
  readonly memory: string;
  /** Cores at most, where a program sizes itself by its quota. */
  readonly cpuLimit?: string;
  /** Whole GPUs. */
  readonly gpu?: number;
}

/** A pod of one container: what differs from one workload to the next. */
export interface PodSpec {
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | SecretRef>>;
  /** Port names to numbers. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly liveness?: Probe;
  readonly readiness?: Probe;
  /** How long a start may take is `period` times `failures`. */
  readonly startup?: Probe;
  readonly resources: Resources;
  /** Folders that may be written, in memory-backed or node storage, empty at the start. */
  readonly scratch?: readonly string[];
  /** Folders in memory, such as `/dev/shm`: path to its size, `1Gi`, which counts against the container's memory. */
  readonly sharedMemory?: Readonly<Record<string, string>>;
  /** Folders out of a ConfigMap: path to its name. */
  readonly configMaps?: Readonly<Record<string, string>>;
  /** Folders out of a Secret: path to its name. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Claims that a StatefulSet makes for each pod: path to the claim's name. */
  readonly claims?: Readonly<Record<string, string>>;
  /** Seconds between SIGTERM and SIGKILL. Default 30. */
  readonly terminationGraceSeconds?: number;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** User and group that the container runs as. Default 65532, the customary `nonroot`. */
  readonly user?: number;
  /** Whether the pod may talk to the Kubernetes API with its service account. Default false. */
  readonly kubernetesApi?: boolean;
}

/** The taint on every node with GPUs, and the toleration that those who use one carry. */
export const gpuTaint = { key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' } as const;
/** Node label that names what a GPU pool is for. */
export const gpuForLabel = 'plinth.dev/gpu-for';

/**
 * The pod template of a PodSpec, with the `restricted` Pod Security Standard kept: not root, no privileges to gain, root
 * file system read-only, the runtime's default seccomp profile.
 */
export function podTemplate(
  name: string,
  serviceAccount: string,
  selector: Readonly<Record<string, string>>,
  pod: PodSpec,
): DeploymentV1SpecTemplateSpec {
  const user = String(pod.user ?? 65532);
  const mounts = [
    ...(pod.scratch ?? []).map((path) => ({
      path,
      name: volumeName('scratch', path),
      readOnly: false,
      volume: { emptyDir: {} },
    })),
    ...Object.entries(pod.sharedMemory ?? {}).map(([path, sizeLimit]) => ({
      path,
      name: volumeName('memory', path),
      readOnly: false,
      volume: { emptyDir: { medium: 'Memory', sizeLimit } },
    })),
    ...Object.entries(pod.configMaps ?? {}).map(([path, from]) => ({
      path,
      name: volumeName('config', path),
      readOnly: true,
      volume: { configMap: { name: from } },
    })),
    ...Object.entries(pod.secrets ?? {}).map(([path, from]) => ({
      path,
      name: volumeName('secret', path),
      readOnly: true,
      volume: { secret: { secretName: from } },
    })),
  ];
  const { cpu, memory, cpuLimit, gpu } = pod.resources;
  const gpus: Record<string, string> = gpu === undefined ? {} : { 'nvidia.com/gpu': String(gpu) };
  return {
    serviceAccountName: serviceAccount,
    automountServiceAccountToken: pod.kubernetesApi ?? false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: pod.terminationGraceSeconds ?? 30,
    nodeSelector: pod.nodeSelector,
    toleration: gpu === undefined ? undefined : [{ ...gpuTaint, operator: 'Equal' }],
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraint: [
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: [{ matchLabels: selector }],
      },
    ],
    container: [
      {
        name,
        image: pod.image,
        command: pod.command && [...pod.command],
        args: pod.args && [...pod.args],
        env: Object.entries(pod.env ?? {}).map(([key, value]) => variable(key, value)),
        port: Object.entries(pod.ports ?? {}).map(([portName, containerPort]) => ({ name: portName, containerPort })),
        livenessProbe: pod.liveness && probe(pod.liveness),
        readinessProbe: pod.readiness && probe(pod.readiness),
        startupProbe: pod.startup && probe(pod.startup),
        resources: {
          requests: { cpu, memory, ...gpus },
          limits: { memory, ...(cpuLimit && { cpu: cpuLimit }), ...gpus },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMount: [
          ...mounts.map(({ path, name: volume, readOnly }) => ({ mountPath: path, name: volume, readOnly })),
          ...Object.entries(pod.claims ?? {}).map(([path, claim]) => ({ mountPath: path, name: claim })),
        ],
      },
    ],
    volume: mounts.map(({ name: volume, volume: source }) => ({ name: volume, ...source })),
  };
}

function volumeName(prefix: string, path: string): string {
  return `${prefix}-${path
    .replace(/[^a-z0-9]+/gi, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase()}`;
}

function variable(name: string, value: string | SecretRef): DeploymentV1SpecTemplateSpecContainerEnv {
  if (typeof value === 'string') return { name, value };
  return { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key } } };
}

function probe({ path, port, period, failures }: Probe) {
  return { httpGet: { path, port }, periodSeconds: period ?? 10, failureThreshold: failures ?? 3, timeoutSeconds: 2 };
}
