import { specialAddress } from '../../../../src/rehearsal/formats/special-address';

it.each(['10.0.0.1', '203.0.113.7', '2001:db8::1', 'no address'])('lets %s be', (text) => {
  expect(specialAddress(text)).toBeUndefined();
});

it.each(['127.0.0.1', '169.254.169.254', '224.0.0.1', '0.0.0.0', '::', '::1', 'fe80::1', 'ff02::1'])(
  'refuses %s, which nobody else reaches',
  (text) => {
    expect(specialAddress(text)).toBe(
      `"${text}" is an address that is not reached from elsewhere; write that of a pod or a server`,
    );
  },
);
