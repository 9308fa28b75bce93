import { oneOf, quoted, type Check } from './words';

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
  /** Besides numbers, ranges, lists, steps and `*`. */
  readonly special?: RegExp;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const fields: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31, special: /^(\?|L(-\d{1,2})?|LW|\d{1,2}W)$/ },
  { name: 'month', from: 1, to: 12, names: months },
  {
    name: 'day of the week',
    from: 1,
    to: 7,
    names: days,
    special: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/i,
  },
  { name: 'year', from: 1970, to: 2199 },
];
const units = ['minute', 'hour', 'day'];

/**
 * A schedule of EventBridge: `rate(5 minutes)`, `cron(0 10 * * ? *)` or, in EventBridge Scheduler, `at(2030-01-01T00:00:00)`.
 * Grammar: docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export const schedule: Check = (text) => {
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/s.exec(text) ?? [];
  if (kind === 'rate') return rate(text, inner);
  if (kind === 'cron') return awsCron(text, inner);
  if (kind === 'at') return at(text, inner);
  const parts = text.trim().split(/\s+/);
  if (parts.length === 6) return `${quoted(text)} is no schedule of AWS; write cron(${parts.join(' ')})`;
  if (parts.length === 5) {
    return `${quoted(text)} is cron as Unix knows it; AWS has a sixth field for the year and "?" for one of the two days, such as cron(0 3 * * ? *); write it so`;
  }
  return `${quoted(text)} is no schedule of AWS; write rate(...), cron(...) or at(...), such as rate(5 minutes)`;
};

/** A schedule of an EventBridge rule or of a canary, which know `rate` and `cron` only. */
export const ruleSchedule: Check = (text) =>
  text.startsWith('at(')
    ? `${quoted(text)} runs once, which only EventBridge Scheduler does; use aws_scheduler_schedule, or write rate(...) or cron(...)`
    : schedule(text);

function rate(text: string, inner: string): string | undefined {
  const [, amount = '', unit = ''] = /^\s*(\d+)\s+([a-z]+)\s*$/.exec(inner) ?? [];
  const single = unit.replace(/s$/, '');
  const value = Number(amount);
  if (!units.includes(single) || value === 0) {
    return `${quoted(text)} is no rate; write a positive number and ${oneOf(units.map((name) => `${name}s`))}, such as rate(5 minutes)`;
  }
  const right = value === 1 ? single : `${single}s`;
  return unit === right ? undefined : `${quoted(text)} has the unit in the wrong number; write rate(${value} ${right})`;
}

function at(text: string, inner: string): string | undefined {
  const shape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(inner);
  const time = shape ? new Date(`${inner}Z`) : undefined;
  // A date such as February 30th rolls over into the next month.
  if (time !== undefined && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(inner)) return undefined;
  return `${quoted(text)} names no moment; write it as at(2030-01-31T08:30:00), without a zone, which stands in schedule_expression_timezone`;
}

function awsCron(text: string, inner: string): string | undefined {
  const parts = inner.trim().split(/\s+/);
  if (parts.length !== fields.length) {
    return `${quoted(text)} has ${parts.length} field${parts.length === 1 ? '' : 's'}; write six: minute, hour, day of the month, month, day of the week, year, such as cron(0 3 * * ? *)`;
  }
  for (const [i, field] of fields.entries()) {
    const wrong = fieldWrong(parts[i] ?? '', field);
    if (wrong !== undefined) return `${quoted(text)} has ${quoted(parts[i] ?? '')} as its ${field.name}; ${wrong}`;
  }
  const questions = [parts[2], parts[4]].filter((part) => part === '?').length;
  if (questions === 1) return undefined;
  const right = [...parts];
  if (questions === 2) right[2] = '*';
  else right[parts[4] === '*' ? 4 : 2] = '?';
  return `${quoted(text)} needs "?" for exactly one of day of the month and day of the week; write cron(${right.join(' ')})`;
}

function fieldWrong(part: string, field: Field): string | undefined {
  const { from, to, special } = field;
  const bounds = `write ${from} to ${to}, "*", a range such as ${from}-${to} or a step such as ${from}/2`;
  for (const item of part.split(',')) {
    if (special?.test(item) === true) continue;
    const [range = '', step, ...more] = item.split('/');
    if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return bounds;
    if (range === '*') continue;
    const ends = range.split('-').map((end) => valueOf(end, field));
    if (ends.length > 2 || ends.some((end) => end === undefined || end < from || end > to)) return bounds;
  }
  return undefined;
}

function valueOf(text: string, { from, names = [] }: Field): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const index = names.indexOf(text.toUpperCase());
  return index < 0 ? undefined : index + from;
}
