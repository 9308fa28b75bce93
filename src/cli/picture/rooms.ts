import type { GraphNode, StackGraph } from '../../../constructs/core/graph';

/** A stack and what it says of itself. */
export interface StackOfProgram {
  readonly name: string;
  readonly graph: StackGraph;
  /** Managed resources of the whole stack, its loose ones too. */
  readonly resources: number;
}

/** One component as it is drawn. */
export interface Piece {
  /** Path of the construct, the stack's name in front. */
  readonly id: string;
  readonly title: string;
  /** How it arrives, and under which name where that tells more than the title. */
  readonly about: string;
  /** `api 8000`. */
  readonly ports: readonly string[];
  /** Ids of the pieces to which an arrow leads. */
  readonly uses: readonly string[];
  /** Ids of the pieces that so many use that a tag says it instead of an arrow. */
  readonly tags: readonly string[];
  readonly resources: number;
}

/** One stack as it is drawn. */
export interface Room {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly resources: number;
  readonly pieces: readonly Piece[];
}

/** With more users than this, arrows say less than tags. */
const fewUsers = 4;

const forms: Readonly<Record<GraphNode['form'], string>> = {
  helm: 'Helm chart',
  workload: 'Kubernetes workload',
  aws: 'AWS service',
  external: 'hosted elsewhere',
  library: 'runs as a job',
};

/** What the five stacks of a platform hold, for somebody who sees them for the first time. */
const hold: Readonly<Record<string, string>> = {
  foundation: 'network, keys, data lake, databases, images',
  cluster: 'Kubernetes and its nodes',
  services: 'controllers, secrets, ingress, metrics',
  ml: 'tracking, features, workflows, notebooks, serving systems',
  models: 'models that answer, and what watches them',
};

/** The rooms of a program, in the order of its stacks. What is a part of another component is drawn with it. */
export function roomsOf(stacks: readonly StackOfProgram[]): Room[] {
  const nodes = stacks.flatMap(({ graph }) => graph.components);
  const paths = new Set(nodes.map(({ path }) => path));
  const outermost = (path: string): string => {
    const parts = path.split('/');
    const ancestors = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    return ancestors.find((ancestor) => paths.has(ancestor)) ?? path;
  };
  const used = new Map<string, Set<string>>();
  for (const { path, uses } of nodes) {
    const user = outermost(path);
    const set = used.get(user) ?? new Set<string>();
    for (const id of uses.map(outermost)) if (id !== user && paths.has(id)) set.add(id);
    used.set(user, set);
  }
  const users = new Map<string, number>();
  for (const set of used.values()) for (const id of set) users.set(id, (users.get(id) ?? 0) + 1);
  const ubiquitous = (id: string): boolean => (users.get(id) ?? 0) > fewUsers;

  const prefix = commonPrefix(stacks.map(({ name }) => name));
  return stacks.map(({ name, graph, resources }) => {
    const title = name.slice(prefix.length);
    const tops = graph.components.filter(({ path }) => outermost(path) === path);
    return {
      name,
      title,
      about: hold[title] ?? '',
      resources,
      pieces: tops.map((node) => {
        const all = [...(used.get(node.path) ?? [])];
        return {
          id: node.path,
          title: node.system,
          about: aboutOf(node),
          ports: node.endpoints.map((endpoint) => `${endpoint.name} ${endpoint.port}`),
          uses: all.filter((id) => !ubiquitous(id)),
          tags: all.filter(ubiquitous),
          resources: node.resources.length,
        };
      }),
    };
  });
}

function aboutOf({ system, path, form, chart }: GraphNode): string {
  const id = path.split('/').at(-1) ?? path;
  const how = chart === undefined ? forms[form] : `chart ${chart.name} ${chart.version}`;
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const same = plain(system).includes(plain(id)) || plain(id).includes(plain(system));
  return same ? how : `${id} · ${how}`;
}

/** `prod-` of prod-foundation and prod-cluster; nothing where there is one stack only. */
function commonPrefix(names: readonly string[]): string {
  const [first = '', ...others] = names;
  if (others.length === 0) return '';
  const dashes = [...first.matchAll(/-/g)].map(({ index }) => first.slice(0, index + 1)).reverse();
  return dashes.find((prefix) => others.every((name) => name.startsWith(prefix) && name !== prefix)) ?? '';
}
