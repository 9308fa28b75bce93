import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { CodebuildProject } from '@cdktf/provider-aws/lib/codebuild-project';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { LambdaInvocation } from '@cdktf/provider-aws/lib/lambda-invocation';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { encode } from '../core/encode';
import { grant } from '../core/grants';
import { mend } from '../core/mends';
import { packageFile } from '../core/package-file';
import { Platform } from '../core/platform';
import { IBucket, IEncrypted } from '../core/resources';
import { ServiceRole } from '../core/service-role';
import { zip } from '../core/zip';
import { Bucket } from '../storage/bucket';
import { IImageRepository } from '../storage/image-registry';
import { ImageSource } from './image-source';

/** What an image is built with. */
export interface ImageBuildContext {
  readonly repository: IImageRepository;
  readonly key: IEncrypted;
}

export interface ImageBuildProps extends ImageBuildContext {
  readonly source: ImageSource;
}

/**
 * An image built in the account: its sources in a bucket, a project of CodeBuild that builds them, and a function that
 * starts the build and waits for it, which Terraform calls when the sources have changed. Terraform goes on when the image is
 * there, and fails where its build does. (An event of the bucket would start it too, but the first ones are lost: they are sent
 * some five minutes after that was asked for, https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html.)
 */
export class ImageBuild extends Construct {
  /** `registry/name:digest of the sources`. */
  readonly uri: string;

  constructor(scope: Construct, id: string, { repository, key, source }: ImageBuildProps) {
    super(scope, id);
    mend(this);
    const platform = Platform.of(this);
    const name = platform.names.of([id]);
    this.uri = `${repository.url}:${source.digest}`;
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: `/plinth/${platform.name}/${id}`,
      retentionInDays: platform.profile.logRetentionDays,
      kmsKeyId: key.keyArn,
    });
    const bucket = new Bucket(this, 'sources', { keyArn: key.keyArn });
    const builder = this.role('builder', name, 'codebuild.amazonaws.com', "Builds the image of Plinth's runtime", logs);
    bucket.grantRead(builder, 'runtime');
    repository.grantPush(builder);
    grant(builder, this, 'look', [{ actions: ['ecr:DescribeImages'], resources: [repository.arn] }]);
    const files = this.upload(bucket, source);
    const project = new CodebuildProject(this, 'project', {
      name,
      description: "Builds the image of Plinth's runtime",
      serviceRole: builder.roleArn,
      encryptionKey: key.keyArn,
      buildTimeout: 30,
      artifacts: { type: 'NO_ARTIFACTS' },
      source: {
        type: 'S3',
        location: `${bucket.bucketName}/${prefixOf(source)}/`,
        buildspec: buildspec(platform.region, this.uri),
      },
      environment: {
        computeType: 'BUILD_GENERAL1_SMALL',
        type: 'LINUX_CONTAINER',
        image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
        // The Docker daemon inside the build needs it: https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html
        privilegedMode: true,
      },
      logsConfig: { cloudwatchLogs: { groupName: logs.name } },
    });
    const starter = this.starter(platform.names.of([id, 'starter']), bucket, project, logs);
    const build = new LambdaInvocation(this, 'build', {
      functionName: starter.functionName,
      input: encode.json({ project: project.name, image: this.uri }),
    });
    for (const before of [files, builder]) build.node.addDependency(before);
  }

  private role(id: string, name: string, service: string, description: string, logs: CloudwatchLogGroup): ServiceRole {
    const role = new ServiceRole(this, id, { name, service, description });
    grant(role, this, 'logs', [
      { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${logs.arn}:*`] },
    ]);
    return role;
  }

  private upload(bucket: IBucket, source: ImageSource): Construct {
    const files = new Construct(this, 'files');
    for (const path of source.paths) {
      const id = path.replaceAll('/', '-');
      const asset = new TerraformAsset(files, `${id}-file`, { path: join(source.folder, path), type: AssetType.FILE });
      new S3Object(files, id, {
        bucket: bucket.bucketName,
        key: `${prefixOf(source)}/${path}`,
        source: asset.path,
        sourceHash: asset.assetHash,
      });
    }
    return files;
  }

  private starter(functionName: string, bucket: IBucket, project: CodebuildProject, logs: CloudwatchLogGroup) {
    const role = this.role('starter', functionName, 'lambda.amazonaws.com', 'Starts the build and waits for it', logs);
    grant(role, this, 'start', [
      { actions: ['codebuild:StartBuild', 'codebuild:BatchGetBuilds'], resources: [project.arn] },
    ]);
    const code = zip({ 'index.mjs': readFileSync(packageFile('constructs/serving/image-build-starter.mjs'), 'utf8') });
    const digest = createHash('sha256').update(code).digest();
    const archive = new S3Object(this, 'starter-code', {
      bucket: bucket.bucketName,
      key: `starter/${digest.toString('hex').slice(0, 12)}.zip`,
      contentBase64: code.toString('base64'),
    });
    // Without tracing, dead letters, concurrency of its own, a VPC or a signature: docs/security-findings.md says why.
    const starter = new LambdaFunction(this, 'starter-function', {
      functionName,
      description: "Starts the build of the runtime's image and waits for it",
      role: role.roleArn,
      runtime: 'nodejs22.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      memorySize: 256,
      // Seconds; the most that AWS Lambda allows.
      timeout: 900,
      s3Bucket: bucket.bucketName,
      s3Key: archive.key,
      sourceCodeHash: digest.toString('base64'),
      loggingConfig: { logFormat: 'JSON', logGroup: logs.name },
    });
    // So that its permissions are there before it is called.
    starter.node.addDependency(role);
    return starter;
  }
}

function prefixOf({ digest }: ImageSource): string {
  return `runtime/${digest}`;
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html */
function buildspec(region: string, image: string): string {
  // A tag is pushed once and never moved: what is there already, or was pushed by another build meanwhile, is the same image.
  const isThere = `aws ecr describe-images --region ${region} --repository-name "$repository" --image-ids imageTag="$tag" >/dev/null 2>&1`;
  return encode.yaml({
    version: 0.2,
    env: { variables: { IMAGE: image } },
    phases: {
      build: {
        commands: [
          [
            '(',
            'set -eu',
            'registry="${IMAGE%%/*}"; repository="${IMAGE#*/}"; tag="${repository##*:}"; repository="${repository%%:*}"',
            `if ${isThere}; then echo "$IMAGE is there"; exit 0; fi`,
            `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin "$registry"`,
            // The same base image as Docker Hub's, which counts the pulls of all who build in CodeBuild as one person's.
            'docker build --build-arg NODE_IMAGE=public.ecr.aws/docker/library/node:22-slim --file src/runtime/Dockerfile --tag "$IMAGE" .',
            `docker push "$IMAGE" || ${isThere}`,
            ')',
          ].join('\n'),
        ],
      },
    },
  });
}
