import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { AuditEvent } from '@plinth/contract';
import type { TestFacts } from './facts.js';
import type { Verdict } from './sequential-test.js';

/** That a challenger must go. */
export interface Decision {
  readonly model: string;
  /** The alias that leads to the challenger. */
  readonly alias: string;
  readonly champion: string;
  readonly challenger: string;
  readonly weight: number;
  readonly test: TestFacts;
  readonly verdict: Verdict;
}

/** Where decisions about traffic are kept for all replicas. */
export interface TrafficRegistry {
  /**
   * Takes the challenger out of the traffic, unless another replica has, or its alias points elsewhere by now. Asked again
   * with the same event it goes on where it failed.
   * @returns whether this replica was the one that did
   * @throws PlinthError where the registry cannot be written
   */
  decide(event: AuditEvent): Promise<boolean>;
  /** What a decision has changed, in a sentence. */
  consequence(event: AuditEvent): string;
}

/** A repository that nobody writes to: each replica decides for itself, as long as it runs. */
export const ownDecisions: TrafficRegistry = {
  decide: () => Promise.resolve(true),
  consequence: ({ data }) =>
    `This replica keeps that in memory and forgets it when it ends, because traffic.json is only read; take the canary out of ${data.model}/traffic.json.`,
};

export function auditEventOf({ model, alias, champion, challenger, weight, test, verdict }: Decision): AuditEvent {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: `plinth-runtime/${hostname()}`,
    type: 'dev.plinth.traffic.rolled-back',
    time: new Date().toISOString(),
    subject: model,
    datacontenttype: 'application/json',
    data: {
      model,
      alias,
      champion,
      challenger,
      weight,
      metric: verdict.metric,
      evidence: verdict.evidence,
      needed: verdict.needed,
      comparisons: verdict.comparisons,
      challengerShare: verdict.challenger,
      ...(verdict.champion === undefined ? {} : { championShare: verdict.champion }),
      alpha: test.alpha,
      replicas: test.replicas,
    },
  };
}

/** The decision in a sentence. */
export function rolledBack({ data }: AuditEvent): string {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const bad = {
    errors: `of its requests failed, and ${percent(data.championShare ?? 0)} of the champion's`,
    latency: 'of its requests were slower than allowed',
    disagreement: 'of its answers disagreed',
  }[data.metric];
  return (
    `model "${data.model}": version ${data.challenger} gets no more requests for the model, ` +
    `because ${percent(data.challengerShare)} ${bad}, in ${data.comparisons} comparisons.`
  );
}
