import { PlinthError } from '@plinth/contract';

/** A block of IPv4 addresses. */
interface Block {
  readonly base: number;
  readonly bits: number;
}

/**
 * A part of a block of addresses: `subnetOf('10.0.0.0/16', 3, 1)` is the second of its eight parts, `10.0.32.0/19`.
 * The same as Terraform's `cidrsubnet`, but done at synth, so that plans and policies show plain addresses.
 * @param newBits by how many bits the prefix grows
 * @param index which of the parts, from 0
 */
export function subnetOf(cidr: string, newBits: number, index: number): string {
  const { base, bits } = parse(cidr);
  const length = bits + newBits;
  const address = base + index * 2 ** (32 - length);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')}/${length}`;
}

/**
 * Refuses what cannot be a VPC for a cluster.
 * @throws PlinthError `invalid-cidr`
 */
export function checkVpcCidr(where: string, cidr: string): void {
  const { base, bits } = parse(cidr, where);
  const aligned = base % 2 ** (32 - bits) === 0;
  if (aligned && bits >= 16 && bits <= 20) return;
  throw new PlinthError({
    code: 'invalid-cidr',
    where,
    what: `the VPC's addresses '${cidr}' are not usable`,
    why: aligned
      ? 'AWS allows a VPC of /16 at most, and below /20 the pods, which each take an address of their subnet, run out of them'
      : `the block does not begin where a /${bits} begins`,
    cure: "write for instance '10.0.0.0/16'",
  });
}

function parse(cidr: string, where = cidr): Block {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const [a = 256, b = 256, c = 256, d = 256, bits = 33] = match?.slice(1).map(Number) ?? [];
  if ([a, b, c, d].every((part) => part < 256) && bits <= 32)
    return { base: ((a * 256 + b) * 256 + c) * 256 + d, bits };
  throw new PlinthError({
    code: 'invalid-cidr',
    where,
    what: `'${cidr}' is not a block of IPv4 addresses`,
    why: 'it must be four numbers from 0 to 255 between dots, a slash, and a length from 0 to 32',
    cure: "write for instance '10.0.0.0/16'",
  });
}
