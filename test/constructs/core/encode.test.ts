import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, TerraformOutput, TerraformStack, TerraformVariable } from 'cdktf';
import { parse } from 'yaml';
import { Encodable, encode } from 'plinth/constructs/core/encode';

// What makes cdktf's own functions emit invalid or changed documents; terraform-cdk#2620, #3562 and their kin.
const hostile: { [key: string]: Encodable } = {
  quoted: 'say "hello"',
  backslash: 'C:\\path\\n and \\d+',
  template: '{{ .Values.x | quote }} {{`{{ $labels.pod }}`}}',
  dashboard: '${DS_PROMETHEUS} and $${escaped}',
  directive: '%{ if true }yes%{ endif }',
  lines: 'one\ntwo\r\n\tthree',
  'odd "key" \\ here': true,
  number: 1.5,
  text: '0123',
  nothing: null,
  absent: undefined,
  nested: { list: [1, 'two', { three: '"' }, []], empty: {} },
};

/** Lets the real Terraform render a document that also holds a token whose value has a quote in it. */
function rendered(how: (value: Encodable) => string): string {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-encode-'));
  try {
    const app = new App({ outdir: folder, skipValidation: true });
    const stack = new TerraformStack(app, 'one');
    const token = new TerraformVariable(stack, 'token', { type: 'string', default: 'a "token"' });
    const value: Encodable = {
      ...hostile,
      token: `before ${token.stringValue} after`,
      list: [null, token.stringValue],
      keyed: { [`${token.stringValue}:sub`]: 'say "x"', plain: { deep: [1] } },
    };
    new TerraformOutput(stack, 'document', { value: how(value), staticId: true });
    app.synth();
    const json = readFileSync(join(folder, 'stacks/one/cdk.tf.json'), 'utf8');
    const work = join(folder, 'work');
    spawnSync('mkdir', ['-p', work]);
    writeFileSync(join(work, 'main.tf.json'), JSON.stringify({ ...JSON.parse(json), terraform: undefined }));
    const terraform = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
    const env = { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1' };
    for (const args of [
      ['init', '-no-color'],
      ['apply', '-auto-approve', '-no-color'],
    ]) {
      const { status, stderr } = spawnSync(terraform, args, { cwd: work, env, encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(status).toBe(0);
    }
    return spawnSync(terraform, ['output', '-raw', 'document'], { cwd: work, env, encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const expected = {
  ...hostile,
  token: 'before a "token" after',
  list: ['a "token"'],
  keyed: { 'a "token":sub': 'say "x"', plain: { deep: [1] } },
};

test('YAML comes out of Terraform as it went in, tokens filled in', () => {
  expect(parse(rendered(encode.yaml))).toEqual(expected);
});

test('JSON comes out of Terraform as it went in, tokens filled in', () => {
  expect(JSON.parse(rendered(encode.json))).toEqual(expected);
});

test('a key that is undefined is left out', () => {
  expect(Object.keys(JSON.parse(rendered(encode.json)) as object)).not.toContain('absent');
});

test('a document without tokens is written out at synth, and comes out of Terraform just as well', () => {
  const text = encode.json(hostile);
  expect(text).not.toContain('jsonencode');
  expect(JSON.parse(rendered(() => text))).toEqual(JSON.parse(JSON.stringify(hostile)));
  expect(parse(rendered(() => encode.yaml(hostile)))).toEqual(JSON.parse(JSON.stringify(hostile)));
  expect(encode.json({ list: [null, 1, undefined] })).toBe('{"list":[1]}');
});
