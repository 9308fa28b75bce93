import { parentPort, type TransferListItem } from 'node:worker_threads';
import { Session } from './session.js';
import type { Signature, Tensor } from './tensors.js';

/** What the pool asks of a worker thread. */
export type WorkerRequest =
  | { readonly kind: 'open'; readonly job: number; readonly session: number; readonly path: string }
  | {
      readonly kind: 'run';
      readonly job: number;
      readonly session: number;
      readonly inputs: readonly Tensor[];
      readonly outputs: readonly string[];
    }
  | { readonly kind: 'close'; readonly job: number; readonly session: number };

/** What a worker thread answers. */
export type WorkerAnswer =
  | { readonly job: number; readonly failed: string }
  | {
      readonly job: number;
      readonly failed?: undefined;
      readonly signature?: Signature;
      readonly outputs?: Tensor[];
      readonly nanoseconds?: number;
    };

const sessions = new Map<number, Session>();

function answer(request: WorkerRequest): [WorkerAnswer, TransferListItem[]] {
  const { job } = request;
  if (request.kind === 'open') {
    const session = Session.open(request.path);
    sessions.set(request.session, session);
    return [{ job, signature: session.signature }, []];
  }
  const session = sessions.get(request.session);
  if (request.kind === 'close') {
    sessions.delete(request.session);
    session?.close();
    return [{ job }, []];
  }
  if (session === undefined) throw new Error('the model is not loaded in this thread');
  const { outputs, nanoseconds } = session.run(request.inputs, request.outputs);
  // The engine's memory cannot leave this thread, so values are copied once here and then handed over.
  const owned = outputs.map((tensor) => ({ ...tensor, data: tensor.data.slice() }));
  const transfer = owned.flatMap(({ data }) => (Array.isArray(data) ? [] : [data.buffer as ArrayBuffer]));
  return [{ job, outputs: owned, nanoseconds }, transfer];
}

parentPort?.on('message', (request: WorkerRequest) => {
  try {
    parentPort?.postMessage(...answer(request));
  } catch (error) {
    parentPort?.postMessage({ job: request.job, failed: (error as Error).message });
  }
});
