import { z } from 'zod';
import { location, modelRepositoryLocation } from './location';
import { files } from './paths';

const versionOrAlias = /^([1-9]\d*|[A-Za-z_-][\w-]*)$/;

/** Configuration of `plinth-runtime replay`; read as `serveConfig` is. */
export const replayConfig = z.strictObject({
  /** The payload log: the folder or bucket that the server's `payloadLog` names. */
  log: location,
  /** The model whose requests are computed again. */
  model: z.string().min(1),
  /** Where its versions are, as for the server. */
  modelRepository: modelRepositoryLocation,
  /** What the answers are compared with: a version or an alias, which is computed as well. Absent: the answers in the log. */
  from: z.string().regex(versionOrAlias, 'a version is a number, an alias a name').optional(),
  /** Versions or aliases to compute, with commas between them. */
  against: z.string().refine((text) => text.split(',').every((each) => versionOrAlias.test(each.trim())), {
    error: 'versions are numbers, aliases are names, with commas between them',
  }),
  /** Relative difference up to which two numbers of a regression agree. */
  tolerance: z.number().min(0).default(0.01),
  /** Rows that disagree most to tell of each output. */
  worst: z.int().min(0).default(10),
  /** The most events to read; the newest segments are read first. Absent: all. */
  maxEvents: z.int().positive().optional(),
  /** Worker threads; by default what the CPU quota allows. */
  workers: z.int().positive().optional(),
  /** Writable folder for what is fetched. */
  scratch: z.string().min(1).default(files.scratch),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('warn'),
});

export type ReplayConfig = z.output<typeof replayConfig>;
export type ReplayConfigInput = z.input<typeof replayConfig>;
