import { Finding, PlinthError, sentence } from '@plinth/contract';
import { IConstruct } from 'constructs';

/** A finding whose place is the construct it is found at. */
export type FindingHere = Omit<Finding, 'where'>;

/** Stops at once: for a mistake that would make everything after it meaningless. The place is the construct's path. */
export function fail(at: IConstruct, finding: FindingHere): never {
  throw new PlinthError({ ...finding, where: at.node.path });
}

/** Checks when the program is synthesized, after everything has been built. All findings are told together. */
export function checkAtSynth(at: IConstruct, check: () => readonly FindingHere[]): void {
  at.node.addValidation({
    validate: () => check().map((finding) => sentence({ ...finding, where: at.node.path })),
  });
}
