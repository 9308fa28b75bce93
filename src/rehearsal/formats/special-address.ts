import { BlockList, isIP } from 'node:net';
import { quoted, type Check } from './words';

const special = new BlockList();
special.addSubnet('127.0.0.0', 8);
special.addSubnet('169.254.0.0', 16);
special.addSubnet('224.0.0.0', 24);
special.addAddress('0.0.0.0');
special.addAddress('::', 'ipv6');
special.addAddress('::1', 'ipv6');
special.addSubnet('fe80::', 10, 'ipv6');
special.addSubnet('ff02::', 16, 'ipv6');

/** An address must be of a pod, or of a machine elsewhere. Source: ValidateEndpointIP of Kubernetes (pkg/apis/core/validation/validation.go). */
export const specialAddress: Check = (text) =>
  isIP(text) !== 0 && special.check(text, isIP(text) === 6 ? 'ipv6' : 'ipv4')
    ? `${quoted(text)} is an address that is not reached from elsewhere; write that of a pod or a server`
    : undefined;
