import { App } from 'cdktf';
import { Construct } from 'constructs';
import { connectCluster } from '../constructs/cluster/connection';
import { Karpenter } from '../constructs/cluster/karpenter';
import { Keda } from '../constructs/cluster/keda';
import { NvidiaDevicePlugin } from '../constructs/cluster/nvidia-device-plugin';
import { StorageClass } from '../constructs/cluster/storage-class';
import { Component } from '../constructs/core/component';
import { PlinthStack, PlinthStackProps } from '../constructs/core/stack';
import { AwsLoadBalancerController } from '../constructs/ingress/aws-load-balancer-controller';
import { Traefik } from '../constructs/ingress/traefik';
import { KubePrometheusStack } from '../constructs/observability/metrics/kube-prometheus-stack';
import { PrometheusOperatorCrds } from '../constructs/observability/metrics/prometheus-operator-crds';
import { CertManager } from '../constructs/security/cert-manager';
import { ExternalSecrets } from '../constructs/security/external-secrets';
import { Vault } from '../constructs/security/vault';

/** Makes a system, or `false` to leave it out. What needs it then says so at synth. */
export type Choice = ((scope: Construct) => Component) | false;

export interface ServicesStackProps extends PlinthStackProps {
  /** Exchanges a system, or leaves it out. */
  readonly systems?: {
    readonly autoscaling?: Choice;
    readonly certificates?: Choice;
    readonly externalSecrets?: Choice;
    /** Default the NVIDIA device plugin, where the cluster has a GPU pool. */
    readonly gpu?: Choice;
    readonly ingress?: Choice;
    readonly loadBalancers?: Choice;
    readonly metrics?: Choice;
    readonly nodeAutoscaling?: Choice;
    /** Default Vault; `(scope) => new OpenBao(scope, 'openbao')` is the alternative under an open licence. */
    readonly secretStore?: Choice;
  };
  /** Whether the cluster gets an encrypted gp3 class as its default. Default true. */
  readonly storageClass?: boolean;
}

/** What every workload of the cluster leans on. The order in which it is built is the order in which it is installed. */
export class ServicesStack extends PlinthStack {
  constructor(app: App, props: ServicesStackProps) {
    super(app, 'services', props);
    const { platform, systems = {} } = props;
    connectCluster(this, platform.cluster);
    // These come before all others: definitions that other charts use, and a webhook without which no Service can be made.
    const first: Construct[] = [];
    if (props.storageClass ?? true) first.push(new StorageClass(this, 'storage-class'));
    if (systems.metrics !== false) first.push(new PrometheusOperatorCrds(this, 'prometheus-crds'));
    const make = (choice: Choice | undefined, otherwise: (scope: Construct) => Component): Component | undefined => {
      const component = choice === false ? undefined : (choice ?? otherwise)(this);
      component?.node.addDependency(...first);
      return component;
    };
    const balancers = make(systems.loadBalancers, (scope) => new AwsLoadBalancerController(scope, 'load-balancers'));
    if (balancers !== undefined) first.push(balancers);
    make(systems.certificates, (scope) => new CertManager(scope, 'cert-manager'));
    make(systems.externalSecrets, (scope) => new ExternalSecrets(scope, 'external-secrets'));
    make(systems.metrics, (scope) => new KubePrometheusStack(scope, 'prometheus'));
    make(systems.autoscaling, (scope) => new Keda(scope, 'keda'));
    make(systems.nodeAutoscaling, (scope) => new Karpenter(scope, 'karpenter'));
    if (platform.cluster.gpuPools.length > 0 || systems.gpu) {
      make(systems.gpu, (scope) => new NvidiaDevicePlugin(scope, 'nvidia-device-plugin'));
    }
    make(systems.ingress, (scope) => new Traefik(scope, 'traefik'));
    make(systems.secretStore, (scope) => new Vault(scope, 'vault'));
  }
}
