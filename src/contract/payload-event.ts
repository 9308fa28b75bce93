import { z } from 'zod';

const tensor = z.strictObject({
  name: z.string(),
  datatype: z.string(),
  shape: z.array(z.int().min(0)),
  data: z.array(z.union([z.number(), z.boolean(), z.string(), z.null()])),
});

/**
 * One logged request with its answer: a CloudEvent (https://github.com/cloudevents/spec, 1.0, structured JSON).
 * A segment of the log is a file of such events, one a line, named `<model>/<time>-<writer>-<number>.jsonl`;
 * names sort by time.
 */
export const payloadEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.literal('dev.plinth.inference'),
  time: z.iso.datetime(),
  subject: z.string(),
  datacontenttype: z.literal('application/json'),
  /** W3C trace context of the request, where it is traced (https://github.com/cloudevents/spec, distributed tracing extension). */
  traceparent: z.string().optional(),
  data: z.strictObject({
    model: z.string(),
    version: z.string(),
    inputs: z.array(tensor),
    outputs: z.array(tensor),
  }),
});

export type PayloadEvent = z.output<typeof payloadEvent>;
