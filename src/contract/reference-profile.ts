import { z } from 'zod';

/** What training data looked like, feature by feature; shipped beside the model version as `profile.json`. */
export const referenceProfile = z.strictObject({
  schemaVersion: z.literal(1),
  model: z.string(),
  version: z.string(),
  /** The input tensor whose last axis the features are. */
  input: z.string(),
  /** Datatype of that tensor. The profile's numbers and the payloads' are rounded to it before they are compared. */
  datatype: z
    .enum(['FP32', 'FP64', 'INT8', 'INT16', 'INT32', 'INT64', 'UINT8', 'UINT16', 'UINT32', 'UINT64'])
    .default('FP32'),
  /** Rows of training data that the profile was made from. */
  rows: z.int().positive(),
  /** In the order of the input's last axis. */
  features: z
    .array(
      z.strictObject({
        name: z.string(),
        /** Inner edges of the quantile bins, ascending: n edges make n + 1 bins, open at both ends; a value on an edge is in the bin below. */
        edges: z.array(z.number()),
        /** Share of rows in each bin; n + 1 numbers that sum to 1. */
        shares: z.array(z.number().min(0).max(1)),
        /** A sorted sample of the training values, for the two-sample Kolmogorov-Smirnov test. */
        sample: z.array(z.number()),
      }),
    )
    .min(1),
});

export type ReferenceProfile = z.output<typeof referenceProfile>;
