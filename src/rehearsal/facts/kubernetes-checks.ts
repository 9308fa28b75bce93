import { isIP } from 'node:net';
import { cidr } from '../formats/cidr';
import { kubernetesName, labelKey, labelValue, portName } from '../formats/kubernetes-name';
import { amountOf, quantity } from '../formats/quantity';
import { specialAddress } from '../formats/special-address';
import { oneOf, quoted, type Check } from '../formats/words';

/** How the value of an attribute is checked, whichever resource it is in. */
export interface ValueRule {
  /** The text, the number as text, or every element of a list. */
  readonly each?: Check;
  /** The keys of a map. */
  readonly keys?: Check;
  /** The values of a map. */
  readonly values?: Check;
}

export const words = (...allowed: string[]): ValueRule => ({
  each: (text) =>
    allowed.includes(text)
      ? undefined
      : `${quoted(text)} is none of its values; write ${oneOf(allowed.filter((word) => word !== ''))}`,
});
export const each = (check: Check): ValueRule => ({ each: check });
export const atLeast = (least: number): ValueRule => between(least, Infinity);
export function between(least: number, most: number): ValueRule {
  const cure = most === Infinity ? `${least} or more` : least === most ? String(least) : `${least} to ${most}`;
  return {
    each: (text) => {
      if (!/^-?\d+$/.test(text)) return `${quoted(text)} is no whole number; write ${cure}`;
      const number = Number(text);
      if (number >= least && number <= most) return undefined;
      return `${text} is too ${number < least ? 'little' : 'much'}; write ${cure}`;
    },
  };
}
/** Where the provider has a text, an empty one leaves the number out. */
export const orEmpty = ({ each: check }: ValueRule): ValueRule => ({
  each: (text) => (text === '' ? undefined : check?.(text)),
});

export const port = between(1, 65_535);
export const portOrName: ValueRule = { each: (text) => (/^\d+$/.test(text) ? port.each?.(text) : portName(text)) };
export const share: ValueRule = {
  each: (text) =>
    /^(\d+%?)?$/.test(text) ? undefined : `${quoted(text)} is neither a number nor a share; write 1 or 25%`,
};
export const atMostAll: ValueRule = {
  each: (text) =>
    share.each?.(text) ??
    (/^\d+%$/.test(text) && parseInt(text, 10) > 100 ? `${text} is too much; write 100% or less` : undefined),
};
export const mode: ValueRule = {
  each: (text) =>
    /^0[0-7]{0,3}$/.test(text) ? undefined : `${quoted(text)} is no mode of a file; write octal digits such as 0644`,
};
export const address: ValueRule = {
  each: (text) => (isIP(text) !== 0 ? undefined : `${quoted(text)} is no IP address; write one such as 10.0.0.10`),
};
/** Bits after the prefix are let be, as Kubernetes does. */
export const network: ValueRule = {
  each: (text) => {
    const wrong = cidr(text);
    return wrong?.includes('bits set') === true ? undefined : wrong;
  },
};
export const timeZone: Check = (text) => {
  try {
    const { timeZone: right } = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions();
    const capitals = right !== text && right.toLowerCase() === text.toLowerCase();
    return capitals ? `${quoted(text)} is no time zone in these letters; write ${right}` : undefined;
  } catch {
    return `${quoted(text)} is no time zone; write one of the tz database, such as Europe/Berlin`;
  }
};
export const relativePath: Check = (text) => {
  if (text.startsWith('/')) return `${quoted(text)} is an absolute path; write it relative to the volume`;
  return text.split('/').includes('..')
    ? `${quoted(text)} leads out of the volume by ".."; write a path inside of it`
    : undefined;
};
export const absolutePath: Check = (text) =>
  text.startsWith('/') ? undefined : `${quoted(text)} is no absolute path; write ${quoted(`/${text}`)}`;
export const pathOfHost: Check = (text) =>
  text.split('/').includes('..') ? `${quoted(text)} leads upwards by ".."; write the path itself` : undefined;
export const sysctlName: Check = (text) =>
  /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/.test(text)
    ? undefined
    : `${quoted(text)} is no name of a kernel parameter; write one such as net.core.somaxconn`;
export const environmentName: Check = (text) =>
  /^[ -<>-~]+$/.test(text) ? undefined : `${quoted(text)} is no name of a variable; write printable ASCII without "="`;
export const configKey: Check = (text) =>
  /^[-._a-zA-Z0-9]{1,253}$/.test(text) && text !== '.' && text !== '..' && !text.startsWith('..')
    ? undefined
    : `the key ${quoted(text)} takes letters, digits, "-", "_" and "." only; write one such as ${quoted(text.replace(/[^-._a-zA-Z0-9]+/g, '-').replace(/^\.+/, '') || 'key')}`;
export const base64: Check = (text) =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replace(/[\r\n]/g, ''))
    ? undefined
    : 'its value is not base64; encode it with base64encode or Buffer.toString("base64")';
export const mountPath: Check = (text) => (text === '' ? 'the path is empty; write one such as /data' : undefined);
/** What a container may ask for: the resources of every node, or those of a device, which have a prefix. */
export const resourceName: Check = (text) =>
  text.includes('/') || /^(cpu|memory|ephemeral-storage|storage|hugepages-\w+)$/.test(text)
    ? labelKey(text)
    : `${quoted(text)} is no resource; write cpu, memory or ephemeral-storage, or one with a prefix such as nvidia.com/gpu`;
/** What a quota counts. Source: standardQuotaResources of Kubernetes (pkg/apis/core/helper/helpers.go). */
export const quotaName: Check = (text) =>
  /^((requests\.|limits\.)?(cpu|memory|ephemeral-storage)|(requests\.)?(storage|hugepages-\w+)|pods|resourcequotas|services(\.nodeports|\.loadbalancers)?|replicationcontrollers|secrets|configmaps|persistentvolumeclaims)$/.test(
    text,
  )
    ? undefined
    : text.includes('/')
      ? labelKey(text)
      : `${quoted(text)} is nothing that a quota counts; write one such as requests.cpu, pods or count/deployments.apps`;
/** The name of a CronJob leaves room for what its jobs are called. */
export const cronJobName: Check = (text) =>
  text.length > 52
    ? `${quoted(text)} has ${text.length} characters, but jobs add 11 to the name; shorten it to 52`
    : kubernetesName(text);
export const controller: Check = (text) =>
  text.includes('/')
    ? labelKey(text)
    : `${quoted(text)} is no controller, whose name has a domain before it; write one such as example.com/name`;
export const provisioner: Check = (text) =>
  text === '' ? 'it is empty; write the driver, such as ebs.csi.aws.com' : labelKey(text.toLowerCase());
export const pathSegment: Check = (text) =>
  text !== '' && text !== '.' && text !== '..' && !/[/%]/.test(text)
    ? undefined
    : `${quoted(text)} cannot be part of a path; write a name without "/" and "%"`;
export const endpointAddress: Check = (text) => address.each?.(text) ?? specialAddress(text);
export const annotationKey: Check = (text) => labelKey(text.toLowerCase()) && labelKey(text);
export const selector: ValueRule = { keys: labelKey, values: labelValue };
export const more: Check = (text) =>
  (amountOf(text) ?? 1) <= 0 ? `${quoted(text)} is nothing to reach; write more than 0` : undefined;
export const quantities: ValueRule = {
  values: (text) =>
    quantity(text) ?? ((amountOf(text) ?? 0) < 0 ? `${quoted(text)} is less than nothing; write 0 or more` : undefined),
};
export const limited: ValueRule = { ...quantities, keys: resourceName };
export const quotaScope = words(
  'BestEffort',
  'CrossNamespacePodAffinity',
  'NotBestEffort',
  'NotTerminating',
  'PriorityClass',
  'Terminating',
  'VolumeAttributesClass',
);
export const iscsiName: Check = (text) =>
  /^(iqn|eui|naa)\./.test(text)
    ? undefined
    : `${quoted(text)} begins with none of iqn., eui. and naa.; write the name of the target`;
export const searchDomain: Check = (text) =>
  text === '.' ? undefined : kubernetesName(text.replace(/\.$/, '').replaceAll('_', 'a')) && kubernetesName(text);
export const priorityName: Check = (text) =>
  text.startsWith('system-')
    ? `${quoted(text)} begins as those of Kubernetes itself do; write another name`
    : kubernetesName(text);
export const clusterAddress: ValueRule = { each: (text) => (text === 'None' ? undefined : address.each?.(text)) };
