import { labelKey } from '../formats/kubernetes-name';
import { amountOf } from '../formats/quantity';
import { oneOf, quoted } from '../formats/words';
import { isObject, type TfObject, type TfValue } from '../protocol/codec';
import { block, blocks, text, type Wrong } from './kubernetes-config';
import { every, given, known, needs, oneSource, wrong, type BlockRule } from './kubernetes-rule';

// Source: pkg/apis/core/validation/validation.go of Kubernetes.

const image: BlockRule = ({ image: name }) =>
  known(name) && text(name) === undefined ? wrong('it has no image; write one such as registry/name:tag') : [];

const propagation: BlockRule = ({ security_context: context, volume_mount: mounts }) => {
  const { privileged } = block(context);
  if (privileged === true || !known(context) || !known(privileged)) return [];
  return blocks(mounts).flatMap((mount, i) =>
    mount['mount_propagation'] === 'Bidirectional'
      ? wrong(
          'Bidirectional is for privileged containers only; write HostToContainer, or privileged = true',
          ...['volume_mount', i, 'mount_propagation'],
        )
      : [],
  );
};

/** Those that go before the others end, unless they are made to stay. */
const initial: BlockRule = (container) => {
  if (container['restart_policy'] === 'Always' || !known(container['restart_policy'])) return [];
  return ['lifecycle', 'liveness_probe', 'readiness_probe', 'startup_probe'].flatMap((name) =>
    given(container, name) ? wrong(`an init container ends before it could matter; leave it out`, name) : [],
  );
};

const privileges: BlockRule = ({ privileged, allow_privilege_escalation: escalation, capabilities }) => {
  if (escalation !== false) return [];
  const added = blocks(capabilities).flatMap(({ add }) => (Array.isArray(add) ? add : []));
  const why = privileged === true ? 'privileged' : added.includes('CAP_SYS_ADMIN') ? 'CAP_SYS_ADMIN' : undefined;
  return why === undefined
    ? []
    : wrong(
        `${why} lets a process gain privileges, which allow_privilege_escalation forbids; keep one of them`,
        'allow_privilege_escalation',
      );
};

/** Huge pages are given whole, and as much as is asked for, along with something else. */
const hugePages: BlockRule = ({ limits, requests }) => {
  if (!known(limits) || !known(requests)) return [];
  const [most, asked] = [limits, requests].map((map): TfObject => (isObject(map ?? null) ? (map as TfObject) : {}));
  const names = Object.keys({ ...most, ...asked });
  const huge = names.filter((name) => name.startsWith('hugepages-'));
  if (huge.length === 0) return [];
  if (!names.includes('cpu') && !names.includes('memory')) {
    return wrong('huge pages are given only along with cpu or memory; write one of them as well');
  }
  return huge.flatMap((name) => {
    const [limit, request] = [amount(most?.[name]), amount(asked?.[name])];
    const page = amountOf(name.replace('hugepages-', ''));
    if (page === undefined) return wrong(`${quoted(name)} names no size; write one such as hugepages-2Mi`, 'limits');
    if (limit === undefined)
      return most?.[name] === undefined ? wrong(`${name} needs a limit; write it`, 'limits') : [];
    if (limit % page !== 0)
      return wrong(
        `${name} is given out in whole pages; write a multiple of ${name.replace('hugepages-', '')}`,
        'limits',
      );
    return request === undefined || request === limit
      ? []
      : wrong(`${name} is asked for otherwise than it is limited; write the same into both`, 'requests');
  });
};
const amount = (value: TfValue | undefined): number | undefined =>
  typeof value === 'string' ? amountOf(value) : undefined;

const seccomp: BlockRule = ({ type, localhost_profile: profile }) => {
  if (!known(type) || !known(profile)) return [];
  const own = text(profile) !== undefined;
  if (type === 'Localhost')
    return own ? [] : wrong('it names no profile; write localhost_profile', 'localhost_profile');
  return own
    ? wrong('only the type Localhost has a profile; write that type, or leave it out', 'localhost_profile')
    : [];
};

/** Source: ValidateResourceFieldSelector of Kubernetes (pkg/apis/core/validation/validation.go). */
const containerResources = ['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [
  `limits.${name}`,
  `requests.${name}`,
]);
const divisors = {
  cpu: ['1m', '1'],
  memory: ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'],
};
const resourceField: BlockRule = ({ resource, divisor }) => {
  const name = text(resource);
  if (name === undefined) return [];
  if (!containerResources.includes(name) && !/^(limits|requests)\.hugepages-/.test(name)) {
    return wrong(`${quoted(name)} is nothing of a container's; write ${oneOf(containerResources)}`, 'resource');
  }
  const unit = text(divisor);
  const allowed = divisors[name.endsWith('.cpu') ? 'cpu' : 'memory'];
  return unit === undefined || unit === '0' || allowed.includes(unit)
    ? []
    : wrong(`${name} is not given out in parts of ${quoted(unit)}; write ${oneOf(allowed)}`, 'divisor');
};

const fieldPath =
  (...paths: readonly string[]): BlockRule =>
  ({ field_path: path }) => {
    const name = text(path);
    if (name === undefined || paths.includes(name)) return [];
    const [, , key] = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(name) ?? [];
    const misspelled = key === undefined ? undefined : labelKey(key);
    if (key !== undefined) return misspelled === undefined ? [] : wrong(misspelled, 'field_path');
    return wrong(
      `${quoted(name)} is no field that a pod can be told; write ${oneOf([...paths, "metadata.labels['app']"])}`,
      'field_path',
    );
  };
const identity = ['metadata.name', 'metadata.namespace', 'metadata.uid'];

const command: BlockRule = ({ command: words }) =>
  Array.isArray(words) && words.length === 0
    ? wrong('it runs nothing; write the program and its arguments', 'command')
    : [];

/** Source: ValidateTolerations of Kubernetes. */
const toleration: BlockRule = ({ key, operator, value, effect, toleration_seconds: seconds }) => {
  const found: Wrong[] = [];
  if (operator === 'Exists' && text(value) !== undefined) {
    found.push(...wrong('it has a value, though Exists takes any; leave the value out, or write the operator Equal'));
  } else if (text(key) === undefined && known(key) && known(operator) && operator !== 'Exists') {
    found.push(...wrong('it has no key, with which it must take any taint; write a key, or the operator Exists'));
  }
  const time = text(seconds);
  if (time === undefined || !known(effect)) return found;
  if (!/^-?\d+$/.test(time)) {
    return [...found, ...wrong(`${quoted(time)} is no whole number; write seconds`, 'toleration_seconds')];
  }
  const why = 'only NoExecute drives pods out after a time; write it, or leave toleration_seconds out';
  return effect === 'NoExecute' ? found : [...found, ...wrong(why, 'effect')];
};

const spread: BlockRule = (constraint) => {
  const { min_domains: least, when_unsatisfiable: otherwise, match_label_keys: keys } = constraint;
  const selected = given(constraint, 'label_selector') || !known(constraint['label_selector']);
  return [
    ...(typeof least === 'number' && otherwise === 'ScheduleAnyway'
      ? wrong('min_domains holds for DoNotSchedule only; write that, or leave it out', 'min_domains')
      : []),
    ...(Array.isArray(keys) && keys.length > 0 && !selected
      ? wrong('match_label_keys adds to a label_selector, of which there is none; write one', 'match_label_keys')
      : []),
  ];
};

const dns: BlockRule = ({ nameservers, option: options }) => [
  ...(Array.isArray(nameservers) && nameservers.length > 3
    ? wrong(`a pod asks three servers at most, and here are ${nameservers.length}; keep three`, 'nameservers')
    : []),
  ...blocks(options).flatMap(({ name }, i) =>
    known(name) && text(name) === undefined
      ? wrong('it has no name; write one such as ndots', 'option', i, 'name')
      : [],
  ),
];

const handlers = ['exec', 'http_get', 'tcp_socket'];
const handler = oneSource(handlers, 1);
const file = needs('key', 'path');
const downward = oneSource(['field_ref', 'resource_field_ref'], 1);

/** Rules of blocks that stand in pods; the names are those of `blockRules`. */
export const podBlocks: Readonly<Record<string, BlockRule>> = {
  container: every(image, propagation),
  init_container: every(image, propagation, initial),
  'container.security_context': privileges,
  'init_container.security_context': privileges,
  'container.resources': hugePages,
  'init_container.resources': hugePages,
  dns_config: dns,
  seccomp_profile: seccomp,
  exec: command,
  pre_stop: handler,
  post_start: handler,
  toleration,
  topology_spread_constraint: every(needs('topology_key'), spread),

  env_from: oneSource(['config_map_ref', 'secret_ref'], 1),
  config_map_ref: needs('name'),
  'env_from.secret_ref': needs('name'),
  config_map_key_ref: needs('name', 'key'),
  secret_key_ref: needs('name', 'key'),
  resource_field_ref: resourceField,
  'items.resource_field_ref': every(resourceField, needs('container_name')),
  'value_from.field_ref': fieldPath(
    ...identity,
    ...['spec.nodeName', 'spec.serviceAccountName', 'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs'],
  ),
  'items.field_ref': fieldPath(...identity, 'metadata.labels', 'metadata.annotations'),

  volume: oneSource(undefined, 0),
  'volume.config_map': needs('name'),
  'volume.secret': needs('secret_name'),
  'volume.persistent_volume_claim': needs('claim_name'),
  'volume.ephemeral': needs('volume_claim_template'),
  'config_map.items': file,
  'secret.items': file,
  'downward_api.items': downward,
  service_account_token: needs('path'),
  aws_elastic_block_store: needs('volume_id'),
  host_path: needs('path'),
  nfs: needs('server', 'path'),
};
