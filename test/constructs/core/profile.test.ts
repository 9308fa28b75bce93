import { Profile } from 'plinth/constructs/core/profile';

test.each([
  ['production', Profile.production(), { replicas: 3, protected: true, force: false, spot: false, logs: 365, key: 30 }],
  ['staging', Profile.staging(), { replicas: 2, protected: false, force: false, spot: false, logs: 90, key: 7 }],
  [
    'ephemeral',
    Profile.ephemeral({ ttl: '8h' }),
    { replicas: 1, protected: false, force: true, spot: true, logs: 7, key: 7 },
  ],
])('%s decides for everything at once', (_, profile, expected) => {
  expect({
    replicas: profile.replicas(3),
    protected: profile.deletionProtection,
    force: profile.forceDestroy,
    spot: profile.spot,
    logs: profile.logRetentionDays,
    key: profile.keyDeletionDays,
  }).toEqual(expected);
});

test('a profile never makes more replicas than were wanted', () => {
  expect(Profile.staging().replicas(1)).toBe(1);
});

test.each(['soon', '0h', '8', '8 h', '-1d'])("a ttl of '%s' is refused with an example of one that works", (ttl) => {
  expect(() => Profile.ephemeral({ ttl })).toThrow(
    `Profile.ephemeral: the ttl '${ttl}' cannot be read, because a ttl is a whole number followed by m, h or d; write for instance Profile.ephemeral({ ttl: '8h' }).`,
  );
});

test('the ttl is kept', () => {
  expect(Profile.ephemeral({ ttl: '90m' }).ttl).toBe('90m');
});
