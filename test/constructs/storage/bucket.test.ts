import { Profile } from 'plinth/constructs/core/profile';
import { Bucket, BucketProps } from 'plinth/constructs/storage/bucket';
import { only, synthesizeStack } from '../../support/program';

const made = (props: BucketProps = {}, profile = Profile.production(), name = 'prod') =>
  synthesizeStack((stack) => new Bucket(stack, 'things', props), { profile, name });
const lifecycle = (props: BucketProps, profile?: Profile) =>
  only(made(props, profile), 'aws_s3_bucket_lifecycle_configuration').rule as Record<string, unknown>[];

test('its name holds the platform and the account, and leaves room for both', () => {
  expect(only(made(), 'aws_s3_bucket').bucket).toMatch(/^prod-things-\$\{data\.aws_caller_identity\.[^}]+\}$/);
  const long = String(
    only(made({ name: 'a-name-that-says-everything-there-is' }, undefined, 'a-platform-of-twenty'), 'aws_s3_bucket')
      .bucket,
  );
  expect(long.replace(/\$\{[^}]+\}/, '123456789012').length).toBeLessThanOrEqual(63);
});

test('TLS only, and no older than 1.2', () => {
  const policy = String(only(made(), 'aws_s3_bucket_policy').policy);
  expect(policy).toContain('"Effect" = "Deny", "Principal" = "*", "Action" = "s3:*"');
  expect(policy).toContain('"Bool" = {"aws:SecureTransport" = "false"}');
  expect(policy).toContain('"NumericLessThan" = {"s3:TlsVersion" = "1.2"}');
  expect(policy).not.toContain('"Allow"');
});

test('nothing public, no ACLs, versions kept', () => {
  const stack = made();
  expect(only(stack, 'aws_s3_bucket_public_access_block')).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  expect(only(stack, 'aws_s3_bucket_ownership_controls').rule).toEqual({ object_ownership: 'BucketOwnerEnforced' });
  expect(only(stack, 'aws_s3_bucket_versioning').versioning_configuration).toEqual({ status: 'Enabled' });
});

test('encrypted by the given key, with one data key for many objects; by keys of S3 without one', () => {
  expect(only(made({ keyArn: 'arn:key' }), 'aws_s3_bucket_server_side_encryption_configuration').rule).toEqual([
    {
      apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms', kms_master_key_id: 'arn:key' },
      bucket_key_enabled: true,
    },
  ]);
  expect(only(made(), 'aws_s3_bucket_server_side_encryption_configuration').rule).toEqual([
    { apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' }, bucket_key_enabled: false },
  ]);
});

test('what is left over goes: old versions by profile, uploads that never ended, delete markers', () => {
  expect(lifecycle({})).toEqual([
    expect.objectContaining({
      abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      noncurrent_version_expiration: [{ noncurrent_days: 90 }],
      expiration: [{ expired_object_delete_marker: true }],
    }),
  ]);
  expect(lifecycle({}, Profile.ephemeral({ ttl: '8h' }))[0]).toMatchObject({
    noncurrent_version_expiration: [{ noncurrent_days: 1 }],
  });
});

test('objects expire and move to colder storage where that is asked for', () => {
  const rules = lifecycle({ expireDays: 10, tierDays: 30 });
  expect(rules).toContainEqual(expect.objectContaining({ id: 'expire', expiration: [{ days: 10 }] }));
  expect(rules).toContainEqual(
    expect.objectContaining({ id: 'tier', transition: [{ days: 30, storage_class: 'INTELLIGENT_TIERING' }] }),
  );
  // S3 refuses an expiration in days and one of delete markers in the same rule.
  expect(rules[0]).not.toHaveProperty('expiration');
});

test('it is destroyed with what it holds only where the profile lets it', () => {
  expect(only(made(), 'aws_s3_bucket').force_destroy).toBe(false);
  expect(only(made({}, Profile.ephemeral({ ttl: '8h' })), 'aws_s3_bucket').force_destroy).toBe(true);
  expect(only(made({ forceDestroy: true }, Profile.staging()), 'aws_s3_bucket').force_destroy).toBe(true);
});

test('an ephemeral bucket under production is refused', () => {
  expect(() => made({ forceDestroy: true })).toThrow(
    "prod-test/things: the bucket may be destroyed with what it holds, and 'prod' is a production platform, because one `destroy` would delete data that nobody can bring back; leave 'forceDestroy' out, or give the platform Profile.staging() or Profile.ephemeral({ ttl }).",
  );
});
