import { z } from 'zod';

/**
 * That a canary was taken back because it was worse than the champion: a CloudEvent (1.0, structured JSON). It is a tag of
 * the registered model and of the version in MLflow (`plinth.audit`), a line of the server's log and, where
 * `auditLog` is set, a file `<model>/<time>-<id>.json`.
 */
export const auditEvent = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.literal('dev.plinth.traffic.rolled-back'),
  time: z.iso.datetime(),
  /** The model. */
  subject: z.string(),
  datacontenttype: z.literal('application/json'),
  data: z.strictObject({
    model: z.string(),
    /** The alias that led to the challenger, and leads to the champion's version now. */
    alias: z.string(),
    champion: z.string(),
    challenger: z.string(),
    /** The share of the traffic that the challenger had. */
    weight: z.number(),
    /** What the challenger was worse in. */
    metric: z.enum(['errors', 'latency', 'disagreement']),
    /** How strongly the measurements spoke against it, and how strongly they had to. */
    evidence: z.number(),
    needed: z.number(),
    /** Comparisons of the deciding replica, and the challenger's (and the champion's) share of bad ones in them. */
    comparisons: z.int(),
    challengerShare: z.number(),
    championShare: z.number().optional(),
    /** Probability of a false alarm over all replicas, and how many replicas it was divided by. */
    alpha: z.number(),
    replicas: z.int(),
  }),
});

export type AuditEvent = z.output<typeof auditEvent>;
