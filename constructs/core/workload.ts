import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1';
import type * as CronJob from '@cdktf/provider-kubernetes/lib/cron-job-v1';
import type * as Job from '@cdktf/provider-kubernetes/lib/job-v1';
import type * as StatefulSet from '@cdktf/provider-kubernetes/lib/stateful-set-v1';
import { DeploymentV1, DeploymentV1SpecTemplateSpec } from '@cdktf/provider-kubernetes/lib/deployment-v1';
import { PodDisruptionBudgetV1 } from '@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1';
import { ServiceAccountV1 } from '@cdktf/provider-kubernetes/lib/service-account-v1';
import { ServiceV1 } from '@cdktf/provider-kubernetes/lib/service-v1';
import { labels as plinthLabels } from '@plinth/contract';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Component, ComponentProps } from './component';
import { checkAtSynth } from './findings';
import { IGrantable, IIdentity } from './grants';
import { identityOf, WorkloadIdentity } from './identity';
import { checkKubernetesName } from './names';
import { Namespace, NamespaceProps } from './namespace';
import { NetworkPolicy, Peer } from './network-policy';
import { gpuForLabel, PodSpec, podTemplate } from './pod';
import { EndpointSpec } from './system';

export interface WorkloadProps extends ComponentProps {
  /** Namespace. Each system says its default. */
  readonly namespace?: string;
  readonly transform?: {
    /** The pod, last of all, as the Kubernetes provider takes it. */
    readonly pod?: (pod: DeploymentV1SpecTemplateSpec) => DeploymentV1SpecTemplateSpec;
  };
}

// Each of these bindings takes as long to load as the rest of a program's: only what is used is loaded.
const lazily = {
  statefulSet: () => require('@cdktf/provider-kubernetes/lib/stateful-set-v1') as typeof StatefulSet,
  job: () => require('@cdktf/provider-kubernetes/lib/job-v1') as typeof Job,
  cronJob: () => require('@cdktf/provider-kubernetes/lib/cron-job-v1') as typeof CronJob,
};

interface Common {
  readonly namespace: string;
  readonly namespaceProps?: Omit<NamespaceProps, 'platform'>;
  readonly pod: PodSpec;
  /** Labels besides the name's. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of its pods. One that changes makes new pods. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Files by ConfigMap: name of the ConfigMap's suffix to its files; mount them by `pod.configMaps`. */
  readonly files?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly ingressFrom?: readonly Peer[];
  readonly egressTo?: readonly Peer[];
  /**
   * Give its pods a role in AWS, so that something can be granted to them: `true` as the cluster hands them out, `irsa`
   * for programs whose AWS SDK is too old for Pod Identity. Default none.
   */
  readonly identity?: boolean | 'irsa';
  /** What a GPU pool must be for, where the pod asks for GPUs. Default serving. */
  readonly gpuFor?: 'serving' | 'training';
}

/** What a workload is made of. */
export type WorkloadSpec = Common &
  (
    | {
        readonly kind: 'Deployment';
        /** Leave out under an autoscaler. */ readonly replicas?: number;
        /** Whether Terraform waits until its pods are ready. Default true; false for what waits for capacity. */
        readonly wait?: boolean;
      }
    | {
        readonly kind: 'StatefulSet';
        readonly replicas: number;
        /** Claims by name: size, such as `20Gi`. */ readonly claims: Readonly<Record<string, string>>;
      }
    | { readonly kind: 'Job'; /** Attempts before it counts as failed. Default 6. */ readonly attempts?: number }
    | { readonly kind: 'CronJob'; /** Five fields, UTC. */ readonly schedule: string }
  );

/**
 * A system of our own: a Deployment, StatefulSet, Job or CronJob with what belongs to it. Its pods keep to the
 * `restricted` Pod Security Standard, are reached and reach only where a policy says so, and survive the drain of a node.
 */
export abstract class Workload extends Component implements IGrantable {
  readonly form = 'workload';
  readonly namespace: string;
  /** Labels by which its pods are found. */
  readonly podLabels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  /** The Deployment, StatefulSet, Job or CronJob. */
  readonly controller: Construct & ITerraformDependable;
  private readonly workloadIdentity?: WorkloadIdentity;

  constructor(scope: Construct, id: string, props: WorkloadProps, spec: WorkloadSpec) {
    super(scope, id, props);
    const { platform } = this;
    // A CronJob's name gets eleven characters for its jobs, and every pod's name five more.
    checkKubernetesName(this.node.path, id, spec.kind === 'CronJob' ? 47 : 57);
    this.namespace = props.namespace ?? spec.namespace;
    this.serviceAccount = id;
    this.podLabels = { 'app.kubernetes.io/name': id };
    this.node.addDependency(Namespace.in(this, this.namespace, { platform, ...spec.namespaceProps }));
    this.checkGpu(spec);
    const labels = { ...this.podLabels, [plinthLabels.platform]: platform.name, ...spec.labels };
    const metadata = (name: string) => ({ name, namespace: this.namespace, labels });

    if (spec.identity) {
      this.workloadIdentity = new WorkloadIdentity(this, 'identity', {
        platform,
        namespace: this.namespace,
        serviceAccount: id,
        by: spec.identity === 'irsa' ? 'irsa' : undefined,
      });
    }
    new ServiceAccountV1(this, 'service-account', {
      metadata: { ...metadata(id), annotations: { ...this.workloadIdentity?.serviceAccountAnnotations } },
      automountServiceAccountToken: spec.pod.kubernetesApi ?? false,
    });
    for (const [suffix, data] of Object.entries(spec.files ?? {})) {
      new ConfigMapV1(this, `files-${suffix}`, { metadata: metadata(`${id}-${suffix}`), data });
    }
    new NetworkPolicy(this, 'network', {
      name: id,
      namespace: this.namespace,
      pods: this.podLabels,
      ingressFrom: spec.ingressFrom ?? [],
      egressTo: spec.egressTo ?? [],
    });

    const gpu: Record<string, string> =
      spec.pod.resources.gpu !== undefined ? { [gpuForLabel]: spec.gpuFor ?? 'serving' } : {};
    const pod = podTemplate(id, id, this.podLabels, {
      ...spec.pod,
      nodeSelector: { ...gpu, ...spec.pod.nodeSelector },
    });
    const template = { metadata: { labels, annotations: spec.annotations }, spec: props.transform?.pod?.(pod) ?? pod };
    this.controller = this.makeController(spec, metadata(id), template);
    // So that its role is there before its pods, and outlives them.
    if (this.workloadIdentity !== undefined) this.controller.node.addDependency(this.workloadIdentity);
    if (spec.kind === 'Deployment' || spec.kind === 'StatefulSet') this.makeService(spec, metadata(id));
  }

  /** @throws PlinthError `no-identity` where its pods do not act in AWS */
  get identity(): IIdentity {
    return identityOf(this, this.workloadIdentity);
  }

  protected hostOf(spec: EndpointSpec): string {
    return `${(spec.service ?? '{name}').replace('{name}', this.node.id)}.${this.namespace}.svc.cluster.local`;
  }

  private checkGpu(spec: WorkloadSpec): void {
    if (spec.pod.resources.gpu === undefined) return;
    const wanted = spec.gpuFor ?? 'serving';
    checkAtSynth(this, () => {
      const pools = this.platform.cluster.gpuPools;
      if (pools.some((pool) => pool.for === wanted)) return [];
      return [
        {
          code: 'gpu-pool-missing',
          what: `${this.system.name} asks for a GPU, and the platform has no GPU pool for ${wanted}`,
          why:
            pools.length === 0
              ? 'it has no GPU pool at all'
              : `its pools are for ${pools.map((pool) => pool.for).join(', ')}`,
          cure: `add GpuPool.of('g6', { for: '${wanted}', max: 1 }) to the platform's 'gpu'`,
        },
      ];
    });
  }

  private makeController(
    spec: WorkloadSpec,
    metadata: { name: string; namespace: string; labels: Record<string, string> },
    template: {
      metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
      spec: DeploymentV1SpecTemplateSpec;
    },
  ): Construct & ITerraformDependable {
    const selector = { matchLabels: { ...this.podLabels } };
    switch (spec.kind) {
      case 'Deployment':
        return new DeploymentV1(this, 'deployment', {
          metadata,
          waitForRollout: spec.wait ?? true,
          spec: {
            replicas: spec.replicas === undefined ? undefined : String(spec.replicas),
            selector,
            strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '0' } },
            template,
          },
          // An autoscaler writes the number of replicas; what it wrote is none of Terraform's business.
          lifecycle: spec.replicas === undefined ? { ignoreChanges: ['spec[0].replicas'] } : undefined,
        });
      case 'StatefulSet':
        return new (lazily.statefulSet().StatefulSetV1)(this, 'stateful-set', {
          metadata,
          spec: {
            replicas: String(spec.replicas),
            serviceName: metadata.name,
            selector,
            template,
            volumeClaimTemplate: Object.entries(spec.claims).map(([name, storage]) => ({
              metadata: { name },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
            })),
          },
        });
      case 'Job':
        return new (lazily.job().JobV1)(this, 'job', {
          metadata,
          waitForCompletion: true,
          timeouts: { create: '15m' },
          spec: {
            backoffLimit: spec.attempts ?? 6,
            template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } },
          },
        });
      case 'CronJob':
        return new (lazily.cronJob().CronJobV1)(this, 'cron-job', {
          metadata,
          spec: {
            schedule: spec.schedule,
            concurrencyPolicy: 'Forbid',
            jobTemplate: {
              metadata: { labels: metadata.labels },
              spec: { backoffLimit: 2, template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
            },
          },
        });
    }
  }

  private makeService(
    spec: WorkloadSpec,
    metadata: { name: string; namespace: string; labels: Record<string, string> },
  ): void {
    const ports = Object.entries(spec.pod.ports ?? {});
    if (ports.length > 0) {
      new ServiceV1(this, 'service', {
        metadata,
        waitForLoadBalancer: false,
        spec: {
          selector: { ...this.podLabels },
          ...(spec.kind === 'StatefulSet' && { clusterIp: 'None' }),
          port: ports.map(([name, port]) => ({ name, port, targetPort: name, protocol: 'TCP' })),
        },
      });
    }
    new PodDisruptionBudgetV1(this, 'disruption', {
      metadata,
      spec: { maxUnavailable: '1', selector: { matchLabels: { ...this.podLabels } } },
    });
  }
}
