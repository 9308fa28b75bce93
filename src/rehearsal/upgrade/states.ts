import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PlinthError } from '@plinth/contract';
import type { TfObject, TfValue } from '../protocol/codec';
import { fromStateJson } from '../protocol/state-json';
import type { Stage } from '../stage';
import { stateLocation } from '../state';
import type { StackJson, SynthesizedStack } from '../synth';

interface State {
  readonly version: number;
  readonly resources: readonly {
    readonly mode: 'managed' | 'data';
    readonly type: string;
    readonly name: string;
    readonly provider: string;
    readonly instances: readonly Instance[];
  }[];
}

interface Instance {
  readonly attributes?: Readonly<Record<string, TfValue>>;
}

/**
 * States of a deployment, as `terraform state pull` prints them, one `STACK.tfstate` for each stack.
 * @throws PlinthError `states-unreadable`
 */
export class States {
  private readonly states: ReadonlyMap<string, State>;

  constructor(cwd: string, folder: string) {
    const path = resolve(cwd, folder);
    const files = existsSync(path) ? readdirSync(path).filter((file) => file.endsWith('.tfstate')) : [];
    if (files.length === 0) throw unreadable(path, 'there is no STACK.tfstate in it');
    this.states = new Map(files.sort().map((file) => [file.replace(/\.tfstate$/, ''), readState(join(path, file))]));
  }

  get stacks(): string[] {
    return [...this.states.keys()];
  }

  /** Types that the states hold, which today's program may use no more. */
  used(): StackJson[] {
    return [...this.states.values()].map(({ resources }) => {
      const of = (wanted: 'managed' | 'data'): Record<string, Record<string, never>> =>
        Object.fromEntries(resources.filter(({ mode }) => mode === wanted).map(({ type }) => [type, {}]));
      const providers = new Map(
        resources.flatMap(({ provider }) => {
          const source = /"(.*)"/.exec(provider)?.[1];
          return source === undefined ? [] : [[source.split('/').at(-1) ?? source, { source }] as const];
        }),
      );
      return {
        resource: of('managed'),
        data: of('data'),
        terraform: { required_providers: Object.fromEntries(providers) },
      };
    });
  }

  /** Lays the states where the stacks look for theirs, and makes stand what they hold. */
  adopt(stacks: readonly SynthesizedStack[], { world, store, blocks }: Stage): void {
    for (const stack of stacks) {
      const state = this.states.get(stack.name);
      if (state === undefined) continue;
      const resources = state.resources.map((resource) => {
        const { mode, type, instances } = resource;
        const block = blocks(type);
        if (mode === 'data' || block === undefined) return resource;
        return {
          ...resource,
          instances: instances.map((instance) => {
            const token = world.token();
            world.put(token, type, fromStateJson(instance.attributes ?? {}, block) as TfObject);
            // The schemas of a rehearsal have no history, and real providers keep things of their own here.
            return { ...instance, schema_version: 0, private: Buffer.from(token).toString('base64') };
          }),
        };
      });
      const { bucket, key } = stateLocation(stack);
      store.put(bucket, key, Buffer.from(JSON.stringify({ ...state, resources })));
    }
  }
}

function readState(file: string): State {
  let state: Partial<State>;
  try {
    state = JSON.parse(readFileSync(file, 'utf8')) as Partial<State>;
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  }
  if (state.version !== 4 || !Array.isArray(state.resources)) throw unreadable(file, 'it is no state of version 4');
  return state as State;
}

const unreadable = (where: string, why: string): PlinthError =>
  new PlinthError({
    code: 'states-unreadable',
    what: 'the states to start from cannot be read',
    where,
    why,
    cure: 'give a folder with one STACK.tfstate for each stack, as "terraform state pull" prints it in that stack\'s folder',
  });
