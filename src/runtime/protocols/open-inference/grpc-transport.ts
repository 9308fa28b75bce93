import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { IncomingHttpHeaders } from 'node:http2';
import type { Caller } from '../../engine/admission.js';
import { bindPort } from '../../program.js';
import { GrpcCall, type CallHandler, type Pieces } from './grpc-call.js';
import { callFindings, noCall, statusFor } from './grpc-status.js';

/** What answers a call: given when its headers are there, before any message. */
export type Method = (call: GrpcCall) => CallHandler;

/** Nothing that a client sends slowly, reads slowly or leaves open is waited for without end. Milliseconds, bytes and counts. */
const limits = {
  /** Without a byte of a message that has to come. */
  messageTimeout: 30_000,
  /** Between two pings; a client that has not answered one when the next is due is gone. */
  pingEvery: 30_000,
  /** Calls of one connection at once. */
  streams: 1024,
  connections: 10_000,
  headers: 16 * 1024,
  /** What a client may send of one call, and of all of a connection, before it is read. */
  streamWindow: 1024 * 1024,
  sessionWindow: 8 * 1024 * 1024,
} as const;

/** gRPC over node:http2, for calls by path. @grpc/grpc-js costs twice as much for a call, and copies every message twice. */
export class GrpcTransport {
  private readonly server: Http2Server;
  private readonly sessions = new Map<ServerHttp2Session, { answered: boolean }>();
  private readonly calls = new Set<GrpcCall>();
  private sweeping: NodeJS.Timeout | undefined;
  private pinging: NodeJS.Timeout | undefined;
  private draining = false;

  /** @param maxBytes of one message, after decompression */
  constructor(
    private readonly methods: ReadonlyMap<string, Method>,
    private readonly maxBytes: number,
  ) {
    this.server = createServer({
      settings: {
        initialWindowSize: limits.streamWindow,
        maxConcurrentStreams: limits.streams,
        maxHeaderListSize: limits.headers,
        enablePush: false,
      },
      // Megabytes. Flow control bounds what a connection holds; Node's own 10 ends connections that are merely busy.
      maxSessionMemory: 1024,
    });
    this.server.maxConnections = limits.connections;
    this.server.on('session', (session) => this.admit(session));
    this.server.on('stream', (stream, headers) => this.begin(stream, headers));
    // What is no HTTP/2 ends its own connection only.
    this.server.on('sessionError', () => undefined);
  }

  /**
   * Binds it, without TLS as HTTP is.
   * @param setting the flag that names the port, for the sentence
   * @returns address and port at which this machine reaches it
   * @throws PlinthError `port-taken` or `port-refused`
   */
  async listen(host: string, port: number, setting: string): Promise<string> {
    const bound = await bindPort(this.server, host, port, setting);
    this.sweeping = setInterval(() => this.sweep(), limits.messageTimeout / 4).unref();
    this.pinging = setInterval(() => this.ping(), limits.pingEvery).unref();
    return bound;
  }

  /**
   * Takes no new connection, tells clients to leave (GOAWAY), and ends when the calls in flight are answered.
   * @param graceSeconds what they are given; then they are cut
   * @returns whether every call was answered
   */
  async drain(graceSeconds: number): Promise<boolean> {
    this.draining = true;
    let inTime = true;
    const late = setTimeout(() => {
      inTime = false;
      for (const session of this.sessions.keys()) session.destroy();
    }, graceSeconds * 1000);
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const session of this.sessions.keys()) session.close();
    await closed;
    clearTimeout(late);
    this.stop();
    return inTime;
  }

  /** Ends it where it was never used. */
  stop(): void {
    clearInterval(this.sweeping);
    clearInterval(this.pinging);
    this.server.close();
  }

  private admit(session: ServerHttp2Session): void {
    if (this.draining) return session.close();
    this.sessions.set(session, { answered: true });
    session.setLocalWindowSize(limits.sessionWindow);
    session.on('close', () => this.sessions.delete(session));
    session.on('error', () => undefined);
  }

  private begin(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const path = String(headers[':path']);
    const type = headers['content-type'];
    if (type?.startsWith('application/grpc') !== true || headers[':method'] !== 'POST') {
      stream.on('error', () => undefined);
      stream.resume();
      return stream.respond(
        { ':status': type?.startsWith('application/grpc') === true ? 405 : 415 },
        { endStream: true },
      );
    }
    const call = new GrpcCall(stream, headers, this.maxBytes);
    const method = this.methods.get(path);
    this.calls.add(call);
    stream.on('close', () => this.calls.delete(call));
    if (method === undefined) {
      call.start({ message: () => undefined, end: () => undefined });
      return call.finish(statusFor(noCall(path)));
    }
    call.start(method(call));
  }

  private sweep(): void {
    const late = performance.now() - limits.messageTimeout;
    for (const call of this.calls)
      if (call.waitsSince !== undefined && call.waitsSince < late) call.finish(statusFor(callFindings.slow()));
  }

  private ping(): void {
    for (const [session, state] of this.sessions) {
      if (!state.answered) {
        session.destroy();
        continue;
      }
      state.answered = false;
      session.ping(() => (state.answered = true));
    }
  }
}

/** Lets a call pass or not; room for what is known of the caller. */
export type Admit = (call: GrpcCall) => Caller | Promise<Caller>;

/** A call with one message and one answer; what `admit` and `run` throw becomes the status. */
export function unary(
  run: (message: Buffer, call: GrpcCall, caller: Caller | undefined) => Pieces | Promise<Pieces>,
  admit?: Admit,
): Method {
  return (call) => {
    const fail = (error: unknown): void => call.finish(statusFor(error));
    const done = (pieces: Pieces): void => call.answer(pieces);
    let caller: Caller | Promise<Caller> | undefined;
    let message: Buffer | Promise<Buffer> | undefined;
    try {
      caller = admit?.(call);
      if (caller instanceof Promise) caller.catch(fail);
    } catch (error) {
      fail(error);
    }
    return {
      message: (given) => {
        if (message !== undefined) return fail(callFindings.second());
        message = given;
        if (given instanceof Promise) given.catch(fail);
      },
      end: () => {
        if (message === undefined) return fail(callFindings.none());
        if (message instanceof Promise || caller instanceof Promise) {
          Promise.all([message, caller])
            .then(([read, known]) => run(read, call, known))
            .then(done, fail);
          return;
        }
        try {
          const answer = run(message, call, caller);
          if (answer instanceof Promise) answer.then(done, fail);
          else done(answer);
        } catch (error) {
          fail(error);
        }
      },
    };
  };
}
