import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '@plinth/contract';
import { addressAt, placeAt } from './json-place';
import type { Phase } from './report';

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

/** An error in Terraform's own words, with the place in the program that it is about. */
export function findingOf({ summary, detail, address, range }: UiDiagnostic, { phase, stack, folder }: Said): Finding {
  const given = address === undefined || address === '' ? undefined : address;
  const place = range === undefined ? undefined : placeOf(join(folder, range.filename), range.start.line);
  const about = given ?? place?.address;
  const construct = place?.construct === undefined ? '' : ` (construct ${place.construct})`;
  const file = range === undefined ? undefined : `${range.filename} line ${range.start.line}`;
  const says = detail === undefined || detail === '' ? undefined : detail;
  const meant = /Did you mean "?([\w.-]+)"?\?/.exec(says ?? '')?.[1];
  const answerable = about?.includes('data.') === true && phase !== 'validate' && phase !== 'init';
  return {
    code: 'terraform-failed',
    what: `terraform ${phase}: ${withoutStop(summary)}`,
    where: [`stack ${stack}`, about === undefined ? undefined : about + construct, file]
      .filter((part) => part !== undefined)
      .join(', '),
    why: says === undefined ? 'Terraform refuses it' : `it says: ${withoutStop(says)}`,
    cure:
      meant !== undefined
        ? `write ${meant}`
        : answerable
          ? 'mend the program there, or give an answer for this data source in the fixtures file'
          : 'mend the program there',
  };
}

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
