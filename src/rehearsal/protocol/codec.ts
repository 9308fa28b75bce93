import { Encoder, Decoder, ExtensionCodec } from '@msgpack/msgpack';

/** A value that Terraform will know only after apply. */
export class Unknown {
  private constructor() {}
  static readonly value = new Unknown();
}

/** A value of Terraform's type system as plain data. A value of dynamic type is `[type in JSON as bytes, value]`. */
export type TfValue = null | boolean | number | string | Uint8Array | Unknown | TfValue[] | { [key: string]: TfValue };
export type TfObject = { [key: string]: TfValue };

const extensions = new ExtensionCodec();
// Plain unknown is extension 0; refined unknown (12) carries a hint that can be left aside.
for (const type of [0, 12]) {
  extensions.register({
    type,
    encode: (value) => (type === 0 && value instanceof Unknown ? new Uint8Array([0]) : null),
    decode: () => Unknown.value,
  });
}
const encoder = new Encoder({ extensionCodec: extensions });
const decoder = new Decoder({ extensionCodec: extensions });

export function encodeValue(value: TfValue): { msgpack: Uint8Array } {
  return { msgpack: encoder.encode(value) };
}

/** @param value a `DynamicValue` message; an absent one is null */
export function decodeValue(value: { msgpack?: Uint8Array; json?: Uint8Array } | null | undefined): TfValue {
  if (value?.msgpack !== undefined && value.msgpack.length > 0) return decoder.decode(value.msgpack) as TfValue;
  if (value?.json !== undefined && value.json.length > 0) {
    return JSON.parse(Buffer.from(value.json).toString('utf8')) as TfValue;
  }
  return null;
}

export function isObject(value: TfValue | undefined): value is TfObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Uint8Array)
  );
}

/** Whether every part of a value is known. */
export function isKnown(value: TfValue): boolean {
  if (value instanceof Unknown) return false;
  if (Array.isArray(value)) return value.every(isKnown);
  return !isObject(value) || Object.values(value).every(isKnown);
}
