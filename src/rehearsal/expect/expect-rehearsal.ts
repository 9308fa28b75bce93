import { resolve } from 'node:path';
import type { RehearseOptions } from '../rehearse';
import { readSynthesized } from '../synth';
import { rehearseUpgrade, type UpgradeOptions, type UpgradeReport } from '../upgrade/upgrade';
import { RehearsalAssertionError } from './assertion';
import { grantsAtMost, type GrantOptions, type PolicyDocument } from './grants/at-most';
import { nothingLost } from './nothing-lost';
import { isApp, optionsOf, rehearsed, withFolder, type Program, type Rehearsed } from './program';
import { nothingPublic, type PublicOptions } from './public/nothing-public';
import { reaches, type ReachOptions } from './reach/reach';
import type { Place } from './reach/places';
import { appliesCleanly, emptySecondPlan, type Applied, type Verdict } from './verdict';

/** What stood before: another program, the same one at a git commit, or the states of a deployment. */
export type Before = Program | { readonly ref: string; readonly app?: string } | { readonly states: string };

/** What can be expected of a program. Each is rejected with an RehearsalAssertionError that says why it does not hold. */
export interface RehearsalExpectation {
  /** Terraform plans and applies every stack, a second plan is empty, and nothing else is found. */
  toApplyCleanly(): Promise<void>;
  /** A plan right after the apply changes nothing. */
  toHaveEmptySecondPlan(): Promise<void>;
  /**
   * Applied on what stood before, the program neither replaces nor destroys what holds something: databases, buckets, volumes, keys ...
   * The message names the argument that forces each replacement.
   */
  toReplaceNothingStateful(before: Before): Promise<void>;
  /**
   * What is at `from` can open a connection to what is at `to`, as far as NetworkPolicies and security groups say.
   * @param from a Kubernetes workload (`namespace/name`), an address (`stack/type.name`), a component of Plinth's graph by its path,
   * `internet`, a network (`10.0.0.0/16`), or `{ namespace, labels }` for pods that a chart makes
   * @param to the same, and a Service (`service/namespace/name`)
   */
  toReach(from: Place, to: Place, options?: ReachOptions): Promise<void>;
  /** Nobody from outside can reach, read or use anything but what is excepted. */
  toHaveNothingPublic(options?: PublicOptions): Promise<void>;
  /** Whatever the IAM policies of the program allow, the given policies allow too. */
  toGrantAtMost(policy: PolicyDocument | readonly PolicyDocument[], options?: GrantOptions): Promise<void>;
}

/** `expectRehearsal(app)`: what is expected, and with `.not` what must not be. */
export type ExpectRehearsal = RehearsalExpectation & { readonly not: RehearsalExpectation };

const byApp = new WeakMap<object, Map<string, Promise<Rehearsed>>>();
const byName = new Map<string, Promise<Rehearsed>>();

/**
 * Assertions on a program of CDKTF that is rehearsed for them: by the real Terraform, without a cloud. An app, a command and what a folder
 * holds are rehearsed once, however many assertions follow; nothing is left running.
 * @param program an app (whose `synth()` is called), the folder that it was synthesized to, or what `rehearse()` takes
 * @param options for the rehearsal, such as `fixtures`
 */
export function expectRehearsal(program: Program, options: RehearseOptions = {}): ExpectRehearsal {
  const judged = (judge: (applied: Applied) => Verdict) => async (): Promise<Verdict> =>
    judge(await shared(program, options));
  const expectation = (not: boolean): RehearsalExpectation => ({
    toApplyCleanly: () => settle(judged(appliesCleanly), not),
    toHaveEmptySecondPlan: () => settle(judged(emptySecondPlan), not),
    toReplaceNothingStateful: (before) =>
      settle(async () => nothingLost(await upgraded(before, program, options)), not),
    toReach: (from, to, how) =>
      settle(
        judged((applied) => reaches(applied, from, to, how)),
        not,
      ),
    toHaveNothingPublic: (how) =>
      settle(
        judged((applied) => nothingPublic(applied, how)),
        not,
      ),
    toGrantAtMost: (policy, how) =>
      settle(
        judged((applied) => grantsAtMost(applied, policy, how)),
        not,
      ),
  });
  return { ...expectation(false), not: expectation(true) };
}

/** The rehearsal behind `expectRehearsal(program)`, for assertions of one's own: its report, `resources()` and `objects()`. */
export function rehearsalOf(program: Program, options: RehearseOptions = {}): Promise<Rehearsed> {
  return shared(program, options);
}

async function settle(judge: () => Promise<Verdict>, not: boolean): Promise<void> {
  const { holds, says } = await judge();
  if (holds === (not ? 'no' : 'yes')) return;
  throw new RehearsalAssertionError(not && holds === 'yes' ? `expected otherwise, but ${says}` : says);
}

function shared(program: Program, options: RehearseOptions): Promise<Rehearsed> {
  const all = optionsOf(program, options);
  const key = JSON.stringify(all);
  const rehearsals = typeof program === 'object' && isApp(program) ? ofApp(program) : byName;
  const folder = typeof program === 'string' ? program : rehearsals === byName ? all.outdir : undefined;
  const name = folder === undefined ? key : `${key} ${contentOf(resolve(all.cwd ?? '.', folder))}`;
  const known = rehearsals.get(name);
  if (known !== undefined) return known;
  const begun = rehearsed(program, options);
  rehearsals.set(name, begun);
  return begun;
}

function ofApp(app: object): Map<string, Promise<Rehearsed>> {
  const known = byApp.get(app) ?? new Map<string, Promise<Rehearsed>>();
  byApp.set(app, known);
  return known;
}

/** A folder may hold something else a moment later; one that cannot be read is told by its rehearsal. */
function contentOf(folder: string): string {
  try {
    return JSON.stringify(readSynthesized(folder));
  } catch {
    return folder;
  }
}

async function upgraded(before: Before, program: Program, options: RehearseOptions): Promise<UpgradeReport> {
  const { cwd, app, fixtures, signal, onProgress } = optionsOf(program, options);
  const others = { fixtures, ...(signal && { signal }), ...(onProgress && { onProgress }) };
  return withFolder(program, options, (after) => {
    const upgrade = (from: UpgradeOptions['before']): Promise<UpgradeReport> =>
      rehearseUpgrade({ before: from, after: { ...(cwd !== undefined && { cwd }), outdir: after }, ...others });
    if (typeof before === 'object' && 'ref' in before) {
      // What the program was is run by its command, even where what it is was synthesized here.
      const command = before.app ?? app;
      return upgrade({ ref: before.ref, ...(command !== undefined && { app: command }) });
    }
    if (typeof before === 'object' && 'states' in before) return upgrade(before);
    const place = cwd === undefined ? {} : { cwd };
    return withFolder(before, place, (outdir) => upgrade({ ...place, outdir }));
  });
}
