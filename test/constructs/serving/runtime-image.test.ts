import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageSource } from 'plinth/constructs/serving/image-source';
import { RuntimeImage } from 'plinth/constructs/serving/runtime-image';
import { at, only, StackJson, synthesizeStack } from '../../support/program';

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  'registry.example/runtime:1.2.0',
  `registry.example/runtime@${digest}`,
  `registry.example:5000/runtime:1@${digest}`,
])('%s says which image it is', (uri) => {
  expect(RuntimeImage.named(uri).needsRepository).toBe(false);
});

test.each(['registry.example/runtime', 'registry.example:5000/runtime', 'registry.example/runtime:latest'])(
  '%s does not',
  (uri) => {
    expect(() => RuntimeImage.named(uri)).toThrow(
      `RuntimeImage.named: '${uri}' does not say which image it is, because a name without a tag or digest, or with the tag latest, means another image tomorrow; write for instance RuntimeImage.named('registry.example/plinth-runtime@sha256:...').`,
    );
  },
);

function built(): StackJson {
  return synthesizeStack((scope) => {
    const repository = {
      name: 'prod/runtime',
      arn: 'arn:aws:ecr:eu-west-1:1:repository/prod/runtime',
      url: '1.dkr.ecr.eu-west-1.amazonaws.com/prod/runtime',
      grantPush: () => {},
    };
    const key = { keyArn: 'arn:aws:kms:eu-west-1:1:key/k' };
    const uri = RuntimeImage.built().build(scope, { repository, key });
    expect(uri).toMatch(/^1\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/prod\/runtime:[0-9a-f]{12}$/);
  });
}

test('the sources are those of the runtime and the contract, without what is built or installed', () => {
  const { paths, digest: first } = imageSource('.');
  expect(paths).toEqual(
    expect.arrayContaining(['package-lock.json', 'src/runtime/Dockerfile', 'src/contract/index.ts']),
  );
  expect(paths.filter((path) => /dist\/|node_modules|constructs\//.test(path))).toEqual([]);
  expect(imageSource('.').digest).toBe(first);
});

test('the arrival of the last file starts the build, and that file comes after everything else', () => {
  const stack = built();
  const complete = at(stack, 'aws_s3_object', 'runtime-image/complete');
  expect(complete.depends_on).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^terraform_data\.runtime-image_files_all/),
      expect.stringMatching(/^aws_s3_bucket_notification\./),
      expect.stringMatching(/^aws_cloudwatch_event_target\./),
    ]),
  );
  expect(String(only(stack, 'aws_cloudwatch_event_rule').event_pattern)).toContain(String(complete.key));
});

test('the build runs under a role that may read the sources and push one repository', () => {
  const stack = built();
  expect(only(stack, 'aws_codebuild_project')).toMatchObject({
    artifacts: { type: 'NO_ARTIFACTS' },
    environment: { privileged_mode: true },
    encryption_key: 'arn:aws:kms:eu-west-1:1:key/k',
  });
  const policies = Object.values(stack.resource?.aws_iam_role_policy ?? {}).map(({ policy }) => String(policy));
  expect(policies.join()).not.toContain('"Resource" = ["*"]');
});

test('sources that are not complete are refused', () => {
  const empty = mkdtempSync(join(tmpdir(), 'plinth-image-'));
  try {
    expect(() => imageSource(empty)).toThrow(`the runtime's sources are not complete below ${empty}`);
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
});

test('a build without a repository to push to is refused', () => {
  synthesizeStack((scope) => {
    expect(() => RuntimeImage.built().build(scope)).toThrow(
      "the runtime's image is to be built, and there is no repository to push it to, because the foundation was made without images",
    );
  });
});
