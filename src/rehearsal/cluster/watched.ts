import type { ApiClient, WatchEvent } from './api-client';
import { pathOf, type ServedKind } from './kinds';

interface Seen {
  readonly metadata?: {
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly ownerReferences?: readonly { readonly uid: string; readonly controller?: boolean }[];
  };
}

/**
 * When objects went, as the server counts its changes. An object has gone when the last of what it owned has: the pods of a Deployment
 * are part of it.
 */
export class Watched {
  private readonly owners = new Map<string, string>();
  private readonly deleted = new Map<string, bigint>();
  private readonly stops: (() => void)[] = [];

  constructor(private readonly client: ApiClient) {}

  /** Follows whole collections, those of Pods and ReplicaSets among them. */
  async follow(kinds: readonly ServedKind[]): Promise<void> {
    const paths = new Set([...kinds, ...owned].map((kind) => pathOf(kind)));
    for (const path of paths) {
      const { body } = await this.client.call('GET', path);
      for (const item of (body['items'] ?? []) as Seen[]) this.see(item);
      const { resourceVersion = '0' } = (body['metadata'] ?? {}) as { resourceVersion?: string };
      this.stops.push(await this.client.watch(path, resourceVersion, (event) => this.on(event)));
    }
  }

  /** The server's count at which the object and all it owned had gone; undefined while anything of it stands. */
  wentAt(uid: string): bigint | undefined {
    let last = this.deleted.get(uid);
    for (const [child, owner] of this.owners) {
      if (owner !== uid) continue;
      const childWent = this.wentAt(child);
      if (childWent === undefined || last === undefined) return undefined;
      if (childWent > last) last = childWent;
    }
    return last;
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  private on({ type, object }: WatchEvent): void {
    const { uid, resourceVersion } = (object as Seen).metadata ?? {};
    if (uid === undefined) return;
    this.see(object as Seen);
    if (type === 'DELETED') this.deleted.set(uid, BigInt(resourceVersion ?? 0));
  }

  private see({ metadata }: Seen): void {
    const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true)?.uid;
    if (metadata?.uid !== undefined && owner !== undefined) this.owners.set(metadata.uid, owner);
  }
}

const owned: readonly ServedKind[] = [
  { base: '/api/v1', resource: 'pods', namespaced: true },
  { base: '/apis/apps/v1', resource: 'replicasets', namespaced: true },
];
