import { isIPv4, isIPv6 } from 'node:net';
import { quoted, type Check } from './words';

/** A network in CIDR notation, IPv4 or IPv6 (RFC 4632, RFC 4291), with no bits set after its prefix: EC2 refuses those. */
export const cidr: Check = (text) => {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIPv4(address) ? 4 : isIPv6(address) && !address.includes('%') ? 6 : undefined;
  if (version === undefined) return `${quoted(text)} is no network in CIDR notation; write one such as 10.0.0.0/16`;
  const width = version === 4 ? 32 : 128;
  if (prefix === undefined) return `${text} has no prefix length; write ${text}/${width} for this one address`;
  if (more.length > 0 || !/^(0|[1-9]\d*)$/.test(prefix) || Number(prefix) > width) {
    return `${quoted(text)} has no prefix length from 0 to ${width}; write one such as ${address}/${width}`;
  }
  const bits = version === 4 ? bitsOfIPv4(address) : bitsOfIPv6(address);
  const rest = BigInt(width - Number(prefix));
  const network = (bits >> rest) << rest;
  if (network === bits) return undefined;
  const right = version === 4 ? ipv4Of(network) : ipv6Of(network);
  return `${text} has bits set after its prefix; write ${right}/${prefix}`;
};

/** An IPv4 network in CIDR notation. */
export const ipv4Cidr: Check = (text) => {
  const [address = ''] = text.split('/');
  if (isIPv6(address)) return `${text} is an IPv6 network; write an IPv4 one such as 10.0.0.0/16`;
  return cidr(text);
};

function bitsOfIPv4(address: string): bigint {
  return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function bitsOfIPv6(address: string): bigint {
  const [left = '', right] = canonicalIPv6(address).split('::');
  const words = (half: string): string[] => (half === '' ? [] : half.split(':'));
  const head = words(left);
  const tail = right === undefined ? [] : words(right);
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].reduce((bits, word) => (bits << 16n) | BigInt(`0x${word}`), 0n);
}

function ipv4Of(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
}

function ipv6Of(bits: bigint): string {
  const words = Array.from({ length: 8 }, (_, i) => ((bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  return canonicalIPv6(words.join(':'));
}

/** The text of RFC 5952: hexadecimal throughout, the longest run of zeros shortened. URLs are written so. */
function canonicalIPv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
