import { IGrantable } from './grants';

/** Something in AWS that is encrypted with a key of the customer's. */
export interface IEncrypted {
  /** ARN of the KMS key, where it is the customer's own. */
  readonly keyArn?: string;
}

/** A bucket, or one zone of the lake. */
export interface IBucket extends IEncrypted {
  readonly bucketName: string;
  readonly bucketArn: string;
  /** `s3://bucket/prefix`. */
  url(prefix?: string): string;
  /** Lets it list the bucket and read objects below the prefix, and decrypt them. */
  grantRead(to: IGrantable, prefix?: string): void;
  /** Lets it put objects below the prefix, and neither read nor delete what is there. */
  grantWrite(to: IGrantable, prefix?: string): void;
  /** As `grantRead`, and lets it write and delete objects below the prefix. */
  grantReadWrite(to: IGrantable, prefix?: string): void;
}

/** A secret in AWS Secrets Manager: known by its ARN, never by its value. */
export interface ISecret extends IEncrypted {
  readonly secretArn: string;
  readonly secretName: string;
  grantRead(to: IGrantable): void;
}

/** A PostgreSQL server. */
export interface IDatabase {
  /** DNS name. */
  readonly host: string;
  readonly port: number;
  /** The database that is there from the start. */
  readonly databaseName: string;
  /** The master user's name and password, as AWS keeps and rotates them: keys `username` and `password`. */
  readonly secret: ISecret;
  /** Address ranges in which it listens, for egress rules. */
  readonly cidrs: readonly string[];
  /** Where a rule may admit those who connect; absent where its owner sees to that. */
  readonly securityGroupId?: string;
  /** Lets it read the secret. Reaching the port is a matter of network rules. */
  grantConnect(to: IGrantable): void;
}

/** A VPC with subnets over several zones. */
export interface INetwork {
  readonly vpcId: string;
  readonly cidr: string;
  readonly privateSubnetIds: readonly string[];
  readonly publicSubnetIds: readonly string[];
}

/** A group of nodes with GPUs that the platform offers. */
export interface GpuPoolInfo {
  readonly name: string;
  /** Instance family, such as `g6`. */
  readonly family: string;
  /** What it is meant for; the value of the node label `plinth.dev/gpu-for`. */
  readonly for: 'serving' | 'training';
}

/** A Kubernetes cluster. Its address is looked up by its name wherever it is needed. */
export interface ICluster {
  readonly clusterName: string;
  readonly region: string;
  /** Set where roles for service accounts (IRSA) are used: Pod Identity does not work on Fargate. */
  readonly oidc?: { readonly providerArn: string; readonly issuer: string };
  /** Pods may be given roles by EKS Pod Identity. */
  readonly podIdentity: boolean;
  /** The security group of the control plane and every node, which lets them talk to each other on all ports. */
  readonly securityGroupId?: string;
  /** The role of the nodes, for a controller that makes more of them (Karpenter). */
  readonly nodeRole?: { readonly name: string; readonly arn: string };
  readonly gpuPools: readonly GpuPoolInfo[];
}

/** The zones of the data lake. */
export interface ILake {
  /** As it came. */
  readonly raw: IBucket;
  /** Cleaned and joined. */
  readonly curated: IBucket;
  /** Features for training and serving. */
  readonly features: IBucket;
  /** Model files, and what tracking keeps of runs. */
  readonly models: IBucket;
  /** Requests and answers of model servers, alarms of monitors. */
  readonly payloads: IBucket;
}
export const lakeZones = [
  'raw',
  'curated',
  'features',
  'models',
  'payloads',
] as const satisfies readonly (keyof ILake)[];
export type LakeZone = (typeof lakeZones)[number];
