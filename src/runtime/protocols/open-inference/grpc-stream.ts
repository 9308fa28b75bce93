import type { Admission } from '../../engine/admission.js';
import type { DataPlane } from '../../engine/data-plane.js';
import { RequestError } from '../../engine/errors.js';
import type { CallHandler, GrpcCall, Pieces } from './grpc-call.js';
import { credentialsOf, inferCall } from './grpc-facts.js';
import { readInferRequest, writeStreamError, writeStreamResponse, type WireRequest } from './grpc-infer.js';
import { callFindings, statusCode, statusFor } from './grpc-status.js';

/** Requests of one stream that are computed at once; the next ones are not read before. */
const maxOpen = 64;

/** Triton's clients ask with this reserved name for what this server does anyway. */
const asked = 'triton_enable_empty_final_response';

/** Failures after which no message of the stream could be answered. */
const fatal: ReadonlySet<string> = new Set(['unauthenticated', 'forbidden']);

/** `ModelStreamInfer`: answers in the order of the requests, and failures as answers, which leave the stream open. */
export class InferStreams {
  private readonly endings = new Set<() => void>();

  constructor(
    private readonly plane: DataPlane,
    private readonly before: Admission | undefined,
  ) {}

  /** Ends every stream after the answers that it still owes. */
  close(): void {
    for (const end of this.endings) end();
  }

  readonly handle = (call: GrpcCall): CallHandler => {
    let open = 0;
    let closing = false;
    let last: Promise<void> = Promise.resolve();
    call.wait();
    const end = (): void => {
      closing = true;
      void last.then(() => call.finish(statusFor(callFindings.stopping())));
    };
    this.endings.add(end);
    return {
      message: (message) => {
        if (closing) return;
        if (++open === maxOpen) call.pause();
        const answer = this.answer(call, message);
        // Its turn may come later than its failure.
        answer.catch(() => undefined);
        last = last.then(async () => {
          try {
            if (!call.send(await answer)) await call.drained();
          } catch (error) {
            closing = true;
            call.finish(statusFor(error));
          }
          if (open-- === maxOpen) call.resume();
        });
      },
      end: () => {
        this.endings.delete(end);
        void last.then(() => call.finish({ code: statusCode.OK, details: '' }));
      },
      gone: () => void this.endings.delete(end),
    };
  };

  /** One message's answer. Throws only what ends the stream. */
  private async answer(call: GrpcCall, message: Buffer | Promise<Buffer>): Promise<Pieces> {
    let wire: WireRequest | undefined;
    try {
      const caller = await this.before?.(credentialsOf(call), 'infer');
      wire = readInferRequest(message instanceof Promise ? await message : message);
      const { model, version, read } = wire;
      return writeStreamResponse(await this.plane.infer(model, version, () => read(asked), inferCall(call, caller)));
    } catch (error) {
      if (error instanceof RequestError && fatal.has(error.kind)) throw error;
      return [writeStreamError(statusFor(error).details, wire?.id)];
    }
  }
}
