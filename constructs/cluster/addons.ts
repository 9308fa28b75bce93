import { EksAddon } from '@cdktf/provider-aws/lib/eks-addon';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Construct } from 'constructs';
import { Account } from '../core/account';
import { Encodable, encode } from '../core/encode';
import { podIdentityTrust } from '../core/identity';
import { IPlatform } from '../core/platform';

/** Without these no node becomes ready, so they come before the nodes. */
const networkAddons = ['vpc-cni', 'kube-proxy', 'eks-pod-identity-agent'] as const;
/** These run as ordinary pods, so they come after the nodes. */
const podAddons = ['coredns', 'aws-ebs-csi-driver', 'metrics-server'] as const;
export type AddonName = (typeof networkAddons)[number] | (typeof podAddons)[number];

/**
 * Versions of add-ons, such as `{ coredns: 'v1.12.4-eksbuild.1' }`. What is not named comes in the version that EKS holds to be
 * right for the cluster's Kubernetes when the add-on is made, and stays at it: Terraform never moves it by itself.
 * `aws eks describe-addon-versions --kubernetes-version <v>` lists them.
 */
export type AddonVersions = Partial<Readonly<Record<AddonName, string>>>;

export interface AddonsProps {
  readonly platform: IPlatform;
  readonly clusterName: string;
  readonly versions?: AddonVersions;
}

interface AddonSettings {
  readonly configuration?: Encodable;
  /** The service account that acts in AWS, and the policy that AWS keeps for it. */
  readonly identity?: { readonly serviceAccount: string; readonly policy: string };
  /** Whether its pods stay when the add-on is deleted. */
  readonly preserve?: boolean;
}

function settings(name: AddonName, platform: IPlatform): AddonSettings {
  switch (name) {
    case 'vpc-cni':
      return {
        // Without it NetworkPolicies are accepted and ignored.
        configuration: { enableNetworkPolicy: 'true' },
        identity: { serviceAccount: 'aws-node', policy: 'AmazonEKS_CNI_Policy' },
        // Nodes that outlive the add-on for a moment still need it to give their network interfaces back;
        // interfaces that are left keep the subnets from being deleted (amazon-vpc-cni-k8s#1447).
        preserve: true,
      };
    case 'aws-ebs-csi-driver':
      return {
        // Volumes are made outside Terraform's sight; teardown finds them by these tags.
        configuration: { controller: { extraVolumeTags: { ...platform.tags } } },
        // Limited to volumes that carry the driver's own tag, unlike AmazonEBSCSIDriverPolicy.
        identity: { serviceAccount: 'ebs-csi-controller-sa', policy: 'AmazonEBSCSIDriverPolicyV2' },
      };
    default:
      return {};
  }
}

/** The network of pods, and the agent that gives them their roles. Nodes depend on it. */
export class NetworkAddons extends Construct {
  constructor(scope: Construct, id: string, props: AddonsProps) {
    super(scope, id);
    for (const name of networkAddons) addAddon(this, name, props);
  }
}

/** DNS, volumes and the figures that autoscalers ask for. It depends on nodes. */
export class PodAddons extends Construct {
  constructor(scope: Construct, id: string, props: AddonsProps) {
    super(scope, id);
    for (const name of podAddons) addAddon(this, name, props);
  }
}

function addAddon(scope: Construct, name: AddonName, { platform, clusterName, versions }: AddonsProps): void {
  const { configuration, identity, preserve } = settings(name, platform);
  const role =
    identity &&
    new IamRole(scope, `${name}-role`, {
      name: platform.names.of([name]),
      description: `Pods of the EKS add-on ${name}`,
      assumeRolePolicy: podIdentityTrust(clusterName),
    });
  const policy =
    role &&
    new IamRolePolicyAttachment(scope, `${name}-policy`, {
      role: role.name,
      policyArn: Account.of(scope).managedPolicy(identity.policy),
    });
  new EksAddon(scope, name, {
    clusterName,
    addonName: name,
    addonVersion: versions?.[name],
    configurationValues: configuration === undefined ? undefined : encode.json(configuration),
    // The code decides: neither what was there before nor what somebody changed by hand.
    resolveConflictsOnCreate: 'OVERWRITE',
    resolveConflictsOnUpdate: 'OVERWRITE',
    preserve,
    podIdentityAssociation: role && [{ serviceAccount: identity.serviceAccount, roleArn: role.arn }],
    // So that the permissions are there before the pods, and outlive them.
    dependsOn: policy && [policy],
  });
}
