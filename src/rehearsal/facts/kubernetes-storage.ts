import { amountOf } from '../formats/quantity';
import { isKnown, isObject, type TfObject } from '../protocol/codec';
import { block, blocks, settled, type Path, type Wrong } from './kubernetes-config';
import { wrong, type BlockRule } from './kubernetes-rule';

// Source: ValidatePersistentVolumeClaimSpec and ValidatePersistentVolumeSpec of Kubernetes (pkg/apis/core/validation/validation.go).

const modes: BlockRule = ({ access_modes: given }) => {
  if (!Array.isArray(given)) return [];
  if (given.length === 0) return wrong('it has no access mode; write one such as ReadWriteOnce', 'access_modes');
  return given.includes('ReadWriteOncePod') && given.length > 1
    ? wrong('ReadWriteOncePod is for one pod alone; write no other mode beside it', 'access_modes')
    : [];
};

/** What a claim asks for, in a claim of its own and in a template. */
export const claimed: BlockRule = (spec) => {
  const found = [...modes(spec)];
  const requests = block(spec['resources'])['requests'] ?? null;
  if (!isKnown(requests) || !settled(spec['resources'])) return found;
  const storage = isObject(requests) ? requests['storage'] : undefined;
  const none = storage === undefined || (typeof storage === 'string' && amountOf(storage) === 0);
  return none
    ? [...found, ...wrong('it asks for no storage; write requests = { storage = "10Gi" }', 'resources')]
    : found;
};

const inSpec =
  (rule: BlockRule) =>
  (config: TfObject): Wrong[] =>
    blocks(config['spec']).flatMap((spec, i) =>
      rule(spec).map((one) => ({ ...one, path: ['spec', i, ...one.path] as Path })),
    );

export const claim = inSpec(claimed);

export const volume = inSpec((spec) => {
  const found = [...modes(spec)];
  const { capacity, persistent_volume_source: sources, persistent_volume_reclaim_policy: policy } = spec;
  if (isObject(capacity ?? null)) {
    const { storage, ...other } = capacity as TfObject;
    const size = typeof storage === 'string' ? amountOf(storage) : undefined;
    if (storage === undefined || (size !== undefined && size <= 0) || Object.keys(other).length > 0) {
      found.push(
        ...wrong(
          'a volume has storage, more than none, and nothing else; write capacity = { storage = "10Gi" }',
          'capacity',
        ),
      );
    }
  }
  const source = block(sources);
  if (
    blocks(source['local']).length > 0 &&
    settled(spec['node_affinity']) &&
    blocks(spec['node_affinity']).length === 0
  ) {
    found.push(...wrong('a local volume is on one node, and nothing says which; write node_affinity'));
  }
  if (policy === 'Recycle' && block(source['host_path'])['path'] === '/') {
    found.push(...wrong("Recycle would empty the node's whole disk; write Retain", 'persistent_volume_reclaim_policy'));
  }
  return found;
});
