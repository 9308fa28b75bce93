import { TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';
import { grant, IGrantable, Permission } from '../core/grants';
import { IBucket } from '../core/resources';

/** `s3://bucket`, or `s3://bucket/prefix` without a slash at the end. */
export function bucketUrl({ bucketName }: Pick<IBucket, 'bucketName'>, prefix?: string): string {
  const tail = trim(prefix);
  return tail === '' ? `s3://${bucketName}` : `s3://${bucketName}/${tail}`;
}

const actions = {
  read: ['s3:GetObject', 's3:GetObjectVersion'],
  write: [
    's3:GetObject',
    's3:GetObjectVersion',
    's3:PutObject',
    's3:DeleteObject',
    's3:AbortMultipartUpload',
    's3:ListMultipartUploadParts',
  ],
  put: ['s3:PutObject'],
} as const;
const keyActions = {
  read: ['kms:Decrypt'],
  write: ['kms:Decrypt', 'kms:GenerateDataKey'],
  put: ['kms:GenerateDataKey'],
} as const;

/** Lets somebody read, read and write, or only put what is in a bucket below a prefix, and use its key through S3. */
export function grantBucket(
  to: IGrantable,
  resource: IConstruct,
  bucket: Pick<IBucket, 'bucketArn' | 'keyArn'>,
  what: keyof typeof actions,
  prefix?: string,
): void {
  const below = trim(prefix);
  const { bucketArn, keyArn } = bucket;
  const looking: Permission[] = [
    { actions: ['s3:GetBucketLocation'], resources: [bucketArn] },
    {
      actions: ['s3:ListBucket', ...(what === 'write' ? ['s3:ListBucketMultipartUploads'] : [])],
      resources: [bucketArn],
      ...(below !== '' && { conditions: { StringLike: { 's3:prefix': [below, `${below}/*`] } } }),
    },
  ];
  const permissions: Permission[] = [
    ...(what === 'put' ? [] : looking),
    { actions: actions[what], resources: [`${bucketArn}/${below === '' ? '*' : `${below}/*`}`] },
  ];
  if (keyArn !== undefined) {
    permissions.push({
      actions: keyActions[what],
      resources: [keyArn],
      conditions: { StringLike: { 'kms:ViaService': 's3.*.amazonaws.com' } },
    });
  }
  grant(to, resource, grantId(resource, what, below), permissions);
}

/** One for each bucket, verb and prefix. */
function grantId(resource: IConstruct, what: string, below: string): string {
  const path = resource.node.path.slice(TerraformStack.of(resource).node.path.length + 1).replaceAll('/', '-');
  return [path, what, ...(below === '' ? [] : [below.replaceAll('/', '.')])].join('-');
}

function trim(prefix = ''): string {
  return prefix.replace(/^\/+|\/+$/g, '');
}
