import { Platform } from 'plinth/constructs/core/platform';
import { Profile } from 'plinth/constructs/core/profile';
import { PlinthStack } from 'plinth/constructs/core/stack';
import { State } from 'plinth/constructs/core/state';
import { StackJson, synthesize } from '../../support/program';

class Foundation extends PlinthStack {}

function made(state: State, name = 'prod'): StackJson {
  const stacks = synthesize((app) => {
    const platform = new Platform({
      name,
      region: 'eu-west-1',
      profile: Profile.ephemeral({ ttl: '8h' }),
      tags: { owner: 'ml' },
    });
    new Foundation(app, 'foundation', { platform, state });
  });
  return stacks[`${name}-foundation`] as StackJson;
}

test('state in S3 is encrypted, locked by a file, and named by the stack', () => {
  const { terraform } = made(State.s3('acme-state', { region: 'eu-west-1' }));
  expect(terraform.backend).toEqual({
    s3: {
      bucket: 'acme-state',
      key: 'plinth/prod-foundation.tfstate',
      region: 'eu-west-1',
      encrypt: true,
      use_lockfile: true,
    },
  });
});

test('local state is there for trying things out', () => {
  expect(Object.keys(made(State.local()).terraform.backend ?? {})).toEqual(['local']);
});

test('everything in AWS carries the tags by which cost and teardown find it', () => {
  expect(made(State.local()).provider?.aws?.[0]).toMatchObject({
    region: 'eu-west-1',
    default_tags: [
      { tags: { 'plinth:environment': 'prod', 'plinth:stack': 'foundation', 'plinth:ttl': '8h', owner: 'ml' } },
    ],
  });
});

test('a platform name that is too long is refused before anything is built', () => {
  expect(() => made(State.local(), 'a-name-of-more-than-20-characters')).toThrow(
    "the platform's name 'a-name-of-more-than-20-characters' has 33 characters, because AWS limits names made from it",
  );
});
