import { quoted, type Check } from './words';

/** A duration as Go reads it (`time.ParseDuration`), in Terraform's timeouts and in Kubernetes: `90s`, `1h30m`. */
export const duration: Check = (text) => {
  if (/^[+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/.test(text)) return undefined;
  const [, amount, unit = ''] = /^(\d+)\s*([A-Za-z]*)$/.exec(text) ?? [];
  if (amount === undefined) return `${quoted(text)} is no duration; write one such as 90s or 1h30m`;
  if (/^d(ays?)?$/i.test(unit))
    return `${quoted(text)} is no duration, since there is no unit for days; write ${Number(amount) * 24}h`;
  const meant = /^h/i.test(unit) ? 'h' : /^m/i.test(unit) ? 'm' : 's';
  return `${quoted(text)} is no duration; write ${amount}${meant}`;
};
