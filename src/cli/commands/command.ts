import type { Command } from 'commander';
import type { Outcome, Streams } from '../voice';

/** What every command is given. */
export interface Context {
  readonly streams: Streams;
  readonly cwd: string;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** Says the outcome in the one voice, and remembers the exit code. */
  done<T>(outcome: Outcome<T>, json: boolean): void;
}

/** Adds one command to the program. */
export type AddCommand = (program: Command, context: Context) => void;
