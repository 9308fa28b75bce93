import {
  Client,
  credentials,
  Metadata,
  type CallOptions,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ServiceError,
} from '@grpc/grpc-js';
import { type } from '../../../../src/runtime/proto/load';

/** A message as an object; 64-bit numbers come as text, bytes as Buffer. */
export type Fields = Record<string, unknown>;

export const encode = (message: string, fields: object): Buffer =>
  Buffer.from(type(message).encode(type(message).fromObject(fields)).finish());
export const decode = (message: string, bytes: Buffer): Fields =>
  type(message).toObject(type(message).decode(bytes), { longs: String, defaults: true, enums: String }) as Fields;

const healthRequest = 'grpc.health.v1.HealthCheckRequest';
const healthResponse = 'grpc.health.v1.HealthCheckResponse';
const asIs = (bytes: Buffer): Buffer => bytes;
const at = (name: string): string => `/inference.GRPCInferenceService/${name}`;

/** A client that reads and writes through the published messages. */
export class GrpcClient {
  readonly client: Client;

  constructor(url: string, options: object = {}) {
    this.client = new Client(url, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_receive_message_length': -1,
      ...options,
    });
  }

  close(): void {
    this.client.close();
  }

  /** Bytes there and back. @throws ServiceError */
  raw(
    path: string,
    message: Buffer,
    metadata: Record<string, string> = {},
    options: CallOptions = {},
  ): Promise<Buffer> {
    const given = new Metadata();
    for (const [key, value] of Object.entries(metadata)) given.set(key, value);
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(path, asIs, asIs, message, given, options, (error, answer) =>
        error === null ? resolve(answer as Buffer) : reject(error),
      );
    });
  }

  async call(
    name: string,
    fields: object = {},
    metadata: Record<string, string> = {},
    options: CallOptions = {},
  ): Promise<Fields> {
    return decode(`${name}Response`, await this.raw(at(name), encode(`${name}Request`, fields), metadata, options));
  }

  infer(fields: object, metadata: Record<string, string> = {}, options: CallOptions = {}): Promise<Fields> {
    return this.call('ModelInfer', fields, metadata, options);
  }

  stream(metadata = new Metadata()): ClientDuplexStream<Buffer, Buffer> {
    return this.client.makeBidiStreamRequest(at('ModelStreamInfer'), asIs, asIs, metadata);
  }

  async health(service: string): Promise<unknown> {
    const message = encode(healthRequest, { service });
    return decode(healthResponse, await this.raw('/grpc.health.v1.Health/Check', message))['status'];
  }

  watch(service: string): ClientReadableStream<Fields> {
    return this.client.makeServerStreamRequest(
      '/grpc.health.v1.Health/Watch',
      asIs,
      (bytes: Buffer) => decode(healthResponse, bytes),
      encode(healthRequest, { service }),
    );
  }
}

/** The code and the sentence with which a call ends. */
export async function refusal(call: Promise<unknown>): Promise<{ readonly code: number; readonly details: string }> {
  try {
    await call;
  } catch (error) {
    const { code, details } = error as ServiceError;
    return { code, details };
  }
  throw new Error('the call was answered');
}

/** Values of an FP32 tensor as raw bytes. */
export const floats = (values: readonly number[]): Buffer => Buffer.from(new Float32Array(values).buffer);
