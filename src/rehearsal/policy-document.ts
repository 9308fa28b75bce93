import { isObject, type TfObject, type TfValue } from './protocol/codec';

interface Statement {
  [key: string]: unknown;
  Sid?: string;
}

/** An IAM policy as `aws_iam_policy_document` renders it from its blocks; documents it builds on come first, overrides last. */
export function policyDocument(config: TfObject): object {
  let statements: Statement[] = [];
  const policyId = typeof config['policy_id'] === 'string' ? config['policy_id'] : undefined;
  const add = (found: Statement[], replace: boolean): void => {
    for (const statement of found) {
      const same =
        replace && statement.Sid !== undefined ? statements.findIndex(({ Sid }) => Sid === statement.Sid) : -1;
      if (same >= 0) statements = statements.map((old, i) => (i === same ? statement : old));
      else statements.push(statement);
    }
  };
  for (const text of strings(config['source_policy_documents'])) add(parsed(text), false);
  add(objects(config['statement']).map(statementOf), true);
  for (const text of strings(config['override_policy_documents'])) add(parsed(text), true);
  const version = typeof config['version'] === 'string' ? config['version'] : '2012-10-17';
  return { Version: version, ...(policyId === undefined ? {} : { Id: policyId }), Statement: statements };
}

function parsed(text: string): Statement[] {
  if (text === '') return [];
  const { Statement: found } = JSON.parse(text) as { Statement?: Statement | Statement[] };
  return found === undefined ? [] : Array.isArray(found) ? found : [found];
}

function statementOf(block: TfObject): Statement {
  const sid = block['sid'];
  const effect = block['effect'];
  const conditions: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of objects(block['condition'])) {
    (conditions[String(test)] ??= {})[String(variable)] = few(values, false);
  }
  const parts: Statement = {
    Effect: typeof effect === 'string' ? effect : 'Allow',
    Action: few(block['actions']),
    NotAction: few(block['not_actions']),
    Resource: few(block['resources']),
    NotResource: few(block['not_resources']),
    Principal: principals(block['principals']),
    NotPrincipal: principals(block['not_principals']),
    Condition: Object.keys(conditions).length === 0 ? undefined : conditions,
  };
  if (typeof sid === 'string' && sid !== '') parts.Sid = sid;
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

function principals(blocks: TfValue | undefined): unknown {
  const found = objects(blocks);
  if (found.length === 0) return undefined;
  if (found.some(({ type }) => type === '*')) return '*';
  const merged: Record<string, string[]> = {};
  for (const { type, identifiers } of found) (merged[String(type)] ??= []).push(...strings(identifiers));
  return Object.fromEntries(Object.entries(merged).map(([type, names]) => [type, few(names)]));
}

/** One value stands alone; several are a list, which AWS does not order. */
function few(value: TfValue | undefined, sort = true): unknown {
  // "&{" stands for "${", which would be Terraform's own.
  const all = strings(value).map((item) => item.replaceAll('&{', '${'));
  if (all.length === 0) return undefined;
  return all.length === 1 ? all[0] : sort ? all.sort().reverse() : all;
}

function strings(value: TfValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function objects(value: TfValue | undefined): TfObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
