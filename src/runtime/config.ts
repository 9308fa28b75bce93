import { readFileSync } from 'node:fs';
import { nearest, PlinthError } from '@plinth/contract';
import { z } from 'zod';

/** Where a configuration is read from. Flags win over variables, variables over the file. */
export interface ConfigSources {
  /** Arguments after the command. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Kind = 'text' | 'number' | 'boolean';

/** One value of a configuration: its key path and the names it goes by. */
interface Leaf {
  readonly path: readonly string[];
  /** `--http-port` */
  readonly flag: string;
  /** `PLINTH_HTTP_PORT` */
  readonly variable: string;
  readonly kind: Kind;
  readonly hint: string;
  readonly required: boolean;
  readonly fallback: unknown;
}

type Tree = { [key: string]: unknown };

const words = (key: string): string[] =>
  key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(' ');

/** Strips optional and default wrappers off a schema. */
function unwrap(schema: z.core.$ZodType): { inner: z.core.$ZodType; required: boolean; fallback: unknown } {
  let inner = schema;
  let required = true;
  let fallback: unknown;
  for (;;) {
    if (inner instanceof z.ZodOptional) {
      required = false;
      inner = inner.def.innerType;
    } else if (inner instanceof z.ZodDefault) {
      required = false;
      fallback = inner.def.defaultValue;
      inner = inner.def.innerType;
    } else {
      return { inner, required, fallback };
    }
  }
}

function leaves(
  schema: z.ZodObject,
  path: readonly string[] = [],
  parentRequired = true,
  parentFallback?: unknown,
): Leaf[] {
  return Object.entries(schema.shape).flatMap(([key, child]): Leaf[] => {
    const { inner, required, fallback: own } = unwrap(child);
    const fallback = own ?? (parentFallback as Tree | undefined)?.[key];
    const here = [...path, key];
    if (inner instanceof z.ZodObject) return leaves(inner, here, parentRequired && required, fallback);
    const names = here.flatMap(words);
    const kind = inner instanceof z.ZodNumber ? 'number' : inner instanceof z.ZodBoolean ? 'boolean' : 'text';
    const hint =
      inner instanceof z.ZodEnum
        ? inner.options.join('|')
        : { text: 'TEXT', number: inner instanceof z.ZodNumberFormat ? 'N' : 'NUMBER', boolean: 'true|false' }[kind];
    return [
      {
        path: here,
        flag: `--${names.join('-')}`,
        variable: `PLINTH_${names.join('_').toUpperCase()}`,
        kind,
        hint,
        required: parentRequired && required,
        fallback,
      },
    ];
  });
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  let at = tree;
  for (const key of path.slice(0, -1)) {
    const next = at[key];
    at = typeof next === 'object' && next !== null ? (next as Tree) : ((at[key] = {}) as Tree);
  }
  const last = path.at(-1);
  if (last !== undefined) at[last] = value;
}

/** The text as the value it stands for; text that stands for none is left for the schema to refuse. */
function value(text: string, kind: Kind): unknown {
  if (kind === 'number' && text.trim() !== '') return Number.isNaN(Number(text)) ? text : Number(text);
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

function usage(code: string, what: string, where: string, why: string, cure: string): PlinthError {
  return new PlinthError({ code, what, where, why, cure });
}

/** Flags as pairs; `--flag value`, `--flag=value`, and a bare `--flag` for a boolean. */
function readFlags(argv: readonly string[], known: readonly Leaf[], command: string): Map<string, string> {
  const flags = new Map<string, string>();
  const names = [...known.map((leaf) => leaf.flag), '--config', '--help'];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    const where = `plinth-runtime ${command}`;
    if (!word.startsWith('--'))
      throw usage(
        'unexpected-argument',
        `"${word}" is not a flag`,
        where,
        'every setting is given by its name',
        `see plinth-runtime ${command} --help`,
      );
    const equals = word.indexOf('=');
    const flag = equals < 0 ? word : word.slice(0, equals);
    if (!names.includes(flag)) {
      const near = nearest(flag, names);
      const cure = near === undefined ? `see plinth-runtime ${command} --help` : `did you mean ${near}?`;
      throw usage('unknown-flag', `${flag} is unknown`, where, 'no setting has that name', cure.replace(/\?$/, ''));
    }
    if (equals >= 0) {
      flags.set(flag, word.slice(equals + 1));
      continue;
    }
    const next = argv[i + 1];
    if (next !== undefined && !next.startsWith('--')) {
      flags.set(flag, next);
      i++;
    } else if (known.find((leaf) => leaf.flag === flag)?.kind === 'boolean') {
      flags.set(flag, 'true');
    } else {
      throw usage('flag-without-value', `${flag} has no value`, where, 'it needs one', `write ${flag} VALUE`);
    }
  }
  return flags;
}

function readDocument(file: string): Tree {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw usage(
      'config-unreadable',
      'the configuration cannot be read',
      file,
      (error as Error).message,
      'name a JSON file that exists with --config',
    );
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Tree;
  } catch (error) {
    throw usage('config-not-json', 'the configuration is not JSON', file, (error as Error).message, 'correct the file');
  }
  throw usage(
    'config-not-json',
    'the configuration is not a JSON object',
    file,
    'settings are read by name',
    'write { "key": value, ... }',
  );
}

/**
 * The configuration that flags, variables and file make together, checked by the schema.
 * A variable that is set to nothing counts as not set.
 * @throws PlinthError with a sentence on the first setting that is unknown, missing or out of range
 */
export function readConfig<S extends z.ZodObject>(schema: S, command: string, sources: ConfigSources): z.output<S> {
  const known = leaves(schema);
  const flags = readFlags(sources.argv, known, command);
  const file = flags.get('--config') ?? (sources.env['PLINTH_CONFIG'] || undefined);
  const tree: Tree = file === undefined ? {} : readDocument(file);
  const origin = new Map<string, string>();
  for (const leaf of known) {
    const fromFlag = flags.get(leaf.flag);
    const text = fromFlag ?? (sources.env[leaf.variable] || undefined);
    if (text === undefined) continue;
    put(tree, leaf.path, value(text, leaf.kind));
    origin.set(leaf.path.join('.'), fromFlag !== undefined ? leaf.flag : leaf.variable);
  }
  const result = schema.safeParse(tree);
  if (result.success) return result.data;
  throw refusal(result.error.issues[0], known, origin, file, command);
}

function refusal(
  issue: z.core.$ZodIssue | undefined,
  known: readonly Leaf[],
  origin: ReadonlyMap<string, string>,
  file: string | undefined,
  command: string,
): PlinthError {
  const path = (issue?.path ?? []).map(String);
  const key = path.join('.');
  const where = origin.get(key) ?? file ?? `plinth-runtime ${command}`;
  if (issue?.code === 'unrecognized_keys') {
    const unknown = [...path, issue.keys[0] ?? ''].join('.');
    const near = nearest(
      unknown,
      known.map((leaf) => leaf.path.join('.')),
    );
    const cure = near === undefined ? `remove it` : `did you mean "${near}"`;
    return usage('unknown-setting', `"${unknown}" is unknown`, where, 'no setting has that name', cure);
  }
  const leaf = known.find((candidate) => candidate.path.join('.') === key);
  const names = leaf === undefined ? `"${key}"` : `${leaf.flag}, ${leaf.variable}, or "${key}" in the file of --config`;
  if (issue?.code === 'invalid_type' && issue.input === undefined && /received undefined/.test(issue.message))
    return usage('setting-missing', `${key} is missing`, where, 'it has no default', `give ${names}`);
  const why = (issue?.message ?? 'it is refused').replace(/^./, (first) => first.toLowerCase());
  return usage('setting-invalid', `${key} is not acceptable`, where, why, `correct ${names}`);
}

/** What `--help` prints: every setting with its flag, variable and default. */
export function helpText(schema: z.ZodObject, command: string, about: string): string {
  const rows = leaves(schema).map((leaf) => {
    const fallback = leaf.required
      ? 'required'
      : leaf.fallback === undefined
        ? 'optional'
        : `default ${String(leaf.fallback)}`;
    return [`  ${leaf.flag} ${leaf.hint}`, `${leaf.variable}, ${fallback}`] as const;
  });
  rows.push(['  --config FILE', 'PLINTH_CONFIG, a JSON file of the same settings']);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return [
    `plinth-runtime ${command}: ${about}`,
    'A flag wins over its variable, a variable over the file.',
    '',
    ...rows.map(([left, right]) => left.padEnd(width) + right),
    '',
  ].join('\n');
}
