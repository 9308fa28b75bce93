import { nearest } from '@plinth/contract';
import { amountOf } from '../formats/quantity';
import { oneOf, quoted } from '../formats/words';
import { isKnown, isObject, type TfObject, type TfValue } from '../protocol/codec';
import { block, blocks, settled, text, type Path, type Wrong } from './kubernetes-config';

/** Kinds whose pods stand in a template, and where. */
const templates: Readonly<Record<string, readonly string[]>> = {
  cron_job: ['spec', 'job_template', 'spec', 'template'],
  daemon_set: ['spec', 'template'],
  daemonset: ['spec', 'template'],
  deployment: ['spec', 'template'],
  job: ['spec', 'template'],
  replication_controller: ['spec', 'template'],
  stateful_set: ['spec', 'template'],
};
const once = new Set(['job', 'cron_job']);

/** Relations within the pods of a workload, and between them and what selects them. Source: pkg/apis/core/validation/validation.go of Kubernetes. */
export function wrongPods(kind: string, config: TfObject): Wrong[] {
  const steps = kind === 'pod' ? [] : templates[kind];
  if (steps === undefined) return [];
  let template = config;
  const path: (string | number)[] = [];
  for (const step of steps) {
    template = block(template[step]);
    path.push(step, 0);
  }
  const pod = block(template['spec']);
  if (Object.keys(pod).length === 0) return [];
  const at = [...path, 'spec', 0];
  return [
    ...selectorWrong(kind, config, template),
    ...restartWrong(kind, pod, at),
    ...dnsWrong(pod, at),
    ...deadlineWrong(kind, pod, at),
    ...hostNetworkWrong(pod, at),
    ...namesWrong(pod, at),
    ...containersWrong(pod, at),
    ...volumesWrong(pod, at, blocks(block(config['spec'])['volume_claim_template'])),
  ];
}

function selectorWrong(kind: string, config: TfObject, template: TfObject): Wrong[] {
  const spec = block(kind === 'cron_job' ? block(block(config['spec'])['job_template'])['spec'] : config['spec']);
  // Of a job, Kubernetes writes both the selector and the label itself.
  if (kind === 'pod' || (once.has(kind) && spec['manual_selector'] !== true)) return [];
  const path = ['spec', 0, 'selector'];
  const labels = block(template['metadata'])['labels'];
  const plain = kind === 'replication_controller';
  const selector = plain ? spec['selector'] : block(spec['selector'])['match_labels'];
  const expressions = plain ? [] : blocks(block(spec['selector'])['match_expressions']);
  if (!isKnown(spec['selector'] ?? null) || (labels !== undefined && !isKnown(labels))) return [];
  if ((!isObject(selector) || Object.keys(selector).length === 0) && expressions.length === 0) {
    return plain ? [] : [{ path, clause: 'it selects no pods; write match_labels with a label of the template' }];
  }
  const given = isObject(labels) ? labels : {};
  return Object.entries(isObject(selector) ? selector : {}).flatMap(([key, value]): Wrong[] => {
    if (given[key] === value) return [];
    const has = given[key] === undefined ? `has no label ${quoted(key)}` : `has ${quoted(String(given[key]))} for it`;
    return [
      {
        path: plain ? path : [...path, 0, 'match_labels'],
        clause: `it selects ${quoted(`${key}=${String(value)}`)}, but the template ${has}; write the same in both`,
      },
    ];
  });
}

function restartWrong(kind: string, pod: TfObject, at: Path): Wrong[] {
  const given = text(pod['restart_policy']);
  const allowed = once.has(kind)
    ? ['Never', 'OnFailure']
    : kind === 'pod'
      ? ['Always', 'OnFailure', 'Never']
      : ['Always'];
  if (given === undefined || allowed.includes(given)) return [];
  return [
    {
      path: [...at, 'restart_policy'],
      clause: `${quoted(given)} is nothing that ${kind === 'pod' ? 'a pod' : `the pods of a ${kind.replaceAll('_', ' ')}`} can have; write ${oneOf(allowed)}`,
    },
  ];
}

function deadlineWrong(kind: string, pod: TfObject, at: Path): Wrong[] {
  if (kind === 'pod' || once.has(kind) || typeof pod['active_deadline_seconds'] !== 'number') return [];
  return [
    {
      path: [...at, 'active_deadline_seconds'],
      clause: `the pods of a ${kind.replaceAll('_', ' ')} run for good; leave it out, or use a job`,
    },
  ];
}

function hostNetworkWrong(pod: TfObject, at: Path): Wrong[] {
  if (pod['host_network'] !== true) return [];
  return ['container', 'init_container'].flatMap((name) =>
    blocks(pod[name]).flatMap((container, i) =>
      blocks(container['port']).flatMap(({ host_port: host, container_port: own }, j): Wrong[] => {
        if (typeof host !== 'number' || typeof own !== 'number' || host === 0 || host === own) return [];
        return [
          {
            path: [...at, name, i, 'port', j, 'host_port'],
            clause: `it is ${host}, but in the node's own network the port is ${own}; leave it out, or write ${own}`,
          },
        ];
      }),
    ),
  );
}

function namesWrong(pod: TfObject, at: Path): Wrong[] {
  const context = block(pod['security_context']);
  const sysctls = blocks(context['sysctl']).map(({ name }, i) => ({
    name: text(name),
    path: [...at, 'security_context', 0, 'sysctl', i, 'name'],
  }));
  const spreads = blocks(pod['topology_spread_constraint']).map(
    ({ topology_key: key, when_unsatisfiable: when }, i) => ({
      name: text(key) === undefined ? undefined : `${text(key)}, ${text(when) ?? 'DoNotSchedule'}`,
      path: [...at, 'topology_spread_constraint', i, 'topology_key'],
    }),
  );
  return [
    ...twice(sysctls, 'kernel parameter'),
    ...twice(spreads, 'topology_spread_constraint'),
    ...(pod['share_process_namespace'] === true && pod['host_pid'] === true
      ? [{ path: [...at, 'share_process_namespace'], clause: "the pod has the node's processes by host_pid; keep one" }]
      : []),
  ];
}

function dnsWrong(pod: TfObject, at: Path): Wrong[] {
  if (pod['dns_policy'] !== 'None' || !settled(pod['dns_config']) || blocks(pod['dns_config']).length > 0) return [];
  return [
    {
      path: [...at, 'dns_policy'],
      clause: 'None leaves the pod without a name server; write dns_config, or ClusterFirst',
    },
  ];
}

function containersWrong(pod: TfObject, at: Path): Wrong[] {
  const all = ['container', 'init_container'].flatMap((name) =>
    blocks(pod[name]).map((container, i) => ({ container, path: [...at, name, i] })),
  );
  const found = twice(
    all.map(({ container, path }) => ({ name: text(container['name']), path: [...path, 'name'] })),
    'name of a container',
  );
  if (settled(pod['container']) && blocks(pod['container']).length === 0) {
    found.push({ path: at, clause: 'it has no container; write one at least' });
  }
  return [...found, ...all.flatMap(({ container, path }) => containerWrong(container, path))];
}

function containerWrong(container: TfObject, path: Path): Wrong[] {
  const ports = blocks(container['port']);
  const portAt = (i: number, name: string): Path => [...path, 'port', i, name];
  const numbers = ports.map((port, i) => ({
    name:
      typeof port['container_port'] === 'number'
        ? `${text(port['protocol']) ?? 'TCP'} ${port['container_port']}`
        : undefined,
    path: portAt(i, 'container_port'),
  }));
  const env = blocks(container['env']).map(({ name }, i) => ({ name: text(name), path: [...path, 'env', i, 'name'] }));
  const hosts = ports.map(({ host_port: port, protocol }, i) => ({
    name: typeof port === 'number' && port > 0 ? `${text(protocol) ?? 'TCP'} ${port}` : undefined,
    path: portAt(i, 'host_port'),
  }));
  return [
    ...twice(hosts, 'host_port'),
    ...twice(
      ports.map(({ name }, i) => ({ name: text(name), path: portAt(i, 'name') })),
      'name of a port',
    ),
    ...twice(numbers, 'port').map((wrong) => ({ ...wrong, taken: true as const })),
    ...twice(env, 'variable').map((wrong) => ({ ...wrong, taken: true as const })),
    ...blocks(container['env']).flatMap((variable, i) => envWrong(variable, [...path, 'env', i])),
    ...['liveness_probe', 'readiness_probe', 'startup_probe'].flatMap((name) =>
      blocks(container[name]).flatMap((probe) => probeWrong(probe, [...path, name, 0], ports)),
    ),
    ...resourcesWrong(block(container['resources']), [...path, 'resources', 0]),
    ...twice(
      blocks(container['volume_mount']).map((mount, i) => ({
        name: text(mount['mount_path']),
        path: [...path, 'volume_mount', i, 'mount_path'],
      })),
      'mount_path',
    ),
  ];
}

function envWrong(variable: TfObject, path: Path): Wrong[] {
  const from = blocks(variable['value_from']);
  if (from.length === 0) return [];
  const found: Wrong[] = [];
  if (text(variable['value']) !== undefined) found.push({ path, clause: 'it has both value and value_from; keep one' });
  const sources = Object.entries(from[0] ?? {}).filter(([, value]) => blocks(value).length > 0);
  if (sources.length !== 1 && isKnown(variable['value_from'] ?? null)) {
    found.push({
      path: [...path, 'value_from'],
      clause: `it names ${sources.length} sources; write one of secret_key_ref, config_map_key_ref, field_ref and resource_field_ref`,
    });
  }
  return found;
}

function probeWrong(probe: TfObject, path: Path, ports: readonly TfObject[]): Wrong[] {
  const handlers = ['exec', 'grpc', 'http_get', 'tcp_socket'];
  if (!handlers.every((name) => isKnown(probe[name] ?? null))) return [];
  const given = handlers.filter((name) => blocks(probe[name]).length > 0);
  const found: Wrong[] = [];
  if (given.length !== 1) {
    found.push({ path, clause: `it asks in ${given.length} ways; write one of http_get, tcp_socket, grpc and exec` });
  }
  const names = ports.map(({ name }) => text(name));
  if (names.length !== ports.length || ports.some(({ name }) => !isKnown(name ?? null))) return found;
  for (const handler of ['http_get', 'tcp_socket']) {
    const port = text(block(probe[handler])['port']);
    if (port === undefined || /^\d+$/.test(port) || names.includes(port)) continue;
    const known = names.filter((name) => name !== undefined);
    const meant = nearest(port, known) ?? known[0];
    found.push({
      path: [...path, handler, 0, 'port'],
      clause: `the container has no port with the name ${quoted(port)}, so that the probe never succeeds; ${meant === undefined ? 'give a port this name' : `write ${quoted(meant)}`}`,
    });
  }
  return found;
}

function resourcesWrong(resources: TfObject, path: Path): Wrong[] {
  const { limits, requests } = resources;
  const devices = devicesWrong(limits, requests, path);
  if (devices.length > 0 || !isObject(limits) || !isObject(requests)) return devices;
  return Object.entries(requests).flatMap(([name, request]): Wrong[] => {
    const limit = limits[name];
    const [asked, most] = [amount(request), amount(limit)];
    if (asked === undefined || most === undefined || asked <= most) return [];
    return [
      {
        path: [...path, 'requests'],
        clause: `it asks for ${String(request)} of ${name}, more than its limit of ${String(limit)}; write ${String(limit)} or less`,
      },
    ];
  });
}

/** Devices are given whole, and to one container each: the request, where there is one, is the limit. */
function devicesWrong(limits: TfValue | undefined, requests: TfValue | undefined, path: Path): Wrong[] {
  if (!isKnown(limits ?? null) || !isKnown(requests ?? null)) return [];
  const [most, asked] = [limits, requests].map((map) => (isObject(map ?? null) ? (map as TfObject) : {}));
  const names = [...new Set([...Object.keys(most ?? {}), ...Object.keys(asked ?? {})])];
  return names.flatMap((name): Wrong[] => {
    if (!name.includes('/') || name.includes('kubernetes.io/')) return [];
    const [limit, request] = [amount(most?.[name]), amount(asked?.[name])];
    const whole = Number.isInteger(limit ?? request ?? 0);
    if (!whole) return [{ path: [...path, 'limits'], clause: `${name} is given out whole only; write a whole number` }];
    if (request === undefined || request === limit) return [];
    return [
      {
        path: [...path, 'requests'],
        clause: `${name} is asked for otherwise than it is limited; write the same number into limits, or leave it out of requests`,
      },
    ];
  });
}

const amount = (value: TfValue | undefined): number | undefined =>
  typeof value === 'number' ? value : typeof value === 'string' ? amountOf(value) : undefined;

function volumesWrong(pod: TfObject, at: Path, claims: readonly TfObject[]): Wrong[] {
  const volumes = blocks(pod['volume']);
  const found = twice(
    volumes.map(({ name }, i) => ({ name: text(name), path: [...at, 'volume', i, 'name'] })),
    'name of a volume',
  );
  const names = [...volumes.map(({ name }) => name), ...claims.map((claim) => block(claim['metadata'])['name'])];
  // What is not known yet may be the volume that is mounted.
  if (!settled(pod['volume']) || names.some((name) => typeof name !== 'string')) return found;
  const known = names.filter((name) => typeof name === 'string');
  for (const kind of ['container', 'init_container']) {
    for (const [i, container] of blocks(pod[kind]).entries()) {
      for (const list of ['volume_mount', 'volume_device']) {
        for (const [j, mount] of blocks(container[list]).entries()) {
          const name = text(mount['name']);
          if (name === undefined || known.includes(name)) continue;
          const meant = nearest(name, known);
          found.push({
            path: [...at, kind, i, list, j, 'name'],
            clause: `the pod has no volume with the name ${quoted(name)}; ${meant === undefined ? 'add the volume' : `write ${quoted(meant)}`}`,
          });
        }
      }
    }
  }
  return found;
}

/** Each name that stood before. */
export function twice(
  items: readonly { readonly name: string | undefined; readonly path: Path }[],
  what: string,
): Wrong[] {
  const seen = new Set<string>();
  return items.flatMap(({ name, path }): Wrong[] => {
    if (name === undefined) return [];
    if (seen.has(name)) return [{ path, clause: `${quoted(name)} is there already as a ${what}; give each its own` }];
    seen.add(name);
    return [];
  });
}
