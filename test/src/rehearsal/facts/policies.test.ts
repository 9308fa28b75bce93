import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { factsOf } from '../../../../src/rehearsal/facts';
import { checkConfig } from '../../../../src/rehearsal/facts/check';
import { policies } from '../../../../src/rehearsal/facts/policies';

it('names arguments that there are', () => {
  const lib = join(dirname(require.resolve('@cdktf/provider-aws/package.json')), 'lib');
  const missing = Object.entries(policies).filter(([type, { rules }]) => {
    const file = join(lib, type.replace(/^aws_/, '').replaceAll('_', '-'), 'index.js');
    if (!existsSync(file)) return true;
    const text = readFileSync(file, 'utf8');
    return !Object.keys(rules ?? {}).every((name) => text.includes(`getStringAttribute('${name}')`));
  });
  expect(missing.map(([type]) => type)).toEqual([]);
});

it('adds to what is known of a type elsewhere', () => {
  const statement = { Effect: 'Allow', Action: 's3:GetObjekt', Resource: '*', Principal: '*' };
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: statement });
  const found = checkConfig('aws_s3_bucket_policy', factsOf('aws_s3_bucket_policy')!, { bucket: 'b', policy });
  expect(found).toEqual([
    {
      severity: 'error',
      summary: '"policy" of aws_s3_bucket_policy is not right',
      detail: expect.stringContaining('statement 1 has the action "s3:GetObjekt"'),
      path: ['policy'],
    },
  ]);
});
