import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy';
import { EcrRepository, EcrRepositoryConfig } from '@cdktf/provider-aws/lib/ecr-repository';
import { Construct } from 'constructs';
import { Component, ComponentProps } from '../core/component';
import { encode } from '../core/encode';
import { fail } from '../core/findings';
import { grant, IGrantable } from '../core/grants';
import { IEncrypted } from '../core/resources';
import { defineSystem } from '../core/system';

/** A repository of container images. */
export interface IImageRepository {
  readonly name: string;
  readonly arn: string;
  /** `account.dkr.ecr.region.amazonaws.com/name`: put `:tag` or `@digest` behind it. */
  readonly url: string;
  /** Lets it push images, and pull them. Nodes pull without any grant. */
  grantPush(to: IGrantable): void;
}

export interface ImageRegistryProps extends ComponentProps {
  readonly key: IEncrypted;
  /** Names after `<platform>/`. Default one, `runtime`. */
  readonly repositories?: readonly string[];
  /** How many images of each repository are kept. Default 100. */
  readonly keep?: number;
  readonly transform?: { readonly repository?: (config: EcrRepositoryConfig) => EcrRepositoryConfig };
}

/** Repositories of Amazon ECR: a tag is pushed once and never moved, and every image is scanned when it arrives. */
export class ImageRegistry extends Component {
  static override readonly system = defineSystem({
    name: 'Amazon ECR',
    categories: ['image registries'],
    licence: 'proprietary',
    endpoints: { api: { protocol: 'https', port: 443 } },
  });

  readonly form = 'aws';
  private readonly repositories = new Map<string, IImageRepository>();

  constructor(scope: Construct, id: string, props: ImageRegistryProps) {
    super(scope, id, props);
    for (const name of props.repositories ?? ['runtime']) this.repositories.set(name, this.make(name, props));
  }

  /** @throws PlinthError `unknown-repository` */
  repository(name: string): IImageRepository {
    const found = this.repositories.get(name);
    if (found !== undefined) return found;
    fail(this, {
      code: 'unknown-repository',
      what: `there is no image repository '${name}'`,
      why: `it was made with ${[...this.repositories.keys()].join(', ') || 'none'}`,
      cure: `add '${name}' to its 'repositories'`,
    });
  }

  protected hostOf(): string {
    return `api.ecr.${this.platform.region}.amazonaws.com`;
  }

  private make(name: string, { key, keep = 100, transform }: ImageRegistryProps): IImageRepository {
    const config: EcrRepositoryConfig = {
      name: `${this.platform.name}/${name}`,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: 'KMS', kmsKey: key.keyArn }],
      forceDelete: this.platform.profile.forceDestroy,
    };
    const repository = new EcrRepository(this, name, transform?.repository?.(config) ?? config);
    new EcrLifecyclePolicy(this, `${name}-lifecycle`, {
      repository: repository.name,
      policy: encode.json({
        rules: [
          {
            rulePriority: 1,
            description: 'What lost its tag goes after two weeks',
            selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 },
            action: { type: 'expire' },
          },
          {
            rulePriority: 2,
            description: `The last ${keep} stay`,
            selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: keep },
            action: { type: 'expire' },
          },
        ],
      }),
    });
    return {
      name: repository.name,
      arn: repository.arn,
      url: repository.repositoryUrl,
      grantPush: (to) =>
        grant(to, this, `${this.node.id}-${name}-push`, [
          {
            actions: ['ecr:GetAuthorizationToken'],
            resources: ['*'],
            why: 'a token is for a registry, and the action knows no resource',
          },
          {
            actions: [
              'ecr:BatchCheckLayerAvailability',
              'ecr:BatchGetImage',
              'ecr:CompleteLayerUpload',
              'ecr:GetDownloadUrlForLayer',
              'ecr:InitiateLayerUpload',
              'ecr:PutImage',
              'ecr:UploadLayerPart',
            ],
            resources: [repository.arn],
          },
        ]),
    };
  }
}
