import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '@plinth/contract';
import { addressAt, placeAt } from './json-place';
import type { Phase } from './report';
import { findingOfState } from './state-says';

/** A diagnostic as Terraform prints it with -json (https://developer.hashicorp.com/terraform/internals/machine-readable-ui). */
export interface UiDiagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly detail?: string;
  readonly address?: string;
  readonly range?: { readonly filename: string; readonly start: { readonly line: number } };
}

/** Where a diagnostic was given. */
export interface Said {
  readonly phase: Phase;
  readonly stack: string;
  /** The stack's folder, from which Terraform names files. */
  readonly folder: string;
}

/** What Terraform says of the errors beside it, and what it says twice, tells nothing. */
export function withoutEcho(errors: readonly UiDiagnostic[]): UiDiagnostic[] {
  const own = errors.filter(({ summary }) => !summary.startsWith('Terraform encountered problems during init'));
  const all = own.length === 0 ? errors : own;
  return [...new Map(all.map((error) => [JSON.stringify(error), error])).values()];
}

/** An error in Terraform's own words, with the place in the program that it is about. */
export function findingOf(diagnostic: UiDiagnostic, said: Said): Finding {
  const ofState = findingOfState(diagnostic, said);
  if (ofState !== undefined) return ofState;
  const { summary, detail, address, range } = diagnostic;
  const { phase, stack, folder } = said;
  const circle = /^Cycle: (.*)$/s.exec(summary)?.[1];
  if (circle !== undefined) return cycle(circle, phase, stack);
  const given = address === undefined || address === '' ? undefined : address;
  const place = range === undefined ? undefined : placeOf(join(folder, range.filename), range.start.line);
  const about = given ?? place?.address;
  const construct = place?.construct === undefined ? '' : ` (construct ${place.construct})`;
  const file = range === undefined ? undefined : `${range.filename} line ${range.start.line}`;
  const says = detail === undefined || detail === '' ? undefined : detail;
  const meant = /Did you mean "?([\w.-]+)"?\?/.exec(says ?? '')?.[1];
  // What our own checks say ends in its cure.
  const [, because, cure] = /(is not right|do not go together|cannot be changed like this)$/.test(summary)
    ? (/^(.*?); (.*)$/s.exec(withoutStop(says ?? '')) ?? [])
    : [];
  const asked = /(^|\.)data\./.test(about ?? '') && phase !== 'validate' && phase !== 'init';
  return {
    code: 'terraform-failed',
    what: `terraform ${phase}: ${withoutStop(summary)}`,
    where: [`stack ${stack}`, about === undefined ? undefined : about + construct, file]
      .filter((part) => part !== undefined)
      .join(', '),
    why: because ?? (says === undefined ? 'Terraform refuses it' : `it says: ${withoutStop(says)}`),
    cure: cure ?? (meant !== undefined ? `write ${meant}` : asked ? cureOfData(about) : 'mend the program there'),
  };
}

/** Something outside ended Terraform. What was applied stands in the state as far as Terraform got to write it. */
export function killed(signal: NodeJS.Signals, { phase, stack }: Said): Finding {
  return {
    code: 'terraform-killed',
    what: `terraform ${phase} was ended by ${signal}`,
    where: `stack ${stack}`,
    why: 'something outside of the rehearsal stopped it, such as a system that ran out of memory',
    cure: 'see what ended it, and rehearse again',
  };
}

/** Terraform names the members of a circle in another order each time. */
function cycle(members: string, phase: Phase, stack: string): Finding {
  const names = [...new Set(members.split(', ').map((name) => name.replace(/ \(\w+\)$/, '')))].sort();
  return {
    code: 'terraform-failed',
    what: `terraform ${phase}: ${names.join(', ')} depend on each other in a circle`,
    where: `stack ${stack}`,
    why: 'none of them can be made first',
    cure: 'take one of these references away',
  };
}

const cureOfData = (address = ''): string =>
  address.includes('terraform_remote_state.')
    ? 'rehearse the program that leaves this state together with it'
    : 'mend the program there, or give an answer for this data source in the fixtures file';

/** The sentence around it brings its own. */
const withoutStop = (text: string): string => text.trim().replace(/(?<!\.)\.$/, '');

/** What of the program stands on a line of a synthesized file: its address, and its construct where cdktf's metadata tell another name. */
function placeOf(file: string, line: number): { address?: string; construct?: string } | undefined {
  if (!file.endsWith('.json')) return undefined;
  try {
    const text = readFileSync(file, 'utf8');
    const path = placeAt(text, line);
    const address = addressAt(path);
    const depth = path[0] === 'resource' || path[0] === 'data' ? 3 : 2;
    let block: unknown = JSON.parse(text);
    for (const key of [...path.slice(0, depth), '//', 'metadata', 'path']) {
      block = typeof block === 'object' && block !== null ? (block as Record<string, unknown>)[key] : undefined;
    }
    const known = typeof block === 'string' && block.split('/').slice(1).join('/') !== path[depth - 1];
    return { ...(address === undefined ? {} : { address }), ...(known ? { construct: block as string } : {}) };
  } catch {
    return undefined; // The file may be the very thing that cannot be read.
  }
}
