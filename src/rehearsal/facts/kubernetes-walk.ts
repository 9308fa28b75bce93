import { isObject, type TfObject, type TfValue } from '../protocol/codec';
import type { Diagnostic } from '../protocol/provider';
import { rulesOfKind, valueRules, type ValueRule } from './kubernetes-values';

/** Where a value stands: names of blocks and attributes, with the place in a list between them. */
export type Path = readonly (string | number)[];

/** What is wrong at a place: the clause says what, and after a semicolon the cure. */
export interface Wrong {
  readonly path: Path;
  readonly clause: string;
  /** Kubernetes takes it, and warns. */
  readonly taken?: true;
}

/** What is wrong, as the provider tells it. */
export function told(type: string, { path, clause, taken }: Wrong): Diagnostic {
  const name = path.filter((step) => typeof step === 'string').join('.');
  const summary = taken === true ? `"${name}" of ${type} is doubtful` : `"${name}" of ${type} is not right`;
  return { severity: taken === true ? 'warning' : 'error', summary, detail: `${clause}.`, path };
}

/** What is wrong with single values of a resource, wherever in it they stand. */
export function wrongValues(kind: string, config: TfObject): Wrong[] {
  const own = rulesOfKind[kind] ?? {};
  const visit = (block: TfObject, name: string, path: Path): Wrong[] =>
    Object.entries(block).flatMap(([attribute, value]) => {
      const here = [...path, attribute];
      const full = `${name}.${attribute}`;
      const rule = own[full] ?? own[attribute] ?? valueRules[full] ?? valueRules[attribute];
      const clauses = rule === undefined ? [] : [...new Set(clausesOf(rule, value))];
      // Blocks are lists of objects; an object alone is a map of the user's.
      const inner = blocks(value).flatMap((item, i) => visit(item, nameOf(attribute, name), [...here, i]));
      return [...clauses.map((clause) => ({ path: here, clause })), ...inner];
    });
  return visit(config, '', []);
}

/** Nodes are chosen by more operators than pods are. */
const nameOf = (attribute: string, around: string): string =>
  attribute === 'match_expressions' && ['node_selector_term', 'preference'].includes(around)
    ? 'node_expressions'
    : attribute;

function clausesOf(rule: ValueRule, value: TfValue): string[] {
  if (isObject(value)) {
    return Object.entries(value).flatMap(([key, item]) =>
      [rule.keys?.(key), typeof item === 'string' ? rule.values?.(item) : undefined].filter(
        (clause) => clause !== undefined,
      ),
    );
  }
  return (Array.isArray(value) ? value : [value]).flatMap((item) => {
    const written = typeof item === 'number' ? String(item) : item;
    return typeof written === 'string' ? (rule.each?.(written) ?? []) : [];
  });
}

/** The blocks of one name; none where they are not known yet. */
export function blocks(value: TfValue | undefined): TfObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Whether it is known how many blocks of one name there are. */
export function settled(value: TfValue | undefined): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.every(isObject));
}

/** A block that stands once; empty where it is left out. */
export function block(value: TfValue | undefined): TfObject {
  return blocks(value)[0] ?? {};
}

/** A text that is known and not empty. */
export function text(value: TfValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
