import { cidr, ipv4Cidr } from '../../../../src/rehearsal/formats/cidr';

describe('networks in CIDR notation', () => {
  it.each([
    '10.0.0.0/16',
    '0.0.0.0/0',
    '10.1.2.3/32',
    '2001:db8::/32',
    '::/0',
    '2001:db8:1:2::/64',
    '::ffff:a00:0/120',
  ])('accepts %s', (text) => expect(cidr(text)).toBeUndefined());

  it.each([
    ['10.0.0.1/16', '10.0.0.1/16 has bits set after its prefix; write 10.0.0.0/16'],
    ['2001:db8::1/32', '2001:db8::1/32 has bits set after its prefix; write 2001:db8::/32'],
    ['2001:db8:ff::/40', '2001:db8:ff::/40 has bits set after its prefix; write 2001:db8::/40'],
    ['::ffff:10.0.0.1/120', '::ffff:10.0.0.1/120 has bits set after its prefix; write ::ffff:a00:0/120'],
    ['10.0.0.4', '10.0.0.4 has no prefix length; write 10.0.0.4/32 for this one address'],
    ['10.0.0.0/33', '"10.0.0.0/33" has no prefix length from 0 to 32; write one such as 10.0.0.0/32'],
    ['10.0.0.0/08', '"10.0.0.0/08" has no prefix length from 0 to 32; write one such as 10.0.0.0/32'],
    ['10.0.0/24', '"10.0.0/24" is no network in CIDR notation; write one such as 10.0.0.0/16'],
    ['', '"" is no network in CIDR notation; write one such as 10.0.0.0/16'],
  ])('refuses %s', (text, says) => expect(cidr(text)).toBe(says));

  it('takes IPv4 only where that is asked', () => {
    expect(ipv4Cidr('10.0.0.0/8')).toBeUndefined();
    expect(ipv4Cidr('::/0')).toBe('::/0 is an IPv6 network; write an IPv4 one such as 10.0.0.0/16');
    expect(ipv4Cidr('10.0.0.9/8')).toBe('10.0.0.9/8 has bits set after its prefix; write 10.0.0.0/8');
  });
});
