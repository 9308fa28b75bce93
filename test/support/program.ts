import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { HelmProvider } from '@cdktf/provider-helm/lib/provider';
import { KubernetesProvider } from '@cdktf/provider-kubernetes/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { Platform, PlatformAttributes } from 'plinth/constructs/core/platform';
import { ICluster } from 'plinth/constructs/core/resources';

/** One resource or data source of a synthesized stack, by what the JSON says of it. */
export type Block = Record<string, unknown> & { '//'?: { metadata: { path: string } } };

/** What a stack's cdk.tf.json holds. */
export interface StackJson {
  readonly '//': {
    readonly plinth?: { components: readonly Record<string, unknown>[] };
    readonly plinthContract?: unknown;
  };
  readonly terraform: Record<string, Record<string, unknown>>;
  readonly provider?: Record<string, Block[]>;
  readonly resource?: Record<string, Record<string, Block>>;
  readonly data?: Record<string, Record<string, Block>>;
  readonly output?: Record<string, Block>;
}

/** Synthesizes a program, validations and all, and gives each stack's JSON by its id. */
export function synthesize(build: (app: App) => void): Record<string, StackJson> {
  const outdir = mkdtempSync(join(tmpdir(), 'plinth-synth-'));
  try {
    const app = new App({ outdir });
    build(app);
    app.synth();
    const { stacks } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8')) as {
      stacks: Record<string, { synthesizedStackPath: string }>;
    };
    return Object.fromEntries(
      Object.entries(stacks).map(([name, { synthesizedStackPath }]) => [
        name,
        JSON.parse(readFileSync(join(outdir, synthesizedStackPath), 'utf8')) as StackJson,
      ]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** A cluster that is given, with one GPU pool. */
export const givenCluster: ICluster = {
  clusterName: 'prod',
  region: 'eu-west-1',
  podIdentity: true,
  gpuPools: [{ name: 'g6', family: 'g6', for: 'serving' }],
};

/** One stack with the three providers and a platform called `prod`, whose parts may be given. */
export function synthesizeStack(
  build: (stack: TerraformStack, platform: Platform) => void,
  attributes: Partial<PlatformAttributes> = {},
): StackJson {
  const stacks = synthesize((app) => {
    const stack = new TerraformStack(app, 'prod-test');
    new AwsProvider(stack, 'aws', { region: 'eu-west-1' });
    new KubernetesProvider(stack, 'kubernetes', {});
    new HelmProvider(stack, 'helm', {});
    const platform = Platform.fromAttributes(stack, {
      name: 'prod',
      region: 'eu-west-1',
      cluster: givenCluster,
      ...attributes,
    });
    build(stack, platform);
  });
  return stacks['prod-test'] as StackJson;
}

/** The blocks of one resource type, each with its address's last part. */
export function blocks(stack: StackJson, type: string): [string, Block][] {
  return Object.entries(stack.resource?.[type] ?? {});
}

/** The only block of that type; a test that finds none or several fails here. */
export function only(stack: StackJson, type: string): Block {
  const found = blocks(stack, type);
  if (found.length !== 1) throw new Error(`expected one ${type}, found ${found.length}`);
  return (found[0] as [string, Block])[1];
}

/** The block of that type whose construct path ends so. */
export function at(stack: StackJson, type: string, pathEnd: string): Block {
  const found = blocks(stack, type).filter(([, block]) => block['//']?.metadata.path.endsWith(pathEnd));
  if (found.length !== 1) throw new Error(`expected one ${type} at ${pathEnd}, found ${found.length}`);
  return (found[0] as [string, Block])[1];
}
