import { nearest, PlinthError } from '@plinth/contract';

/** What happens to a change, besides a plain refusal. */
export const modes = ['partial', 'throttle', 'timeout', 'interrupt', 'kill', 'expired'] as const;
export type Mode = (typeof modes)[number];
const operations = ['create', 'update', 'delete'] as const;
export type Operation = (typeof operations)[number];

/** One failure, made on purpose. */
export interface Fault {
  /** As it is written: `prod-ml/aws_s3_bucket.lake:create:partial@1`. */
  readonly text: string;
  readonly stack: string;
  /** With an index, one instance; without, all of a counted resource. */
  readonly address: string;
  readonly operation: Operation;
  /** Undefined: the change is refused. */
  readonly mode?: Mode;
  /** Which of the calls fails, counted from 1. */
  readonly call: number;
}

const form = `STACK/TYPE.NAME:${operations.join('|')}[:${modes.join('|')}][@N], such as prod/aws_s3_bucket.lake:create:partial`;

/** @throws PlinthError `fault-form` */
export function parseFault(text: string): Fault {
  const bad = (why: string): PlinthError =>
    new PlinthError({
      code: 'fault-form',
      what: `"${text}" names no fault`,
      where: '--fault',
      why,
      cure: `write ${form}`,
    });
  const [, stack, rest] = /^([^/]+)\/(.+)$/s.exec(text) ?? [];
  if (stack === undefined || rest === undefined) throw bad('it names a stack, an address and what fails there');
  const [, target = rest, count] = /^(.*)@([^@\]]*)$/s.exec(rest) ?? [];
  if (count !== undefined && !/^[1-9]\d*$/.test(count)) throw bad(`"@${count}" is no number of a call`);
  const [, address, operation, mode] = /^((?:[^:[]|\[[^\]]*\])+):([^:]*)(?::([^:]*))?$/s.exec(target) ?? [];
  if (address === undefined || operation === undefined) throw bad('it says not what fails there');
  const meant = (word: string, known: readonly string[]): string => {
    const near = nearest(word, known);
    return near === undefined ? `there are ${known.join(', ')}` : `did it mean "${near}"`;
  };
  if (!isOneOf(operation, operations))
    throw bad(`"${operation}" is nothing that can fail: ${meant(operation, operations)}`);
  if (mode !== undefined && !isOneOf(mode, modes)) throw bad(`"${mode}" is no way to fail: ${meant(mode, modes)}`);
  return { text, stack, address, operation, ...(mode !== undefined && { mode }), call: Number(count ?? 1) };
}

const isOneOf = <T extends string>(word: string, words: readonly T[]): word is T => words.some((one) => one === word);

/** A fault as it is written. */
export function faultText({ stack, address, operation, mode, call }: Omit<Fault, 'text'>): string {
  return `${stack}/${address}:${operation}${mode === undefined ? '' : `:${mode}`}${call === 1 ? '' : `@${call}`}`;
}

/** Whether a resource is one that a fault is about. */
export function isAbout({ stack, address }: Pick<Fault, 'stack' | 'address'>, full: string): boolean {
  return full === `${stack}/${address}` || full.replace(/\[[^\]]*\]$/, '') === `${stack}/${address}`;
}

/** What the provider says, much as AWS does. */
export function wordsOf({ operation, mode }: Fault, type: string): { summary: string; detail: string; done: boolean } {
  const summary = `${{ create: 'creating', update: 'updating', delete: 'deleting' }[operation]} ${type}: failed on purpose`;
  switch (mode) {
    case 'throttle':
      return { summary, detail: 'api error ThrottlingException: Rate exceeded.', done: false };
    case 'timeout':
      return { summary, detail: 'timeout while waiting for state to become "available" (timeout: 10m0s).', done: true };
    case 'partial':
      return { summary, detail: 'the change was made, but its answer was lost: connection reset by peer.', done: true };
    default:
      return { summary, detail: 'api error AccessDenied: refused on purpose by the rehearsal.', done: false };
  }
}
