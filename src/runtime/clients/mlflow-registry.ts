import { setTimeout as pause } from 'node:timers/promises';
import { auditEvent, type AuditEvent } from '@plinth/contract';
import { otherTags, weightTag } from '../traffic/facts.js';
import type { TrafficRegistry } from '../traffic/rollback.js';
import type { MlflowClient } from './mlflow.js';

/**
 * Decisions about traffic, in the aliases and tags of registered models. MLflow has no compare-and-set, so what every
 * replica would write is written first (the alias, the weight), and then the event, whose last writer is the one that
 * decided.
 */
export class MlflowTrafficRegistry implements TrafficRegistry {
  /** Events of which something is written already. */
  private readonly begun = new Set<string>();

  /** @param settleMs how long another replica's event may take to arrive after this one's */
  constructor(
    private readonly client: MlflowClient,
    private readonly settleMs = 300,
  ) {}

  async decide(event: AuditEvent): Promise<boolean> {
    const { model, alias, champion, challenger } = event.data;
    const { aliases } = await this.client.registeredModel(model);
    const goesOn = this.begun.has(event.id) && aliases[alias] === champion;
    if (aliases[alias] !== challenger && !goesOn) return false;
    // The alias alone is enough to end the canary, for readers of other kinds too.
    await this.client.setAlias(model, alias, champion);
    this.begun.add(event.id);
    await this.client.setTag(model, weightTag, '0');
    await this.client.setTag(model, otherTags.audit, JSON.stringify(event));
    await pause(this.settleMs);
    const { tags } = await this.client.registeredModel(model);
    const stands = auditEvent.safeParse(parse(tags[otherTags.audit] ?? ''));
    const mine = !stands.success || stands.data.id === event.id;
    if (mine) await this.client.setVersionTag(model, challenger, otherTags.audit, JSON.stringify(event));
    this.begun.delete(event.id);
    return mine;
  }

  consequence({ data: { model, alias, champion } }: AuditEvent): string {
    return `In the registry the alias "${alias}" of models:/${model} points to version ${champion} now, and the weight is 0.`;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
