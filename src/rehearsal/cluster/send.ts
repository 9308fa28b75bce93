import type { Finding } from '@plinth/contract';
import type { KubernetesObject } from '../kubernetes-objects';
import type { Answer, ApiClient } from './api-client';
import { pathOf, type Kinds, type ServedKind } from './kinds';
import { named, placeOf, type Manifest } from './objects';

/** Who the server notes as the owner of the fields. */
const fieldManager = 'plinth-rehearsal';

/** One object, and where it goes. */
export interface Target {
  readonly object: KubernetesObject;
  readonly served: ServedKind;
  readonly namespace?: string;
}

/** Where an object goes; a finding where the server has no such kind. */
export async function targetOf(object: KubernetesObject, kinds: Kinds, context: string): Promise<Target | Finding> {
  const served = await kinds.of(object.apiVersion, object.kind);
  const namespace = object.metadata.namespace ?? object.provenance.namespace ?? 'default';
  if (served !== undefined) return { object, served, ...(served.namespaced && { namespace }) };
  return {
    code: 'cluster-kind-unknown',
    where: placeOf(object, object.metadata.namespace, context),
    what: `there is no kind ${object.kind} in ${object.apiVersion}`,
    why: 'neither the API server nor what was given brings its definition',
    cure: 'give the folder of the chart that brings it with --charts DIR, or of its CustomResourceDefinition with --crds DIR, or correct apiVersion and kind',
  };
}

export function isTarget(found: Target | Finding): found is Target {
  return 'served' in found;
}

/**
 * Server-side apply of one object with strict validation.
 * @param dryRun the server does everything but keep it
 */
export function apply(client: ApiClient, { object, served, namespace }: Target, dryRun: boolean): Promise<Answer> {
  const metadata = { ...object.metadata, ...(namespace !== undefined && { namespace }) };
  const query = { fieldManager, fieldValidation: 'Strict', ...(dryRun && { dryRun: 'All' }) };
  const body: Manifest = { ...object, metadata };
  const { name } = object.metadata;
  // What is to be named by the server cannot be applied, only created.
  if (name === undefined) return client.call('POST', pathOf(served, namespace), { query, body });
  const contentType = 'application/apply-patch+yaml';
  return client.call('PATCH', pathOf(served, namespace, name), {
    query: { ...query, force: 'true' },
    body,
    contentType,
  });
}

/** What the server refuses, in its own words; `pod`: not the object itself, but the pod that it would make. */
export function refusal(target: Target, { body, status }: Answer, context: string, pod = false): Finding {
  const { object, namespace } = target;
  const why = (body.message ?? '').trim().replace(/\.$/, '') || `it answered ${status}`;
  return {
    code: 'cluster-refused',
    where: placeOf(object, namespace, context),
    what: pod ? 'the API server refuses the pods that it would make' : 'the API server refuses it',
    why,
    cure: cureOf(why, named(object, namespace)),
  };
}

/** What helps, by the server's words. */
function cureOf(why: string, name: string): string {
  const field = /\.([\w.[\]"=-]+): field not declared in schema/.exec(why)?.[1];
  if (field !== undefined) return `correct or remove ${field}`;
  if (/violates PodSecurity/.test(why))
    return "set the securityContext that the namespace's Pod Security level asks for";
  if (/service account|serviceaccount/.test(why)) return 'make that service account, or name one that is made';
  if (/is forbidden: User/.test(why)) return 'use a context whose user may do this';
  if (/is immutable|may not change/.test(why)) return `remove ${name} from that cluster first, or use an empty one`;
  if (/namespaces? ".*" not found/.test(why)) return 'make that namespace before it';
  return 'correct it as the server says';
}
