import { z } from 'zod';
import { location, modelRepositoryLocation, payloadLocation } from './location';
import { files } from './paths';
import { ports } from './ports';

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** Who may call. Tokens are never settings themselves: files hold their hashes, or the keys that sign them. */
const auth = z
  .strictObject({
    /** JSON file of `authTokens`: SHA-256 hashes of static tokens. It is read anew when it changes. */
    tokensFile: z.string().min(1).optional(),
    /** Whether metadata (`/v2`, a model's description and configuration) needs no token. Health never needs one. */
    openMetadata: z.boolean().default(false),
    /** Tokens that an OpenID Connect provider signs. */
    jwt: z
      .strictObject({
        /** The claim `iss`, to the letter. */
        issuer: z.string().min(1),
        /** A value that the claim `aud` must hold. */
        audience: z.string().min(1),
        /** Where the provider publishes its keys; https beyond this machine. */
        jwksUrl: z
          .url({ protocol: /^https?$/ })
          .refine((url) => url.startsWith('https:') || /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(url), {
            error: 'keys that are fetched beyond this machine need https',
          })
          .optional(),
        /** A file of the same keys; read anew when it changes. */
        jwksFile: z.string().min(1).optional(),
        /** Signatures that are accepted, with commas between them. Those with a shared secret (HS256) are not to be had. */
        algorithms: z
          .string()
          .refine((text) => text.split(',').every((each) => algorithms.includes(each)), {
            error: `algorithms are some of ${algorithms.join(', ')}, with commas between them`,
          })
          .default('RS256,ES256,EdDSA'),
        /** Claim of the scopes: a text with spaces between them, or a list. */
        scopesClaim: z.string().min(1).default('scope'),
        /** What stands before `infer`, `read` and `control` in that claim: `plinth:`. */
        scopesPrefix: z.string().default(''),
        /** Claim of the tenant. */
        tenantClaim: z.string().min(1).default('sub'),
        /** Seconds by which clocks may differ. */
        clockToleranceSeconds: z.number().min(0).max(300).default(30),
      })
      .refine(({ jwksUrl, jwksFile }) => (jwksUrl === undefined) !== (jwksFile === undefined), {
        error: 'keys come from jwksUrl or from jwksFile, one of the two',
      })
      .optional(),
  })
  .refine(({ tokensFile, jwt }) => tokensFile !== undefined || jwt !== undefined, {
    error: 'tokens are known from tokensFile, from jwt, or from both',
  });

/** A name, a rate above 0, and a burst of at least 1. */
const tenantLimit = /^[^=,]+=(?!0+(\.0+)?(\/|$))\d+(\.\d+)?(\/[1-9]\d*)?$/;

/** How fast one tenant may send requests. */
const tenants = z.strictObject({
  /** Requests per second of a tenant that `limits` does not name. */
  rate: z.number().positive(),
  /** Requests that may come at once after a pause; by default one second's worth, at least 1. */
  burst: z.number().min(1).optional(),
  /** Tenants with limits of their own, `NAME=RATE` or `NAME=RATE/BURST`, with commas between them. */
  limits: z
    .string()
    .refine((text) => text.split(',').every((each) => tenantLimit.test(each)), {
      error: 'limits are NAME=RATE or NAME=RATE/BURST with commas between them: acme=100/200,lab=0.5',
    })
    .optional(),
  /** Tenants that are remembered; the one that was quiet for longest is forgotten first. */
  maxTenants: z.int().positive().default(10_000),
});

const port = z.int().min(0).max(65535);

/**
 * Configuration of `plinth-runtime serve`. Each key is also a flag (`--http-port`) and a variable
 * (`PLINTH_HTTP_PORT`); nested keys join their names (`--payload-log-location`). Flags win over variables, variables over the file.
 */
export const serveConfig = z.strictObject({
  /**
   * Triton's layout, `<repository>/<model>/[config.pbtxt][traffic.json]<version>/model.onnx`, or registered models of the
   * MLflow server at MLFLOW_TRACKING_URI: `models:/fraud`, several with commas between.
   */
  modelRepository: modelRepositoryLocation,
  /** Whether a server whose repository holds no model yet is ready. It is live in any case, and keeps looking. */
  readyWhenEmpty: z.boolean().default(false),
  /**
   * When models come and go. `poll`: with the repository, which is looked at again and again, and at once on SIGHUP.
   * `none`: those that it holds at the start, until all are loaded. `explicit`: those that are asked for over the protocol.
   */
  modelControl: z.enum(['poll', 'none', 'explicit']).default('poll'),
  /** With `explicit`: models to load at the start, with commas between them. */
  loadModels: z.string().min(1).optional(),
  /** Seconds between two looks at the repository. */
  pollSeconds: z.number().positive().default(5),
  /** Bytes of model files in memory at once; models beyond it are put aside and brought back when asked for. Absent: no limit. */
  maxModelBytes: z.int().positive().optional(),
  /** Bytes of answers that are remembered for models whose configuration says `response_cache { enable: true }`. */
  cacheBytes: z
    .int()
    .min(0)
    .default(64 * 1024 * 1024),
  /** Writable folder for what is fetched from `s3://`. */
  scratch: z.string().min(1).default(files.scratch),
  /** Address to listen on. */
  host: z.string().default('0.0.0.0'),
  /** 0 takes a free port and prints it. */
  httpPort: port.default(ports.http),
  /** 0 takes a free port and prints it. */
  grpcPort: port.default(ports.grpc),
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
      /** A folder, `s3://bucket/prefix`, or `nats://host:4222/subject-prefix`. */
      location: payloadLocation,
      /** Credentials for NATS, in the form that `nsc` writes. */
      natsCredentialsFile: z.string().min(1).optional(),
      /** Certificate authority of the NATS server, where the system does not know it. */
      natsCaFile: z.string().min(1).optional(),
      /** Share of requests that are logged, from 0 to 1. */
      sampleRate: z.number().min(0).max(1).default(1),
      /** Seconds after which a segment that is not full is written. */
      flushSeconds: z.number().positive().default(10),
      /** Events in a segment. */
      segmentEvents: z.int().positive().default(1000),
      /**
       * Bytes of tensors in an event; larger ones are dropped and counted. An image as JSON text costs more than its inference,
       * and no monitor of ours judges pixels.
       */
      maxEventBytes: z
        .int()
        .positive()
        .default(64 * 1024),
      /** Bytes that may wait in memory; beyond it events are dropped and counted. */
      maxPendingBytes: z
        .int()
        .positive()
        .default(16 * 1024 * 1024),
    })
    .optional(),
  /** Where rollbacks of canaries are written as CloudEvents, one JSON file each. Absent: in the log only, and in MLflow's tags. */
  auditLog: location.optional(),
  /** Absent: whoever reaches the port may do everything. */
  auth: auth.optional(),
  /** Absent: no limit per tenant. */
  tenants: tenants.optional(),
  /** Traces as OpenTelemetry sends them. Absent, and without OTEL_EXPORTER_OTLP_ENDPOINT: none. */
  tracing: z
    .strictObject({
      /** Base URL of a collector that takes OTLP over HTTP: `http://collector:4318`. By default OTEL_EXPORTER_OTLP_ENDPOINT. */
      endpoint: z.url({ protocol: /^https?$/ }).optional(),
      /** Share of requests that start a trace, from 0 to 1. A request that is part of a trace follows the choice of its sender. */
      sampleRate: z.number().min(0).max(1).default(0.01),
    })
    .optional(),
  /** Which requests are logged with a line each: never their payloads or tokens. */
  requestLog: z
    .strictObject({
      /** Whether those that failed are, at most 100 in a second. */
      errors: z.boolean().default(true),
      /** Share of the others, from 0 to 1. */
      sampleRate: z.number().min(0).max(1).default(0),
    })
    .default({ errors: true, sampleRate: 0 }),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
});

/** As the runtime sees it: every default filled in. */
export type ServeConfig = z.output<typeof serveConfig>;
/** As a person or a construct writes it. */
export type ServeConfigInput = z.input<typeof serveConfig>;
