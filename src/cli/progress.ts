import type { ProgressEvent } from '@plinth/rehearsal';
import type { Streams } from './voice';

const doing: Readonly<Record<ProgressEvent['phase'], string>> = {
  synth: 'synthesizing',
  init: 'init',
  validate: 'validate',
  plan: 'plan',
  apply: 'apply',
  replan: 'second plan',
  fault: 'failing on purpose',
  destroy: 'destroy',
  start: 'starting',
};

/** How far one stack is: its phases that have ended, and what it does now. */
interface Going {
  readonly ended: string[];
  now: string;
}

/**
 * Shows what goes on: on a terminal one line that is rewritten, with every stack at work, and which leaves a line for each stack that is
 * done; elsewhere a line for each phase that has ended.
 */
export class Progress {
  private open = false;
  private shown = '';
  private readonly going = new Map<string, Going>();
  private starting = '';

  constructor(
    private readonly err: Streams['err'],
    /** CI logs keep every rewrite, so nothing is rewritten there. */
    private readonly live = err.isTTY === true && (process.env['CI'] ?? '') === '',
  ) {}

  readonly on = (event: ProgressEvent): void => {
    const { stack, phase, state, seconds = 0, done, total, text = '' } = event;
    const name = stack ?? 'program';
    if (phase === 'start') {
      if (state === 'begin') this.starting = text;
      if (state === 'begin') this.status(`${name}: starting ${text} ...`);
      if (state === 'end') this.line(`${name}: ${this.starting} answers on ${text} after ${seconds.toFixed(1)} s`);
      return;
    }
    if (phase === 'fault') {
      const which = `${done ?? 0} of ${total ?? 0}: ${text}`;
      if (state === 'begin') this.status(`failing on purpose, ${which} ...`);
      if (state === 'end') this.line(`failed on purpose, ${which}, and looked after ${seconds.toFixed(1)} s`);
      return;
    }
    const going = this.going.get(name) ?? { ended: [], now: '' };
    if (state !== 'done') this.going.set(name, going);
    if (state === 'end') {
      const took = `${doing[phase]} ${seconds.toFixed(1)} s`;
      going.ended.push(took);
      going.now = '';
      if (!this.live) this.err.write(`${name}: ${took}\n`);
    } else {
      const count = done === undefined || total === undefined || total === 0 ? '' : ` ${done} of ${total}`;
      going.now = `${doing[phase]}${count} ...`;
    }
    // The program is synthesized before any stack begins.
    if (state === 'done' || (phase === 'synth' && state === 'end')) this.leave(name, going);
    this.status([...this.going].map(([one, how]) => told(one, how)).join('; '));
  };

  /** A line of its own. */
  line(text: string): void {
    if (this.open) this.err.write('\r\u001b[K');
    this.forget();
    this.err.write(`${text}\n`);
  }

  /** A line that stays until the next one; only where lines can be rewritten. */
  status(text: string): void {
    if (this.live && text !== '') this.rewrite(text);
  }

  /** Leaves the line that is being rewritten. */
  close(): void {
    if (this.open) this.err.write('\n');
    this.forget();
    this.going.clear();
  }

  /** A stack is done: its line stays. */
  private leave(name: string, { ended }: Going): void {
    if (!this.going.delete(name) && ended.length === 0) return;
    if (!this.live || ended.length === 0) return;
    this.rewrite(told(name, { ended, now: '' }));
    this.err.write('\n');
    this.forget();
  }

  private forget(): void {
    this.open = false;
    this.shown = '';
  }

  private rewrite(text: string): void {
    const fitted = text.slice(0, (this.err.columns ?? 80) - 1);
    if (fitted === this.shown) return;
    this.shown = fitted;
    this.open = true;
    this.err.write(`\r${fitted}\u001b[K`);
  }
}

const told = (name: string, { ended, now }: Going): string =>
  `${name}: ${[...ended, ...(now === '' ? [] : [now])].join(', ')}`;
