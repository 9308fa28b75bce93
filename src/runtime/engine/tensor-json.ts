import type { Tensor } from './tensors.js';

/**
 * A tensor as the protocol's JSON: `{"name","datatype","shape","data"}`, data flat and row-major.
 * INT64 and UINT64 are written in full digits. JSON has no NaN and no Infinity: both become `null`.
 * FP16 has no JSON form in the protocol; ask before.
 */
export function tensorJson(tensor: Tensor): string {
  return (tensor.json ??= `{"name":${JSON.stringify(tensor.name)},"datatype":"${tensor.datatype}","shape":[${tensor.shape.join(',')}],"data":[${values(tensor)}]}`);
}

function values({ datatype, data }: Tensor): string {
  if (Array.isArray(data)) return JSON.stringify(data).slice(1, -1);
  if (datatype === 'BOOL') return Array.from(data as Uint8Array, (bit) => (bit ? 'true' : 'false')).join(',');
  const text = data.join(',');
  const whole = (datatype !== 'FP32' && datatype !== 'FP64') || !(text.includes('N') || text.includes('I'));
  return whole ? text : text.replace(/NaN|-?Infinity/g, 'null');
}
