import type { ModelState } from './inference.js';

/** What readiness depends on. */
export interface ReadinessFacts {
  readonly draining: boolean;
  /** Whether the repository has been listed at all. */
  readonly listed: boolean;
  readonly models: readonly { readonly state: ModelState; readonly settled: boolean; readonly aside: boolean }[];
  readonly readyWhenEmpty: boolean;
}

/**
 * Whether traffic may come, or why not. A server is ready when the first attempt to load has ended for every model found,
 * and at least one model is READY: a broken model does not stop the others, and a server of broken models does not pass
 * for a good one. An empty repository is ready only where the configuration says so.
 */
export function unreadyReason({ draining, listed, models, readyWhenEmpty }: ReadinessFacts): string | undefined {
  if (draining) return 'it is being stopped';
  if (!listed) return 'the model repository has not been read yet';
  if (models.length === 0) return readyWhenEmpty ? undefined : 'the model repository holds no model yet';
  if (!models.every((model) => model.settled)) return 'models are being loaded';
  return models.some(({ state, aside }) => state === 'READY' || aside) ? undefined : 'no model could be loaded';
}
