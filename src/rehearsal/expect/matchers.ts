import type { UpgradeReport } from '../upgrade/upgrade';
import { grantsAtMost, type GrantOptions, type PolicyDocument } from './grants/at-most';
import { nothingLost } from './nothing-lost';
import { nothingPublic, type PublicOptions } from './public/nothing-public';
import type { Place } from './reach/places';
import { reaches, type ReachOptions } from './reach/reach';
import { appliesCleanly, emptySecondPlan, type Applied, type Verdict } from './verdict';

/** What a matcher of Jest or Vitest gives back. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** The matchers as an assertion has them, for the types of a test runner. */
export interface RehearsalMatchers<R> {
  toApplyCleanly(): R;
  toHaveEmptySecondPlan(): R;
  toReplaceNothingStateful(): R;
  toReach(from: Place, to: Place, options?: ReachOptions): R;
  toHaveNothingPublic(options?: PublicOptions): R;
  toGrantAtMost(policy: PolicyDocument | readonly PolicyDocument[], options?: GrantOptions): R;
}

interface MatcherContext {
  readonly isNot?: boolean;
}

function result({ isNot = false }: MatcherContext, { holds, says }: Verdict): MatcherResult {
  // What cannot be known fails either way.
  const pass = holds === 'unknown' ? isNot : holds === 'yes';
  return { pass, message: () => (isNot && holds === 'yes' ? `expected otherwise, but ${says}` : says) };
}

/**
 * Matchers for `expect.extend` of Jest and Vitest, on a `Rehearsal` that has been, or of `toReplaceNothingStateful` on what
 * `rehearseUpgrade` reports. What they mean stands with `expectRehearsal`. Their types for Jest are in
 * `@plinth/rehearsal/expect/jest`; other runners extend `RehearsalMatchers`.
 */
export const rehearsalMatchers = {
  toApplyCleanly(this: MatcherContext, received: Applied): MatcherResult {
    return result(this, appliesCleanly(received));
  },
  toHaveEmptySecondPlan(this: MatcherContext, received: Applied): MatcherResult {
    return result(this, emptySecondPlan(received));
  },
  toReplaceNothingStateful(this: MatcherContext, received: UpgradeReport): MatcherResult {
    return result(this, nothingLost(received));
  },
  toReach(this: MatcherContext, received: Applied, from: Place, to: Place, options?: ReachOptions): MatcherResult {
    return result(this, reaches(received, from, to, options));
  },
  toHaveNothingPublic(this: MatcherContext, received: Applied, options?: PublicOptions): MatcherResult {
    return result(this, nothingPublic(received, options));
  },
  toGrantAtMost(
    this: MatcherContext,
    received: Applied,
    policy: PolicyDocument | readonly PolicyDocument[],
    options?: GrantOptions,
  ): MatcherResult {
    return result(this, grantsAtMost(received, policy, options));
  },
};
