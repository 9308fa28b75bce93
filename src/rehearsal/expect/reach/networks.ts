import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { Answer } from './answer';

/** Where no address of the internet lies: RFC 1918, 6598, 3927, 1122, 4193, 4291. */
const privateNetworks = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16', '127.0.0.0/8'],
  ...['fc00::/7', 'fe80::/10', '::1/128'],
];

/** What no pod has for an address: of the machine itself, and of the link. */
const neverPods = ['169.254.0.0/16', '127.0.0.0/8', 'fe80::/10', '::1/128'];

/** Everything, in either version. */
export const everywhere: readonly string[] = ['0.0.0.0/0', '::/0'];

/** An address, or a network in CIDR notation. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix] = text.split('/');
  const width = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return width > 0 && (prefix === undefined || (/^\d+$/.test(prefix) && Number(prefix) <= width));
}

/** Whether all of one network lies in another. */
export function contains(outer: string, inner: string): boolean {
  const [a, b] = [parse(outer), parse(inner)];
  if (a === undefined || b === undefined || a.family !== b.family || a.prefix > b.prefix) return false;
  const list = new BlockList();
  list.addSubnet(a.address, a.prefix, a.family);
  return list.check(b.address, b.family);
}

/** Networks either hold each other or have nothing in common. */
export const overlaps = (a: string, b: string): boolean => contains(a, b) || contains(b, a);

export const isPrivate = (network: string): boolean => privateNetworks.some((one) => contains(one, network));

/** Whether a block of addresses holds these networks: all of them, none, or some. */
export function blockHolds(block: string, except: readonly string[], networks: readonly string[]): Answer {
  if (networks.length === 0) return everywhere.includes(block) && except.length === 0 ? 'yes' : 'unknown';
  const answers = networks.map((network): Answer => {
    if (!overlaps(block, network) || except.some((one) => contains(one, network))) return 'no';
    return contains(block, network) && !except.some((one) => overlaps(one, network)) ? 'yes' : 'unknown';
  });
  return answers.every((one) => one === 'yes') ? 'yes' : answers.every((one) => one === 'no') ? 'no' : 'unknown';
}

/** Whether a block of addresses holds the internet: all of it, none, or some. */
export function blockHoldsInternet(block: string, except: readonly string[] = []): Answer {
  if (isPrivate(block) || except.some((one) => contains(one, block))) return 'no';
  return everywhere.includes(block) && except.every(isPrivate) ? 'yes' : 'unknown';
}

/** Whether a block of addresses holds those of pods, of which it is only known that they are private. */
export function blockHoldsPods(block: string, except: readonly string[]): Answer {
  const nowhere = neverPods.some((one) => contains(one, block)) || except.some((one) => contains(one, block));
  return nowhere || !privateNetworks.some((one) => overlaps(one, block)) ? 'no' : 'unknown';
}

function parse(text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | undefined {
  if (!isNetwork(text)) return undefined;
  const [address = '', prefix] = text.split('/');
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  return { address, prefix: prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix), family };
}
