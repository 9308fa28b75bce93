import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Token } from 'cdktf';
import { imageSource } from 'plinth/constructs/serving/image-source';
import { RuntimeImage } from 'plinth/constructs/serving/runtime-image';
import { synthesizeStack } from '../../support/program';

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  'registry.example/runtime:1.2.0',
  `registry.example/runtime@${digest}`,
  `registry.example:5000/runtime:1@${digest}`,
])('%s says which image it is', (uri) => {
  expect(RuntimeImage.named(uri).needsRepository).toBe(false);
});

test.each([
  'registry.example/runtime',
  'registry.example:5000/runtime',
  'registry.example/runtime:latest',
  'registry.example/runtime@sha256:12',
])('%s does not', (uri) => {
  expect(() => RuntimeImage.named(uri)).toThrow(
    `RuntimeImage.named: '${uri}' does not say which image it is, because a name without a tag or digest, or with the tag latest, means another image tomorrow; write for instance RuntimeImage.named('registry.example/plinth-runtime@sha256:...').`,
  );
});

test('the sources are those of the runtime and the contract, without what is built or installed', () => {
  const { paths, digest: first } = imageSource('.');
  expect(paths).toEqual(
    expect.arrayContaining(['package-lock.json', 'src/runtime/Dockerfile', 'src/contract/index.ts']),
  );
  expect(paths.filter((path) => /dist\/|node_modules|constructs\//.test(path))).toEqual([]);
  expect(imageSource('.').digest).toBe(first);
});

test('a name that only Terraform knows is taken as it is', () => {
  expect(() => RuntimeImage.named(Token.asString({ resolve: () => 'x' }))).not.toThrow();
});

test('sources that are not complete are refused, with what is missing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-image-'));
  try {
    for (const path of imageSource('.').paths.filter((each) => each !== 'package-lock.json')) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), '');
    }
    expect(() => imageSource(folder)).toThrow(
      `RuntimeImage.built: the runtime's sources are not complete below ${folder}, because package-lock.json is not there, as in a package that npm has installed; name the folder of a checkout in 'source'`,
    );
    writeFileSync(join(folder, 'package-lock.json'), '');
    expect(imageSource(folder).paths).toEqual(imageSource('.').paths);
    rmSync(join(folder, 'src/runtime/Dockerfile'));
    expect(() => imageSource(folder)).toThrow('because src/runtime/Dockerfile is not there');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a build without a repository to push to is refused', () => {
  synthesizeStack((scope) => {
    expect(() => RuntimeImage.built().build(scope)).toThrow(
      "the runtime's image is to be built, and there is no repository to push it to, because the foundation was made without images",
    );
  });
});
