import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Construct } from 'constructs';
import { checkAtSynth } from '../core/findings';
import { grant } from '../core/grants';
import { httpsOut, Peer } from '../core/network-policy';
import { Platform } from '../core/platform';
import { scraper, ServiceMonitor } from '../core/service-monitor';
import { defineSystem } from '../core/system';
import { Workload, WorkloadProps } from '../core/workload';

export interface TritonProps extends WorkloadProps {
  /** Each release is built for one CUDA, which the nodes' driver must support. */
  readonly image?: string;
  /** Servers, each with GPUs of its own. Default 1: a GPU that nobody asks costs as much as one that works. */
  readonly replicas?: number;
  /** GPUs of each server. Default 1. */
  readonly gpus?: number;
  /** Of each server. Default three cores and `12Gi`, which fits the smallest node with a GPU. */
  readonly resources?: { readonly cpu: string; readonly memory: string };
  /** Shared memory, for Python backends. Default `1Gi`; it counts against the memory above. */
  readonly sharedMemory?: string;
  /** Where in the lake's models zone the repository lies. Default `triton`. */
  readonly prefix?: string;
  /** Seconds between two looks at the repository. Default 30. */
  readonly pollSeconds?: number;
  /** Who may call it. Default the pods of every namespace of the platform. */
  readonly callers?: readonly Peer[];
}

const ports = { http: 8000, grpc: 8001, metrics: 8002 } as const;

/**
 * NVIDIA Triton Inference Server (https://github.com/triton-inference-server/server) on the platform's GPUs. It serves
 * what is put into the lake's models zone in Triton's layout, and starts before anything is there.
 * @throws PlinthError at synth `gpu-pool-missing` without a GPU pool for serving, `triton-needs-irsa` on a cluster without an OIDC provider
 */
export class Triton extends Workload {
  static override readonly system = defineSystem({
    name: 'Triton',
    categories: ['serving'],
    licence: 'BSD-3-Clause',
    endpoints: {
      http: { protocol: 'http', port: ports.http, health: '/v2/health/ready' },
      grpc: { protocol: 'grpc', port: ports.grpc },
      metrics: { protocol: 'http', port: ports.metrics, path: '/metrics' },
    },
    provides: ['serving'],
    requires: [{ role: 'gpu', why: 'no pod is given a GPU without a device plugin' }],
  });
  readonly http = this.endpoint('http');
  readonly grpc = this.endpoint('grpc');
  /** `s3://...`: the folder below which each model has a folder of its own. */
  readonly repository: string;

  constructor(scope: Construct, id: string, props: TritonProps = {}) {
    const platform = props.platform ?? Platform.of(scope);
    const { prefix = 'triton', resources = { cpu: '3', memory: '12Gi' } } = props;
    const { models } = platform.lake;
    const repository = models.url(prefix);
    // Its AWS SDK (1.11.60 in its third_party) is older than the first that knows Pod Identity (1.11.263):
    // https://docs.aws.amazon.com/eks/latest/userguide/pod-id-minimum-sdk.html
    const identity = platform.cluster.oidc === undefined ? true : 'irsa';
    super(scope, id, props, {
      kind: 'Deployment',
      namespace: 'ml',
      replicas: props.replicas ?? 1,
      // The image has ten gigabytes and a node with a GPU may have to be found first; nothing waits for it.
      wait: false,
      identity,
      pod: {
        image: props.image ?? 'nvcr.io/nvidia/tritonserver:26.07-py3',
        command: ['tritonserver'],
        args: [
          `--model-repository=${repository}`,
          '--model-control-mode=poll',
          `--repository-poll-secs=${props.pollSeconds ?? 30}`,
          // A model that does not load takes neither the server nor the other models with it.
          '--exit-on-error=false',
          '--strict-readiness=false',
        ],
        env: { AWS_REGION: platform.region, AWS_DEFAULT_REGION: platform.region, HOME: '/tmp' },
        ports,
        liveness: { path: '/v2/health/live', port: 'http' },
        readiness: { path: '/v2/health/ready', port: 'http' },
        // Half an hour: it answers when it has read the whole repository.
        startup: { path: '/v2/health/live', port: 'http', period: 10, failures: 180 },
        resources: { ...resources, gpu: props.gpus ?? 1 },
        // Models are fetched to here before they are loaded.
        scratch: ['/tmp'],
        sharedMemory: { '/dev/shm': props.sharedMemory ?? '1Gi' },
        // `triton-server` in its image.
        user: 1000,
        terminationGraceSeconds: 60,
      },
      ingressFrom: [
        ...(props.callers ?? [{ platform: platform.name, ports: [ports.http, ports.grpc] }]),
        scraper(platform, [ports.metrics]),
      ],
      egressTo: [httpsOut],
    });
    this.repository = repository;
    models.grantRead(this, prefix);
    // It asks for the bucket itself (HeadBucket) before it looks below the prefix.
    grant(this, this, 'head-bucket', [{ actions: ['s3:ListBucket'], resources: [models.bucketArn] }]);
    // An empty prefix is no folder in S3, and without its folder Triton does not start.
    const folder = new S3Object(this, 'folder', {
      bucket: models.bucketName,
      key: `${prefix}/.keep`,
      content: 'Below this folder each model of Triton has a folder of its own.\n',
    });
    this.controller.node.addDependency(folder);
    new ServiceMonitor(this, 'metrics', {
      ...{ platform, name: id, namespace: this.namespace, service: this.podLabels },
      port: 'metrics',
    });
    checkAtSynth(this, () =>
      identity === 'irsa'
        ? []
        : [
            {
              code: 'triton-needs-irsa',
              what: 'Triton would not be given the credentials that its models are read with',
              why: 'the AWS SDK it is built with knows roles by the OIDC provider of the cluster (IRSA), not yet Pod Identity, and the cluster has no such provider',
              cure: "give the cluster 'irsa: true'",
            },
          ],
    );
  }
}
