import type { ClusterProgress, ClusterReport } from '@plinth/rehearsal';

const doing: Readonly<Record<ClusterProgress['phase'], string>> = {
  charts: 'rendering charts',
  'dry-run': 'sending objects, dry run',
  apply: 'applying objects',
  destroy: 'destroying objects',
  clear: 'removing what was made for the rehearsal',
};

/** One line of what goes on. */
export function clusterProgress({ phase, done, total, text }: ClusterProgress): string {
  const count = done === undefined || total === undefined ? '' : ` ${done} of ${total}`;
  return `cluster: ${doing[phase]}${count}${text === undefined ? '' : `, waiting for ${text}`} ...`;
}

/** What a real API server made of the objects, for a person. */
export function clusterInWords(report: ClusterReport): string {
  const { context, version, mode, objects, accepted, warnings, notTemplated, made, ready, destroyed } = report;
  const how = mode === 'apply' ? 'applied' : 'sent with a dry run';
  const lines = [
    `${accepted} of ${objects} objects ${how} are taken by ${context} (Kubernetes ${version.replace(/^v/, '')}).`,
  ];
  if (made.length > 0) lines.push(`Made there for it, and removed again: ${made.join(', ')}.`);
  for (const { name, seconds } of ready) lines.push(`${name} was ready after ${seconds.toFixed(1)} s.`);
  if (destroyed.length > 0) lines.push(`Destroyed in this order: ${destroyed.join(', ')}.`);
  for (const { stack, address, why } of notTemplated) lines.push(`stack ${stack}, ${address}: not templated: ${why}.`);
  for (const warning of warnings) lines.push(`The server warns: ${warning}`);
  return `${lines.join('\n')}\n`;
}
