import type { Knowledge } from './provider';
import { isObject, type TfObject, type TfValue } from './protocol/codec';

/** `namespace/name`, as the Kubernetes provider names its objects. */
function objectId(values: TfObject): string | undefined {
  const block = Array.isArray(values['metadata']) ? values['metadata'][0] : undefined;
  if (!isObject(block) || typeof block['name'] !== 'string') return undefined;
  return typeof block['namespace'] === 'string' ? `${block['namespace']}/${block['name']}` : block['name'];
}

/** What is known of Kubernetes. */
export const kubernetesKnowledge: Knowledge = {
  curated: (name, { values, digits }, alone): TfValue | undefined => {
    switch (name) {
      case 'id':
        return objectId(values) ?? digits.slice(0, 12);
      case 'namespace':
        return 'default';
      case 'name':
        return typeof values['generate_name'] === 'string' ? `${values['generate_name']}${digits.slice(0, 5)}` : null;
      case 'uid':
        return [
          digits.slice(0, 8),
          digits.slice(8, 12),
          digits.slice(12, 16),
          digits.slice(16, 20),
          digits.slice(20, 32),
        ].join('-');
      case 'resource_version':
        return String(parseInt(digits.slice(0, 6), 16));
      case 'generation':
        return 1;
      case 'cluster_ip':
        return `172.20.${parseInt(digits.slice(0, 2), 16)}.${(parseInt(digits.slice(2, 4), 16) % 254) + 1}`;
      case 'hostname':
        // Of a load balancer's status; a pod's own host name is for the user to give.
        return alone ? `${digits.slice(0, 32)}.elb.amazonaws.com` : null;
      default:
        // What the user left out stays out: the API server's defaults are its own.
        return alone ? undefined : null;
    }
  },
  answer: () => undefined,
};

const helmDefaults: Readonly<Record<string, TfValue>> = {
  namespace: 'default',
  wait: true,
  timeout: 300,
  max_history: 0,
  status: 'deployed',
  revision: 1,
};

/** What is known of Helm. */
export const helmKnowledge: Knowledge = {
  curated: (name, { values, type }) =>
    name === 'id' && type === 'helm_release' ? (values['name'] ?? undefined) : helmDefaults[name],
  answer: () => undefined,
};

/** A provider of which nothing is known but its schema. */
export const noKnowledge: Knowledge = {
  curated: (name, { digits }) => (name === 'id' ? digits.slice(0, 16) : undefined),
  answer: () => undefined,
};
