import { arn } from './arn';
import { cidr, ipv4Cidr } from './cidr';
import { cron } from './cron';
import { duration } from './duration';
import { iamPolicy, inlinePolicy, resourcePolicy, trustPolicy } from './iam-policy';
import { json } from './json';
import { dnsLabel, kubernetesName, labelKey, labelValue, portName, serviceName } from './kubernetes-name';
import { quantity } from './quantity';
import { ruleSchedule, schedule } from './schedule';
import type { Check } from './words';

/** How a text of each format is checked: nothing where it is right, else a clause with what is wrong and the cure. */
export const formats = {
  arn,
  cidr,
  'ipv4-cidr': ipv4Cidr,
  'iam-policy': iamPolicy,
  'inline-policy': inlinePolicy,
  'trust-policy': trustPolicy,
  'resource-policy': resourcePolicy,
  schedule,
  'rule-schedule': ruleSchedule,
  json,
  'kubernetes-name': kubernetesName,
  'dns-label': dnsLabel,
  'service-name': serviceName,
  'port-name': portName,
  'label-key': labelKey,
  'label-value': labelValue,
  quantity,
  cron,
  duration,
} as const satisfies Readonly<Record<string, Check>>;
