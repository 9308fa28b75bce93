import { sentence } from '@plinth/contract';
import type { UpgradeReport } from '../upgrade/upgrade';
import { listed } from './assertion';
import type { Verdict } from './verdict';

/** Findings of a change that are about what it loses. */
const losses = new Set(['stateful-replaced', 'stateful-destroyed', 'stack-gone']);

/** A change of a program keeps what holds something; the report is that of `rehearseUpgrade`. */
export function nothingLost({ findings, changes }: UpgradeReport): Verdict {
  const lost = findings.filter(({ code }) => losses.has(code));
  if (lost.length > 0) {
    return { holds: 'no', says: listed('the change loses what is stateful:', lost.map(sentence)) };
  }
  if (findings.length > 0) {
    return { holds: 'unknown', says: listed('the change cannot be applied:', findings.map(sentence)) };
  }
  return { holds: 'yes', says: `none of the ${changes.length} changes replaces or destroys what is stateful` };
}
