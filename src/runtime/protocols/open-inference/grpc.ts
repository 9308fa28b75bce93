import type { Admission, Need } from '../../engine/admission.js';
import type { DataPlane } from '../../engine/data-plane.js';
import { credentialsOf, inferCall } from './grpc-facts.js';
import { Health } from './grpc-health.js';
import { readInferRequest, writeInferResponse } from './grpc-infer.js';
import { methods, type Settings } from './grpc-methods.js';
import { InferStreams } from './grpc-stream.js';
import { GrpcTransport, unary, type Admit, type Method } from './grpc-transport.js';

/** What the protocol's side needs to know. */
export interface GrpcOptions extends Settings {
  /** Bytes of one message, after decompression. */
  readonly maxRequestBytes: number;
  /** Lets calls pass or not; absent, everybody may do everything. */
  readonly before?: Admission | undefined;
}

/** The Open Inference Protocol over gRPC. */
export interface GrpcServer {
  /** As GrpcTransport. */
  listen(host: string, port: number, setting: string): Promise<string>;
  /** As GrpcTransport, and ends streams after the answers that they are owed. */
  drain(graceSeconds: number): Promise<boolean>;
  /** Ends it where it was never used. */
  stop(): void;
}

/**
 * `inference.GRPCInferenceService` and `grpc.health.v1.Health`
 * (https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_grpc.md, with Triton's extensions).
 * Failures are a status with a sentence; only a model's or the server's own failure is INTERNAL.
 */
export function grpcServer(plane: DataPlane, options: GrpcOptions): GrpcServer {
  const { maxRequestBytes, before } = options;
  const health = new Health(plane);
  const streams = new InferStreams(plane, before);
  const admit = (need: Need | undefined): Admit | undefined =>
    before === undefined || need === undefined ? undefined : (call) => before(credentialsOf(call), need);
  const calls = new Map<string, Method>([
    [
      'inference.GRPCInferenceService/ModelInfer',
      unary(async (message, call, caller) => {
        const { model, version, read } = readInferRequest(message);
        return writeInferResponse(await plane.infer(model, version, read, inferCall(call, caller)));
      }, admit('infer')),
    ],
    ['inference.GRPCInferenceService/ModelStreamInfer', streams.handle],
    ...Object.entries(methods(plane, options)).map(([name, { need, run }]): [string, Method] => [
      `inference.GRPCInferenceService/${name}`,
      unary((message, call) => {
        const answer = run(message, () => before?.(credentialsOf(call), 'control'));
        return answer instanceof Promise ? answer.then((bytes) => [bytes]) : [answer];
      }, admit(need)),
    ]),
    ['grpc.health.v1.Health/Check', unary((message) => [health.check(message)])],
    ['grpc.health.v1.Health/Watch', health.watch],
  ]);
  const transport = new GrpcTransport(
    new Map([...calls].map(([name, method]) => [`/${name}`, method])),
    maxRequestBytes,
  );
  return {
    listen: (...at) => transport.listen(...at),
    drain: (graceSeconds) => {
      const drained = transport.drain(graceSeconds);
      health.close();
      streams.close();
      return drained;
    },
    stop: () => transport.stop(),
  };
}
