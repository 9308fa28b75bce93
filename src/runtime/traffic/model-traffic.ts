import { sentence, type AuditEvent } from '@plinth/contract';
import type { Observation, Traffic } from '../engine/routing.js';
import { RequestError, type FailureKind } from '../engine/errors.js';
import type { Logger } from '../program.js';
import { compareAnswers, disagreementOf } from './agreement.js';
import { defaultAlias, type TrafficFacts } from './facts.js';
import { auditEventOf, rolledBack, type TrafficRegistry } from './rollback.js';
import { Router, type IsReady, type Route } from './router.js';
import { CanaryTest } from './sequential-test.js';
import { Shadow, type RunOn } from './shadow.js';

/** Failures that say something of the version; the others are the client's, or those of a server that is busy. */
const versionFailures: ReadonlySet<FailureKind> = new Set(['backend', 'unavailable']);

/** Why a shadow copy may not be computed that say nothing of the version: what the first version took, the second must take. */
const busy: ReadonlySet<FailureKind> = new Set(['rejected', 'limited', 'deadline', 'canceled', 'not-found']);

export interface TrafficParts {
  readonly ready: IsReady;
  readonly run: RunOn;
  readonly registry: TrafficRegistry;
  readonly logger: Logger;
  /** Told of each rollback that this replica was the first to decide. */
  readonly audit?: ((event: AuditEvent) => void | Promise<void>) | undefined;
  readonly random?: (() => number) | undefined;
}

/** What is measured of a champion and a challenger. */
interface Trial {
  /** Versions and settings; other ones are another trial. */
  readonly key: string;
  readonly alias: string;
  readonly champion: string;
  readonly challenger: string;
  readonly test: CanaryTest;
  /** The rollback, once it is decided. */
  event?: AuditEvent;
  /** Whether the registry knows. */
  told: boolean;
  telling?: Promise<void> | undefined;
}

/** Requests of a model's arm. */
export interface ArmCount {
  readonly model: string;
  readonly version: string;
  readonly arm: string;
  requests: number;
  failures: number;
}

/** The traffic of all models: who answers, what is measured of a canary, and that a bad one is taken back. */
export class ModelTraffic implements Traffic<Route> {
  readonly shadow: Shadow;
  private readonly router: Router;
  /** As the registry has them, without what was decided here. */
  private readonly facts = new Map<string, TrafficFacts>();
  private readonly trials = new Map<string, Trial>();
  private readonly told = new Map<string, string>();
  private readonly counted = new Map<string, ArmCount>();

  constructor(private readonly parts: TrafficParts) {
    this.router = new Router(parts.ready, parts.random);
    this.shadow = new Shadow(parts.run);
  }

  /** Challengers found to be worse, by model. */
  readonly rollbacks = new Map<string, number>();

  /** The share that each canary gets now, by model. */
  get weights(): { model: string; version: string; alias: string; weight: number }[] {
    return [...this.facts.keys()].flatMap((model) => {
      const canary = this.router.facts(model)?.canary;
      const version = canary === undefined ? undefined : this.router.target(model, canary.alias);
      if (canary === undefined || version === undefined) return [];
      return [{ model, version, alias: canary.alias, weight: canary.weight }];
    });
  }

  /** Requests by model and arm. */
  get arms(): Iterable<ArmCount> {
    return this.counted.values();
  }

  /** What the registry says of a model now; undefined where it says nothing. */
  update(model: string, facts: TrafficFacts | undefined): void {
    this.tell(model, facts);
    if (facts === undefined) {
      this.facts.delete(model);
      this.trials.delete(model);
      this.router.set(model, undefined);
      return;
    }
    this.facts.set(model, facts);
    // Who takes the canary out of the facts has seen what was decided, and may begin anew.
    if (this.trials.get(model)?.told === true && (facts.canary?.weight ?? 0) === 0) this.trials.delete(model);
    const trial = this.trialOf(model, facts);
    const decided = trial?.event !== undefined;
    this.router.set(model, decided ? without(facts, trial.alias) : facts);
    // The registry could not be written before.
    if (trial?.event !== undefined && !trial.told) void this.write(trial, trial.event);
  }

  /** Versions that must be served: those that aliases point to, and those that answer in their place until they are ready. */
  needed(model: string): string[] {
    const facts = this.facts.get(model);
    if (facts === undefined) return [];
    const named = Object.keys(facts.aliases).flatMap((alias) => [
      facts.aliases[alias] as string,
      this.router.target(model, alias) as string,
    ]);
    return [...new Set(named)];
  }

  route(model: string, alias: string | undefined, sticky: string | undefined): Route | undefined {
    return this.router.route(model, alias, sticky);
  }

  at(model: string, alias: string | undefined): string | undefined {
    return this.router.at(model, alias);
  }

  keeps({ shadow }: Route): boolean {
    return shadow !== undefined;
  }

  labels(model: string): Readonly<Record<string, string>> {
    const aliases = Object.keys(this.router.facts(model)?.aliases ?? {});
    return Object.fromEntries(aliases.map((alias) => [alias, this.router.target(model, alias) as string]));
  }

  observed({ model, route, milliseconds, cached, failed, inputs, outputs }: Observation<Route>): void {
    const isFailure = failed !== undefined && versionFailures.has(failed);
    this.count(model, route, isFailure);
    // What was remembered says nothing of the version, and the champion with more traffic remembers more.
    if (cached || (failed !== undefined && !isFailure)) return;
    if (!route.judged && route.shadow === undefined) return;
    const trial = this.trials.get(model);
    if (trial === undefined) return;
    if (route.judged) {
      const observation = { failed: isFailure, milliseconds };
      if (route.version === trial.challenger) trial.test.observeChallenger(observation);
      else if (route.version === trial.champion) trial.test.observeChampion(observation);
    }
    if (route.shadow !== undefined && !isFailure) this.copy(trial, model, route, route.shadow, inputs, outputs);
    this.judge(model, trial);
  }

  private copy(
    trial: Trial,
    model: string,
    { version }: Route,
    second: string,
    inputs: Observation<Route>['inputs'],
    outputs: Observation<Route>['outputs'],
  ): void {
    const { champion, challenger } = trial;
    const tolerance = this.facts.get(model)?.test.tolerance ?? 0;
    const measured = (version === champion && second === challenger) || (version === challenger && second === champion);
    const done = (copied: Observation<Route>['outputs'] | Error): void => {
      if (!measured) return;
      if (copied instanceof Error) {
        if (copied instanceof RequestError && busy.has(copied.kind)) return;
        trial.test.observeBoth({ champion: second === champion, challenger: second === challenger }, undefined);
      } else {
        const outputsOf = version === champion ? ([outputs, copied] as const) : ([copied, outputs] as const);
        const disagreement = disagreementOf(compareAnswers(...outputsOf, tolerance));
        trial.test.observeBoth({ champion: false, challenger: false }, disagreement);
      }
      this.judge(model, trial);
    };
    this.shadow.offer({ model, version: second, inputs, outputs, done });
  }

  private judge(model: string, trial: Trial): void {
    const facts = this.facts.get(model);
    if (trial.event !== undefined || this.trials.get(model) !== trial || facts?.canary === undefined) return;
    if (facts.canary.weight === 0 || facts.canary.alias !== trial.alias) return;
    const { verdict } = trial.test;
    if (verdict === undefined) return;
    const { alias, champion, challenger } = trial;
    const { weight } = facts.canary;
    trial.event = auditEventOf({ model, alias, champion, challenger, weight, test: facts.test, verdict });
    this.rollbacks.set(model, (this.rollbacks.get(model) ?? 0) + 1);
    // Here at once; everywhere when the registry has it.
    this.router.set(model, without(facts, alias));
    void this.write(trial, trial.event);
  }

  /** Resolves when no shadow copy is under way and no decision waits for an answer of the registry. */
  async settled(): Promise<void> {
    await this.shadow.settled();
    await Promise.all([...this.trials.values()].map(({ telling }) => telling));
  }

  private write(trial: Trial, event: AuditEvent): Promise<void> {
    trial.telling ??= this.writeOnce(trial, event).finally(() => (trial.telling = undefined));
    return trial.telling;
  }

  private async writeOnce(trial: Trial, event: AuditEvent): Promise<void> {
    const { logger, registry, audit } = this.parts;
    try {
      const first = await registry.decide(event);
      trial.told = true;
      const { model, challenger } = event.data;
      if (!first) {
        logger.info({ model, challenger }, 'another replica has taken the challenger back already');
        return;
      }
      logger.warn({ event }, `${rolledBack(event)} ${registry.consequence(event)}`);
      await audit?.(event);
    } catch (error) {
      logger.error({ model: event.data.model }, (error as Error).message);
    }
  }

  /** The trial that the facts ask for: the one under way as long as they ask for the same. */
  private trialOf(model: string, { aliases, canary, shadow, test }: TrafficFacts): Trial | undefined {
    const alias = canary?.alias ?? shadow?.alias;
    const champion = aliases[defaultAlias];
    const challenger = alias === undefined ? undefined : aliases[alias];
    if (alias === undefined || champion === undefined || challenger === undefined || champion === challenger) {
      this.trials.delete(model);
      return undefined;
    }
    const key = JSON.stringify([alias, champion, challenger, test]);
    const under = this.trials.get(model);
    if (under?.key === key) return under;
    const trial = { key, alias, champion, challenger, test: new CanaryTest(test), told: false };
    this.trials.set(model, trial);
    return trial;
  }

  private count(model: string, { version, arm }: Route, failed: boolean): void {
    const key = `${model}\0${version}\0${arm}`;
    let count = this.counted.get(key);
    if (count === undefined) this.counted.set(key, (count = { model, version, arm, requests: 0, failures: 0 }));
    count.requests++;
    if (failed) count.failures++;
  }

  /** Says what is not understood, once. */
  private tell(model: string, facts: TrafficFacts | undefined): void {
    const text = (facts?.findings ?? []).map(sentence).join('\n');
    if (text === (this.told.get(model) ?? '')) return;
    this.told.set(model, text);
    for (const finding of facts?.findings ?? []) this.parts.logger.error({ model }, sentence(finding));
  }
}

/** The facts without traffic to an alias; who names the alias still gets it. */
function without(facts: TrafficFacts, alias: string): TrafficFacts {
  const { canary, shadow } = facts;
  return {
    ...facts,
    ...(canary?.alias === alias ? { canary: { ...canary, weight: 0 } } : {}),
    ...(shadow?.alias === alias ? { shadow: { ...shadow, share: 0 } } : {}),
  };
}
