import { nearest, PlinthError } from '@plinth/contract';
import { iamService } from '../../formats/iam-data';
import type { AppliedResource } from '../../report';
import { listed } from '../assertion';
import { ifApplied, type Applied, type Verdict } from '../verdict';
import { identityPolicies, type IdentityPolicy } from './identity-policies';
import { coversAction, covers } from './patterns';
import {
  about,
  aboutAction,
  asNarrow,
  grantsOf,
  maybeAbout,
  statementsOf,
  type Grant,
  type PolicyDocument,
  type PolicyStatement,
  type Scope,
} from './statements';

export type { PolicyDocument, PolicyStatement } from './statements';

export interface GrantOptions {
  /** Only what this role, user or group may do: its name, or its address (`stack/aws_iam_role.name`). Default: every identity. */
  readonly role?: string;
  /**
   * Patterns of ARNs of policies that may be attached although nobody here can look into them, such as
   * `arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy`. Default: none.
   */
  readonly attached?: readonly string[];
}

/** Whatever the identity policies allow is allowed by the given ones too. What they deny is not counted for them. */
export function grantsAtMost(
  applied: Applied,
  policy: PolicyDocument | readonly PolicyDocument[],
  { role, attached: allowed = [] }: GrantOptions = {},
): Verdict {
  return ifApplied(applied, () => {
    const found = identityPolicies(applied.resources());
    const holder = role === undefined ? undefined : holderOf(applied.resources(), role, found);
    const held = ({ holders }: { readonly holders: readonly string[] }): boolean =>
      holder === undefined || holders.includes(holder);
    const limit = ([policy].flat() as readonly PolicyDocument[]).flatMap(statementsOf);
    const policies = found.policies.filter(held);
    const unseen = found.attached
      .filter(held)
      .filter(({ arn }) => !allowed.some((pattern) => covers(pattern, arn)))
      .map(({ at, arn }) => `${at} attaches ${arn}, which is not made here, so what it allows cannot be seen`);
    const beyond = [...policies.flatMap((one) => beyondOf(one, limit)), ...unseen];
    const who = role ?? 'the program';
    return beyond.length === 0
      ? { holds: 'yes', says: `${who} grants no more than the policy (${policies.length} policies)` }
      : { holds: 'no', says: listed(`${who} grants more than the policy allows:`, beyond) };
  });
}

function holderOf(
  resources: readonly AppliedResource[],
  role: string,
  { policies, attached }: ReturnType<typeof identityPolicies>,
): string {
  const identities = resources.filter(({ type }) => /^aws_iam_(role|user|group)$/.test(type));
  const addressed = identities.find(({ stack, address }) => [address, `${stack}/${address}`].includes(role));
  if (addressed !== undefined) return String(addressed.values['name']);
  const names = [
    ...identities.map(({ values }) => String(values['name'])),
    ...[...policies, ...attached].flatMap(({ holders }) => holders),
  ];
  if (names.includes(role)) return role;
  const near = nearest(role, names);
  throw new PlinthError({
    code: 'unknown-role',
    what: `there is no role "${role}"`,
    where: 'toGrantAtMost',
    why: names.length === 0 ? 'the program makes none' : `there are ${[...new Set(names)].sort().join(', ')}`,
    cure: near === undefined ? 'name one of these' : `did you mean ${near}`,
  });
}

function beyondOf({ at, document }: IdentityPolicy, limit: readonly PolicyStatement[]): string[] {
  return statementsOf(document).flatMap((statement, index) => {
    if (statement.Effect !== 'Allow') return [];
    const name =
      statement.Sid === undefined || statement.Sid === '' ? `statement ${index + 1}` : `statement "${statement.Sid}"`;
    const said = new Map<string, string[]>();
    for (const grant of grantsOf(statement).filter((one) => !allowedBy(limit, one))) {
      // Actions of which the same is to be said stand together.
      const key = `on ${words(grant.resource)}; ${reason(limit, grant)}`;
      said.set(key, [...(said.get(key) ?? []), words(grant.action)]);
    }
    return [...said].map(([rest, actions]) => `${at}, ${name}: ${actions.join(', ')} ${rest}`);
  });
}

/** By one statement alone, and by none of the others denied. */
function allowedBy(limit: readonly PolicyStatement[], grant: Grant): boolean {
  const allows = limit.some(
    (one) => one.Effect === 'Allow' && about(one, grant) && asNarrow(grant.condition, one.Condition),
  );
  return allows && !limit.some((one) => one.Effect === 'Deny' && maybeAbout(one, grant));
}

/** Why a grant goes beyond the policy. */
function reason(limit: readonly PolicyStatement[], grant: Grant): string {
  const allows = limit.filter(({ Effect }) => Effect === 'Allow');
  const conditioned = allows.find((one) => about(one, grant));
  if (conditioned !== undefined) {
    return asNarrow(grant.condition, conditioned.Condition)
      ? 'a statement of the policy denies some of it'
      : `the policy allows it under ${JSON.stringify(conditioned.Condition)} only`;
  }
  const elsewhere = allows.filter((one) => aboutAction(one, grant.action));
  if (elsewhere.length > 0) {
    const places = elsewhere.flatMap((one) => grantsOf(one).map(({ resource }) => words(resource)));
    return `the policy allows that on ${[...new Set(places)].join(', ')} only`;
  }
  const others = 'pattern' in grant.action ? notAmong(grant.action.pattern, allows) : undefined;
  if (others === undefined) return 'the policy does not allow that';
  if (others.length === 0) return 'the policy allows each action that this fits today, but not those to come';
  return `it fits ${others.slice(0, 5).join(', ')}${others.length > 5 ? ` and ${others.length - 5} more` : ''}, which the policy does not allow`;
}

/** Actions that a pattern fits and the policy does not allow on anything; undefined where the pattern is of no one service. */
function notAmong(pattern: string, allows: readonly PolicyStatement[]): string[] | undefined {
  const [prefix = '', name] = pattern.split(':');
  if (name === undefined || !/[*?]/.test(name)) return undefined;
  const service = iamService(prefix);
  return service === undefined
    ? undefined
    : [...service.actions.values()]
        .map((action) => `${prefix}:${action.name}`)
        .filter((action) => coversAction(pattern, action))
        .filter((action) => !allows.some((one) => aboutAction(one, { pattern: action })));
}

const words = (scope: Scope): string => ('pattern' in scope ? scope.pattern : `all but ${scope.not.join(', ')}`);
