import { isIP } from 'node:net';
import { quoted } from '../formats/words';
import { isKnown, isObject, type TfObject } from '../protocol/codec';
import { twice } from './kubernetes-pods';
import { block, blocks, settled, text, type Path, type Wrong } from './kubernetes-walk';

type Relation = (config: TfObject) => Wrong[];

/**
 * What no single value of an object tells, by the resource's name without `kubernetes_` and its version.
 * Sources: pkg/apis/{core,networking,autoscaling,policy,rbac}/validation of Kubernetes, and its admission plugins.
 */
export const relations: Readonly<Record<string, Relation>> = {
  service,
  horizontal_pod_autoscaler: autoscaler,
  pod_disruption_budget: budget,
  ingress,
  network_policy: networkPolicy,
  secret,
  config_map: (config) => tooLarge(config, 'a ConfigMap'),
  namespace,
  persistent_volume_claim: claim,
  role: rules,
  cluster_role: rules,
  role_binding: subjects,
  cluster_role_binding: subjects,
};

function service(config: TfObject): Wrong[] {
  const spec = block(config['spec']);
  const path: Path = ['spec', 0];
  const kind = text(spec['type']) ?? 'ClusterIP';
  const known = isKnown(spec['type'] ?? null);
  const ports = blocks(spec['port']);
  const at = (i: number, name: string): Path => [...path, 'port', i, name];
  const found: Wrong[] = [
    ...twice(
      ports.map(({ name }, i) => ({ name: text(name), path: at(i, 'name') })),
      'name of a port',
    ),
    ...twice(
      ports.map(({ port, protocol }, i) => ({
        name: typeof port === 'number' ? `${text(protocol) ?? 'TCP'} ${port}` : undefined,
        path: at(i, 'port'),
      })),
      'port',
    ),
    ...twice(
      ports.map(({ node_port: port, protocol }, i) => ({
        name: typeof port === 'number' && port > 0 ? `${text(protocol) ?? 'TCP'} ${port}` : undefined,
        path: at(i, 'node_port'),
      })),
      'node_port',
    ),
  ];
  if (ports.length > 1) {
    for (const [i, port] of ports.entries()) {
      if (isKnown(port['name'] ?? null) && text(port['name']) === undefined) {
        found.push({
          path: at(i, 'name'),
          clause: `port ${i + 1} has no name, which each of several needs; give it one`,
        });
      }
    }
  }
  if (!known) return found;
  const headless = spec['cluster_ip'] === 'None';
  if (kind === 'ExternalName') {
    if (isKnown(spec['external_name'] ?? null) && text(spec['external_name']) === undefined) {
      found.push({
        path,
        clause: 'a Service of the type ExternalName needs external_name; write the DNS name that it stands for',
      });
    }
  } else if (settled(spec['port']) && ports.length === 0 && !headless) {
    found.push({ path, clause: 'it has no port; write one at least' });
  }
  if (headless && (kind === 'NodePort' || kind === 'LoadBalancer')) {
    found.push({
      path: [...path, 'cluster_ip'],
      clause: `a Service of the type ${kind} cannot be headless; leave cluster_ip out, or write the type ClusterIP`,
    });
  }
  if (kind === 'ClusterIP' || kind === 'ExternalName') {
    for (const [i, port] of ports.entries()) {
      if (typeof port['node_port'] !== 'number' || port['node_port'] === 0) continue;
      found.push({
        path: at(i, 'node_port'),
        clause: `a Service of the type ${kind} has no ports of nodes; leave it out, or write the type NodePort`,
      });
    }
  }
  if (text(spec['external_traffic_policy']) !== undefined && kind === 'ClusterIP' && spec['external_ips'] === null) {
    found.push({
      path: [...path, 'external_traffic_policy'],
      clause: 'a Service of the type ClusterIP has no traffic from outside; leave it out',
    });
  }
  return found;
}

function autoscaler(config: TfObject): Wrong[] {
  const { min_replicas: least, max_replicas: most } = block(config['spec']);
  if (typeof least !== 'number' || typeof most !== 'number' || least <= most) return [];
  return [
    {
      path: ['spec', 0, 'max_replicas'],
      clause: `it is ${most}, less than min_replicas, which is ${least}; write ${least} or more`,
    },
  ];
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

function ingress(config: TfObject): Wrong[] {
  const spec = block(config['spec']);
  const rows = blocks(spec['rule']);
  const found = rows.flatMap((rule, i): Wrong[] => {
    const path: Path = ['spec', 0, 'rule', i];
    const host = text(rule['host']);
    return [
      ...(host === undefined ? [] : hostWrong(host, [...path, 'host'])),
      ...blocks(block(rule['http'])['path']).flatMap((row, j) => pathWrong(row, [...path, 'http', 0, 'path', j])),
    ];
  });
  if (
    rows.length === 0 &&
    settled(spec['rule']) &&
    settled(spec['default_backend']) &&
    blocks(spec['default_backend']).length === 0
  ) {
    found.push({ path: ['spec', 0], clause: 'it has neither a rule nor a default_backend; write one of them' });
  }
  return found;
}

function hostWrong(host: string, path: Path): Wrong[] {
  if (isIP(host) !== 0) return [{ path, clause: `${quoted(host)} is an address; write a DNS name, or leave it out` }];
  const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
  if (new RegExp(`^(\\*\\.)?${label}(\\.${label})*$`).test(host)) return [];
  return [{ path, clause: `${quoted(host)} is no DNS name; write one such as app.example.com or *.example.com` }];
}

function pathWrong(row: TfObject, path: Path): Wrong[] {
  const found: Wrong[] = [];
  const given = text(row['path']);
  if (given !== undefined && !given.startsWith('/') && row['path_type'] !== 'ImplementationSpecific') {
    found.push({
      path: [...path, 'path'],
      clause: `${quoted(given)} does not begin with a slash; write ${quoted(`/${given}`)}`,
    });
  }
  const backend = block(row['backend']);
  if (blocks(backend['service']).length > 0 && blocks(backend['resource']).length > 0) {
    found.push({ path: [...path, 'backend'], clause: 'it has both service and resource; keep one' });
  }
  const port = block(block(backend['service'])['port']);
  if (typeof port['number'] === 'number' && text(port['name']) !== undefined) {
    found.push({
      path: [...path, 'backend', 0, 'service', 0, 'port'],
      clause: 'it has both name and number; keep one',
    });
  }
  return found;
}

function networkPolicy(config: TfObject): Wrong[] {
  const spec = block(config['spec']);
  return ['ingress', 'egress'].flatMap((direction) =>
    blocks(spec[direction]).flatMap((rule, i) =>
      blocks(rule[direction === 'ingress' ? 'from' : 'to']).flatMap((peer, j): Wrong[] => {
        const path: Path = ['spec', 0, direction, i, direction === 'ingress' ? 'from' : 'to', j];
        const selectors = ['namespace_selector', 'pod_selector'].some((name) => blocks(peer[name]).length > 0);
        return blocks(peer['ip_block']).length > 0 && selectors
          ? [{ path, clause: 'it has both an ip_block and a selector; write two peers' }]
          : [];
      }),
    ),
  );
}

/** Keys that a Secret of a type must have. Source: k8s.io/api/core/v1, SecretType. */
const secretKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

function secret(config: TfObject): Wrong[] {
  const found = tooLarge(config, 'a Secret');
  const kind = text(config['type']);
  const needed = kind === undefined ? undefined : secretKeys[kind];
  const maps = ['data', 'binary_data', 'data_wo', 'binary_data_wo'].map((name) => config[name] ?? null);
  if (needed === undefined || !maps.every((map) => map === null || isObject(map))) return found;
  const keys = new Set(maps.flatMap((map) => (isObject(map) ? Object.keys(map) : [])));
  const missing = needed.filter((key) => !keys.has(key));
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

function claim(config: TfObject): Wrong[] {
  const path: Path = ['spec', 0, 'resources'];
  const requests = block(block(config['spec'])['resources'])['requests'] ?? null;
  if (!isKnown(requests) || !settled(block(config['spec'])['resources'])) return [];
  if (isObject(requests) && requests['storage'] !== undefined) return [];
  return [{ path, clause: 'it asks for no storage; write requests = { storage = "10Gi" }' }];
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

function subjects(config: TfObject): Wrong[] {
  return blocks(config['subject']).flatMap((subject, i): Wrong[] => {
    const group = text(subject['api_group']);
    if (subject['kind'] !== 'ServiceAccount' || group === undefined) return [];
    return [
      {
        path: ['subject', i, 'api_group'],
        clause: `a ServiceAccount is of the core group, not of ${quoted(group)}; leave it out`,
      },
    ];
  });
}
