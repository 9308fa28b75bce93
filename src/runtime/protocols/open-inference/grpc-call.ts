import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { callFindings, statusFor, statusCode, type CallStatus } from './grpc-status.js';

/** How a call is answered. */
export interface CallHandler {
  /** A message of the client; a promise where it has to be decompressed. */
  message(message: Buffer | Promise<Buffer>): void;
  /** The client sends no more. */
  end(): void;
  /** The call is over, for whatever reason. */
  gone?(): void;
}

/** A message in pieces, so that tensors need not be copied into one. */
export type Pieces = readonly Uint8Array[];

const decompress = { gzip: promisify(gunzip), deflate: promisify(inflate) };
const units: Readonly<Record<string, number>> = { n: 1e-6, u: 1e-3, m: 1, S: 1000, M: 60_000, H: 3_600_000 };
const head = {
  ':status': 200,
  'content-type': 'application/grpc+proto',
  'grpc-accept-encoding': 'identity,deflate,gzip',
};
const succeeded = { 'grpc-status': '0' };
/** Longest wait of setTimeout; a deadline beyond it is none. Milliseconds. */
const longest = 2 ** 31 - 1;

/** One call: frames of messages both ways (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md), a deadline, a status. */
export class GrpcCall {
  /** Whether nobody waits for an answer any more. */
  cancelled = false;
  /** By the clock of `performance.now()`. */
  readonly deadline: number | undefined;
  /** When it last waited for bytes of a message, by the same clock; undefined while it waits for none. */
  waitsSince: number | undefined = performance.now();
  private patient = false;
  private timer: NodeJS.Timeout | undefined;
  private chunks: Buffer[] = [];
  private have = 0;
  private finished = false;
  private opened = false;
  private sent: CallStatus | undefined;

  constructor(
    private readonly stream: ServerHttp2Stream,
    private readonly headers: IncomingHttpHeaders,
    private readonly maxBytes: number,
  ) {
    const timeout = headers['grpc-timeout'];
    if (timeout === undefined) return;
    const match = /^(\d{1,8})([HMSmun])$/.exec(String(timeout));
    if (match === null) {
      this.finish(statusFor(callFindings.timeout()));
      return;
    }
    const wait = Number(match[1]) * (units[match[2] as string] as number);
    if (wait > longest) return;
    this.deadline = performance.now() + wait;
    this.timer = setTimeout(() => this.finish(statusFor(callFindings.late())), wait);
  }

  /** Lets the client take its time between two messages. */
  wait(): void {
    this.patient = true;
    this.waitsSince = undefined;
  }

  /** Begins to read. */
  start(handler: CallHandler): void {
    const { stream } = this;
    stream.on('error', () => undefined);
    stream.on('close', () => {
      this.cancelled = true;
      this.waitsSince = undefined;
      clearTimeout(this.timer);
      handler.gone?.();
    });
    if (this.finished) return;
    stream.on('data', (chunk: Buffer) => {
      if (this.finished) return;
      this.chunks.push(chunk);
      this.have += chunk.length;
      try {
        while (this.have >= 5 && this.take(handler));
        if (!this.cancelled) this.waitsSince = this.patient && this.have === 0 ? undefined : performance.now();
      } catch (error) {
        this.finish(statusFor(error));
      }
    });
    stream.on('end', () => {
      this.waitsSince = undefined;
      if (this.finished) return;
      if (this.have > 0) this.finish(statusFor(callFindings.cutOff()));
      else handler.end();
    });
  }

  /** A header as text. */
  header(name: string): string | undefined {
    const value = this.headers[name];
    return typeof value === 'string' ? value : undefined;
  }

  pause(): void {
    this.stream.pause();
    this.waitsSince = undefined;
  }

  resume(): void {
    this.stream.resume();
  }

  /** Takes one message off what has come. @returns whether there was a whole one */
  private take(handler: CallHandler): boolean {
    if ((this.chunks[0] as Buffer).length < 5) this.chunks = [Buffer.concat(this.chunks)];
    const first = this.chunks[0] as Buffer;
    const length = first.readUInt32BE(1);
    if (length > this.maxBytes) throw callFindings.tooLarge();
    const whole = length + 5;
    if (this.have < whole) return false;
    const message = first.length >= whole ? first.subarray(5, whole) : assembled(this.chunks, length);
    const last = this.chunks.at(-1) as Buffer;
    this.have -= whole;
    this.chunks = this.have === 0 ? [] : [last.subarray(last.length - this.have)];
    if (first[0] === 0) handler.message(message);
    else {
      const unpacked = this.unpacked(message);
      // A call that has ended in the meantime asks for it no more, and nobody hears then that it failed.
      unpacked.catch(() => undefined);
      handler.message(unpacked);
    }
    return true;
  }

  private async unpacked(message: Buffer): Promise<Buffer> {
    const encoding = this.header('grpc-encoding') ?? 'identity';
    if (encoding !== 'gzip' && encoding !== 'deflate') throw callFindings.encoding();
    try {
      return await decompress[encoding](message, { maxOutputLength: this.maxBytes });
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
        ? callFindings.tooLarge()
        : callFindings.packed();
    }
  }

  /** Sends a message. @returns whether the client takes more at once; otherwise `drained` tells when */
  send(pieces: Pieces): boolean {
    const { stream } = this;
    if (this.finished || stream.destroyed) return true;
    this.open();
    stream.cork();
    stream.write(frameHead(pieces));
    let more = true;
    for (const piece of pieces) if (piece.length > 0) more = stream.write(piece);
    process.nextTick(() => stream.uncork());
    return more;
  }

  /** Resolves when what was sent has left, or nobody wants it any more. */
  drained(): Promise<void> {
    const { stream } = this;
    return new Promise((resolve) => {
      if (stream.destroyed || !stream.writableNeedDrain) return resolve();
      const done = (): void => {
        stream.off('drain', done).off('close', done);
        resolve();
      };
      stream.on('drain', done).on('close', done);
    });
  }

  /** The only message of an answer, and the end. */
  answer(pieces: Pieces): void {
    const { stream } = this;
    if (this.finished || stream.destroyed) return;
    this.open();
    if (pieces.length === 1) {
      const [message] = pieces as [Uint8Array];
      const whole = Buffer.allocUnsafe(5 + message.length);
      whole[0] = 0;
      whole.writeUInt32BE(message.length, 1);
      whole.set(message, 5);
      this.finished = true;
      stream.end(whole);
    } else {
      stream.cork();
      stream.write(frameHead(pieces));
      for (const piece of pieces) if (piece.length > 0) stream.write(piece);
      this.finished = true;
      stream.end();
    }
    clearTimeout(this.timer);
  }

  /** Ends the call with a status. */
  finish(status: CallStatus): void {
    const { stream } = this;
    if (this.finished) return;
    this.finished = true;
    this.waitsSince = undefined;
    clearTimeout(this.timer);
    if (status.code !== statusCode.OK) this.cancelled = true;
    if (stream.destroyed) return;
    this.sent = status;
    // What else the client sends is not wanted.
    if (!stream.readableEnded)
      stream.once('finish', () => setImmediate(() => stream.close(constants.NGHTTP2_NO_ERROR)));
    stream.resume();
    if (this.opened) stream.end();
    else stream.respond({ ...head, ...trailersOf(status) }, { endStream: true });
  }

  private open(): void {
    if (this.opened) return;
    this.opened = true;
    const { stream } = this;
    stream.on('wantTrailers', () => stream.sendTrailers(this.sent === undefined ? succeeded : trailersOf(this.sent)));
    stream.respond(head, { waitForTrailers: true });
  }
}

function frameHead(pieces: Pieces): Buffer {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const bytes = Buffer.allocUnsafe(5);
  bytes[0] = 0;
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

function trailersOf({ code, details, retryMs }: CallStatus): Record<string, string> {
  return {
    'grpc-status': String(code),
    'grpc-message': encodeURI(details),
    // What Retry-After is in HTTP (https://github.com/grpc/proposal/blob/master/A6-client-retries.md).
    ...(retryMs === undefined ? {} : { 'grpc-retry-pushback-ms': String(retryMs) }),
  };
}

/**
 * The message in memory of its own, at whose end it is aligned: raw tensors come last in a message, and lie aligned when their end
 * does, so that they need not be copied again.
 */
function assembled(chunks: readonly Buffer[], length: number): Buffer {
  const memory = Buffer.allocUnsafeSlow(length + 8);
  const begin = (8 - ((memory.byteOffset + length) % 8)) % 8;
  let at = begin;
  let skip = 5;
  for (const chunk of chunks) {
    at += chunk.copy(memory, at, skip, Math.min(chunk.length, skip + length - (at - begin)));
    skip = 0;
  }
  return memory.subarray(begin, begin + length);
}
