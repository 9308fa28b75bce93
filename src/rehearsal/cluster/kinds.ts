import type { ApiClient } from './api-client';

/** How a server names the resources of one kind. */
export interface ServedKind {
  /** `/apis/apps/v1`. */
  readonly base: string;
  /** `deployments`. */
  readonly resource: string;
  readonly namespaced: boolean;
}

/** The kinds that a server knows, asked for a group at a time. */
export class Kinds {
  private readonly groups = new Map<string, Promise<ReadonlyMap<string, ServedKind>>>();
  constructor(private readonly client: ApiClient) {}

  /** Undefined where the server has no such kind. */
  async of(apiVersion: string, kind: string): Promise<ServedKind | undefined> {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    let group = this.groups.get(base);
    if (group === undefined) this.groups.set(base, (group = this.ask(base)));
    return (await group).get(kind);
  }

  /** Forgets what was asked, when definitions have come. */
  forget(): void {
    this.groups.clear();
  }

  /** Every group and version, and every kind in those that are not Kubernetes' own, as Helm's `--api-versions` takes them. */
  async apiVersions(): Promise<string[]> {
    const { body } = await this.client.call('GET', '/apis');
    const groups = (body['groups'] ?? []) as readonly { versions: readonly { groupVersion: string }[] }[];
    const versions = groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion));
    const custom = versions.filter((version) => /\./.test(version.split('/')[0] ?? '') && !/\.k8s\.io\//.test(version));
    const kinds = await Promise.all(
      custom.map(async (version) =>
        [...(await this.ask(`/apis/${version}`)).keys()].map((kind) => `${version}/${kind}`),
      ),
    );
    return [...versions, ...kinds.flat()];
  }

  private async ask(base: string): Promise<ReadonlyMap<string, ServedKind>> {
    const { body } = await this.client.call('GET', base);
    const resources = (body['resources'] ?? []) as readonly { name: string; kind: string; namespaced: boolean }[];
    return new Map(
      resources
        .filter(({ name }) => !name.includes('/'))
        .map(({ name, kind, namespaced }) => [kind, { base, resource: name, namespaced }]),
    );
  }
}

/** Path of a collection, or of one object in it. */
export function pathOf({ base, resource, namespaced }: ServedKind, namespace?: string, name?: string): string {
  const collection =
    namespaced && namespace !== undefined ? `${base}/namespaces/${namespace}/${resource}` : `${base}/${resource}`;
  return name === undefined ? collection : `${collection}/${encodeURIComponent(name)}`;
}
