import {
  logVerbosity,
  Server,
  ServerCredentials,
  setLogVerbosity,
  type MethodDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Admission } from '../../engine/admission.js';
import type { DataPlane } from '../../engine/data-plane.js';
import { portError, reachable } from '../../program.js';
import { credentialsOf, inferCall, unary } from './grpc-calls.js';
import { Health } from './grpc-health.js';
import { readInferRequest, writeInferResponse } from './grpc-infer.js';
import { methods } from './grpc-methods.js';
import { tidyStatus } from './grpc-status.js';
import { InferStreams } from './grpc-stream.js';

/** What the protocol's side needs to know. */
export interface GrpcOptions {
  /** Bytes of one message, after decompression. */
  readonly maxRequestBytes: number;
  /** Lets calls pass or not; absent, everybody may do everything. */
  readonly before?: Admission | undefined;
}

/** The Open Inference Protocol over gRPC. */
export interface GrpcServer {
  readonly server: Server;
  /**
   * Binds it, without TLS as HTTP is.
   * @param setting the flag that names the port, for the sentence
   * @returns address and port at which this machine reaches it
   * @throws PlinthError `port-taken` or `port-refused`
   */
  listen(host: string, port: number, setting: string): Promise<string>;
  /**
   * Takes no new connection, tells clients to leave (GOAWAY), and ends when the calls in flight are answered.
   * @param graceSeconds what they are given; then they are cut
   * @returns whether every call was answered
   */
  drain(graceSeconds: number): Promise<boolean>;
}

/** Streams of one connection at once; a client opens more connections beyond it. */
const maxStreams = 1024;

/**
 * `inference.GRPCInferenceService` and `grpc.health.v1.Health`
 * (https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_grpc.md, with Triton's extensions).
 * Failures are a status with a sentence; only a model's or the server's own failure is INTERNAL.
 */
export function grpcServer(plane: DataPlane, { maxRequestBytes, before }: GrpcOptions): GrpcServer {
  // It would write to standard error what is thrown as well.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    interceptors: [tidyStatus],
    'grpc.max_receive_message_length': maxRequestBytes,
    // Answers are as large as models make them.
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': maxStreams,
    // A client that has vanished without a word holds its connection no longer than this. Milliseconds.
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc.enable_channelz': 0,
  });

  const health = new Health(plane);
  const streams = new InferStreams(plane, before);
  const infer = unary((call) => {
    const answer = async (tenant?: string): Promise<Buffer> => {
      const { model, version, read } = readInferRequest(call.request);
      return writeInferResponse(await plane.infer(model, version, read, inferCall(call, tenant)));
    };
    if (before === undefined) return answer();
    const caller = before(credentialsOf(call), 'infer');
    return caller instanceof Promise ? caller.then(({ tenant }) => answer(tenant)) : answer(caller.tenant);
  });
  const others = Object.entries(methods(plane)).map(([name, { need, run }]): [string, ReturnType<typeof unary>] => [
    name,
    unary((call) => {
      const caller = need === undefined ? undefined : before?.(credentialsOf(call), need);
      return caller instanceof Promise ? caller.then(() => run(call.request)) : run(call.request);
    }),
  ]);
  add(server, 'inference.GRPCInferenceService', {
    ModelInfer: infer,
    ModelStreamInfer: streams.handle,
    ...Object.fromEntries(others),
  });
  add(server, 'grpc.health.v1.Health', {
    Check: unary((call) => health.check(call.request)),
    Watch: health.watch,
  });

  let bound: string | undefined;
  return {
    server,
    listen: (host, port, setting) =>
      new Promise((resolve, reject) => {
        const at = host.includes(':') ? `[${host}]` : host;
        server.bindAsync(`${at}:${port}`, ServerCredentials.createInsecure(), (error, chosen) => {
          if (error === null) {
            bound = `${at}:${chosen}`;
            return resolve(`${reachable(host)}:${chosen}`);
          }
          reject(portError(error, error.message.includes('EADDRINUSE'), `${host}:${port}`, setting));
        });
      }),
    drain: (graceSeconds) =>
      new Promise((resolve) => {
        let inTime = true;
        const late = setTimeout(() => (inTime = false), graceSeconds * 1000);
        // Not forceShutdown(), which cuts nobody where channelz is off.
        if (bound !== undefined) server.drain(bound, graceSeconds * 1000);
        server.tryShutdown(() => {
          clearTimeout(late);
          resolve(inTime);
        });
        health.close();
        streams.close();
      }),
  };
}

const streaming: Readonly<Record<string, { readonly request: boolean; readonly response: boolean }>> = {
  ModelStreamInfer: { request: true, response: true },
  Watch: { request: false, response: true },
};

const asIs = (message: Buffer): Buffer => message;

/** Messages pass as bytes: what reads them here answers a bad one as the client's mistake, where grpc-js says INTERNAL. */
function add(server: Server, service: string, handlers: UntypedServiceImplementation): void {
  const definition = Object.keys(handlers).map((name): [string, MethodDefinition<Buffer, Buffer>] => {
    const { request = false, response = false } = streaming[name] ?? {};
    return [
      name,
      {
        path: `/${service}/${name}`,
        requestStream: request,
        responseStream: response,
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      },
    ];
  });
  server.addService(Object.fromEntries(definition), handlers);
}
