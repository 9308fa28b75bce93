import { covers, coversAction, coversResource, mayOverlap } from './patterns';

/** A statement of an IAM policy. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Conditions;
  readonly [element: string]: unknown;
}

/** An IAM policy, as its JSON has it. */
export interface PolicyDocument {
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
  readonly [element: string]: unknown;
}

export type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** One action on one resource that a statement allows; either may be a pattern, or all but some patterns. */
export interface Grant {
  readonly action: Scope;
  readonly resource: Scope;
  readonly condition: Conditions;
}

/** A pattern, or everything but some. */
export type Scope = { readonly pattern: string } | { readonly not: readonly string[] };

export const statementsOf = ({ Statement }: PolicyDocument): readonly PolicyStatement[] =>
  [Statement].flat() as readonly PolicyStatement[];

const texts = (given: string | readonly string[] | undefined): string[] =>
  given === undefined ? [] : typeof given === 'string' ? [given] : [...given];

/** What a statement is about, piece by piece. */
export function grantsOf(statement: PolicyStatement): Grant[] {
  const { Action, NotAction, Resource, NotResource, Condition: condition = {} } = statement;
  const actions = NotAction === undefined ? texts(Action).map(pattern) : [{ not: texts(NotAction) }];
  const resources = NotResource === undefined ? texts(Resource).map(pattern) : [{ not: texts(NotResource) }];
  return actions.flatMap((action) => resources.map((resource) => ({ action, resource, condition })));
}

const pattern = (text: string): Scope => ({ pattern: text });
type Covers = (wider: string, narrower: string) => boolean;

/** Whether everything in one scope is in the other; where that is not certain, it is not. */
function within(narrower: Scope, wider: Scope, covering: Covers): boolean {
  if ('pattern' in wider) {
    return 'pattern' in narrower ? covering(wider.pattern, narrower.pattern) : /^\*+$/.test(wider.pattern);
  }
  if ('pattern' in narrower) {
    const folded = covering === coversAction ? narrower.pattern.toLowerCase() : narrower.pattern;
    return wider.not.every((text) => !mayOverlap(covering === coversAction ? text.toLowerCase() : text, folded));
  }
  return wider.not.every((text) => narrower.not.some((spared) => covering(spared, text)));
}

/** Whether a statement is about this action, whatever it says of resources and conditions. */
export const aboutAction = (statement: PolicyStatement, action: Scope): boolean =>
  grantsOf(statement).some((grant) => within(action, grant.action, coversAction));

/** Whether a statement is about this action on this resource, whatever its conditions. */
export const about = (statement: PolicyStatement, { action, resource }: Grant): boolean =>
  grantsOf(statement).some(
    (grant) => within(action, grant.action, coversAction) && within(resource, grant.resource, coversResource),
  );

/** Whether a statement may be about some of this; where it is not certain, it may. */
export const maybeAbout = (statement: PolicyStatement, { action, resource }: Grant): boolean =>
  grantsOf(statement).some((grant) => meets(action, grant.action, true) && meets(resource, grant.resource, false));

function meets(a: Scope, b: Scope, fold: boolean): boolean {
  const lower = (text: string): string => (fold ? text.toLowerCase() : text);
  if ('pattern' in a && 'pattern' in b) return mayOverlap(lower(a.pattern), lower(b.pattern));
  const covering = fold ? coversAction : coversResource;
  if ('pattern' in a && 'not' in b) return !b.not.some((text) => covering(text, a.pattern));
  if ('not' in a && 'pattern' in b) return !a.not.some((text) => covering(text, b.pattern));
  return true;
}

/** Whether whoever meets one statement's conditions meets the other's too; where that is not certain, they do not. */
export function asNarrow(narrower: Conditions, wider: Conditions = {}): boolean {
  const has = tests(narrower);
  return tests(wider).every((wanted) => has.some((given) => implies(given, wanted)));
}

interface Test {
  /** `ForAllValues`, `ForAnyValue`, or nothing. */
  readonly quantifier: string;
  readonly operator: string;
  readonly ifExists: boolean;
  readonly key: string;
  readonly values: readonly string[];
}

function tests(conditions: Conditions): Test[] {
  return Object.entries(conditions).flatMap(([name, keys]) => {
    const [, quantifier = '', operator = '', ifExists] = /^(?:(\w+):)?(\w+?)(IfExists)?$/i.exec(name) ?? [];
    return Object.entries(keys).map(([key, given]) => ({
      quantifier: quantifier.toLowerCase(),
      operator: operator.toLowerCase(),
      ifExists: ifExists !== undefined,
      key: key.toLowerCase(),
      values: [given].flat().map(String),
    }));
  });
}

function implies(given: Test, wanted: Test): boolean {
  if (given.key !== wanted.key || given.quantifier !== wanted.quantifier) return false;
  if (given.ifExists && !wanted.ifExists) return false;
  const same = given.operator === wanted.operator;
  const like = wanted.operator === 'stringlike' || wanted.operator === 'arnlike' || wanted.operator === 'arnequals';
  const family = (name: string): string => name.replace(/(like|equals)$/, '');
  if (like && (same || family(given.operator) === family(wanted.operator))) {
    const covering = wanted.operator === 'stringlike' ? covers : coversResource;
    // What is compared by equality has no wildcards.
    const literal = given.operator === 'stringequals';
    const escaped = (text: string): string => (literal ? text.replace(/(?<!\$\{)[*?]/g, '${$&}') : text);
    return given.values.every((value) => wanted.values.some((text) => covering(text, escaped(value))));
  }
  if (!same) return false;
  // Whatever is refused there must be refused here.
  if (given.operator.includes('not')) return wanted.values.every((value) => given.values.includes(value));
  return given.values.every((value) => wanted.values.includes(value));
}
