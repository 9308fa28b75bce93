import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sentence } from '@plinth/contract';
import { findingOf, withoutEcho, type UiDiagnostic } from '../../../src/rehearsal/terraform-says';

let folder: string;
const metadata = { metadata: { path: 'ground/network/vpc', uniqueId: 'network_vpc_1' } };
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-says-'));
  const aws_vpc = {
    network_vpc_1: { '//': metadata, cidr_blok: '10.0.0.0/16' },
    plain: { '//': { metadata: { path: 'ground/plain' } }, x: 1 },
  };
  writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify({ resource: { aws_vpc } }, null, 2));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const error = { severity: 'error', summary: 'Unsupported argument' };
const told = (diagnostic: UiDiagnostic, phase: 'validate' | 'plan' = 'validate') =>
  sentence(findingOf(diagnostic, { phase, stack: 'ground', folder }));
const at = (line: number) => ({ filename: 'cdk.tf.json', start: { line } });

test('an error is told with its address and its construct', () => {
  expect(told({ ...error, detail: 'No "cidr_blok". Did you mean "cidr_block"?', range: at(11) })).toBe(
    'stack ground, aws_vpc.network_vpc_1 (construct ground/network/vpc), cdk.tf.json line 11: terraform validate: Unsupported argument, ' +
      'because it says: No "cidr_blok". Did you mean "cidr_block"?; write cidr_block.',
  );
  expect(told({ ...error, detail: 'No "x".', range: at(19) })).toBe(
    'stack ground, aws_vpc.plain, cdk.tf.json line 19: terraform validate: Unsupported argument, because it says: No "x"; mend the program there.',
  );
});

test('what our own checks say brings its cure', () => {
  const summary = '"bucket" of aws_s3_bucket is not right';
  expect(told({ ...error, summary, detail: '"Lake" has capitals; write lake; or another.' })).toBe(
    'stack ground: terraform validate: "bucket" of aws_s3_bucket is not right, because "Lake" has capitals; write lake; or another.',
  );
  expect(told({ ...error, detail: 'It is so; be it.' })).toMatch(
    /because it says: It is so; be it; mend the program there\.$/,
  );
});

test("without a place, a detail or a readable file, Terraform's summary is told", () => {
  expect(told({ ...error, summary: 'Bad', detail: '' })).toBe(
    'stack ground: terraform validate: Bad, because Terraform refuses it; mend the program there.',
  );
  expect(told({ ...error, address: 'aws_vpc.v[0]', range: { filename: 'main.tf', start: { line: 2 } } })).toMatch(
    /^stack ground, aws_vpc\.v\[0\], main\.tf line 2: /,
  );
  expect(told({ ...error, range: { filename: 'gone.tf.json', start: { line: 2 } } })).toMatch(
    /^stack ground, gone\.tf\.json line 2: /,
  );
});

test('a data source can be answered, where it was asked', () => {
  const data = { ...error, address: 'data.aws_ami.image', detail: 'none' };
  expect(told(data, 'plan')).toContain(
    '; mend the program there, or give an answer for this data source in the fixtures file.',
  );
  expect(told(data)).toContain('; mend the program there.');
  expect(told({ ...data, address: 'data.terraform_remote_state.ground' }, 'plan')).toContain(
    '; rehearse the program that leaves this state together with it.',
  );
  expect(told({ ...data, address: 'terraform_data.d' }, 'plan')).toContain('; mend the program there.');
});

test('what Terraform says twice, or only beside other errors, is left out', () => {
  const summary = 'Terraform encountered problems during initialisation, including problems';
  expect(withoutEcho([{ ...error, summary }, error, { ...error }])).toEqual([error]);
  expect(withoutEcho([{ ...error, summary }])).toEqual([{ ...error, summary }]);
});

test('a circle is told in the same words each time', () => {
  const says =
    'stack ground: terraform validate: local.a, local.b depend on each other in a circle, because none of them can be made first; ' +
    'take one of these references away.';
  expect(told({ ...error, summary: 'Cycle: local.b (expand), local.a (expand)' })).toBe(says);
  expect(told({ ...error, summary: 'Cycle: local.a (expand), local.b (expand), local.a' })).toBe(says);
});
