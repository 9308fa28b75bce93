export { RehearsalAssertionError } from './assertion';
export {
  expectRehearsal,
  rehearsalOf,
  type Before,
  type ExpectRehearsal,
  type RehearsalExpectation,
} from './expect-rehearsal';
export type { GrantOptions, PolicyDocument, PolicyStatement } from './grants/at-most';
export { Match, type Matcher } from './match';
export { rehearsalMatchers, type MatcherResult, type RehearsalMatchers } from './matchers';
export type { AppLike, Program, Rehearsed } from './program';
export type { PublicOptions } from './public/nothing-public';
export type { Protocol } from './reach/answer';
export type { Place, PodsPlace } from './reach/places';
export type { ReachOptions } from './reach/reach';
export { Template, type TemplateBlock, type TemplateJson } from './template';
export type { Applied, Verdict } from './verdict';
