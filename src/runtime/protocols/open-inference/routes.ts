import type { Need } from '../../engine/admission.js';

interface Facts {
  /** The first is the one to be named in a sentence. */
  readonly methods: readonly ('GET' | 'POST')[];
  /** What a caller has to be allowed; undefined where nobody is asked: whoever balances the load has no token. */
  readonly need: { readonly GET?: Need | undefined; readonly POST?: Need };
}

/** Every kind of path of the protocol, with Triton's extensions. */
const kinds = {
  server: { methods: ['GET'], need: { GET: 'metadata' } },
  live: { methods: ['GET'], need: {} },
  ready: { methods: ['GET'], need: {} },
  model: { methods: ['GET'], need: { GET: 'metadata' } },
  'model-ready': { methods: ['GET'], need: {} },
  config: { methods: ['GET'], need: { GET: 'metadata' } },
  infer: { methods: ['POST'], need: { POST: 'infer' } },
  stats: { methods: ['GET'], need: { GET: 'read' } },
  index: { methods: ['POST'], need: { POST: 'read' } },
  load: { methods: ['POST'], need: { POST: 'control' } },
  unload: { methods: ['POST'], need: { POST: 'control' } },
  logging: { methods: ['GET', 'POST'], need: { GET: 'read', POST: 'control' } },
  trace: { methods: ['GET', 'POST'], need: { GET: 'read', POST: 'control' } },
  'shared-memory': { methods: ['GET', 'POST'], need: { GET: 'read', POST: 'control' } },
  'named-repository': { methods: ['POST'], need: { POST: 'control' } },
} as const satisfies Record<string, Facts>;

export type Kind = keyof typeof kinds;
export const factsOf = (kind: Kind): Facts => kinds[kind];

/** What a path is about. */
export interface Target {
  readonly kind: Kind;
  /** With its alias, if any. */
  readonly model?: string;
  readonly version?: string | undefined;
}
export interface ModelTarget extends Target {
  readonly model: string;
}

const modelPath = /^\/v2\/models\/([^/]+)(?:\/versions\/([0-9]+))?(?:\/(ready|infer|config|stats|trace\/setting))?$/;
const controlPath = /^\/v2\/repository(\/[^/]+)?\/(index|models\/([^/]+)\/(load|unload))$/;
const sharedMemoryPath = /^\/v2\/(system|cuda)sharedmemory(\/region\/[^/]+)?\/(status|register|unregister)$/;

const fixed: Readonly<Record<string, Kind>> = {
  '/v2': 'server',
  '/v2/health/live': 'live',
  '/v2/health/ready': 'ready',
  '/v2/models/stats': 'stats',
  '/v2/logging': 'logging',
  '/v2/trace/setting': 'trace',
};

const actions: Readonly<Record<string, Kind>> = {
  ready: 'model-ready',
  config: 'config',
  stats: 'stats',
  'trace/setting': 'trace',
};

/** A path without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

/** undefined for what is badly percent-encoded. */
export function decodeName(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

/** What is asked for; undefined where there is nothing. Inference is looked for first. */
export function target(url: string): Target | undefined {
  const path = pathOf(url);
  const match = modelPath.exec(path);
  if (match?.[3] === 'infer') return named('infer', match);
  const kind = Object.hasOwn(fixed, path) ? fixed[path] : undefined;
  if (kind !== undefined) return { kind };
  if (match !== null) return named(actions[match[3] ?? ''] ?? 'model', match);
  if (sharedMemoryPath.test(path)) return { kind: 'shared-memory' };
  const [, repository, act = '', model, verb] = controlPath.exec(path) ?? [];
  if (act === '') return undefined;
  if (repository !== undefined) return { kind: 'named-repository' };
  return model === undefined ? { kind: 'index' } : named(verb as 'load' | 'unload', ['', model]);
}

function named(kind: Kind, [, name = '', version]: readonly (string | undefined)[]): ModelTarget | undefined {
  const model = decodeName(name);
  return model === undefined ? undefined : { kind, model, version };
}
