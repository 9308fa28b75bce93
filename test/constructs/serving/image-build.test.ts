import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import AdmZip from 'adm-zip';
import { imageSource } from 'plinth/constructs/serving/image-source';
import { RuntimeImage } from 'plinth/constructs/serving/runtime-image';
import { at, blocks, only, StackJson, synthesizeStack } from '../../support/program';

const url = '1.dkr.ecr.eu-west-1.amazonaws.com/prod/runtime';
const image = `${url}:${imageSource('.').digest}`;

function built(): StackJson {
  return synthesizeStack((scope) => {
    const arn = 'arn:aws:ecr:eu-west-1:1:repository/prod/runtime';
    const repository = { name: 'prod/runtime', arn, url, grantPush: () => {} };
    const key = { keyArn: 'arn:aws:kms:eu-west-1:1:key/k' };
    expect(RuntimeImage.built().build(scope, { repository, key })).toBe(image);
  });
}

test('the build is started when the sources and every permission are there, and again when the sources change', () => {
  const stack = built();
  const invocation = only(stack, 'aws_lambda_invocation');
  expect(invocation.depends_on).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^terraform_data\.runtime-image_files_all/),
      expect.stringMatching(/^terraform_data\.runtime-image_builder_all/),
    ]),
  );
  expect(only(stack, 'aws_lambda_function').depends_on).toEqual([
    expect.stringMatching(/^terraform_data\.runtime-image_starter_all/),
  ]);
  expect(invocation.input).toContain(image);
});

test('every source is put where the project looks for it', () => {
  const stack = built();
  const { location } = only(stack, 'aws_codebuild_project').source as { location: string };
  const folder = location.slice(location.indexOf('/') + 1);
  const keys = blocks(stack, 'aws_s3_object').map(([, { key }]) => String(key));
  expect(keys.filter((key) => key.startsWith(folder)).map((key) => key.slice(folder.length))).toEqual(
    expect.arrayContaining([...imageSource('.').paths]),
  );
});

test('the build runs under a role that may read the sources and push one repository', () => {
  const stack = built();
  expect(only(stack, 'aws_codebuild_project')).toMatchObject({
    artifacts: { type: 'NO_ARTIFACTS' },
    environment: { privileged_mode: true },
    encryption_key: 'arn:aws:kms:eu-west-1:1:key/k',
  });
  const policies = blocks(stack, 'aws_iam_role_policy').map(([, { policy }]) => String(policy));
  expect(policies.join()).not.toMatch(/"Resource"\s*[:=]\s*\["\*"\]/);
  expect(policies.filter((policy) => policy.includes('codebuild:'))).toEqual([
    expect.stringMatching(/codebuild:StartBuild.*codebuild:BatchGetBuilds.*aws_codebuild_project/),
  ]);
});

test('the function is the program that waits for the build', () => {
  const { content_base64: code } = at(built(), 'aws_s3_object', 'starter-code') as { content_base64: string };
  const [entry] = new AdmZip(Buffer.from(code, 'base64')).getEntries();
  expect(entry?.entryName).toBe('index.mjs');
  expect(entry?.getData().toString()).toBe(readFileSync('constructs/serving/image-build-starter.mjs', 'utf8'));
});

describe('the commands of the build', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plinth-build-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs them in a real shell; `aws` and `docker` write down how they are called, and end as they are told. */
  function run(programs: Record<'aws' | 'docker', string>) {
    const { buildspec } = only(built(), 'aws_codebuild_project').source as { buildspec: string };
    const { phases, env } = JSON.parse(buildspec.replaceAll('$${', '${')) as {
      env: { variables: Record<string, string> };
      phases: { build: { commands: string[] } };
    };
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >> "${folder}/calls"\n${text}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    const { status } = spawnSync('sh', ['-c', phases.build.commands.join('\n')], {
      env: { PATH: `${folder}${delimiter}${process.env.PATH}`, ...env.variables },
      encoding: 'utf8',
    });
    const calls = existsSync(join(folder, 'calls'))
      ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')
      : [];
    return { status, calls };
  }
  const tag = image.slice(url.length + 1);
  const look = `aws ecr describe-images --region eu-west-1 --repository-name prod/runtime --image-ids imageTag=${tag}`;

  test('build and push what is not there', () => {
    const aws = 'case "$*" in *describe*) exit 254;; esac; echo password';
    const { status, calls } = run({ aws, docker: '[ "$1" != login ] || [ "$(cat)" = password ]' });
    expect(status).toBe(0);
    expect(calls[0]).toBe(look);
    // The two sides of a pipe begin in any order.
    expect(calls.slice(1, 3).sort()).toEqual([
      'aws ecr get-login-password --region eu-west-1',
      'docker login --username AWS --password-stdin 1.dkr.ecr.eu-west-1.amazonaws.com',
    ]);
    expect(calls.slice(3)).toEqual([
      `docker build --build-arg NODE_IMAGE=public.ecr.aws/docker/library/node:22-slim --file src/runtime/Dockerfile --tag ${image} .`,
      `docker push ${image}`,
    ]);
  });

  test('do nothing where the image is there', () => {
    expect(run({ aws: '', docker: 'exit 1' })).toEqual({ status: 0, calls: [look] });
  });

  test('fail where the build fails, and push nothing', () => {
    const { status, calls } = run({ aws: 'exit 254', docker: '[ "$1" != build ]' });
    expect(status).not.toBe(0);
    expect(calls.at(-1)).toMatch(/^docker build/);
  });

  test('take the image that another build has pushed meanwhile', () => {
    const aws = `case "$*" in *describe*) [ -e "${'$'}0.again" ] || { touch "$0.again"; exit 254; };; esac`;
    expect(run({ aws, docker: '[ "$1" != push ]' }).status).toBe(0);
  });
});
