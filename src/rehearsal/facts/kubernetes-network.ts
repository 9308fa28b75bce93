import { BlockList, isIP } from 'node:net';
import { specialAddress } from '../formats/special-address';
import { quoted } from '../formats/words';
import { isKnown, type TfObject } from '../protocol/codec';
import { twice } from './kubernetes-pods';
import { block, blocks, settled, text, type Path, type Wrong } from './kubernetes-config';

// Sources: pkg/apis/{core,networking}/validation of Kubernetes.

export function service(config: TfObject): Wrong[] {
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
  const families = Array.isArray(spec['ip_families']) ? spec['ip_families'] : [];
  if (new Set(families).size < families.length) {
    found.push({ path: [...path, 'ip_families'], clause: 'it has one family twice; write each once' });
  } else if (
    families.length === 2 &&
    (text(spec['ip_family_policy']) ?? 'SingleStack') === 'SingleStack' &&
    isKnown(spec['ip_family_policy'] ?? null)
  ) {
    const clause = 'it has two families, for which SingleStack has no place; write PreferDualStack or RequireDualStack';
    found.push({ path: [...path, 'ip_family_policy'], clause });
  }
  for (const name of ['load_balancer_class', 'load_balancer_source_ranges']) {
    const value = spec[name];
    const set = Array.isArray(value) ? value.length > 0 : text(value) !== undefined;
    if (!set || kind === 'LoadBalancer') continue;
    found.push({
      path: [...path, name],
      clause: `a Service of the type ${kind} has no load balancer; leave it out, or write the type LoadBalancer`,
    });
  }
  if (text(spec['external_traffic_policy']) !== undefined && kind === 'ClusterIP' && spec['external_ips'] === null) {
    found.push({
      path: [...path, 'external_traffic_policy'],
      clause: 'a Service of the type ClusterIP has no traffic from outside; leave it out',
    });
  }
  return found;
}

export function ingress(config: TfObject): Wrong[] {
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
  const at = [...path, 'path'];
  const matched = row['path_type'] === 'Prefix' || row['path_type'] === 'Exact';
  if (given === undefined && matched && isKnown(row['path'] ?? null)) {
    found.push({ path: at, clause: `the path_type ${String(row['path_type'])} needs a path; write "/"` });
  }
  if (given !== undefined && !given.startsWith('/')) {
    found.push({ path: at, clause: `${quoted(given)} does not begin with a slash; write ${quoted(`/${given}`)}` });
  } else if (given !== undefined && matched && /\/\/|\/\.\.?(\/|$)|%2f/i.test(given)) {
    const right = given
      .replace(/%2f/gi, '/')
      .replace(/\/(\.{0,2}\/)+/g, '/')
      .replace(/\/\.\.?$/, '');
    found.push({
      path: at,
      clause: `${quoted(given)} has more than names between its slashes; write ${quoted(right)}`,
    });
  }
  return found;
}

export function networkPolicy(config: TfObject): Wrong[] {
  const spec = block(config['spec']);
  const types = spec['policy_types'];
  const none: Wrong[] =
    Array.isArray(types) && types.length === 0
      ? [{ path: ['spec', 0, 'policy_types'], clause: 'it is about no traffic; write Ingress, Egress or both' }]
      : [];
  const peers = ['ingress', 'egress'].flatMap((direction) =>
    blocks(spec[direction]).flatMap((rule, i) =>
      blocks(rule[direction === 'ingress' ? 'from' : 'to']).flatMap((peer, j): Wrong[] => {
        const path: Path = ['spec', 0, direction, i, direction === 'ingress' ? 'from' : 'to', j];
        const selectors = ['namespace_selector', 'pod_selector'].some((name) => blocks(peer[name]).length > 0);
        if (blocks(peer['ip_block']).length > 0 && selectors) {
          return [{ path, clause: 'it has both an ip_block and a selector; write two peers' }];
        }
        return blocks(peer['ip_block']).flatMap((one) => exceptWrong(one, [...path, 'ip_block', 0, 'except']));
      }),
    ),
  );
  return [...none, ...peers];
}

function exceptWrong({ cidr, except }: TfObject, path: Path): Wrong[] {
  const [address = '', prefix = ''] = (text(cidr) ?? '').split('/');
  if (isIP(address) === 0 || prefix === '' || !Array.isArray(except)) return [];
  const all = new BlockList();
  const family = (one: string): 'ipv4' | 'ipv6' => (isIP(one) === 4 ? 'ipv4' : 'ipv6');
  all.addSubnet(address, Number(prefix), family(address));
  return except.flatMap((one): Wrong[] => {
    const [inner = '', length = ''] = typeof one === 'string' ? one.split('/') : [];
    if (isIP(inner) === 0 || length === '') return [];
    if (all.check(inner, family(inner)) && Number(length) > Number(prefix)) return [];
    return [{ path, clause: `${inner}/${length} is no part of ${address}/${prefix}; leave it out, or write a part` }];
  });
}

const families = { IPv4: 4, IPv6: 6 } as const;

export function endpointSlice(config: TfObject): Wrong[] {
  const kind = text(config['address_type']);
  const version = kind === 'IPv4' || kind === 'IPv6' ? families[kind] : undefined;
  const ports = blocks(config['port']);
  const named = ports.map(({ name }, i) => ({ name: text(name), path: ['port', i, 'name'] as Path }));
  const addresses = blocks(config['endpoint']).flatMap(({ addresses: all }, i): Wrong[] => {
    const path: Path = ['endpoint', i, 'addresses'];
    if (!Array.isArray(all)) return [];
    if (all.length === 0) return [{ path, clause: 'it has no address; write one' }];
    return all.flatMap((address): Wrong[] => {
      if (typeof address !== 'string' || version === undefined) return [];
      if (isIP(address) !== version)
        return [{ path, clause: `${quoted(address)} is no address of ${kind}; write one, or another address_type` }];
      const clause = specialAddress(address);
      return clause === undefined ? [] : [{ path, clause }];
    });
  });
  return [...twice(named, 'name of a port'), ...addresses];
}
