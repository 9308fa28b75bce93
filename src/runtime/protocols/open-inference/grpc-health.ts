import type { DataPlane } from '../../engine/data-plane.js';
import { RequestError } from '../../engine/errors.js';
import { readMessage, writeMessage } from './grpc-messages.js';
import { callFindings, statusFor } from './grpc-status.js';
import type { CallHandler, GrpcCall } from './grpc-call.js';

type Serving = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

/** Milliseconds between two looks for those who watch. */
const lookEvery = 250;

/** Services of this server itself; every other name is a model's. */
const own = new Set(['', 'inference.GRPCInferenceService', 'grpc.health.v1.Health']);

const read = (message: Buffer): string =>
  readMessage<{ service: string }>('grpc.health.v1.HealthCheckRequest', message).service;
const write = (serving: Serving): Buffer => writeMessage('grpc.health.v1.HealthCheckResponse', { status: serving });

/** `grpc.health.v1.Health`: of the server, under its service's name or none, and of models under theirs. */
export class Health {
  private readonly watches = new Map<GrpcCall, { readonly service: string; told: Serving | undefined }>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly plane: DataPlane) {}

  /** @throws RequestError `not-found` for a name that is no model's */
  check(message: Buffer): Buffer {
    const service = read(message);
    if (own.has(service)) return write(this.of(service));
    try {
      this.plane.checkReady(service);
      return write(this.of(service));
    } catch (error) {
      if (!(error instanceof RequestError) || error.kind === 'not-found') throw error;
      return write('NOT_SERVING');
    }
  }

  readonly watch = (call: GrpcCall): CallHandler => {
    call.wait();
    let message: Buffer | Promise<Buffer> | undefined;
    const begin = async (): Promise<void> => {
      if (message === undefined) throw callFindings.none();
      this.watches.set(call, { service: read(await message), told: undefined });
      this.tell();
      this.timer ??= setInterval(() => this.tell(), lookEvery).unref();
    };
    return {
      message: (given) => (message = given),
      end: () => void begin().catch((error: unknown) => call.finish(statusFor(error))),
      gone: () => this.forget(call),
    };
  };

  /** Tells those who watch that it is over, and ends their streams. */
  close(): void {
    this.tell();
    for (const call of this.watches.keys()) call.finish(statusFor(callFindings.stopping()));
  }

  private forget(call: GrpcCall): void {
    this.watches.delete(call);
    if (this.watches.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private tell(): void {
    const now = new Map<string, Serving>();
    for (const [call, watched] of this.watches) {
      const { service, told } = watched;
      let serving = now.get(service);
      if (serving === undefined) now.set(service, (serving = this.of(service)));
      if (serving === told) continue;
      watched.told = serving;
      call.send([write(serving)]);
    }
  }

  private of(service: string): Serving {
    if (this.plane.draining) return 'NOT_SERVING';
    if (own.has(service)) return this.plane.unready() === undefined ? 'SERVING' : 'NOT_SERVING';
    try {
      this.plane.checkReady(service);
      return 'SERVING';
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return error.kind === 'not-found' ? 'SERVICE_UNKNOWN' : 'NOT_SERVING';
    }
  }
}
