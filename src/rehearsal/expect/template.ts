import { nearest, PlinthError } from '@plinth/contract';
import { readSynthesized, type StackJson } from '../synth';
import { RehearsalAssertionError, listed } from './assertion';
import { mismatches, shown, type Mismatch } from './match';
import { isApp, type AppLike, type Rehearsed } from './program';

/** One block of a synthesized program. */
export interface TemplateBlock {
  readonly stack: string;
  /** `aws_s3_bucket.lake_A1B2`, `data.aws_vpc.main`. */
  readonly address: string;
  /** Path of the construct that made it; undefined where no construct did. */
  readonly construct: string | undefined;
  /** Its arguments as the JSON has them; what other resources give stands as `${...}`. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** The synthesized JSON of one stack; `Testing.synth` of cdktf gives it as a text. */
export type TemplateJson = object;

interface Stack {
  readonly name: string;
  readonly json: StackJson & { readonly output?: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
}

/**
 * What a program synthesizes, to be looked into without Terraform: in milliseconds, and before anything is known that only an apply tells.
 * Expected arguments may leave out others at any depth, and may be matchers (`Match`, or those of Jest and Vitest).
 */
export class Template {
  private constructor(private readonly all: readonly Stack[]) {}

  /**
   * @param program an app, the folder that it was synthesized to, what `rehearsalOf` gives, or the JSON of a stack (an object, a text,
   * or several by name)
   * @throws PlinthError `synth-unreadable`, `template-unreadable`
   */
  static of(program: AppLike | string | TemplateJson): Template {
    if (typeof program === 'string' && !/^\s*\{/.test(program)) return new Template(readSynthesized(program));
    if (typeof program === 'string') return new Template(stacksIn(parsed(program)));
    if (isRehearsed(program)) return new Template(program.stacks);
    if (!isApp(program)) return new Template(stacksIn(program));
    program.synth();
    return new Template(readSynthesized(program.outdir));
  }

  /** Names of the stacks, each after those it depends on. */
  get stacks(): readonly string[] {
    return this.all.map(({ name }) => name);
  }

  /** Only that stack. @throws PlinthError `unknown-stack` */
  stack(name: string): Template {
    const found = this.all.filter((stack) => stack.name === name);
    if (found.length > 0) return new Template(found);
    const near = nearest(name, this.stacks);
    throw new PlinthError({
      code: 'unknown-stack',
      what: `there is no stack "${name}"`,
      where: 'Template.stack',
      why: `the program makes ${this.stacks.join(', ')}`,
      cure: near === undefined ? 'name one of these' : `did you mean ${near}`,
    });
  }

  /** Resources of a type, or those of them with these arguments. Data sources: `data.aws_vpc`. */
  resources(type: string, where: Readonly<Record<string, unknown>> = {}): TemplateBlock[] {
    return this.ofType(type).filter(({ values }) => mismatches(where, values).length === 0);
  }

  /** The one resource of a type with these arguments. @throws RehearsalAssertionError where there is none, or several */
  resource(type: string, where: Readonly<Record<string, unknown>> = {}): TemplateBlock {
    const found = this.resources(type, where);
    const [one] = found;
    if (one === undefined) throw this.missing(type, where);
    if (found.length === 1) return one;
    throw new RehearsalAssertionError(
      listed(`expected one ${type}${withArguments(where)}, and there are ${found.length}:`, found.map(named)),
    );
  }

  /** There is a resource of that type with these arguments. @throws RehearsalAssertionError that names the nearest one, and where it differs */
  hasResource(type: string, where: Readonly<Record<string, unknown>> = {}): void {
    if (this.resources(type, where).length === 0) throw this.missing(type, where);
  }

  /** There is no resource of that type with these arguments. @throws RehearsalAssertionError that names those there are */
  hasNoResource(type: string, where: Readonly<Record<string, unknown>> = {}): void {
    const found = this.resources(type, where);
    if (found.length === 0) return;
    throw new RehearsalAssertionError(
      listed(`expected no ${type}${withArguments(where)}, and there is:`, found.map(named)),
    );
  }

  /** There are so many resources of that type. @throws RehearsalAssertionError that names them */
  resourceCount(type: string, count: number, where: Readonly<Record<string, unknown>> = {}): void {
    const found = this.resources(type, where);
    if (found.length === count) return;
    if (found.length === 0) throw this.missing(type, where, String(count));
    const heading = `expected ${count} ${type}${withArguments(where)}, and there are ${found.length}:`;
    throw new RehearsalAssertionError(listed(heading, found.map(named)));
  }

  /** A stack has an output of that name, with this value where one is given. @throws RehearsalAssertionError */
  hasOutput(name: string, value?: unknown): void {
    const outputs = this.all.flatMap(({ json, name: stack }) =>
      Object.entries(json.output ?? {}).map(([key, output]) => ({ stack, key, output })),
    );
    const found = outputs.filter(({ key }) => key === name);
    const wrong = found.map(({ stack, output }) => ({
      stack,
      differs: value === undefined ? [] : mismatches(value, output['value'], 'value'),
    }));
    if (wrong.some(({ differs }) => differs.length === 0)) return;
    if (wrong.length > 0) {
      const lines = wrong.map(({ stack, differs }) => `stack ${stack}: ${told(differs)}`);
      throw new RehearsalAssertionError(listed(`expected the output ${name} to be ${shown(value)}:`, lines));
    }
    const names = outputs.map(({ key }) => key);
    const near = nearest(name, names);
    throw new RehearsalAssertionError(
      `expected an output ${name}, and there is none; ${
        near !== undefined ? `did you mean ${near}` : names.length === 0 ? 'there are none at all' : names.join(', ')
      }`,
    );
  }

  private ofType(wanted: string): TemplateBlock[] {
    const data = wanted.startsWith('data.');
    const type = data ? wanted.slice('data.'.length) : wanted;
    return this.all.flatMap(({ name: stack, json }) =>
      Object.entries((data ? json.data : json.resource)?.[type] ?? {}).map(([name, block]) => {
        const { '//': said, ...values } = block as Record<string, unknown>;
        const { metadata } = (said ?? {}) as { metadata?: { path?: string } };
        return { stack, address: `${wanted}.${name}`, construct: metadata?.path, values };
      }),
    );
  }

  private missing(type: string, where: Readonly<Record<string, unknown>>, count = 'a'): RehearsalAssertionError {
    const heading = `expected ${count} ${type}${withArguments(where)}, and there is none`;
    const candidates = this.ofType(type);
    const [first, ...others] = candidates
      .map((block) => ({ block, differs: mismatches(where, block.values) }))
      .sort((a, b) => a.differs.length - b.differs.length);
    if (first !== undefined) {
      const among = others.length === 0 ? 'the only one' : `the nearest of ${candidates.length}`;
      return new RehearsalAssertionError(
        listed(`${heading}; ${among} is ${named(first.block)}, where`, first.differs.map(mismatch)),
      );
    }
    const data = type.startsWith('data.');
    const types = [
      ...new Set(this.all.flatMap(({ json }) => Object.keys((data ? json.data : json.resource) ?? {}))),
    ].map((name) => (data ? `data.${name}` : name));
    const near = nearest(type, types);
    const rest = near === undefined ? `, nor any other ${type}` : ` of that type; did you mean ${near}`;
    return new RehearsalAssertionError(`${heading}${rest}`);
  }
}

const isRehearsed = (program: object): program is Pick<Rehearsed, 'stacks'> =>
  'stacks' in program && Array.isArray(program.stacks);

const withArguments = (where: Readonly<Record<string, unknown>>): string =>
  Object.keys(where).length === 0 ? '' : ` with ${shown(where)}`;
const named = ({ stack, address, construct }: TemplateBlock): string =>
  `${stack}/${address}${construct === undefined ? '' : ` (${construct})`}`;
const mismatch = ({ path, says }: Mismatch): string => `${path} ${says}`;
const told = (found: readonly Mismatch[]): string => found.map(mismatch).join(', ');

function parsed(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error));
  }
}

const parts = ['terraform', 'provider', 'resource', 'data', 'output', 'locals', 'module', 'variable', '//'];

function stacksIn(json: object): Stack[] {
  if (parts.some((part) => part in json)) return [{ name: nameIn(json) ?? 'stack', json }];
  const entries = Object.entries(json) as [string, unknown][];
  const stacks = entries.flatMap(([name, held]) =>
    typeof held === 'object' && held !== null && parts.some((part) => part in held) ? [{ name, json: held }] : [],
  );
  if (stacks.length === entries.length) return stacks;
  throw unreadable(`it holds ${entries.map(([name]) => name).join(', ')}, which no stack has`);
}

/** As cdktf writes it. */
function nameIn(json: object): string | undefined {
  const { '//': said } = json as { '//'?: { metadata?: { stackName?: string } } };
  return said?.metadata?.stackName;
}

function unreadable(why: string): PlinthError {
  return new PlinthError({
    code: 'template-unreadable',
    what: 'this is not what a program synthesizes',
    where: 'Template.of',
    why,
    cure: 'give an app, the folder it was synthesized to, or the JSON of a stack',
  });
}
