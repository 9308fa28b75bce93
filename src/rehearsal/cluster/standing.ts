import type { ApiClient } from './api-client';
import { pathOf, type Kinds, type ServedKind } from './kinds';
import { named, type Manifest } from './objects';

/** Marks what a rehearsal really makes on a cluster: `kubectl get namespaces,crds,nodes -l plinth.dev/rehearsal` finds it. */
export const rehearsalLabel = 'plinth.dev/rehearsal';

/** Something that was really made, with the identity by which it alone is removed. */
export interface Made {
  readonly name: string;
  readonly path: string;
  readonly uid: string;
}

/** Makes an object with the label of a rehearsal; undefined where one of that name stands already, the server's words where it refuses. */
export async function make(
  client: ApiClient,
  served: ServedKind,
  object: Manifest,
): Promise<Made | string | undefined> {
  const { name = '', namespace, labels } = object.metadata;
  const body = { ...object, metadata: { ...object.metadata, labels: { ...labels, [rehearsalLabel]: 'true' } } };
  const answer = await client.call('POST', pathOf(served, namespace), { body, query: { fieldValidation: 'Strict' } });
  if (answer.status === 409) return undefined;
  if (answer.status >= 300) return answer.body.message ?? `it answered ${answer.status}`;
  const { uid = '' } = answer.body['metadata'] as { uid?: string };
  return { name: named(object, namespace), path: pathOf(served, namespace, name), uid };
}

/** Asks for the removal of one object, and of no other that has got its name since. */
export async function remove(client: ApiClient, { path, uid }: Made): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Foreground', preconditions: { uid } };
  await client.call('DELETE', path, { body });
}

/** Whether an object is gone, or another stands under its name. */
export async function gone(client: ApiClient, { path, uid }: Made): Promise<boolean> {
  const { status, body } = await client.call('GET', path);
  return status === 404 || (status === 200 && (body['metadata'] as { uid?: string }).uid !== uid);
}

/** Asks again and again until it is so; false where it is not in time. */
export async function until(holds: () => Promise<boolean>, seconds: number, every = 200): Promise<boolean> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    if (await holds()) return true;
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

/** Waits until definitions are served, which is a moment after they are accepted. Gives the names of those that are not. */
export async function established(
  client: ApiClient,
  kinds: Kinds,
  definitions: readonly Manifest[],
): Promise<string[]> {
  const missing: string[] = [];
  for (const definition of definitions) {
    const name = definition.metadata.name ?? '';
    const spec = definition['spec'] as {
      group: string;
      names: { kind: string };
      versions?: readonly { name: string; served: boolean }[];
    };
    const version = spec.versions?.find(({ served }) => served)?.name ?? '';
    const served = await until(async () => {
      const { body } = await client.call('GET', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`);
      const conditions = (body['status'] as { conditions?: readonly Condition[] } | undefined)?.conditions ?? [];
      if (!conditions.some(({ type, status }) => type === 'Established' && status === 'True')) return false;
      kinds.forget();
      return (await kinds.of(`${spec.group}/${version}`, spec.names.kind)) !== undefined;
    }, 30);
    if (!served) missing.push(name);
  }
  return missing;
}
