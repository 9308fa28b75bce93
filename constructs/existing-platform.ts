import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter';
import { TerraformProvider, TerraformResource, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { connectCluster } from './cluster/connection';
import { EksCluster } from './cluster/eks';
import { DomainInfo, Platform } from './core/platform';
import {
  contractVersion,
  ParameterName,
  parameterPath,
  PlatformContract,
  readContract,
} from './core/platform-contract';
import { Profile } from './core/profile';
import { ICluster, IDatabase, ILake } from './core/resources';
import { DataLake } from './storage/data-lake';
import { Postgres } from './storage/postgres';

export interface ExistingPlatformProps {
  /** The committed contract file, relative to where the program runs. */
  readonly contract: string;
}

/**
 * A platform that another repository deploys. What can be known without asking AWS (profile, pools, what fills which
 * role) comes from the committed contract file and is checked at synth; names and ARNs come from SSM when Terraform
 * plans; and Terraform refuses to go on where the platform has moved to another version of the contract.
 * No access to the platform's state is needed.
 */
export class ExistingPlatform extends Platform {
  /**
   * Everything below the stack belongs to the platform. Makes the AWS, Kubernetes and Helm providers that the stack
   * does not have yet.
   * @throws PlinthError `contract-missing`, `contract-unreadable`, `contract-of-another`
   */
  static fromName(stack: TerraformStack, name: string, props: ExistingPlatformProps): ExistingPlatform {
    const contract = readContract(props.contract, name);
    return new ExistingPlatform(stack, contract).adopt(stack);
  }

  private readonly lookups: Construct;
  private foundLake?: ILake;
  private foundDatabase?: IDatabase;
  private foundCluster?: ICluster;

  private constructor(
    stack: TerraformStack,
    private readonly contract: PlatformContract,
  ) {
    super({
      name: contract.platform,
      region: contract.region,
      profile: Profile.ofKind(contract.profile, contract.ttl),
      tags: contract.tags,
      provides: contract.provides,
    });
    this.lookups = new Construct(stack, 'platform');
    if (!hasProvider(stack, 'aws')) {
      new AwsProvider(stack, 'aws', { region: contract.region, defaultTags: [{ tags: { ...this.tags } }] });
    }
    this.checkVersion();
    if (!hasProvider(stack, 'kubernetes')) connectCluster(stack, this.cluster);
  }

  override get cluster(): ICluster {
    this.foundCluster ??= EksCluster.fromAttributes({
      clusterName: this.value('cluster/name'),
      region: this.region,
      gpuPools: this.contract.gpuPools,
    });
    return this.foundCluster;
  }

  override get lake(): ILake {
    const keyArn = () => this.value('lake/key-arn');
    this.foundLake ??= DataLake.fromAttributes(this.lookups, 'lake', {
      raw: { bucketName: this.value('lake/raw'), keyArn: keyArn() },
      curated: { bucketName: this.value('lake/curated'), keyArn: keyArn() },
      features: { bucketName: this.value('lake/features'), keyArn: keyArn() },
      models: { bucketName: this.value('lake/models'), keyArn: keyArn() },
      payloads: { bucketName: this.value('lake/payloads'), keyArn: keyArn() },
    });
    return this.foundLake;
  }

  override get database(): IDatabase {
    this.foundDatabase ??= Postgres.fromAttributes(this.lookups, 'database', {
      host: this.value('database/host'),
      databaseName: this.value('database/name'),
      secret: { secretArn: this.value('database/secret-arn') },
      cidrs: [this.value('network/cidr')],
    });
    return this.foundDatabase;
  }

  override get domain(): DomainInfo {
    if (this.contract.domain === undefined) return super.domain;
    return {
      name: this.contract.domain,
      zoneId: this.value('domain/zone-id'),
      certificateArn: this.value('domain/certificate-arn'),
    };
  }

  override get runtimeImage(): string {
    return this.value('runtime-image');
  }

  override get knownDomain(): string | undefined {
    return this.contract.domain;
  }

  /** A value that only AWS knows, looked up when Terraform plans. */
  private value(name: ParameterName): string {
    const id = name.replace('/', '-');
    const found = this.lookups.node.tryFindChild(id) as DataAwsSsmParameter | undefined;
    const parameter = found ?? new DataAwsSsmParameter(this.lookups, id, { name: parameterPath(this.name, name) });
    return parameter.insecureValue;
  }

  private checkVersion(): void {
    new TerraformResource(this.lookups, 'contract', {
      terraformResourceType: 'terraform_data',
      terraformGeneratorMetadata: { providerName: 'terraform' },
      lifecycle: {
        precondition: [
          {
            condition: `\${${this.value('contract-version')} == "${contractVersion}"}`,
            errorMessage: `The platform '${this.name}' publishes another version of its contract than this program was built for (${contractVersion}): take the contract file and the version of plinth that the platform uses.`,
          },
        ],
      },
    });
  }
}

function hasProvider(stack: TerraformStack, type: string): boolean {
  return stack.node
    .findAll()
    .some((node) => TerraformProvider.isTerraformProvider(node) && node.terraformResourceType === type);
}
