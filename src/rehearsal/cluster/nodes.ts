import type { KubernetesObject } from '../kubernetes-objects';
import type { ApiClient } from './api-client';
import type { ServedKind } from './kinds';
import type { Manifest } from './objects';
import { podTemplate } from './pods';
import { make, type Made } from './standing';

/** How kwok knows the nodes that it is to play (https://kwok.sigs.k8s.io/docs/user/kwok-manage-nodes-and-pods/). */
export const kwokAnnotation = 'kwok.x-k8s.io/node';

const nodesKind: ServedKind = { base: '/api/v1', resource: 'nodes', namespaced: false };

/**
 * Makes a node for kwok to play for each node selector among the pods, where every node of the cluster is a played one or there is none:
 * Karpenter would bring such nodes, and does not run here. A cluster with nodes of its own is left as it is.
 */
export async function playNodes(client: ApiClient, objects: readonly KubernetesObject[]): Promise<Made[]> {
  const { body } = await client.call('GET', pathOfNodes);
  const standing = (body['items'] ?? []) as readonly Manifest[];
  if (standing.some(({ metadata }) => metadata.annotations?.[kwokAnnotation] === undefined)) return [];
  const selectors = new Map<string, Readonly<Record<string, string>>>([['{}', {}]]);
  for (const object of objects) {
    const selector = (podTemplate(object)?.spec['nodeSelector'] ?? {}) as Record<string, string>;
    selectors.set(JSON.stringify(Object.entries(selector).sort()), selector);
  }
  selectors.delete('[]');
  const made: Made[] = [];
  for (const [index, selector] of [...selectors.values()].entries()) {
    const result = await make(client, nodesKind, node(`plinth-rehearsal-${index}`, selector));
    if (typeof result === 'object') made.push(result);
  }
  return made;
}

const pathOfNodes = `${nodesKind.base}/${nodesKind.resource}`;

/** Larger than any instance: what a node has room for is not what is rehearsed. */
const room = { cpu: '1024', memory: '8Ti', pods: '1000', 'ephemeral-storage': '8Ti', 'nvidia.com/gpu': '64' };

function node(name: string, selector: Readonly<Record<string, string>>): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { [kwokAnnotation]: 'fake' },
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        ...selector,
      },
    },
    status: { allocatable: room, capacity: room },
  };
}
