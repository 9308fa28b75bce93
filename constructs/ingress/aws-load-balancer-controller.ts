import { Construct } from 'constructs';
import { Account } from '../core/account';
import { grant } from '../core/grants';
import { HelmComponent, HelmComponentProps } from '../core/helm-component';
import { monitored } from '../core/service-monitor';
import { chart, defineSystem } from '../core/system';
import { loadBalancerPermissions } from './load-balancer-permissions';

export interface AwsLoadBalancerControllerProps extends HelmComponentProps {
  /** Default 2, or fewer by profile. */
  readonly replicas?: number;
}

/**
 * The AWS Load Balancer Controller (https://kubernetes-sigs.github.io/aws-load-balancer-controller): load balancers of AWS
 * for Services and Ingresses. While its webhook has no endpoints no Service can be made in the whole cluster, so it is
 * installed first, waited for, and whatever makes Services comes after it.
 */
export class AwsLoadBalancerController extends HelmComponent {
  static override readonly system = defineSystem({
    name: 'AWS Load Balancer Controller',
    categories: ['ingress'],
    licence: 'Apache-2.0',
    chart: chart('aws-load-balancer-controller', '3.5.0', 'https://aws.github.io/eks-charts'),
    provides: ['load-balancers'],
  });

  constructor(scope: Construct, id: string, props: AwsLoadBalancerControllerProps = {}) {
    super(
      scope,
      id,
      props,
      { namespace: 'kube-system', namespaceProps: false, serviceAccount: 'aws-load-balancer-controller' },
      ({ platform, profile, name }) => {
        const replicaCount = props.replicas ?? profile.replicas(2);
        return {
          fullnameOverride: name,
          clusterName: platform.cluster.clusterName,
          // Both, because pods cannot ask the instance: its metadata are one hop away only.
          region: platform.region,
          vpcId: platform.network.vpcId,
          replicaCount,
          ...(replicaCount > 1 && { podDisruptionBudget: { maxUnavailable: 1 } }),
          serviceAccount: { create: true, name: 'aws-load-balancer-controller' },
          defaultTags: { ...platform.tags },
          ingressClassConfig: { default: false },
          // Not used, and so not allowed to its role either.
          enableShield: false,
          enableWaf: false,
          enableWafv2: false,
          serviceMonitor: { enabled: monitored(platform) },
        };
      },
    );
    const { cluster, network, region } = this.platform;
    const { id: account, partition } = Account.of(this);
    const vpcArn = `arn:${partition}:ec2:${region}:${account}:vpc/${network.vpcId}`;
    grant(this, this, 'load-balancers', loadBalancerPermissions(partition, cluster.clusterName, region, vpcArn));
  }
}
