/** Where this server answers other than Triton 2.51, and why. */
export interface Deliberate {
  /** Names of requests in test/fixtures/runtime/triton-responses.txt. */
  readonly cases: readonly string[];
  /** `status`, `type` (Content-Type), or a place in the document: - it lacks, + it has besides, ~ is of another kind. */
  readonly differs: readonly string[];
  readonly why: string;
}

const json = 'type text/plain, here application/json';

/** Messages differ everywhere: here they name what, where, why and the cure. Headers of Triton's own are not compared. */
export const deliberate: readonly Deliberate[] = [
  {
    cases: ['live', 'ready', 'mready'],
    differs: ['~ $: empty, here a document', json],
    why: 'the Open Inference Protocol has {"live"} and {"ready"}; whoever looks at the status only sees the same',
  },
  {
    cases: ['mready_unknown', 's_ready_after'],
    differs: ['status 400, here 404', json],
    why: 'a model that is not there is 404 in the protocol and in KServe; 503 says that it is there and cannot answer yet',
  },
  {
    cases: ['post_live', 'notfound', 'unknownmodel', 'get_infer', 'fp16out'],
    differs: [json],
    why: 'an error document is JSON, and says so',
  },
  {
    cases: ['shapemismatch', 'badjson', 'noinputs', 'strdata'],
    differs: ['status 500, here 400'],
    why: "a client's mistake is not the server's: 5xx would make clients try again and people look for a fault",
  },
  {
    cases: ['load_bad'],
    differs: ['status 500, here 503'],
    why: 'a model that cannot be loaded is unavailable, whoever asks for it: the server itself is well',
  },
  {
    cases: ['config'],
    differs: ['- $.batch_input', '- $.batch_output', '- $.optimization'],
    why: 'these say how to feed and optimize models on GPUs; what has no effect is not told as if it had',
  },
  {
    cases: ['config'],
    differs: [
      '+ $.instance_group',
      '+ $.dynamic_batching',
      '+ $.default_model_filename',
      '+ $.cc_model_filenames',
      '+ $.metric_tags',
      '+ $.parameters',
      '+ $.model_warmup',
    ],
    why: 'the recording is cut off before these fields, which Triton has as well',
  },
  {
    cases: ['index2'],
    differs: ['+ $[0].state', '+ $[0].reason'],
    why: 'a model that could not be loaded tells why; in Triton only the log does',
  },
  {
    cases: ['index2'],
    differs: ['- $[3].version', '- $[3].state', '- $[3].reason'],
    why: 'a model that was unloaded is as one that was never loaded: nothing of it is kept',
  },
  {
    cases: ['stats'],
    differs: ['~ $.model_stats[0].batch_stats: 2 long, here 1'],
    why: 'there are as many as sizes of batches were computed, which is chance',
  },
  {
    cases: ['stats'],
    differs: ['+ $.model_stats[0].lanes'],
    why: 'where requests were computed can be seen; clients ignore what they do not know',
  },
  {
    cases: ['stats'],
    differs: ['+ $.model_stats[0].memory_usage'],
    why: 'the recording is cut off before this field, which Triton has as well',
  },
];
