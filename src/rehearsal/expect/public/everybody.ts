import { contains } from '../reach/networks';

interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Condition keys by which a statement for everybody is for some only, in lower case.
 * Source: "The meaning of public", docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html; of other
 * services, their default policies.
 */
const narrowing = new Set([
  ...['aws:principalaccount', 'aws:principalarn', 'aws:principalorgid', 'aws:principalorgpaths', 'aws:userid'],
  ...['aws:sourceaccount', 'aws:sourcearn', 'aws:sourceip', 'aws:sourceorgid', 'aws:sourceorgpaths', 'aws:sourceowner'],
  ...['aws:sourcevpc', 'aws:sourcevpce', 'aws:sourcevpcarn', 'aws:vpcsourceip', 'kms:calleraccount'],
  ...['s3:dataaccesspointaccount', 's3:dataaccesspointarn', 'elasticfilesystem:accessedviamounttarget'],
]);

/** Operators that hold only where the key is there and has one of the values. */
const positive =
  /^(forallvalues:|foranyvalue:)?(stringequals|stringequalsignorecase|stringlike|arnequals|arnlike|ipaddress|bool)$/i;

/** Names of the statements that let everybody in: any principal, and no condition that says which. */
export function forEverybody(document: unknown): string[] {
  if (typeof document !== 'string' || document === '') return [];
  let policy: { Statement?: Statement | readonly Statement[] };
  try {
    policy = JSON.parse(document) as typeof policy;
  } catch {
    return [];
  }
  const statements = [policy.Statement ?? []].flat() as readonly (Statement & { Sid?: string })[];
  return statements.flatMap((statement, index) =>
    statement.Effect === 'Allow' && anybody(statement) && !narrowed(statement)
      ? [statement.Sid ?? `statement ${index + 1}`]
      : [],
  );
}

function anybody({ Principal, NotPrincipal }: Statement): boolean {
  if (NotPrincipal !== undefined) return true;
  if (typeof Principal === 'string') return Principal === '*';
  return Object.entries(Principal ?? {}).some(
    ([kind, names]) => ['AWS', '*'].includes(kind) && [names].flat().includes('*'),
  );
}

function narrowed({ Condition = {} }: Statement): boolean {
  return Object.entries(Condition).some(
    ([operator, keys]) =>
      // ForAllValues holds where there is no value at all.
      positive.test(operator) &&
      !/^forallvalues:/i.test(operator) &&
      Object.entries(keys).some(
        ([key, values]) => narrowing.has(key.toLowerCase()) && [values].flat().every((value) => isSome(String(value))),
      ),
  );
}

/** Whether a value of a condition is not just anything; of an ARN, the account or the resource has to be named. */
function isSome(value: string): boolean {
  const parts = value.startsWith('arn:') ? value.split(':').slice(4) : [value];
  return !parts.every((part) => /^[*?]*$/.test(part)) && !isAnyAddress(value);
}

/** All addresses, or half of them. */
export const isAnyAddress = (network: string): boolean =>
  ['0.0.0.0/0', '::/0', '0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1'].some((one) => contains(network, one));
