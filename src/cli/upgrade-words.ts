import type { Action, PlannedChange, UpgradeReport } from '@plinth/rehearsal';

const verbs: Readonly<Record<Action, string>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  delete: 'destroyed',
  forget: 'left standing, and forgotten',
  import: 'imported',
  move: 'moved',
};

/** What a change means for what stands, in the words of a reviewer: a line a stack, then a line a resource. */
export function inWords({ changes, stacks }: Omit<UpgradeReport, 'findings'>, ref: string): string {
  if (changes.length === 0 && stacks.added.length + stacks.gone.length === 0) {
    return `Nothing changes of what stands since ${ref}.\n`;
  }
  const names = [...new Set(changes.map(({ stack }) => stack))];
  const told = names.map((name) => {
    const own = changes.filter(({ stack }) => stack === name);
    const counts = (Object.keys(verbs) as Action[])
      .map((action) => ({ action, count: own.filter((change) => change.action === action).length }))
      .filter(({ count }) => count > 0)
      .map(({ action, count }) => `${count} ${verbs[action]}`);
    const note = stacks.added.includes(name) ? ' (a new stack)' : '';
    return `${name}${note}: ${counts.join(', ')}\n${grouped(own).map(lines).join('')}`;
  });
  const gone = stacks.gone.map((name) => `${name}: made no more, and left standing\n`);
  return `Since ${ref}:\n\n${[...told, ...gone].join('\n')}`;
}

/** More changes of one kind than this are told as one; --json has them all. */
const many = 6;

/** Changes of one type, done for the same reasons, together; what is lost is always told alone. */
function grouped(changes: readonly PlannedChange[]): PlannedChange[][] {
  const groups = new Map<string, PlannedChange[]>();
  for (const change of changes) {
    const alone = change.stateful && (change.action === 'replace' || change.action === 'delete');
    const why = alone ? change.address : change.because.map(({ path }) => path).join();
    const key = `${change.action} ${change.type} ${why}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()].flatMap((group) => (group.length > many ? [group] : group.map((change) => [change])));
}

function lines(group: readonly PlannedChange[]): string {
  const [first, second] = group;
  if (first === undefined) return '';
  if (second === undefined) return line(first);
  const paths = first.because.map(({ path }) => path).join(', ');
  const why = paths === '' ? '' : ` (${paths})`;
  return `  ${group.length} of ${first.type} are ${verbs[first.action]}${why}: ${first.address}, ${second.address} and ${group.length - 2} more\n`;
}

function line({ address, action, from, because, stateful }: PlannedChange): string {
  const lost = stateful && (action === 'replace' || action === 'delete') ? ', and what it holds is lost' : '';
  const moved = from === undefined ? '' : ` from ${from}`;
  const differences = because.map(({ path, before, after }) => `    ${path}: ${before} -> ${after}\n`).join('');
  return `  ${address} is ${verbs[action]}${moved}${lost}\n${differences}`;
}
