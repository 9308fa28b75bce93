import { oneOf, quoted, type Check } from './words';

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Names that stand for numbers, the first for `from`. */
  readonly names?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const fields: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: months },
  { name: 'day of the week', from: 0, to: 6, names: days },
];
const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** The schedule of a CronJob: five fields or a descriptor, as github.com/robfig/cron/v3's ParseStandard reads it. */
export const cron: Check = (text) => {
  if (/^(CRON_)?TZ=/.test(text)) {
    return `${quoted(text)} names a time zone, which CronJobs refuse there; set timezone instead`;
  }
  if (text.startsWith('@')) {
    if (descriptors.includes(text) || /^@every -?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
    return `${quoted(text)} is no descriptor of cron; write ${oneOf([...descriptors, '@every 1h'])}`;
  }
  const parts = text.split(/\s+/).filter((part) => part !== '');
  if (parts.length !== fields.length) {
    return `${quoted(text)} has ${parts.length} field${parts.length === 1 ? '' : 's'}; write five: minute, hour, day of the month, month, day of the week, such as "0 3 * * *"`;
  }
  for (const [i, field] of fields.entries()) {
    const wrong = fieldWrong(parts[i] ?? '', field);
    if (wrong !== undefined) return `${quoted(text)} has ${quoted(parts[i] ?? '')} as its ${field.name}; ${wrong}`;
  }
  return undefined;
};

function fieldWrong(part: string, field: Field): string | undefined {
  const bounds = `write ${field.from} to ${field.to}, "*", a range such as ${field.from}-${field.to} or a step such as */2`;
  for (const item of part.split(',').filter((one) => one !== '')) {
    const [range = '', step, ...more] = item.split('/');
    if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return bounds;
    if (range === '*' || range === '?') continue;
    const ends = range.split('-').map((end) => valueOf(end, field));
    if (ends.length > 2 || ends.some((end) => end === undefined || end < field.from || end > field.to)) return bounds;
    const [low = 0, high = low] = ends as number[];
    if (high < low) return 'write the lower end of the range first';
  }
  return undefined;
}

function valueOf(text: string, { from, names = [] }: Field): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const index = names.indexOf(text.toLowerCase());
  return index < 0 ? undefined : index + from;
}
