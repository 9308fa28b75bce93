import { z } from 'zod';
import { location } from './location';
import { ports } from './ports';

const port = z.int().min(0).max(65535);

/** Configuration of `plinth-runtime monitor`; read as `serveConfig` is. */
export const monitorConfig = z.strictObject({
  /** The model whose payloads are watched. */
  model: z.string().min(1),
  /** Where the server logs its payloads. */
  payloads: location,
  /** The reference profile's file: `s3://bucket/prefix/profile.json` or a path. */
  reference: location,
  host: z.string().default('0.0.0.0'),
  httpPort: port.default(ports.http),
  metricsPort: port.default(ports.metrics),
  /** Seconds between two looks at the payload log. */
  pollSeconds: z.number().positive().default(15),
  /** Rows in a window. A window is judged when it is full. */
  windowRows: z.int().min(20).default(500),
  /** Population stability index above which a feature counts as shifted; 0.2 is the customary bound. */
  psiThreshold: z.number().positive().default(0.2),
  /** False discovery rate over the features of a window (Benjamini-Hochberg over the Kolmogorov-Smirnov p-values). */
  alpha: z.number().gt(0).lt(1).default(0.01),
  /** Share of features that must drift for the window to count as drifted. */
  minDriftedShare: z.number().gt(0).max(1).default(0.1),
  /** The alarm rises when `raise` of the last `of` windows drifted, and falls when none of them did. */
  persistence: z
    .strictObject({ raise: z.int().positive(), of: z.int().positive() })
    .refine(({ raise, of }) => raise <= of, { error: 'persistence.raise cannot exceed persistence.of' })
    .default({ raise: 2, of: 3 }),
  /**
   * Where alarm events are written as CloudEvents, one JSON file each, and where the monitor keeps what it has read.
   * Absent: metrics and report only, and a monitor that starts again reads the payload log from its beginning.
   */
  alarms: location.optional(),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
});

export type MonitorConfig = z.output<typeof monitorConfig>;
export type MonitorConfigInput = z.input<typeof monitorConfig>;
