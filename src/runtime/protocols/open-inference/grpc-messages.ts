import { type } from '../../proto/load.js';
import { unreadable } from './grpc-infer.js';

/** A message with all its fields: texts, numbers (exact to 2^53), lists and maps; of a oneof the field that is set. */
export type Fields = Readonly<Record<string, unknown>>;

/** @throws RequestError `invalid` for bytes that are no such message */
export function readMessage<T = Fields>(name: string, bytes: Buffer): T {
  const message = type(name);
  try {
    return message.toObject(message.decode(bytes), { defaults: true, longs: Number }) as T;
  } catch (error) {
    throw unreadable(name, error);
  }
}

/** Fields that the message does not have are left out. */
export function writeMessage(name: string, fields: object): Buffer {
  const message = type(name);
  return message.encode(message.fromObject(fields)).finish() as Buffer;
}
