import { Session } from './session.js';
import type { Signature, Tensor } from './tensors.js';

/** What the pool asks of a worker. */
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

/** What a worker answers. */
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

/** Does what is asked, in the thread that it is called in: the same in a worker thread and in a process of its own. */
export function answer(request: WorkerRequest): WorkerAnswer {
  const { job } = request;
  try {
    if (request.kind === 'open') {
      const session = Session.open(request.path);
      sessions.set(request.session, session);
      return { job, signature: session.signature };
    }
    const session = sessions.get(request.session);
    if (request.kind === 'close') {
      sessions.delete(request.session);
      session?.close();
      return { job };
    }
    if (session === undefined) throw new Error('the model is not loaded in this worker');
    return { job, ...session.run(request.inputs, request.outputs) };
  } catch (error) {
    return { job, failed: (error as Error).message };
  }
}
