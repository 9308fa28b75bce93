import { kubernetesName } from '../formats/kubernetes-name';
import { quoted } from '../formats/words';
import { isKnown, isObject, type TfObject } from '../protocol/codec';
import { endpointSlice, ingress, networkPolicy, service } from './kubernetes-network';
import { limits, quota } from './kubernetes-quotas';
import { daemonSet, deployment, statefulSet } from './kubernetes-rollout';
import { claim, volume } from './kubernetes-storage';
import { job } from './kubernetes-batch';
import { block, blocks, settled, text, type Path, type Wrong } from './kubernetes-config';

type Relation = (config: TfObject) => Wrong[];

/**
 * What no single value of an object tells, by the resource's name without `kubernetes_` and its version.
 * Sources: pkg/apis/{core,networking,autoscaling,policy,rbac}/validation of Kubernetes, and its admission plugins.
 */
export const relations: Readonly<Record<string, Relation>> = {
  service,
  endpoint_slice: endpointSlice,
  horizontal_pod_autoscaler: autoscaler,
  pod_disruption_budget: budget,
  ingress,
  network_policy: networkPolicy,
  secret,
  config_map: configMap,
  namespace,
  deployment,
  daemon_set: daemonSet,
  daemonset: daemonSet,
  stateful_set: statefulSet,
  job,
  limit_range: limits,
  resource_quota: quota,
  persistent_volume: volume,
  persistent_volume_claim: claim,
  role: rules,
  cluster_role: rules,
  role_binding: subjects,
  cluster_role_binding: subjects,
};

function autoscaler(config: TfObject): Wrong[] {
  const spec = block(config['spec']);
  const { min_replicas: least, max_replicas: most } = spec;
  const found: Wrong[] = [];
  if (typeof least === 'number' && typeof most === 'number' && least > most) {
    found.push({
      path: ['spec', 0, 'max_replicas'],
      clause: `it is ${most}, less than min_replicas, which is ${least}; write ${least} or more`,
    });
  }
  const outside = blocks(spec['metric']).some((metric) => metric['type'] !== 'Resource' && metric['type'] !== 'Pods');
  if (least === 0 && !outside && settled(spec['metric'])) {
    found.push({
      path: ['spec', 0, 'min_replicas'],
      clause: 'it is 0, from which only a metric of the type External or Object leads back; write 1 or more',
    });
  }
  const target = block(spec['scale_target_ref']);
  const kind = text(target['kind']);
  if (
    kind !== undefined &&
    kind !== 'ReplicationController' &&
    isKnown(target['api_version'] ?? null) &&
    text(target['api_version']) === undefined
  ) {
    found.push({
      path: ['spec', 0, 'scale_target_ref', 0, 'api_version'],
      clause: `a ${kind} is looked for without its API; write apps/v1, or that of the ${kind}`,
    });
  }
  return found;
}

function budget(config: TfObject): Wrong[] {
  const spec = block(config['spec']);
  const names = ['max_unavailable', 'min_available'];
  if (!names.every((name) => isKnown(spec[name] ?? null))) return [];
  const given = names.filter((name) => text(spec[name]) !== undefined);
  return given.length === 2
    ? [{ path: ['spec', 0], clause: 'it has both max_unavailable and min_available; keep one' }]
    : [];
}

/** Keys that a Secret of a type must have. Source: k8s.io/api/core/v1, SecretType. */
const secretKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/basic-auth': ['username', 'password'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

function secret(config: TfObject): Wrong[] {
  const found = tooLarge(config, 'a Secret');
  const kind = text(config['type']);
  const annotations = block(config['metadata'])['annotations'] ?? null;
  const account = 'kubernetes.io/service-account.name';
  if (
    kind === 'kubernetes.io/service-account-token' &&
    isKnown(annotations) &&
    !(isObject(annotations) && account in annotations)
  ) {
    found.push({
      path: ['metadata', 0, 'annotations'],
      clause: `a Secret of the type ${kind} needs the annotation ${account}; write the name of the ServiceAccount into it`,
    });
  }
  const needed = kind === undefined ? undefined : secretKeys[kind];
  const maps = ['data', 'binary_data', 'data_wo', 'binary_data_wo'].map((name) => config[name] ?? null);
  if (needed === undefined || !maps.every((map) => map === null || isObject(map))) return found;
  const keys = new Set(maps.flatMap((map) => (isObject(map) ? Object.keys(map) : [])));
  const missing = needed.filter((key) => !keys.has(key));
  if (kind === 'kubernetes.io/basic-auth' && missing.length === 1) return found; // One of the two is enough.
  if (missing.length > 0) {
    found.push({
      path: ['data'],
      clause: `a Secret of the type ${kind} needs the key${missing.length > 1 ? 's' : ''} ${missing.join(' and ')}; add ${missing.length > 1 ? 'them' : 'it'}`,
    });
  }
  for (const key of needed.filter((name) => name.startsWith('.docker'))) {
    const value = isObject(config['data'] ?? null) ? (config['data'] as TfObject)[key] : undefined;
    // The value is a secret, and the clause repeats nothing of it.
    if (typeof value === 'string' && !isJson(value))
      found.push({ path: ['data'], clause: `the value of ${key} is not JSON; make it with jsonencode` });
  }
  return found;
}

function isJson(value: string): boolean {
  try {
    return typeof JSON.parse(value) === 'object';
  } catch {
    return false;
  }
}

function configMap(config: TfObject): Wrong[] {
  const [data, binary] = [config['data'] ?? null, config['binary_data'] ?? null];
  const both = isObject(data) && isObject(binary) ? Object.keys(data).filter((key) => key in binary) : [];
  return [
    ...tooLarge(config, 'a ConfigMap'),
    ...both.map((key) => ({
      path: ['data'],
      clause: `the key ${quoted(key)} stands in data and in binary_data; keep one`,
    })),
  ];
}

/** etcd keeps objects up to 1.5 MiB; Kubernetes refuses data of more than 1 MiB. */
function tooLarge(config: TfObject, what: string): Wrong[] {
  const size = (name: string, share: number): number => {
    const map = config[name] ?? null;
    const values = isObject(map) ? Object.values(map) : [];
    return values.reduce<number>(
      (sum, value) => sum + (typeof value === 'string' ? Buffer.byteLength(value) * share : 0),
      0,
    );
  };
  const total = Math.floor(size('data', 1) + size('binary_data', 0.75));
  if (total <= 1_048_576) return [];
  return [
    {
      path: ['data'],
      clause: `${what} holds at most 1048576 bytes, and this one has ${total}; put the data into a bucket or several objects`,
    },
  ];
}

/** Source: k8s.io/pod-security-admission/api/constants.go and helpers.go */
function namespace(config: TfObject): Wrong[] {
  const labels = block(config['metadata'])['labels'] ?? null;
  if (!isObject(labels)) return [];
  return Object.entries(labels).flatMap(([key, value]): Wrong[] => {
    const [, mode, version] = /^pod-security\.kubernetes\.io\/(enforce|audit|warn)(-version)?$/.exec(key) ?? [];
    if (mode === undefined || typeof value !== 'string') return [];
    const right =
      version === undefined ? /^(privileged|baseline|restricted)$/.test(value) : /^(latest|v1\.\d+)$/.test(value);
    if (right) return [];
    const cure = version === undefined ? 'privileged, baseline or restricted' : 'latest, or a version such as v1.34';
    return [{ path: ['metadata', 0, 'labels'], clause: `the label ${key} cannot be ${quoted(value)}; write ${cure}` }];
  });
}

function rules(config: TfObject): Wrong[] {
  return blocks(config['rule']).flatMap((rule, i): Wrong[] => {
    const count = (name: string): number =>
      Array.isArray(rule[name]) ? rule[name].length : isKnown(rule[name] ?? null) ? 0 : 1;
    const path: Path = ['rule', i];
    if (count('verbs') === 0) return [{ path, clause: 'it has no verbs; write one such as get' }];
    if (count('non_resource_urls') > 0) {
      return count('resources') > 0
        ? [{ path, clause: 'it has both resources and non_resource_urls; write two rules' }]
        : [];
    }
    if (count('api_groups') === 0)
      return [{ path, clause: 'it has no api_groups; write the group of the resources, "" for the core' }];
    return count('resources') === 0 ? [{ path, clause: 'it has no resources; write one such as pods' }] : [];
  });
}

const rbac = 'rbac.authorization.k8s.io';
function subjects(config: TfObject): Wrong[] {
  return blocks(config['subject']).flatMap((subject, i): Wrong[] => {
    const [kind, name, group] = [text(subject['kind']), text(subject['name']), text(subject['api_group'])];
    const path: Path = ['subject', i];
    if (kind === 'ServiceAccount') {
      const misnamed = name === undefined ? undefined : kubernetesName(name);
      const found: Wrong[] = misnamed === undefined ? [] : [{ path: [...path, 'name'], clause: misnamed }];
      if (group !== undefined) {
        const clause = `a ServiceAccount is of the core group, not of ${quoted(group)}; leave it out`;
        found.push({ path: [...path, 'api_group'], clause });
      }
      return found;
    }
    if ((kind !== 'User' && kind !== 'Group') || group === undefined || group === rbac) return [];
    return [
      { path: [...path, 'api_group'], clause: `a ${kind} is of the group ${rbac}, not of ${quoted(group)}; write it` },
    ];
  });
}
