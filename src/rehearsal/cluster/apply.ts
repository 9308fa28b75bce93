import type { Finding } from '@plinth/contract';
import type { KubernetesObject } from '../kubernetes-objects';
import type { ApiClient } from './api-client';
import { pathOf, type Kinds } from './kinds';
import { named, placeOf } from './objects';
import { isReady, whyNotReady, workloads } from './ready';
import { apply, isTarget, refusal, targetOf, type Target } from './send';
import { established, until, type Made } from './standing';

/** An object that stands on the cluster because of the rehearsal. */
export interface Applied extends Made {
  readonly target: Target;
}

/** How an apply went. */
export interface ApplyVerdict {
  /** Objects that the server takes, and that are not kept on purpose. */
  readonly looked: number;
  readonly findings: readonly Finding[];
  readonly warnings: readonly string[];
  /** Workloads that became ready, and how long it took. */
  readonly ready: readonly { readonly name: string; readonly seconds: number }[];
}

/**
 * Nothing behind them answers on a cluster whose pods are played, and they would stand in the way of everything else: the server
 * looks at them without keeping them.
 */
export const neverKept: ReadonlySet<string> = new Set([
  'APIService',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
]);

export interface ApplyOptions {
  /** How long the workloads of one stack may take. */
  readonly seconds: number;
  readonly onDone: (done: number, waiting?: string) => void;
  /** Told of every object as soon as it stands, so that it can be removed whatever happens. */
  readonly onApplied: (applied: Applied) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Applies objects, and waits after each stack until its workloads are ready. Where something is refused, the stacks that come later are left
 * out, as Terraform would.
 * @param objects in order
 */
export async function applyAll(
  client: ApiClient,
  kinds: Kinds,
  objects: readonly KubernetesObject[],
  options: ApplyOptions,
): Promise<ApplyVerdict> {
  let looked = 0;
  const findings: Finding[] = [];
  const warnings = new Set<string>();
  const ready: { name: string; seconds: number }[] = [];
  const stacks = [...new Set(objects.map(({ provenance }) => provenance.stack))];
  let done = 0;
  for (const stack of stacks) {
    const began = performance.now();
    const ofStack: Applied[] = [];
    for (const object of objects.filter(({ provenance }) => provenance.stack === stack)) {
      const target = await targetOf(object, kinds, client.context);
      options.onDone(++done);
      if (!isTarget(target)) {
        findings.push(target);
        continue;
      }
      const { served, namespace } = target;
      const answer = await apply(client, target, neverKept.has(object.kind));
      for (const text of answer.warnings) warnings.add(`${named(object, namespace)}: ${text}`);
      if (answer.status >= 300) {
        findings.push(refusal(target, answer, client.context));
        continue;
      }
      if (neverKept.has(object.kind)) {
        looked++;
        continue;
      }
      const { uid = '', name = '' } = answer.body['metadata'] as { uid?: string; name?: string };
      const one = { target, name: named(object, namespace), path: pathOf(served, namespace, name), uid };
      ofStack.push(one);
      options.onApplied(one);
      if (object.kind === 'CustomResourceDefinition') await established(client, kinds, [object]);
    }
    if (findings.length > 0) break;
    const waiting = new Set(ofStack.filter(({ target }) => workloads.has(target.object.kind)));
    await until(
      async () => {
        options.signal?.throwIfAborted();
        for (const one of waiting) {
          const { body } = await client.call('GET', one.path);
          if (!isReady(one.target.object.kind, body)) continue;
          waiting.delete(one);
          ready.push({ name: one.name, seconds: (performance.now() - began) / 1000 });
        }
        const [first] = waiting;
        if (first !== undefined) options.onDone(done, first.name);
        return waiting.size === 0;
      },
      options.seconds,
      500,
    );
    for (const one of waiting) {
      findings.push(notReady(one, options.seconds, await whyNotReady(client, one.path), client.context));
    }
    if (findings.length > 0) break;
  }
  return { looked, findings, warnings: [...warnings], ready };
}

function notReady({ target }: Applied, seconds: number, why: string, context: string): Finding {
  return {
    code: 'cluster-not-ready',
    where: placeOf(target.object, target.namespace, context),
    what: `it is not ready after ${seconds} s`,
    why: why.trim().replace(/\.$/, ''),
    cure: 'correct what keeps it; where the cluster itself cannot (a volume without its driver), use one that can',
  };
}
