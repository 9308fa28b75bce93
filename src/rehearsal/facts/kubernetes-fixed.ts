import { amountOf } from '../formats/quantity';
import { isObject, type TfObject } from '../protocol/codec';
import { isChanged } from './check';
import { block, type Wrong } from './kubernetes-config';

const withinImmutable = (prior: TfObject): string[] =>
  prior['immutable'] === true ? ['binary_data', 'data', 'immutable'] : [];

/**
 * What Kubernetes keeps as it was made, though the provider tries to change it, by the resource's name without `kubernetes_`.
 * Source: the `ValidateUpdate` functions of Kubernetes (pkg/apis/{apps,core,networking,storage}/validation).
 */
const fixed: Readonly<Record<string, (prior: TfObject) => readonly string[]>> = {
  config_map: withinImmutable,
  csi_driver: () => ['spec.volume_lifecycle_modes'],
  daemon_set: () => ['spec.selector'],
  daemonset: () => ['spec.selector'],
  ingress_class: () => ['spec.controller'],
  persistent_volume: () => ['spec.persistent_volume_source'],
  secret: withinImmutable,
  stateful_set: () => ['spec.volume_claim_template'],
  storage_class: () => ['reclaim_policy'],
};

/** What the provider writes where nothing stands. */
const fallbacks: Readonly<Record<string, string>> = { reclaim_policy: 'Delete' };

export function unchangeable(kind: string, prior: TfObject, planned: TfObject): Wrong[] {
  const kept = (fixed[kind]?.(prior) ?? []).filter((path) =>
    isChanged(prior, planned, path, { fallback: fallbacks[path] ?? null }),
  );
  const cure = 'give the object another name, or have it replaced (terraform apply -replace)';
  return [
    ...kept.map((path) => ({
      path: path.split('.').flatMap((name, i) => (i === 0 ? [name] : [0, name])),
      clause: `Kubernetes keeps it as it was made; ${cure}`,
    })),
    ...(kind === 'persistent_volume_claim' ? smaller(prior, planned) : []),
  ];
}

function smaller(prior: TfObject, planned: TfObject): Wrong[] {
  const [before, after] = [prior, planned].map((values) => {
    const requests = block(block(values['spec'])['resources'])['requests'] ?? null;
    const storage = isObject(requests) ? requests['storage'] : undefined;
    return typeof storage === 'string' ? { storage, amount: amountOf(storage) } : undefined;
  });
  if ((after?.amount ?? Infinity) >= (before?.amount ?? 0)) return [];
  const clause = `a claim only grows, and it asked for ${before?.storage}; write ${before?.storage} or more`;
  return [{ path: ['spec', 0, 'resources', 0, 'requests'], clause }];
}
