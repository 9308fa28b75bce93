import { isObject, type TfObject, type TfValue } from '../protocol/codec';
import type { Diagnostic } from '../protocol/provider';

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
export function told(type: string, { path, clause, taken }: Wrong, says = 'is not right'): Diagnostic {
  const name = path.filter((step) => typeof step === 'string').join('.');
  const summary = `"${name}" of ${type} ${taken === true ? 'is doubtful' : says}`;
  return { severity: taken === true ? 'warning' : 'error', summary, detail: `${clause}.`, path };
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
