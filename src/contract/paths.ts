/**
 * HTTP paths that probes, scrapers and clients use.
 * The server's are those of the Open Inference Protocol
 * (https://github.com/kserve/open-inference-protocol); the monitor's are Plinth's own.
 */
export const paths = {
  serve: {
    live: '/v2/health/live',
    ready: '/v2/health/ready',
    /** Metadata of one model. */
    model: (name: string, version?: string) =>
      `/v2/models/${encodeURIComponent(name)}${version === undefined ? '' : `/versions/${version}`}`,
    /** Inference on one model. */
    infer: (name: string, version?: string) => `${paths.serve.model(name, version)}/infer`,
  },
  monitor: {
    live: '/live',
    ready: '/ready',
    /** JSON: the state, the last windows with every feature, and the last alarms. */
    report: '/report',
  },
  metrics: '/metrics',
} as const;

/** Where files stand inside a runtime pod. Everything else of its root file system is read-only. */
export const files = {
  /** The configuration document, mounted from the ConfigMap key `configKey`. */
  config: '/etc/plinth/config.json',
  configKey: 'config.json',
  /** The only writable folder: caches of the model repository, unsent payload segments. */
  scratch: '/var/lib/plinth',
} as const;
