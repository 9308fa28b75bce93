import type { Finding } from '@plinth/contract';
import type { Applied } from './apply';
import type { ApiClient } from './api-client';
import { needsOf } from './needs';
import { placeOf } from './objects';
import { gone, remove, until } from './standing';
import { Watched } from './watched';

/** How a destroy went. */
export interface DestroyVerdict {
  /** Names in the order in which the server let them go, with everything they owned. */
  readonly order: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Destroys what was applied, in reverse of the needs: what a later stack made first, and within a stack what nothing else needs any more.
 * Whether it went in that order is read from the server's own count of changes.
 * @param applied in the order in which it was applied
 * @param seconds how long one round of objects may take
 */
export async function destroyAll(
  client: ApiClient,
  applied: readonly Applied[],
  seconds: number,
  onDone: (done: number) => void = () => {},
): Promise<DestroyVerdict> {
  const findings: Finding[] = [];
  const needs = needsOf(applied.map(({ target }) => target.object));
  const stacks = [...new Set(applied.map(({ target }) => target.object.provenance.stack))];
  const watched = new Watched(client);
  await watched.follow(applied.map(({ target }) => target.served));
  try {
    let done = 0;
    for (const stack of stacks.reverse()) {
      const standing = new Set(applied.filter(({ target }) => target.object.provenance.stack === stack));
      while (standing.size > 0) {
        const needed = new Set([...standing].flatMap(({ target }) => needs.get(target.object) ?? []));
        const free = [...standing].filter(({ target }) => !needed.has(target.object));
        // A circle has no end at which to begin.
        const round = free.length > 0 ? free : [...standing];
        for (const one of round) await remove(client, one);
        for (const one of round) {
          const went = await until(async () => gone(client, one), seconds);
          if (!went) findings.push(left(one, seconds, await stands(client, one.path), client.context));
          standing.delete(one);
          onDone(++done);
        }
      }
    }
    // What the watch tells may come a moment after the answer.
    const missing = new Set(findings.map(({ where }) => where));
    const told = applied.filter(({ target }) => !missing.has(placeOf(target.object, target.namespace, client.context)));
    await until(async () => told.every(({ uid }) => watched.wentAt(uid) !== undefined), 10);
    findings.push(...outOfOrder(told, watched, client.context));
    const count = ({ uid }: Applied): bigint => watched.wentAt(uid) ?? 0n;
    const order = [...told].sort((a, b) => (count(a) < count(b) ? -1 : 1)).map(({ name }) => name);
    return { order, findings };
  } finally {
    watched.stop();
  }
}

/** What was gone before something that needs it, by the server's count. */
export function outOfOrder(applied: readonly Applied[], watched: Pick<Watched, 'wentAt'>, context: string): Finding[] {
  const byObject = new Map(applied.map((one) => [one.target.object, one]));
  const needs = needsOf([...byObject.keys()]);
  return applied.flatMap((one) => {
    const went = watched.wentAt(one.uid);
    return (needs.get(one.target.object) ?? []).flatMap((object) => {
      const needed = byObject.get(object);
      const before = needed === undefined ? undefined : watched.wentAt(needed.uid);
      // A namespace counts its own going only after everything in it.
      if (needed === undefined || (went !== undefined && (before === undefined || went < before))) return [];
      return [
        {
          code: 'cluster-destroy-order',
          where: placeOf(one.target.object, one.target.namespace, context),
          what: `${needed.name} was gone before it`,
          why: 'it needs it for as long as it stands',
          cure: 'let nothing hold it up: look for finalizers that are waiting for a controller',
        },
      ];
    });
  });
}

/** Why something does not go, as far as it says itself. */
async function stands(client: ApiClient, path: string): Promise<string> {
  const { body } = await client.call('GET', path);
  const { finalizers = [] } = (body['metadata'] ?? {}) as { finalizers?: readonly string[] };
  const conditions = ((body['status'] as { conditions?: readonly { type: string; message?: string; status: string }[] })
    ?.conditions ?? []) as readonly { type: string; message?: string; status: string }[];
  const told = conditions.find(({ type, status }) => /Remaining|Failure/.test(type) && status === 'True')?.message;
  if (told !== undefined) return told;
  return finalizers.length === 0 ? 'the server has not let it go' : `it waits for ${finalizers.join(', ')}`;
}

function left({ target }: Applied, seconds: number, why: string, context: string): Finding {
  return {
    code: 'cluster-left',
    where: placeOf(target.object, target.namespace, context),
    what: `it still stands ${seconds} s after its removal was asked for`,
    why: why.trim().replace(/\.$/, ''),
    cure: 'remove it by hand',
  };
}
