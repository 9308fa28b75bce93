import { WorkloadIdentity } from 'plinth/constructs/core/identity';
import { Profile } from 'plinth/constructs/core/profile';
import { ImageRegistry } from 'plinth/constructs/storage/image-registry';
import { blocks, only, synthesizeStack } from '../../support/program';

const key = { keyArn: 'arn:key' };
const made = (profile = Profile.production()) =>
  synthesizeStack((stack) => new ImageRegistry(stack, 'images', { key }), { profile });

test('a tag is pushed once, every image is scanned, and the key is ours', () => {
  expect(only(made(), 'aws_ecr_repository')).toMatchObject({
    name: 'prod/runtime',
    image_tag_mutability: 'IMMUTABLE',
    image_scanning_configuration: { scan_on_push: true },
    encryption_configuration: [{ encryption_type: 'KMS', kms_key: 'arn:key' }],
    force_delete: false,
  });
  expect(only(made(Profile.ephemeral({ ttl: '8h' })), 'aws_ecr_repository').force_delete).toBe(true);
});

test('images without a tag go, and the last hundred stay', () => {
  const policy = String(only(made(), 'aws_ecr_lifecycle_policy').policy);
  expect(policy).toContain('"tagStatus":"untagged"');
  expect(policy).toContain('"countType":"imageCountMoreThan","countNumber":100');
});

test('to push is limited to the repository', () => {
  const stack = synthesizeStack((scope, platform) => {
    const images = new ImageRegistry(scope, 'images', { key, repositories: ['runtime', 'training'] });
    images
      .repository('training')
      .grantPush(new WorkloadIdentity(scope, 'who', { platform, namespace: 'ci', serviceAccount: 'builder' }));
  });
  expect(blocks(stack, 'aws_ecr_repository')).toHaveLength(2);
  const policy = String(only(stack, 'aws_iam_role_policy').policy);
  expect(policy).toContain('"Action" = ["ecr:GetAuthorizationToken"], "Resource" = ["*"]');
  expect(policy).toMatch(/"ecr:PutImage"[^\]]*\], "Resource" = \[aws_ecr_repository\.images_training/);
});

test('a repository that is not there is asked for by name', () => {
  expect(() => synthesizeStack((scope) => new ImageRegistry(scope, 'images', { key }).repository('training'))).toThrow(
    "prod-test/images: there is no image repository 'training', because it was made with runtime; add 'training' to its 'repositories'.",
  );
});
