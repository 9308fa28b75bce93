import type { Tensor } from './tensors.js';

/**
 * A tensor as the protocol's JSON: `{"name","datatype","shape","data"}`, data flat and row-major.
 * INT64 and UINT64 are written in full digits. JSON has no NaN and no Infinity: both become `null`.
 * The protocol has no JSON for FP16 (ask before answering with it); the payload log has its values as numbers.
 */
export function tensorJson(tensor: Tensor): string {
  return (tensor.json ??= `{"name":${JSON.stringify(tensor.name)},"datatype":"${tensor.datatype}","shape":[${tensor.shape.join(',')}],"data":[${values(tensor)}]}`);
}

function values({ datatype, data }: Tensor): string {
  if (Array.isArray(data)) return JSON.stringify(data).slice(1, -1);
  if (datatype === 'BOOL') return Array.from(data as Uint8Array, (bit) => (bit ? 'true' : 'false')).join(',');
  const half = datatype === 'FP16';
  const text = (half ? Array.from(data as Uint16Array, fromHalf) : data).join(',');
  const whole = (!half && datatype !== 'FP32' && datatype !== 'FP64') || !(text.includes('N') || text.includes('I'));
  return whole ? text : text.replace(/NaN|-?Infinity/g, 'null');
}

/** The number that the bits of an IEEE 754 binary16 stand for. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
