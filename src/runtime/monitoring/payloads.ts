import type { Finding } from '@plinth/contract';
import { sentence } from '@plinth/contract';
import type { LocationClient } from '../clients/location.js';
import { rowsOf } from './payload-rows.js';
import type { Reference } from './reference.js';
import type { Row } from './window.js';

/** Lines of one segment that could not be used, for one reason. */
export interface PayloadProblem {
  /** `payload-malformed` and so on. */
  readonly code: string;
  readonly segment: string;
  readonly lines: number;
  /** About the first of those lines. */
  readonly sentence: string;
}

/** What one segment of the payload log holds. */
export interface Segment {
  /** Relative to the payload location. */
  readonly name: string;
  readonly rows: readonly Row[];
  readonly problems: readonly PayloadProblem[];
}

/** Which segments have been read: those up to `floor` in the order of names, and those of `read`. */
export interface ReadingMemory {
  readonly floor: string;
  readonly read: readonly string[];
}

/** Names remembered one by one. Beyond it the older half is folded into the floor. */
const rememberedNames = 5000;

/**
 * Reads the payload log of one model, each segment once. Names sort by time, but several servers write, and a segment may
 * appear after a later-named one has been read: so names are remembered singly, and only a segment that comes thousands of
 * segments late is missed. Memory and listing stay bounded however long the log is.
 */
export class PayloadReader {
  private floor: string;
  private read: Set<string>;

  constructor(
    private readonly payloads: LocationClient,
    private readonly reference: Reference,
    memory: ReadingMemory = { floor: '', read: [] },
    private readonly capacity = rememberedNames,
  ) {
    this.floor = memory.floor;
    this.read = new Set(memory.read);
  }

  /** Segments not read yet, oldest name first. @throws PlinthError `location-unreadable` */
  async unread(): Promise<string[]> {
    const files = await this.payloads.list({
      under: this.reference.model,
      ...(this.floor === '' ? {} : { after: this.floor }),
    });
    return files.map((file) => file.name).filter((name) => name.endsWith('.jsonl') && !this.read.has(name));
  }

  /** Reads a segment and remembers it as read. @throws PlinthError `not-found` or `location-unreadable`; it is not read then. */
  async take(name: string): Promise<Segment> {
    const text = (await this.payloads.read(name)).toString('utf8');
    const rows: Row[] = [];
    const problems = new Map<string, { first: Finding; lines: number }>();
    text.split('\n').forEach((line, index) => {
      if (line.trim() === '') return;
      const result = rowsOf(line, this.reference, `${name}, line ${index + 1}`);
      if ('rows' in result) {
        for (const row of result.rows) rows.push(row);
        return;
      }
      const before = problems.get(result.problem.code);
      problems.set(result.problem.code, { first: before?.first ?? result.problem, lines: (before?.lines ?? 0) + 1 });
    });
    this.remember(name);
    return {
      name,
      rows,
      problems: [...problems].map(([code, { first, lines }]) => ({
        code,
        segment: name,
        lines,
        sentence: sentence(first),
      })),
    };
  }

  get memory(): ReadingMemory {
    return { floor: this.floor, read: [...this.read] };
  }

  private remember(name: string): void {
    this.read.add(name);
    if (this.read.size <= this.capacity) return;
    const names = [...this.read].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const kept = Math.floor(this.capacity / 2);
    this.floor = names[names.length - kept - 1]!;
    this.read = new Set(names.slice(-kept));
  }
}
