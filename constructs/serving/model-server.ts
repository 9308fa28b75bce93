import { HorizontalPodAutoscalerV2 } from '@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2';
import { IngressV1 } from '@cdktf/provider-kubernetes/lib/ingress-v1';
import { files, labels, metrics, paths, ports, ServeConfigInput, serveConfig } from '@plinth/contract';
import { Construct } from 'constructs';
import { fail } from '../core/findings';
import { KubernetesObjects } from '../core/kubernetes-objects';
import { httpsOut, NetworkPolicy, Peer } from '../core/network-policy';
import { Platform } from '../core/platform';
import { Resources } from '../core/pod';
import { IBucket } from '../core/resources';
import { scraper } from '../core/service-monitor';
import { defineSystem } from '../core/system';
import { Workload, WorkloadProps } from '../core/workload';
import { select, serverAlerts } from '../observability/models/alerts';
import { dashboard, serverPanels } from '../observability/models/dashboard';
import { Watching } from '../observability/models/watching';
import { ModelRepository, ModelSource } from './model-source';
import { filesAnnotation, runtimeConfig } from './runtime-config';

/** The runtime's own settings; what the construct knows better is left out. */
export type ServerConfig = Omit<
  ServeConfigInput,
  'modelRepository' | 'payloadLog' | 'httpPort' | 'grpcPort' | 'metricsPort' | 'host' | 'scratch'
>;

/** What the runtime waits at most for its payload log when it stops. */
const payloadLogSeconds = 10;

export interface ModelServerProps extends WorkloadProps {
  readonly model: ModelSource;
  /** Replicas under an autoscaler: `target` requests waiting or running for each. Default no autoscaler. */
  readonly scale?: { readonly min: number; readonly max: number; /** Default 8. */ readonly target?: number };
  /** Replicas without an autoscaler. Default 2, or fewer by profile. */
  readonly replicas?: number;
  /** Default half a core at least, two at most, and 512 MiB. The runtime starts as many threads as it may use cores. */
  readonly resources?: Resources;
  /**
   * Folders out of Kubernetes Secrets, path to the Secret's name: what `config` names by path, such as `auth.tokensFile` or a
   * key set. Default none.
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /** What its pods call beside HTTPS and AWS: a collector of traces, NATS. Default nothing. */
  readonly calls?: readonly Peer[];
  /** Whether requests and answers are logged into the lake for a monitor. Default all of them. */
  readonly payloadLog?: boolean | { readonly sampleRate: number };
  readonly config?: ServerConfig;
  /** Who may call it besides its own namespace. */
  readonly callers?: readonly Peer[];
}

/** Where a server logs what it was asked, for those that watch it. */
export interface PayloadLog {
  readonly bucket: IBucket;
  readonly prefix: string;
}

/**
 * Plinth's own model server: ONNX on CPU over the Open Inference Protocol, from a repository in S3.
 * It is known to rehearsal and to dashboards by labels and metric names of `@plinth/contract`.
 * @throws PlinthError `invalid-config`, `invalid-scale`
 */
export class ModelServer extends Workload {
  static override readonly system = defineSystem({
    name: 'Plinth Model Server',
    categories: ['serving'],
    licence: 'Apache-2.0',
    endpoints: {
      http: { protocol: 'http', port: ports.http, health: paths.serve.ready },
      grpc: { protocol: 'grpc', port: ports.grpc },
      metrics: { protocol: 'http', port: ports.metrics, path: paths.metrics },
    },
  });
  readonly http = this.endpoint('http');
  readonly grpc = this.endpoint('grpc');
  readonly repository: ModelRepository;
  /** Undefined where payloads are not logged. */
  readonly payloads?: PayloadLog;

  constructor(scope: Construct, id: string, props: ModelServerProps) {
    const platform = props.platform ?? Platform.of(scope);
    const { scale, payloadLog = true } = props;
    const namespace = props.namespace ?? 'models';
    const repository = props.model.locate(platform, namespace, id);
    const payloads =
      payloadLog === false ? undefined : { bucket: platform.lake.payloads, prefix: `payloads/${namespace}/${id}` };
    // A pod that waited for a model that nobody has put there yet would never let a first deploy end.
    const config: ServerConfig = { readyWhenEmpty: repository.model === undefined, ...props.config };
    const { drainDelaySeconds = 5, drainSeconds = 25 } = config;
    const rendered = runtimeConfig(
      scope,
      id,
      serveConfig,
      {
        ...config,
        ...(payloads && {
          payloadLog: { ...(payloadLog !== true && payloadLog), location: payloads.bucket.url(payloads.prefix) },
        }),
      },
      { modelRepository: repository.bucket.url(repository.prefix) },
    );
    super(scope, id, props, {
      kind: 'Deployment',
      namespace,
      replicas: scale === undefined ? (props.replicas ?? platform.profile.replicas(2)) : undefined,
      identity: true,
      labels: { [labels.runtime]: 'serve', ...(repository.model && { [labels.model]: repository.model }) },
      // Models are read when a server starts: other files make new pods.
      annotations: { ...rendered.annotations, ...(repository.digest && { [filesAnnotation]: repository.digest }) },
      files: rendered.files,
      pod: {
        image: platform.runtimeImage,
        args: ['serve', '--config', files.config],
        env: { AWS_REGION: platform.region },
        ports: { http: ports.http, grpc: ports.grpc, metrics: ports.metrics },
        liveness: { path: paths.serve.live, port: 'http' },
        readiness: { path: paths.serve.ready, port: 'http', period: 5 },
        // Ten minutes: models are fetched before the first answer.
        startup: { path: paths.serve.live, port: 'http', period: 5, failures: 120 },
        resources: props.resources ?? { cpu: '500m', memory: '512Mi', cpuLimit: '2' },
        scratch: [files.scratch],
        configMaps: rendered.mounts,
        ...(props.secrets && { secrets: props.secrets }),
        terminationGraceSeconds: Math.ceil(drainDelaySeconds + drainSeconds) + payloadLogSeconds + 5,
      },
      ingressFrom: [
        { pods: {}, ports: [ports.http, ports.grpc] },
        ...(props.callers ?? []),
        scraper(platform, [ports.metrics]),
      ],
      egressTo: [httpsOut, ...(props.calls ?? [])],
    });
    this.repository = repository;
    this.payloads = payloads;
    repository.bucket.grantRead(this, repository.prefix);
    payloads?.bucket.grantWrite(this, payloads.prefix);
    for (const file of props.model.bring(this, repository)) this.controller.node.addDependency(file);
    if (scale !== undefined) this.scaled(scale);
    const series = { namespace: this.namespace, service: id };
    new Watching(this, 'watching', {
      ...{ platform, name: id, namespace: this.namespace, service: this.podLabels },
      alerts: serverAlerts(series),
      dashboard: dashboard(platform.names.of([this.namespace, id], 40), `Model server ${id}`, serverPanels(series)),
    });
  }

  /** Where one model answers, inside the cluster. */
  inferUrl(model: string): string {
    return `${this.http.url}${paths.serve.infer(model)}`;
  }

  /**
   * Lets it be reached through the platform's ingress, at `<host>.<domain>`. The platform's load balancer is internal
   * unless it was made otherwise, and so is this.
   * @throws PlinthError `no-ingress`
   */
  expose(options: { readonly host: string }): void {
    const ingress = this.platform.find('ingress');
    if (ingress === undefined) {
      fail(this, {
        code: 'no-ingress',
        what: `it is to be exposed as '${options.host}', and the platform '${this.platform.name}' has no ingress`,
        why: 'something has to take requests at the edge of the cluster',
        cure: 'add Traefik to the services, or leave expose() out',
      });
    }
    const host = `${options.host}.${this.platform.domain.name}`;
    new NetworkPolicy(this, 'exposed', {
      name: `${this.node.id}-exposed`,
      namespace: this.namespace,
      pods: this.podLabels,
      ingressFrom: [{ namespace: ingress.namespace ?? 'traefik', ports: [ports.http] }],
      egressTo: [],
    });
    new IngressV1(this, 'ingress', {
      metadata: { name: this.node.id, namespace: this.namespace },
      spec: {
        ingressClassName: 'traefik',
        rule: [
          {
            host,
            http: {
              path: [
                {
                  path: '/v2',
                  pathType: 'Prefix',
                  backend: { service: { name: this.node.id, port: { name: 'http' } } },
                },
              ],
            },
          },
        ],
      },
    });
    if (ingress.component !== undefined) this.platform.uses(ingress.component, this);
  }

  private scaled({ min, max, target = 8 }: NonNullable<ModelServerProps['scale']>): void {
    if (!(Number.isInteger(min) && Number.isInteger(max) && min >= 1 && max >= min && target > 0)) {
      fail(this, {
        code: 'invalid-scale',
        what: `it cannot be scaled from ${min} to ${max} with ${target} requests each`,
        why: 'min and max are whole numbers, 1 <= min <= max, and the target is above 0',
        cure: 'write for instance scale: { min: 2, max: 20 }',
      });
    }
    const name = this.node.id;
    const prometheus = this.platform.find('metrics')?.endpoints.prometheus;
    if (!this.platform.has('autoscaling') || prometheus === undefined) {
      new HorizontalPodAutoscalerV2(this, 'autoscaler', {
        metadata: { name, namespace: this.namespace },
        spec: {
          minReplicas: min,
          maxReplicas: max,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
          metric: [
            { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
          ],
        },
      });
      return;
    }
    const autoscaler = new KubernetesObjects(this, 'autoscaler', {
      name: `${name}-scale`,
      namespace: this.namespace,
      objects: [
        {
          apiVersion: 'keda.sh/v1alpha1',
          kind: 'ScaledObject',
          metadata: { name, namespace: this.namespace },
          spec: {
            scaleTargetRef: { name },
            minReplicaCount: min,
            maxReplicaCount: max,
            // Without an answer from Prometheus as many as there are, and `min` at least: never fewer because nobody counts.
            fallback: { failureThreshold: 3, replicas: min, behavior: 'currentReplicasIfHigher' },
            triggers: [
              {
                type: 'prometheus',
                metadata: {
                  serverAddress: prometheus,
                  query: `sum(${select(metrics.serve.pending, { namespace: this.namespace, service: name })})`,
                  threshold: String(target),
                },
              },
            ],
          },
        },
      ],
    });
    autoscaler.node.addDependency(this.controller);
    for (const role of ['autoscaling', 'metrics'] as const) {
      const { component } = this.platform.find(role) ?? {};
      if (component !== undefined) this.platform.uses(this, component);
    }
  }
}
