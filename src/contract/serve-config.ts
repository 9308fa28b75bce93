import { z } from 'zod';
import { location } from './location';
import { files } from './paths';
import { ports } from './ports';

const port = z.int().min(0).max(65535);

/**
 * Configuration of `plinth-runtime serve`. Each key is also a flag (`--http-port`) and a variable
 * (`PLINTH_HTTP_PORT`); nested keys join their names (`--payload-log-location`). Flags win over variables, variables over the file.
 */
export const serveConfig = z.strictObject({
  /** Triton's layout: `<repository>/<model>/[config.pbtxt]<version>/model.onnx`. */
  modelRepository: location,
  /** Whether a server whose repository holds no model yet is ready. It is live in any case, and keeps looking. */
  readyWhenEmpty: z.boolean().default(false),
  /** Seconds between two looks at the repository while it is empty or a model in it is not loaded. */
  pollSeconds: z.number().positive().default(5),
  /** Writable folder for what is fetched from `s3://`. */
  scratch: z.string().min(1).default(files.scratch),
  /** Address to listen on. */
  host: z.string().default('0.0.0.0'),
  /** 0 takes a free port and prints it. */
  httpPort: port.default(ports.http),
  /** 0 takes a free port and prints it. */
  metricsPort: port.default(ports.metrics),
  /** Largest request body in bytes, after decompression. Triton's default is 64 MiB as well. */
  maxRequestBytes: z
    .int()
    .positive()
    .default(64 * 1024 * 1024),
  /** Deepest nesting of JSON in a request. */
  maxJsonDepth: z.int().positive().default(64),
  /** Requests that may wait or run at once before new ones get 503. */
  maxPending: z.int().positive().default(1024),
  /** Worker threads for models too slow to run inline; by default what the CPU quota allows, at least 1. */
  workers: z.int().positive().optional(),
  /** Seconds between not-ready and the closing of the port: longer than endpoints take to be withdrawn. */
  drainDelaySeconds: z.number().min(0).default(5),
  /** Seconds that requests in flight are given after that. */
  drainSeconds: z.number().min(0).default(25),
  /** Where requests and answers are logged for the monitor. Absent: not logged. */
  payloadLog: z
    .strictObject({
      location,
      /** Share of requests that are logged, from 0 to 1. */
      sampleRate: z.number().min(0).max(1).default(1),
      /** Seconds after which a segment that is not full is written. */
      flushSeconds: z.number().positive().default(10),
      /** Events in a segment. */
      segmentEvents: z.int().positive().default(1000),
      /** Bytes that may wait in memory; beyond it events are dropped and counted. */
      maxPendingBytes: z
        .int()
        .positive()
        .default(16 * 1024 * 1024),
    })
    .optional(),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
});

/** As the runtime sees it: every default filled in. */
export type ServeConfig = z.output<typeof serveConfig>;
/** As a person or a construct writes it. */
export type ServeConfigInput = z.input<typeof serveConfig>;
