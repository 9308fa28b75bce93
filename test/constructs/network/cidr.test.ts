import { PlinthError } from '@plinth/contract';
import { checkVpcCidr, subnetOf } from 'plinth/constructs/network/cidr';

// The first three are the examples of Terraform's own cidrsubnet: https://developer.hashicorp.com/terraform/language/functions/cidrsubnet
test.each([
  ['172.16.0.0/12', 4, 2, '172.18.0.0/16'],
  ['10.1.2.0/24', 4, 15, '10.1.2.240/28'],
  ['10.0.0.0/16', 3, 1, '10.0.32.0/19'],
  ['10.0.0.0/16', 6, 58, '10.0.232.0/22'],
  ['192.168.128.0/20', 0, 0, '192.168.128.0/20'],
])('part of %s by %i bits, number %i, is %s', (cidr, newBits, index, expected) => {
  expect(subnetOf(cidr, newBits, index)).toBe(expected);
});

test.each(['10.0.0.0', '10.0.0.256/16', '10.0.0.0/33', 'ten/16', ''])('%p is no block', (cidr) => {
  expect(() => subnetOf(cidr, 1, 0)).toThrow(
    new PlinthError({
      code: 'invalid-cidr',
      where: cidr,
      what: `'${cidr}' is not a block of IPv4 addresses`,
      why: 'it must be four numbers from 0 to 255 between dots, a slash, and a length from 0 to 32',
      cure: "write for instance '10.0.0.0/16'",
    }),
  );
});

test('a VPC from /16 to /20 is taken', () => {
  expect(() => checkVpcCidr('here', '10.16.0.0/16')).not.toThrow();
  expect(() => checkVpcCidr('here', '10.16.16.0/20')).not.toThrow();
});

test.each([
  ['10.0.0.0/21', /here: the VPC's addresses '10.0.0.0\/21' are not usable, because AWS allows a VPC of \/16 at most/],
  ['10.0.0.0/8', /below \/20 the pods, .* run out of them; write for instance '10.0.0.0\/16'\./],
  ['10.0.1.0/16', /because the block does not begin where a \/16 begins/],
])('a VPC of %s is refused', (cidr, sentence) => {
  expect(() => checkVpcCidr('here', cidr)).toThrow(sentence);
});
