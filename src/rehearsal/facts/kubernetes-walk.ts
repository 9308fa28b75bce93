import { isObject, type TfObject, type TfValue } from '../protocol/codec';
import { blockRules } from './kubernetes-blocks';
import { blocks, type Path, type Wrong } from './kubernetes-config';
import type { ValueRule } from './kubernetes-checks';
import { rulesOfKind, valueRules } from './kubernetes-values';

/** What is wrong with single values of a resource, wherever in it they stand. */
export function wrongValues(kind: string, config: TfObject): Wrong[] {
  const own = rulesOfKind[kind] ?? {};
  return walk(config, (value, attribute, around, path) => {
    const full = `${around}.${attribute}`;
    const rule = own[full] ?? own[attribute] ?? valueRules[full] ?? valueRules[attribute];
    const clauses = rule === undefined ? [] : [...new Set(clausesOf(rule, value))];
    return clauses.map((clause) => ({ path, clause }));
  });
}

/** What is wrong within single blocks, wherever they stand. */
export function wrongBlocks(config: TfObject): Wrong[] {
  return walk(config, (value, name, around, path) => {
    const rule = blockRules[`${around}.${name}`] ?? blockRules[name];
    if (rule === undefined) return [];
    return blocks(value).flatMap((item, i) =>
      rule(item).map((wrong) => ({ ...wrong, path: [...path, i, ...wrong.path] })),
    );
  });
}

type Look = (value: TfValue, name: string, around: string, path: Path) => readonly Wrong[];

function walk(block: TfObject, look: Look, around = '', path: Path = []): Wrong[] {
  return Object.entries(block).flatMap(([attribute, value]) => {
    const name = nameOf(attribute, around);
    const here = [...path, attribute];
    // Blocks are lists of objects; an object alone is a map of the user's.
    const inner = blocks(value).flatMap((item, i) => walk(item, look, name, [...here, i]));
    return [...look(value, name, around, here), ...inner];
  });
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
