import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { findTerraform } from '@plinth/rehearsal';

const packages = ['cdktf', 'constructs', '@cdktf/provider-aws', '@cdktf/provider-kubernetes', '@cdktf/provider-helm'];

/** What the demo ran with. */
export function versions(): Record<string, string> {
  const load = createRequire(__filename);
  const of = (manifest: string): string => (load(manifest) as { version: string }).version;
  const text = execFileSync(findTerraform(), ['version'], {
    encoding: 'utf8',
    env: { ...process.env, CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: '/dev/null' },
  });
  const [, name = 'Terraform', version = ''] = /^(\w+) v(\S+)/.exec(text) ?? [];
  return {
    Plinth: of('../../package.json'),
    [name]: version,
    'Node.js': process.versions.node,
    ...Object.fromEntries(packages.map((name_) => [name_, of(`${name_}/package.json`)])),
    'onnxruntime-node': of('onnxruntime-node/package.json'),
  };
}
