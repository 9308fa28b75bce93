/** What a plan would do with one resource. */
export type Action = 'create' | 'update' | 'replace' | 'delete' | 'forget' | 'import' | 'move';

/** One resource that a plan would touch. */
export interface PlannedChange {
  readonly stack: string;
  readonly address: string;
  readonly type: string;
  readonly action: Action;
  /** Where it stood before, if it only moves or also moves. */
  readonly from?: string;
  /** Arguments whose value differs, as dotted paths; of a replacement, only those that force it. */
  readonly because: readonly Difference[];
  /** What it holds is lost with it. */
  readonly stateful: boolean;
}

export interface Difference {
  /** `vpc_config.subnet_ids`. */
  readonly path: string;
  /** As JSON, shortened; `(known after apply)`, `(sensitive)`. */
  readonly before: string;
  readonly after: string;
}

/** The parts of `terraform show -json PLAN` that are read (https://developer.hashicorp.com/terraform/internals/json-format). */
export interface PlanJson {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly previous_address?: string;
    readonly mode: 'managed' | 'data';
    readonly type: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly before: unknown;
      readonly after: unknown;
      readonly after_unknown?: unknown;
      readonly before_sensitive?: unknown;
      readonly after_sensitive?: unknown;
      readonly replace_paths?: readonly (readonly (string | number)[])[];
      readonly importing?: object;
    };
  }[];
}

/** What a plan would touch, in the order of addresses. */
export function plannedChanges(
  plan: PlanJson,
  stack: string,
  isStateful: (type: string, values: Readonly<Record<string, unknown>>) => boolean,
): PlannedChange[] {
  return (plan.resource_changes ?? []).flatMap((resource): PlannedChange[] => {
    const { address, previous_address: from, mode, type, change } = resource;
    const action = actionOf(change.actions, from !== undefined, change.importing !== undefined);
    if (mode === 'data' || action === undefined) return [];
    const forced = (change.replace_paths ?? []).map((path) => path.join('.'));
    const all = action === 'update' || action === 'replace' ? differences(change) : [];
    const because = forced.length === 0 ? all : forced.map((path) => differenceAt(path, all));
    const values = (change.before ?? {}) as Readonly<Record<string, unknown>>;
    return [
      {
        stack,
        address,
        type,
        action,
        ...(from !== undefined && { from }),
        because,
        stateful: isStateful(type, values),
      },
    ];
  });
}

function actionOf(actions: readonly string[], moved: boolean, imported: boolean): Action | undefined {
  const [first] = actions;
  if (actions.length > 1) return 'replace';
  if (first === 'create' || first === 'update' || first === 'delete' || first === 'forget') return first;
  return moved ? 'move' : imported ? 'import' : undefined;
}

type Change = NonNullable<PlanJson['resource_changes']>[number]['change'];

function differences(change: Change): Difference[] {
  const found: Difference[] = [];
  const walk = (path: readonly string[], before: unknown, after: unknown, unknown: unknown, hidden: unknown): void => {
    if (unknown === true) {
      found.push({ path: path.join('.'), before: hidden === true ? sensitive : short(before), after: later });
      return;
    }
    if (hidden === true) {
      if (JSON.stringify(before) !== JSON.stringify(after))
        found.push({ path: path.join('.'), before: sensitive, after: sensitive });
      return;
    }
    if (isObject(before) && isObject(after)) {
      for (const key of [...new Set([...Object.keys(before), ...Object.keys(after), ...keysOf(unknown)])].sort())
        walk([...path, key], before[key], after[key], memberOf(unknown, key), memberOf(hidden, key));
      return;
    }
    if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
      before.forEach((item, i) =>
        walk([...path, String(i)], item, after[i], memberOf(unknown, String(i)), memberOf(hidden, String(i))),
      );
      return;
    }
    if (JSON.stringify(before ?? null) !== JSON.stringify(after ?? null))
      found.push({ path: path.join('.'), ...apart(before, after) });
  };
  walk([], change.before, change.after, change.after_unknown, merged(change.before_sensitive, change.after_sensitive));
  return found;
}

const later = '(known after apply)';
const sensitive = '(sensitive)';

/** The difference that a path which forces a replacement is about: itself, or what lies under or over it. */
function differenceAt(path: string, all: readonly Difference[]): Difference {
  const near = all.find(
    (one) => one.path === path || one.path.startsWith(`${path}.`) || path.startsWith(`${one.path}.`),
  );
  return near ?? { path, before: '', after: '' };
}

function short(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Two values as JSON; where they are long and begin alike, from a little before they part. */
function apart(before: unknown, after: unknown): { before: string; after: string } {
  const [a, b] = [JSON.stringify(before ?? null), JSON.stringify(after ?? null)];
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  const cut = (text: string): string => {
    const from = Math.max(a.length, b.length) > 80 && same > 40 ? same - 20 : 0;
    const end = text.length - from > 80 ? `${text.slice(from, from + 77)}...` : text.slice(from);
    return from === 0 ? end : `...${end}`;
  };
  return { before: cut(a), after: cut(b) };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const keysOf = (value: unknown): string[] => (isObject(value) ? Object.keys(value) : []);
const memberOf = (value: unknown, key: string): unknown =>
  value === true
    ? true
    : typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)[key]
      : undefined;

/** Whatever was sensitive on either side is. */
function merged(before: unknown, after: unknown): unknown {
  if (before === true || after === true) return true;
  if (typeof before !== 'object' || before === null) return after;
  if (typeof after !== 'object' || after === null) return before;
  return Object.fromEntries(
    [...new Set([...Object.keys(before), ...Object.keys(after)])].map((key) => [
      key,
      merged(memberOf(before, key), memberOf(after, key)),
    ]),
  );
}
