import { z } from 'zod';

/**
 * A drift alarm that rose or fell: a CloudEvent (1.0, structured JSON) in a file of its own, named
 * `<model>/<time>-window-<number>-<kind>.json`. The id is the same however often the event is written.
 */
export const alarmEvent = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.enum(['dev.plinth.drift.raised', 'dev.plinth.drift.cleared']),
  /** Time of the row that filled the window. */
  time: z.iso.datetime(),
  /** The model. */
  subject: z.string(),
  datacontenttype: z.literal('application/json'),
  data: z.strictObject({
    model: z.string(),
    version: z.string(),
    /** Number of the window that changed the alarm, its rows, and the times of its first and last. */
    window: z.strictObject({ number: z.int().positive(), rows: z.int().positive(), from: z.string(), to: z.string() }),
    /** The features that drifted in that window, strongest first; none when the alarm fell. */
    features: z.array(z.strictObject({ name: z.string(), psi: z.number(), ks: z.number(), pValue: z.number() })),
  }),
});

export type AlarmEvent = z.output<typeof alarmEvent>;
