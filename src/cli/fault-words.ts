import type { FaultReport } from '@plinth/rehearsal';
import { table } from './voice';

/** More failures than this are told by kind; those that did not converge are told each. */
const many = 10;

/** What became of failures made on purpose. */
export function faultsInWords(faults: readonly FaultReport[]): string {
  if (faults.length === 0) return '';
  const told = faults.length > many ? byKind(faults) : one(faults);
  const left = faults.length > many ? faults.filter(({ converged }) => !converged) : [];
  return `${table(told)}\n\n${left.length === 0 ? '' : `${table(one(left))}\n\n`}`;
}

function one(faults: readonly FaultReport[]): string[][] {
  const rows = faults.map(({ fault, left, byHand, next, converged }) => [
    fault,
    `${left.standing}${left.tainted === 0 ? '' : `, ${left.tainted} tainted`}`,
    `${next.added} added, ${next.changed} changed, ${next.destroyed} destroyed`,
    converged ? 'converged' : 'NOT CONVERGED',
    byHand.length === 0 ? '' : `after ${byHand.join(', ')}`,
  ]);
  return [['FAILED ON PURPOSE', 'LEFT STANDING', 'NEXT APPLY', '', ''], ...rows];
}

/** `create:partial` of `prod/aws_vpc.v:create:partial@2`. */
const kindOf = ({ fault }: FaultReport): string => /:(\w+(?::\w+)?)(?:@\d+)?$/.exec(fault)?.[1] ?? fault;

function byKind(faults: readonly FaultReport[]): string[][] {
  const kinds = [...new Set(faults.map(kindOf))].sort();
  const rows = kinds.map((kind) => {
    const own = faults.filter((report) => kindOf(report) === kind);
    const hands = own.flatMap(({ byHand }) => byHand.map((done) => done.replace(/^removing .*/, 'removing an orphan')));
    const times = [...new Set(hands)].map((done) => `${done} (${hands.filter((each) => each === done).length})`);
    const converged = own.filter((report) => report.converged).length;
    return [kind, String(own.length), String(converged), times.join(', ')];
  });
  const all = faults.filter(({ converged }) => converged).length;
  return [
    ['FAILED ON PURPOSE', 'TIMES', 'CONVERGED', 'BY HAND BEFORE'],
    ...rows,
    ['together', String(faults.length), String(all), ''],
  ];
}
