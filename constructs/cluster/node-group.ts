import { EksNodeGroup, EksNodeGroupConfig } from '@cdktf/provider-aws/lib/eks-node-group';
import { LaunchTemplate, LaunchTemplateConfig } from '@cdktf/provider-aws/lib/launch-template';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { fail } from '../core/findings';
import { IPlatform } from '../core/platform';

/** How many nodes, of what kind. */
export interface NodeGroupProps {
  /** Instance types, the one wanted most first. Default `m6i.xlarge`, then others of 4 cores and 16 GiB. */
  readonly instanceTypes?: readonly string[];
  /** Default 3, 2 or 1 by profile. */
  readonly min?: number;
  /** Default 10. */
  readonly max?: number;
  /** At the start; later whoever scales the group decides. Default `min`. */
  readonly desired?: number;
  /** Default by profile. */
  readonly spot?: boolean;
  /** GiB of the root volume, on which images and scratch folders live. Default 80. */
  readonly disk?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value: string; readonly effect: NodeTaintEffect }[];
  readonly transform?: {
    readonly nodeGroup?: (config: EksNodeGroupConfig) => EksNodeGroupConfig;
    readonly launchTemplate?: (config: LaunchTemplateConfig) => LaunchTemplateConfig;
  };
}
/** As the Kubernetes taint spells it. */
export type NodeTaintEffect = 'NoSchedule' | 'NoExecute' | 'PreferNoSchedule';

/** Where the nodes stand. */
export interface NodeGroupPlace {
  readonly platform: IPlatform;
  readonly clusterName: string;
  /** Kubernetes: nodes follow the cluster when it goes up a version. */
  readonly version: string;
  readonly nodeRoleArn: string;
  readonly subnetIds: readonly string[];
  /** EKS's name of the image. Default `AL2023_x86_64_STANDARD`. */
  readonly amiType?: string;
}

/** As the EKS API spells them. */
const effects = {
  NoSchedule: 'NO_SCHEDULE',
  NoExecute: 'NO_EXECUTE',
  PreferNoSchedule: 'PREFER_NO_SCHEDULE',
} as const;

/**
 * A managed node group on Amazon Linux 2023. No SSH, encrypted volumes, and an instance metadata service that pods cannot
 * reach: a pod has its own role or none. Its security group is the cluster's, by which EKS lets the control plane reach
 * webhooks and kubelets on any port; so no rule for 443, 8443, 9443, 10250 or 15017 is needed.
 */
export class NodeGroup extends Construct {
  readonly nodeGroupName: string;

  constructor(scope: Construct, id: string, place: NodeGroupPlace, props: NodeGroupProps = {}) {
    super(scope, id);
    const { platform } = place;
    const min = props.min ?? platform.profile.replicas(3);
    const max = props.max ?? Math.max(10, min);
    const desired = props.desired ?? Math.max(min, 1);
    if (min < 0 || max < 1 || min > max || desired < min || desired > max) {
      fail(this, {
        code: 'invalid-scale',
        what: `its size (min ${min}, desired ${desired}, max ${max}) does not fit together`,
        why: 'a node group has 0 <= min <= desired <= max, and a max of at least 1',
        cure: 'change the figure that is out of place',
      });
    }
    const template = this.launchTemplate(platform, props);
    const config: EksNodeGroupConfig = {
      clusterName: place.clusterName,
      // A prefix, so that a group that must be replaced finds its successor's name free. EKS allows 37 characters before its suffix.
      nodeGroupNamePrefix: `${platform.names.of([id], 36)}-`,
      version: place.version,
      nodeRoleArn: place.nodeRoleArn,
      subnetIds: [...place.subnetIds],
      amiType: place.amiType ?? 'AL2023_x86_64_STANDARD',
      capacityType: (props.spot ?? platform.profile.spot) ? 'SPOT' : 'ON_DEMAND',
      instanceTypes: [...(props.instanceTypes ?? ['m6i.xlarge', 'm7i.xlarge', 'm6a.xlarge', 'm5.xlarge'])],
      launchTemplate: { id: template.id, version: Fn.tostring(template.latestVersion) },
      scalingConfig: { minSize: min, maxSize: max, desiredSize: desired },
      updateConfig: { maxUnavailablePercentage: 33 },
      labels: props.labels && { ...props.labels },
      taint: props.taints?.map(({ key, value, effect }) => ({ key, value, effect: effects[effect] })),
      lifecycle: { createBeforeDestroy: true, ignoreChanges: ['scaling_config[0].desired_size'] },
    };
    this.nodeGroupName = new EksNodeGroup(this, 'group', props.transform?.nodeGroup?.(config) ?? config).nodeGroupName;
  }

  private launchTemplate(platform: IPlatform, { disk = 80, transform }: NodeGroupProps): LaunchTemplate {
    const name = platform.names.of([this.node.id]);
    const tags = { ...platform.tags, Name: name };
    const config: LaunchTemplateConfig = {
      name,
      updateDefaultVersion: true,
      metadataOptions: {
        httpEndpoint: 'enabled',
        httpTokens: 'required',
        // One hop reaches the node and its host-network pods, two would reach every pod.
        httpPutResponseHopLimit: 1,
      },
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          // Under the account's own key of EBS: one of the customer's would have to admit the service-linked role of
          // Auto Scaling, which is not there yet in an account that never scaled anything.
          ebs: { volumeType: 'gp3', volumeSize: disk, encrypted: 'true', deleteOnTermination: 'true' },
        },
      ],
      monitoring: { enabled: true },
      // What EKS makes from the template carries no default tags of the provider.
      tagSpecifications: ['instance', 'volume', 'network-interface'].map((resourceType) => ({ resourceType, tags })),
    };
    return new LaunchTemplate(this, 'template', transform?.launchTemplate?.(config) ?? config);
  }
}
