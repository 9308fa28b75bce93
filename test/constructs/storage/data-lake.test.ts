import { Profile } from 'plinth/constructs/core/profile';
import { lakeZones } from 'plinth/constructs/core/resources';
import { DataLake } from 'plinth/constructs/storage/data-lake';
import { at, blocks, synthesizeStack } from '../../support/program';

const made = (profile = Profile.production()) =>
  synthesizeStack((stack) => new DataLake(stack, 'lake', { key: { keyArn: 'arn:key' } }), { profile });

test('a bucket for each zone, and one for who asked for what', () => {
  const names = blocks(made(), 'aws_s3_bucket').map(([, { bucket }]) => String(bucket).replace(/-\$\{.*/, ''));
  expect(names.sort()).toEqual([...lakeZones, 'access'].map((zone) => `prod-lake-${zone}`).sort());
});

test('every zone is encrypted by the key and logged; the log itself by keys of S3, which is all S3 delivers to', () => {
  const stack = made();
  for (const zone of lakeZones) {
    expect(at(stack, 'aws_s3_bucket_server_side_encryption_configuration', `/${zone}/encryption`).rule).toEqual([
      expect.objectContaining({ bucket_key_enabled: true }),
    ]);
    expect(at(stack, 'aws_s3_bucket_logging', `/${zone}/access-logs`)).toMatchObject({ target_prefix: `${zone}/` });
  }
  expect(
    JSON.stringify(at(stack, 'aws_s3_bucket_server_side_encryption_configuration', '/access/encryption')),
  ).toContain('AES256');
  expect(at(stack, 'aws_s3_bucket_logging', '/raw/access-logs').depends_on).toEqual([
    expect.stringContaining('lake_access_all'),
  ]);
  const policy = String(at(stack, 'aws_s3_bucket_policy', '/access/policy').policy);
  expect(policy).toContain('"Service" = "logging.s3.amazonaws.com"');
  expect(policy).toContain(':s3:::prod-lake-*');
  expect(policy).toContain('"aws:SourceAccount"');
});

test('payloads go when logs go; what data scientists made stays', () => {
  const stack = made(Profile.staging());
  expect(JSON.stringify(at(stack, 'aws_s3_bucket_lifecycle_configuration', '/payloads/lifecycle'))).toContain(
    '"days":90',
  );
  expect(JSON.stringify(at(stack, 'aws_s3_bucket_lifecycle_configuration', '/models/lifecycle'))).not.toContain(
    '"days":',
  );
});

test('the zones of a lake that exists already', () => {
  synthesizeStack((stack) => {
    const same = { bucketName: 'acme-lake' };
    const lake = DataLake.fromAttributes(stack, 'lake', {
      raw: same,
      curated: same,
      features: same,
      models: same,
      payloads: same,
    });
    expect(lakeZones.map((zone) => lake[zone].url(zone))).toEqual(lakeZones.map((zone) => `s3://acme-lake/${zone}`));
  });
});

test('a zone can be changed, and an ephemeral zone under production is refused', () => {
  const build = (forceDestroy: boolean, profile: Profile) => () =>
    synthesizeStack(
      (stack) => new DataLake(stack, 'lake', { key: { keyArn: 'arn:key' }, zones: { raw: { forceDestroy } } }),
      { profile },
    );
  expect(at(build(true, Profile.staging())(), 'aws_s3_bucket', '/raw/bucket').force_destroy).toBe(true);
  expect(build(true, Profile.production())).toThrow(/lake\/raw: the bucket may be destroyed with what it holds/);
});
