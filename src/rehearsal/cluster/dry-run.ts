import type { Finding } from '@plinth/contract';
import type { ApiClient } from './api-client';
import { named } from './objects';
import type { Kinds } from './kinds';
import type { KubernetesObject } from '../kubernetes-objects';
import { podOf } from './pods';
import { apply, isTarget, refusal, targetOf } from './send';

/** What a server said of objects. */
export interface Verdict {
  readonly findings: readonly Finding[];
  /** Objects that it takes. */
  readonly accepted: number;
  /** What it warns of, with the object it is about. */
  readonly warnings: readonly string[];
}

const podsKind = { base: '/api/v1', resource: 'pods', namespaced: true };

/**
 * Sends objects with a server-side dry run and strict validation, and for each workload the pod that it would make.
 * @param objects in the order in which they are to be sent; their namespaces and definitions stand
 */
export async function dryRun(
  client: ApiClient,
  kinds: Kinds,
  objects: readonly KubernetesObject[],
  onDone: (done: number) => void = () => {},
): Promise<Verdict> {
  const findings: Finding[] = [];
  const warnings = new Set<string>();
  const names = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  let accepted = 0;
  for (const [index, object] of objects.entries()) {
    const target = await targetOf(object, kinds, client.context);
    if (!isTarget(target)) {
      findings.push(target);
      continue;
    }
    const { namespace } = target;
    const answer = await apply(client, target, true);
    if (answer.status >= 300) findings.push(refusal(target, answer, client.context));
    else accepted++;
    const pod = podOf(object, namespace ?? 'default', (kind, name) => names.has(`${kind}/${name}`));
    for (const text of answer.warnings) {
      // The pod itself is refused for that, which is the finding.
      if (pod === undefined || !/violate PodSecurity/.test(text)) warnings.add(`${named(object, namespace)}: ${text}`);
    }
    if (pod !== undefined && answer.status < 300) {
      const query = { dryRun: 'All', fieldValidation: 'Strict' };
      const path = `${podsKind.base}/namespaces/${namespace}/${podsKind.resource}`;
      const asked = await client.call('POST', path, { query, body: pod });
      if (asked.status >= 300) findings.push(refusal(target, asked, client.context, true));
    }
    onDone(index + 1);
  }
  return { findings, accepted, warnings: [...warnings] };
}
