import type { Finding } from '@plinth/contract';
import type { KubernetesObject } from '../kubernetes-objects';
import type { ApiClient } from './api-client';
import type { Kinds, ServedKind } from './kinds';
import { namespaceOf, placeOf, type Manifest } from './objects';
import { established, gone, make, remove, until, type Made } from './standing';

export const namespaces: ServedKind = { base: '/api/v1', resource: 'namespaces', namespaced: false };
export const definitionsKind: ServedKind = {
  base: '/apis/apiextensions.k8s.io/v1',
  resource: 'customresourcedefinitions',
  namespaced: false,
};

export interface GroundOptions {
  readonly objects: readonly KubernetesObject[];
  /** CustomResourceDefinitions that the program does not apply itself. */
  readonly definitions: readonly Manifest[];
  /** Namespaces that Helm makes (`create_namespace`). */
  readonly byHelm: ReadonlySet<string>;
  /** Whether the program's own namespaces and definitions are made as well: in a dry run nothing else would make them. */
  readonly own: boolean;
}

/** What has to stand really, even in a dry run, before anything else can be looked at: namespaces and definitions. */
export interface Ground {
  readonly made: readonly Made[];
  readonly findings: readonly Finding[];
  /** Removes what was made, newest first, and waits until it is gone; gives what is not. */
  clear(client: ApiClient): Promise<Made[]>;
}

/** Makes the namespaces and definitions that are not there yet; nothing that stands is touched. */
export async function layGround(client: ApiClient, kinds: Kinds, options: GroundOptions): Promise<Ground> {
  const { objects, definitions, byHelm, own } = options;
  const made: Made[] = [];
  const findings: Finding[] = [];
  const put = async (served: ServedKind, object: Manifest): Promise<boolean> => {
    const result = await make(client, served, object);
    // Why the server does not take it is told where the object itself is sent.
    if (result === undefined || typeof result === 'string') return false;
    made.push(result);
    return true;
  };
  const clear = async (with_: ApiClient): Promise<Made[]> => {
    const left: Made[] = [];
    for (const one of [...made].reverse()) await remove(with_, one);
    for (const one of made) if (!(await until(() => gone(with_, one), 60))) left.push(one);
    return left;
  };
  try {
    const fresh: Manifest[] = [];
    const ownDefinitions = own ? objects.filter(({ kind }) => kind === 'CustomResourceDefinition') : [];
    for (const definition of [...definitions, ...ownDefinitions]) {
      if (await put(definitionsKind, definition)) fresh.push(definition);
    }
    for (const name of await established(client, kinds, fresh)) findings.push(notServed(name, client.context));

    const ofProgram = new Map(
      objects.filter(({ kind }) => kind === 'Namespace').map((one) => [one.metadata.name, one]),
    );
    const needed = new Map<string, KubernetesObject | undefined>();
    if (own) for (const name of ofProgram.keys()) if (name !== undefined) needed.set(name, undefined);
    for (const object of objects) {
      const served = await kinds.of(object.apiVersion, object.kind);
      const namespace = served?.namespaced === true ? namespaceOf(object) : undefined;
      if (namespace !== undefined && !needed.has(namespace)) needed.set(namespace, object);
    }
    for (const [name, first] of needed) {
      const program = ofProgram.get(name);
      if (program !== undefined && !own) continue;
      const plain: Manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
      if (!(await put(namespaces, program ?? plain))) continue;
      if (program === undefined && !byHelm.has(name) && first !== undefined) {
        findings.push(noNamespace(first, name, client.context));
      }
    }
    // Pods are refused until the controllers have made the account that each namespace has.
    const accounts = made.filter(({ name }) => name.startsWith('Namespace ')).map(({ path }) => path);
    for (const path of accounts) {
      await until(async () => (await client.call('GET', `${path}/serviceaccounts/default`)).status === 200, 10);
    }
    return { made, findings, clear };
  } catch (error) {
    await clear(client).catch(() => []);
    throw error;
  }
}

function noNamespace(object: KubernetesObject, namespace: string, context: string): Finding {
  return {
    code: 'cluster-namespace-missing',
    where: placeOf(object, namespace, context),
    what: `nothing makes the namespace ${namespace}`,
    why: 'neither the program nor the cluster has it, so the object would be refused',
    cure: 'make a Namespace in the program, or set create_namespace of the release',
  };
}

function notServed(name: string, context: string): Finding {
  return {
    code: 'cluster-refused',
    where: `CustomResourceDefinition ${name} on ${context}`,
    what: 'the API server does not serve it',
    why: 'it has been accepted, and is not established after half a minute',
    cure: 'look at the conditions in its status',
  };
}
