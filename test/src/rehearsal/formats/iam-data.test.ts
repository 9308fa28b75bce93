import { iamDataDay, iamPrefixes, iamService } from '../../../../src/rehearsal/formats/iam-data';

it('knows the services of IAM, whatever their capitals', () => {
  expect(iamPrefixes().size).toBeGreaterThan(400);
  expect(iamService('S3')?.name).toBe('s3');
  expect(iamService('s4')).toBeUndefined();
});

it('knows actions with what they work on, and condition keys', () => {
  const s3 = iamService('s3');
  expect(s3?.actions.get('getobject')?.name).toBe('GetObject');
  expect(s3?.actions.get('getobject')?.resources).toContain('arn:${Partition}:s3:::${BucketName}/${ObjectName}');
  expect(s3?.actions.get('listallmybuckets')?.resources).toEqual([]);
  expect(s3?.conditionKeys).toContain('s3:prefix');
});

it('can read every service', () => {
  const actions = [...iamPrefixes()].map((prefix) => iamService(prefix)?.actions.size ?? 0);
  expect(actions.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(15_000);
});

it('says of which day it is', () => expect(iamDataDay()).toMatch(/^20\d\d-[01]\d-[0-3]\d$/));
