import { RequestError } from '../engine/errors.js';
import { defaultAlias, type TrafficFacts } from './facts.js';

/** Where one request goes. */
export interface Route {
  /** The version that answers. */
  readonly version: string;
  /** The alias by which it was chosen. */
  readonly arm: string;
  /** The version that computes the same request once more after it has been answered. */
  readonly shadow?: string;
  /** What the request's latency and failures say is used to judge the canary only where chance chose the arm. */
  readonly judged: boolean;
}

/** Whether a version can answer now. */
export type IsReady = (model: string, version: string) => boolean;

/**
 * Chooses versions by alias. An alias that is moved keeps sending to the version before until the new one is ready, so a
 * move never costs a request.
 */
export class Router {
  private readonly models = new Map<string, { facts: TrafficFacts; last: Map<string, string> }>();

  constructor(
    private readonly ready: IsReady,
    private readonly random: () => number = Math.random,
  ) {}

  /** The facts by which a model's requests are sent; undefined takes them away. */
  set(model: string, facts: TrafficFacts | undefined): void {
    if (facts === undefined) this.models.delete(model);
    else this.models.set(model, { facts, last: this.models.get(model)?.last ?? new Map<string, string>() });
  }

  facts(model: string): TrafficFacts | undefined {
    return this.models.get(model)?.facts;
  }

  /**
   * Where a request goes. A canary and shadow copies apply to requests for the default alias, named or not; who names
   * another alias gets it.
   * @param sticky requests of the same key meet the same arm on every replica as long as the weight stays; a larger weight
   *   only moves keys to the canary
   * @returns undefined where neither alias nor facts say anything: the newest version that is ready
   * @throws RequestError `not-found` for an alias that there is not, `unavailable` where its version cannot answer
   */
  route(model: string, alias: string | undefined, sticky: string | undefined): Route | undefined {
    const known = this.models.get(model);
    if (known === undefined) {
      if (alias === undefined) return undefined;
      throw unknownAlias(model, alias, []);
    }
    const { facts } = known;
    const wanted = alias ?? defaultAlias;
    const champion = this.target(model, wanted);
    if (champion === undefined) {
      if (alias !== undefined) throw unknownAlias(model, alias, Object.keys(facts.aliases));
      return undefined;
    }
    if (wanted !== defaultAlias) {
      if (!this.ready(model, champion)) throw notReady(model, wanted, champion);
      return { version: champion, arm: wanted, judged: false };
    }
    const { canary, shadow } = facts;
    const challenger = canary === undefined || canary.weight === 0 ? undefined : this.target(model, canary.alias);
    const canTest = challenger !== undefined && challenger !== champion && this.ready(model, challenger);
    const place = sticky === undefined ? this.random() : placeOf(model, sticky);
    const toCanary = canTest && place < (canary?.weight ?? 0);
    if (!toCanary && !this.ready(model, champion)) throw notReady(model, wanted, champion);
    const version = toCanary ? challenger : champion;
    const arm = toCanary ? (canary?.alias ?? wanted) : wanted;
    if (shadow === undefined || shadow.share === 0 || this.random() >= shadow.share)
      return { version, arm, judged: canTest };
    const mirror = this.target(model, shadow.alias);
    // What the canary answered is compared with the champion, so that the arms are always the same two.
    const second = mirror === version ? champion : mirror;
    return second === undefined || second === version || !this.ready(model, second)
      ? { version, arm, judged: canTest }
      : { version, arm, shadow: second, judged: canTest };
  }

  /**
   * Where an alias leads, by default the default alias, canary and all aside.
   * @returns undefined where there is no default alias
   * @throws RequestError `not-found` for another alias that there is not
   */
  at(model: string, alias: string | undefined): string | undefined {
    const target = this.target(model, alias ?? defaultAlias);
    if (target === undefined && alias !== undefined)
      throw unknownAlias(model, alias, Object.keys(this.facts(model)?.aliases ?? {}));
    return target;
  }

  /** The version that an alias leads to: the one it points to, or the one before while that is not ready. */
  target(model: string, alias: string): string | undefined {
    const known = this.models.get(model);
    const named = known?.facts.aliases[alias];
    if (known === undefined || named === undefined) return undefined;
    const before = known.last.get(alias);
    if (before === named) return named;
    if (before !== undefined && !this.ready(model, named) && this.ready(model, before)) return before;
    if (this.ready(model, named)) known.last.set(alias, named);
    return named;
  }
}

/** The place of a key between 0 and 1, the same on every replica (FNV-1a, mixed as MurmurHash3 ends). */
export function placeOf(model: string, key: string): number {
  let hash = 0x811c9dc5;
  for (const text of [model, '\0', key])
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

function unknownAlias(model: string, alias: string, known: readonly string[]): RequestError {
  return new RequestError('not-found', {
    code: 'unknown-alias',
    what: `there is no alias "${alias}"`,
    where: `model "${model}"`,
    why: known.length === 0 ? 'it has no aliases' : `it has ${known.join(', ')}`,
    cure: `ask for "${model}" alone, or set the alias`,
  });
}

function notReady(model: string, alias: string, version: string): RequestError {
  return new RequestError('unavailable', {
    code: 'alias-not-ready',
    what: `version ${version}, to which the alias "${alias}" points, cannot answer`,
    where: `model "${model}"`,
    why: 'it is not loaded',
    cure: 'send the request again a little later, or point the alias to a version that is ready',
  });
}
