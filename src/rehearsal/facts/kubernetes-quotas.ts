import { amountOf } from '../formats/quantity';
import { quoted } from '../formats/words';
import { isObject, type TfObject, type TfValue } from '../protocol/codec';
import { block, blocks, text, type Path, type Wrong } from './kubernetes-config';
import { twice } from './kubernetes-pods';
import { known, wrong, type BlockRule } from './kubernetes-rule';

/** Amounts from the least to the most. Source: ValidateLimitRange of Kubernetes. */
export const limit: BlockRule = (block) => {
  const type = text(block['type']);
  const maps = ['min', 'default_request', 'default', 'max'];
  if (type === undefined || ![...maps, 'max_limit_request_ratio'].every((name) => known(block[name]))) return [];
  const values = (name: string): TfObject => (isObject(block[name] ?? null) ? (block[name] as TfObject) : {});
  if (type === 'Pod') {
    const forbidden = ['default', 'default_request'].filter((name) => Object.keys(values(name)).length > 0);
    if (forbidden.length > 0) {
      return forbidden.flatMap((name) => wrong('a pod as a whole has no defaults; write the type Container', name));
    }
  }
  if (type === 'PersistentVolumeClaim' && !('storage' in values('min')) && !('storage' in values('max'))) {
    return wrong('of a claim it must limit the storage; write storage into min or max');
  }
  const amount = (name: string, of: string): number | undefined => {
    const value = values(name)[of];
    return typeof value === 'string' ? amountOf(value) : undefined;
  };
  const names = [...new Set(maps.flatMap((name) => Object.keys(values(name))))];
  const pairs = maps.flatMap((less, i) => maps.slice(i + 1).map((more): [string, string] => [less, more]));
  const order = names.flatMap((of) =>
    pairs.flatMap(([less, more]) => {
      const [least, most] = [amount(less, of), amount(more, of)];
      if (least === undefined || most === undefined || least <= most) return [];
      const [low, high] = [String(values(less)[of]), String(values(more)[of])];
      return wrong(`it is ${low} of ${of}, and ${more} is ${high}; write ${high} or less`, less);
    }),
  );
  const ratios = Object.keys(values('max_limit_request_ratio')).flatMap((of) => {
    const ratio = amount('max_limit_request_ratio', of);
    const at = 'max_limit_request_ratio';
    if (ratio === undefined) return [];
    if (ratio < 1)
      return wrong(`a limit is never less than the request, as the ratio for ${of} says; write 1 or more`, at);
    const most = (amount('max', of) ?? NaN) / (amount('min', of) ?? NaN);
    return ratio > most
      ? wrong(`it is ${ratio} for ${of}, though max is ${most} times min; write ${most} or less`, at)
      : [];
  });
  return [...order, ...ratios];
};

/** Source: pkg/apis/core/validation, ValidateLimitRange and validateResourceQuotaScopes of Kubernetes. */
export function limits(config: TfObject): Wrong[] {
  const path = (i: number): Path => ['spec', 0, 'limit', i, 'type'];
  const items = blocks(block(config['spec'])['limit']);
  return twice(
    items.map(({ type }, i) => ({ name: text(type), path: path(i) })),
    'limit',
  );
}

const isEmpty = (value: TfValue | undefined): boolean =>
  (value ?? null) === null || Object.keys(value as object).length === 0;
const opposites = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

export function quota(config: TfObject): Wrong[] {
  const [spec] = blocks(config['spec']);
  const all = ['hard', 'scopes', 'scope_selector'];
  if (spec !== undefined && all.every((name) => known(spec[name]) && isEmpty(spec[name]))) {
    return [{ path: ['spec', 0], clause: 'it limits nothing, on which the provider ends; write hard' }];
  }
  const { hard, scopes: names } = block(config['spec']);
  const parts = Object.entries(isObject(hard ?? null) ? (hard as TfObject) : {}).filter(
    ([name, value]) =>
      /^(pods|services|secrets|configmaps|count\/)/.test(name) && !Number.isInteger(amountOf(String(value)) ?? 0),
  );
  if (parts.length > 0) {
    const [[name, value]] = parts as [[string, string]];
    return [
      {
        path: ['spec', 0, 'hard'],
        clause: `${name} cannot be ${quoted(value)}, since they are counted; write a whole number`,
      },
    ];
  }
  if (!Array.isArray(names)) return [];
  const both = opposites.find((pair) => pair.every((name) => names.includes(name)));
  if (both !== undefined) {
    return [{ path: ['spec', 0, 'scopes'], clause: `no pod is both ${both.join(' and ')}; keep one` }];
  }
  // Pods of this kind ask for nothing that could be counted.
  const counted = names.includes('BestEffort') && isObject(hard) ? Object.keys(hard) : [];
  return counted
    .filter((name) => name !== 'pods')
    .map((name) => ({
      path: ['spec', 0, 'hard'],
      clause: `of pods of the scope BestEffort only their number is limited, not ${name}; leave it out`,
    }));
}

/** One condition of a quota's. */
export const scopes: BlockRule = ({ match_expression: expressions }) =>
  blocks(expressions).flatMap(({ scope_name: scope, operator, values }, i): readonly Wrong[] => {
    const [name, word] = [text(scope), text(operator)];
    if (name === undefined || word === undefined || !known(values)) return [];
    if (name !== 'PriorityClass' && word !== 'Exists') {
      return wrong(`the scope ${name} is there or not; write the operator Exists`, 'match_expression', i, 'operator');
    }
    const count = Array.isArray(values) ? values.length : 0;
    return (word === 'In' || word === 'NotIn') && count === 0
      ? wrong(`${word} compares with no values; write one, or the operator Exists`, 'match_expression', i, 'values')
      : [];
  });
