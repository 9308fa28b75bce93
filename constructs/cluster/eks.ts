import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Ec2Tag } from '@cdktf/provider-aws/lib/ec2-tag';
import { EksCluster as EksClusterResource, EksClusterConfig } from '@cdktf/provider-aws/lib/eks-cluster';
import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Fn } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { Account } from '../core/account';
import { Component, ComponentProps } from '../core/component';
import { fail } from '../core/findings';
import { policyDocument } from '../core/grants';
import { GpuPoolInfo, ICluster, INetwork } from '../core/resources';
import { defineSystem } from '../core/system';
import { Key } from '../security/key';
import { ClusterAccess } from './access';
import { AddonVersions, NetworkAddons, PodAddons } from './addons';
import { GpuPool } from './gpu-pool';
import { NodeGroup, NodeGroupProps } from './node-group';

/**
 * The version of Kubernetes that Plinth is made for. In standard support on EKS until 27 March 2027
 * (https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html).
 */
export const kubernetesVersion = '1.35';

/** What is known of a cluster that exists already. */
export type ClusterAttributes = Pick<ICluster, 'clusterName' | 'region'> & Partial<ICluster>;

export interface EksClusterProps extends ComponentProps {
  readonly network: INetwork;
  /** Kubernetes, such as `1.35`. Default `kubernetesVersion`. EKS goes up one version at a time, and never down. */
  readonly version?: string;
  /**
   * Address ranges from which the Kubernetes API is reached over the internet. Default none: the API then answers inside
   * the VPC only, and the stacks above this one are deployed from there (a VPN, a runner, CodeBuild). To deploy them from
   * elsewhere, name that place, such as `['203.0.113.7/32']`.
   */
  readonly publicAccessCidrs?: readonly string[];
  /**
   * Who administers the cluster: a name to the ARN of an IAM role or user. Default whoever creates it, and nobody else. Where this is
   * given, name the role that runs Terraform too, or the stacks above cannot be deployed.
   */
  readonly admins?: Readonly<Record<string, string>>;
  /** The node group on which everything without a GPU begins. */
  readonly nodes?: NodeGroupProps;
  readonly gpu?: readonly GpuPool[];
  readonly addons?: AddonVersions;
  /** Whether pods can be given roles by IRSA besides Pod Identity; Fargate needs it. Default false. */
  readonly irsa?: boolean;
  readonly transform?: { readonly cluster?: (config: EksClusterConfig) => EksClusterConfig };
}

/** A Kubernetes cluster of Amazon EKS with its add-ons and nodes. Nothing here speaks to the Kubernetes API. */
export class EksCluster extends Component implements ICluster {
  static override readonly system = defineSystem({
    name: 'Amazon EKS',
    categories: ['clusters'],
    licence: 'proprietary',
    endpoints: { api: { protocol: 'https', port: 443, health: '/readyz' } },
  });

  /**
   * A cluster that exists already. The EKS Pod Identity agent is taken to run there, and no node to have a GPU, unless the
   * attributes say otherwise. GPU nodes must carry the taint `nvidia.com/gpu=true:NoSchedule` and the label `plinth.dev/gpu-for`.
   */
  static fromAttributes(attributes: ClusterAttributes): ICluster {
    return { ...attributes, podIdentity: attributes.podIdentity ?? true, gpuPools: attributes.gpuPools ?? [] };
  }

  readonly form = 'aws';
  readonly clusterName: string;
  readonly region: string;
  readonly oidc?: { readonly providerArn: string; readonly issuer: string };
  readonly podIdentity = true;
  readonly securityGroupId: string;
  readonly nodeRole: { readonly name: string; readonly arn: string };
  readonly gpuPools: readonly GpuPoolInfo[];
  private readonly host: string;

  constructor(scope: Construct, id: string, props: EksClusterProps) {
    super(scope, id, props);
    const { platform } = this;
    this.checkAccess(props.publicAccessCidrs ?? []);
    this.checkPools(props.gpu ?? []);
    this.region = platform.region;
    const key = new Key(this, 'key', {
      platform,
      description: `Secrets and logs of the cluster ${platform.name}`,
      logs: true,
    });
    const { role, policies } = this.role('role', 'eks.amazonaws.com', ['AmazonEKSClusterPolicy']);
    const useKey = new IamRolePolicy(this, 'secrets-key', {
      name: 'secrets-key',
      role: role.name,
      policy: policyDocument([
        { actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ListGrants', 'kms:DescribeKey'], resources: [key.keyArn] },
      ]),
    });
    // Made before EKS makes it itself and keeps it for ever. EKS may write once more while it goes away, and so leave an
    // empty group behind: teardown looks for it by its name.
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/eks/${platform.name}/cluster`,
      retentionInDays: platform.profile.logRetentionDays,
      kmsKeyId: key.keyArn,
    });
    const cluster = this.cluster(props, { key, roleArn: role.arn, dependsOn: [...policies, useKey, logs] });
    this.clusterName = cluster.name;
    this.host = Fn.replace(cluster.endpoint, 'https://', '');
    this.securityGroupId = cluster.vpcConfig.clusterSecurityGroupId;
    this.oidc = props.irsa ? this.irsa(cluster) : undefined;
    // EKS makes the group, so its tags are put on afterwards. Karpenter gives its nodes the group it finds by this one.
    new Ec2Tag(this, 'discovery', {
      resourceId: this.securityGroupId,
      key: 'karpenter.sh/discovery',
      value: platform.name,
    });
    for (const [name, principalArn] of Object.entries(props.admins ?? {})) {
      new ClusterAccess(this, `admin-${name}`, { clusterName: this.clusterName, principalArn, as: 'admin' });
    }
    // What a node itself does in AWS: join, and pull images. The CNI and all other pods have roles of their own.
    const nodes = this.role('node-role', 'ec2.amazonaws.com', [
      'AmazonEKSWorkerNodePolicy',
      'AmazonEC2ContainerRegistryPullOnly',
    ]);
    this.nodeRole = { name: nodes.role.name, arn: nodes.role.arn };
    this.gpuPools = (props.gpu ?? []).map(({ name, family, for: purpose }) => ({ name, family, for: purpose }));
    this.fill(props, cluster.version, nodes.policies);
  }

  protected hostOf(): string {
    return this.host;
  }

  private cluster(
    props: EksClusterProps,
    { key, roleArn, dependsOn }: { key: Key } & Pick<EksClusterConfig, 'roleArn' | 'dependsOn'>,
  ): EksClusterResource {
    const { name, profile } = this.platform;
    const open = props.publicAccessCidrs ?? [];
    const config: EksClusterConfig = {
      name,
      version: props.version ?? kubernetesVersion,
      roleArn,
      deletionProtection: profile.deletionProtection,
      // All of them are managed add-ons here.
      bootstrapSelfManagedAddons: false,
      accessConfig: {
        authenticationMode: 'API',
        bootstrapClusterCreatorAdminPermissions: props.admins === undefined,
      },
      enabledClusterLogTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'],
      encryptionConfig: { resources: ['secrets'], provider: { keyArn: key.keyArn } },
      // With standard support alone AWS moves the cluster to the next version by itself when the time has come.
      upgradePolicy: { supportType: profile.kind === 'production' ? 'EXTENDED' : 'STANDARD' },
      vpcConfig: {
        subnetIds: [...props.network.privateSubnetIds],
        endpointPrivateAccess: true,
        endpointPublicAccess: open.length > 0,
        publicAccessCidrs: open.length > 0 ? [...open] : undefined,
      },
      // Said once, at the start; to change it later would replace the cluster.
      lifecycle: { ignoreChanges: ['access_config[0].bootstrap_cluster_creator_admin_permissions'] },
      dependsOn,
    };
    return new EksClusterResource(this, 'cluster', props.transform?.cluster?.(config) ?? config);
  }

  private role(id: string, service: string, names: readonly string[]) {
    const account = Account.of(this);
    const role = new IamRole(this, id, {
      name: this.platform.names.of([this.node.id, id]),
      // EC2 does not say for which account an instance asks.
      assumeRolePolicy: account.trust(service, service !== 'ec2.amazonaws.com'),
    });
    const policies = names.map(
      (policy) =>
        new IamRolePolicyAttachment(this, `${id}-${policy}`, {
          role: role.name,
          policyArn: account.managedPolicy(policy),
        }),
    );
    return { role, policies };
  }

  /** The network of pods, then nodes, then pods. */
  private fill(
    { network, nodes, gpu, addons }: EksClusterProps,
    version: string,
    policies: readonly IConstruct[],
  ): void {
    const { platform, clusterName } = this;
    const networking = new NetworkAddons(this, 'network-addons', { platform, clusterName, versions: addons });
    const place = {
      platform,
      clusterName,
      version,
      nodeRoleArn: this.nodeRole.arn,
      subnetIds: network.privateSubnetIds,
    };
    const groups = [new NodeGroup(this, 'nodes', place, nodes), ...(gpu ?? []).map((pool) => pool.build(this, place))];
    for (const group of groups) group.node.addDependency(networking, ...policies);
    const pods = new PodAddons(this, 'pod-addons', { platform, clusterName, versions: addons });
    pods.node.addDependency(...groups.slice(0, 1));
  }

  private irsa(cluster: EksClusterResource): { providerArn: string; issuer: string } {
    const url = cluster.identity.get(0).oidc.get(0).issuer;
    const provider = new IamOpenidConnectProvider(this, 'oidc', { url, clientIdList: ['sts.amazonaws.com'] });
    // Conditions of trust policies name the issuer without its scheme.
    return { providerArn: provider.arn, issuer: Fn.replace(url, 'https://', '') };
  }

  private checkAccess(cidrs: readonly string[]): void {
    if (!cidrs.includes('0.0.0.0/0') || this.platform.profile.kind !== 'production') return;
    fail(this, {
      code: 'open-api',
      what: `the Kubernetes API of the production platform '${this.platform.name}' is open to the whole internet`,
      why: "'publicAccessCidrs' holds 0.0.0.0/0",
      cure: 'name the addresses that Terraform and people come from, or leave it out and deploy from inside the VPC',
    });
  }

  private checkPools(pools: readonly GpuPool[]): void {
    const names = pools.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice === undefined) return;
    fail(this, {
      code: 'pool-twice',
      what: `two GPU pools are called '${twice}'`,
      why: 'a pool is known by its name, which comes from what it is for',
      cure: "give one of them a 'name'",
    });
  }
}
