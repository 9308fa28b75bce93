import { Profile } from 'plinth/constructs/core/profile';
import { Key, KeyProps } from 'plinth/constructs/security/key';
import { only, synthesizeStack } from '../../support/program';

const made = (props: Partial<KeyProps> = {}, profile = Profile.production()) =>
  synthesizeStack((stack) => new Key(stack, 'data', { description: 'Data', ...props }), { profile });
const policy = (props: Partial<KeyProps> = {}) => String(only(made(props), 'aws_kms_key').policy);

test('it turns every year, and its deletion waits as the profile says', () => {
  expect(only(made(), 'aws_kms_key')).toMatchObject({ enable_key_rotation: true, deletion_window_in_days: 30 });
  const ephemeral = made({}, Profile.ephemeral({ ttl: '1d' }));
  expect(only(ephemeral, 'aws_kms_key').deletion_window_in_days).toBe(7);
});

test('permissions are left to IAM, so that grants never touch the policy', () => {
  expect(policy()).toContain(':root"}, "Action" = "kms:*"');
  expect(policy().match(/"Sid"/g)).toHaveLength(1);
  expect(policy()).not.toContain('"AWS" = "*"');
});

test('CloudWatch Logs may use it for log groups of this account and region only', () => {
  const text = policy({ logs: true });
  expect(text).toContain('"Service" = "logs.eu-west-1.amazonaws.com"');
  expect(text).toMatch(/"kms:EncryptionContext:aws:logs:arn" = "arn:[^"]*:logs:eu-west-1:[^"]*:log-group:\*"/);
});

test('other services are named, and act for this account only', () => {
  const text = policy({ services: ['events.amazonaws.com'] });
  expect(text).toContain('"Service" = ["events.amazonaws.com"]');
  expect(text).toContain('"aws:SourceAccount" = data.aws_caller_identity');
});

test('its alias is its path, so that two keys of the same id stay apart', () => {
  expect(only(made(), 'aws_kms_alias').name).toBe('alias/prod-test/data');
});

test('the key can be changed by a transform', () => {
  const stack = made({ transform: { key: (config) => ({ ...config, multiRegion: true }) } });
  expect(only(stack, 'aws_kms_key').multi_region).toBe(true);
});
