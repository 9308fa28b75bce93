import { join } from 'node:path';
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { CodebuildProject } from '@cdktf/provider-aws/lib/codebuild-project';
import { S3BucketNotification } from '@cdktf/provider-aws/lib/s3-bucket-notification';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { PlinthError } from '@plinth/contract';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { encode } from '../core/encode';
import { grant } from '../core/grants';
import { mend } from '../core/mends';
import { packageFile } from '../core/package-file';
import { Platform } from '../core/platform';
import { IEncrypted } from '../core/resources';
import { ServiceRole } from '../core/service-role';
import { Bucket } from '../storage/bucket';
import { IImageRepository } from '../storage/image-registry';
import { ImageSource, imageSource } from './image-source';

/** What an image is built with. */
export interface ImageBuildContext {
  readonly repository: IImageRepository;
  readonly key: IEncrypted;
}

/** The image of the runtime's pods: a description, which the foundation makes real. */
export abstract class RuntimeImage {
  /**
   * An image that exists already.
   * @param uri with a tag or, better, a digest: `registry/plinth-runtime@sha256:...`
   * @throws PlinthError `unpinned-image` without either, or with the tag `latest`
   */
  static named(uri: string): RuntimeImage {
    const [, tag] = /^[^@\s]+?(?::([\w][\w.-]{0,127}))?(@sha256:[0-9a-f]{64})?$/.exec(uri) ?? [];
    const digest = uri.includes('@sha256:');
    if ((tag === undefined && !digest) || tag === 'latest') {
      throw new PlinthError({
        code: 'unpinned-image',
        where: 'RuntimeImage.named',
        what: `'${uri}' does not say which image it is`,
        why: 'a name without a tag or digest, or with the tag latest, means another image tomorrow',
        cure: "write for instance RuntimeImage.named('registry.example/plinth-runtime@sha256:...')",
      });
    }
    return new NamedImage(uri);
  }

  /**
   * An image built from source in the account, without a local Docker: the sources go to a bucket, and their arrival
   * starts a build in CodeBuild, which pushes to the platform's registry. The tag is a digest of the sources, so nothing is built twice.
   * Terraform does not wait for the build: it takes about as long as the cluster, and pods ask again until the image is there.
   * @param options.source a folder with the sources. Default this package.
   */
  static built(options: { readonly source?: string } = {}): RuntimeImage {
    return new BuiltImage(options.source);
  }

  /** Whether a repository of the platform's own is needed. */
  abstract readonly needsRepository: boolean;

  /** Makes what has to be made, and gives the image's name. */
  abstract build(scope: Construct, context?: ImageBuildContext): string;
}

class NamedImage extends RuntimeImage {
  readonly needsRepository = false;
  constructor(private readonly uri: string) {
    super();
  }
  build(): string {
    return this.uri;
  }
}

class BuiltImage extends RuntimeImage {
  readonly needsRepository = true;
  constructor(private readonly source?: string) {
    super();
  }
  build(scope: Construct, context?: ImageBuildContext): string {
    if (context === undefined) {
      throw new PlinthError({
        code: 'no-image-repository',
        where: scope.node.path,
        what: "the runtime's image is to be built, and there is no repository to push it to",
        why: 'the foundation was made without images',
        cure: "leave 'images' out of the foundation's props, or use RuntimeImage.named(...)",
      });
    }
    const source = imageSource(this.source ?? packageFile('.'));
    new ImageBuild(scope, 'runtime-image', { ...context, source });
    return `${context.repository.url}:${source.digest}`;
  }
}

interface ImageBuildProps extends ImageBuildContext {
  readonly source: ImageSource;
}

/** Sources in a bucket, a project that builds them, and the rule that starts it when they have arrived. */
class ImageBuild extends Construct {
  constructor(scope: Construct, id: string, { repository, key, source }: ImageBuildProps) {
    super(scope, id);
    mend(this);
    const platform = Platform.of(this);
    const name = platform.names.of(['runtime-image']);
    const prefix = `runtime/${source.digest}`;
    const builder = new ServiceRole(this, 'builder', {
      name,
      service: 'codebuild.amazonaws.com',
      description: "Builds the image of Plinth's runtime",
    });
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: `/plinth/${platform.name}/runtime-image`,
      retentionInDays: platform.profile.logRetentionDays,
      kmsKeyId: key.keyArn,
    });
    grant(builder, this, 'logs', [
      { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${logs.arn}:*`] },
    ]);
    repository.grantPush(builder);
    grant(builder, this, 'look', [{ actions: ['ecr:DescribeImages'], resources: [repository.arn] }]);
    const bucket = new Bucket(this, 'sources', { keyArn: key.keyArn, expireDays: 90 });
    bucket.grantRead(builder, 'runtime');
    const notification = new S3BucketNotification(this, 'notification', {
      bucket: bucket.bucketName,
      eventbridge: true,
    });

    const image = `${repository.url}:${source.digest}`;
    const project = new CodebuildProject(this, 'project', {
      name,
      description: "Builds the image of Plinth's runtime",
      serviceRole: builder.roleArn,
      encryptionKey: key.keyArn,
      buildTimeout: 30,
      artifacts: { type: 'NO_ARTIFACTS' },
      source: { type: 'S3', location: `${bucket.bucketName}/${prefix}/`, buildspec: buildspec(platform.region, image) },
      environment: {
        computeType: 'BUILD_GENERAL1_SMALL',
        type: 'LINUX_CONTAINER',
        image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
        // The Docker daemon inside the build needs it: https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html
        privilegedMode: true,
      },
      logsConfig: { cloudwatchLogs: { groupName: logs.name } },
    });
    const starter = new ServiceRole(this, 'starter', {
      name: platform.names.of(['runtime-image-starter']),
      service: 'events.amazonaws.com',
      description: 'Starts the build when the sources have arrived',
    });
    grant(starter, this, 'start', [{ actions: ['codebuild:StartBuild'], resources: [project.arn] }]);
    const rule = new CloudwatchEventRule(this, 'arrived', {
      name,
      description: "The runtime's sources have arrived",
      eventPattern: encode.json({
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [bucket.bucketName] }, object: { key: [`${prefix}/complete`] } },
      }),
    });
    const target = new CloudwatchEventTarget(this, 'build', {
      rule: rule.name,
      arn: project.arn,
      roleArn: starter.roleArn,
    });

    const files = new Construct(this, 'files');
    for (const path of source.paths) {
      const fileId = path.replaceAll('/', '-');
      const asset = new TerraformAsset(files, `${fileId}-file`, {
        path: join(source.folder, path),
        type: AssetType.FILE,
      });
      new S3Object(files, fileId, {
        bucket: bucket.bucketName,
        key: `${prefix}/${path}`,
        source: asset.path,
        sourceHash: asset.assetHash,
      });
    }
    const complete = new S3Object(this, 'complete', {
      bucket: bucket.bucketName,
      key: `${prefix}/complete`,
      content: source.digest,
    });
    // Last of all: its arrival starts the build, which needs everything else.
    for (const before of [files, notification, target, builder, starter]) complete.node.addDependency(before);
  }
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html */
function buildspec(region: string, image: string): string {
  return encode.yaml({
    version: 0.2,
    env: { variables: { IMAGE: image } },
    phases: {
      build: {
        commands: [
          'registry=${IMAGE%%/*}; repository=${IMAGE#*/}; tag=${repository##*:}; repository=${repository%%:*}',
          // A tag is pushed once and never moved: what is there already is the same image.
          `if aws ecr describe-images --region ${region} --repository-name "$repository" --image-ids imageTag="$tag" >/dev/null 2>&1; then echo "$IMAGE is there"; exit 0; fi`,
          `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin "$registry"`,
          'docker build --file src/runtime/Dockerfile --tag "$IMAGE" .',
          'docker push "$IMAGE"',
        ],
      },
    },
  });
}
