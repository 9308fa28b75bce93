import type { handleBidiStreamingCall, ServerDuplexStream } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import { sentence } from '@plinth/contract';
import type { Admission } from '../../engine/admission.js';
import type { DataPlane } from '../../engine/data-plane.js';
import { RequestError } from '../../engine/errors.js';
import { credentialsOf, inferCall } from './grpc-calls.js';
import { readInferRequest, writeStreamError, writeStreamResponse, type WireRequest } from './grpc-infer.js';
import { statusFor, wireText } from './grpc-status.js';

type Stream = ServerDuplexStream<Buffer, Buffer>;

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

  readonly handle: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
    let open = 0;
    let closing = false;
    let last: Promise<void> = Promise.resolve();
    const end = (): void => {
      closing = true;
      call.pause();
      void last.then(() => call.emit('error', { code: status.UNAVAILABLE, details: stopping }));
    };
    this.endings.add(end);
    const gone = (): void => void this.endings.delete(end);
    call.on('data', (message: Buffer) => {
      if (closing) return;
      if (++open === maxOpen) call.pause();
      const answer = this.answer(call, message);
      last = last.then(async () => {
        try {
          await send(call, await answer);
        } catch (error) {
          closing = true;
          call.emit('error', statusFor(error));
        }
        if (open-- === maxOpen && !closing) call.resume();
      });
    });
    call.on('end', () => {
      gone();
      void last.then(() => {
        if (!closing) call.end();
      });
    });
    call.on('cancelled', gone);
    call.on('error', gone);
  };

  /** One message's answer. Throws only what ends the stream. */
  private async answer(call: Stream, message: Buffer): Promise<Buffer> {
    let wire: WireRequest | undefined;
    try {
      const caller = await this.before?.(credentialsOf(call), 'infer');
      wire = readInferRequest(message);
      const { model, version, read } = wire;
      return writeStreamResponse(
        await this.plane.infer(model, version, () => read(asked), inferCall(call, caller?.tenant)),
      );
    } catch (error) {
      if (error instanceof RequestError && fatal.has(error.kind)) throw error;
      return writeStreamError(statusFor(error).details, wire?.id);
    }
  }
}

const stopping = wireText(
  sentence({
    code: 'stopping',
    what: 'the stream ends',
    where: 'model server',
    why: 'the server is being stopped',
    cure: 'open another one',
  }),
);

/** Writes, and waits until the client has taken enough of what was written before. */
function send(call: Stream, message: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (call.cancelled || call.write(message)) return resolve();
    const done = (): void => {
      call.off('drain', done);
      call.off('cancelled', done);
      resolve();
    };
    call.on('drain', done);
    call.on('cancelled', done);
  });
}
