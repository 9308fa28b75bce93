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

/** Shows what goes on: on a terminal one line a stack that is rewritten, elsewhere a line for each phase that has ended. */
export class Progress {
  private open = false;
  private shown = '';
  private ended: string[] = [];
  private stack: string | undefined;

  constructor(
    private readonly err: Streams['err'],
    /** CI logs keep every rewrite, so nothing is rewritten there. */
    private readonly live = err.isTTY === true && (process.env['CI'] ?? '') === '',
  ) {}

  readonly on = (event: ProgressEvent): void => {
    const { stack, phase, state, seconds = 0, done, total, text = '' } = event;
    if (stack !== this.stack) this.close();
    this.stack = stack;
    const name = `${stack ?? 'program'}:`;
    if (phase === 'start') {
      if (state === 'begin') this.ended = [text];
      if (state === 'begin') this.status(`${name} starting ${text} ...`);
      if (state === 'end') this.line(`${name} ${this.ended[0] ?? ''} answers on ${text} after ${seconds.toFixed(1)} s`);
      return;
    }
    if (phase === 'fault') {
      const which = `${done ?? 0} of ${total ?? 0}: ${text}`;
      if (state === 'begin') this.status(`failing on purpose, ${which} ...`);
      if (state === 'end') this.line(`failed on purpose, ${which}, and looked after ${seconds.toFixed(1)} s`);
      return;
    }
    if (state === 'end') {
      const took = `${doing[phase]} ${seconds.toFixed(1)} s`;
      this.ended.push(took);
      if (this.live) this.rewrite(`${name} ${this.ended.join(', ')}`);
      else this.err.write(`${name} ${took}\n`);
      return;
    }
    const count = done === undefined || total === undefined || total === 0 ? '' : ` ${done} of ${total}`;
    this.status(`${name} ${[...this.ended, `${doing[phase]}${count} ...`].join(', ')}`);
  };

  /** A line of its own. */
  line(text: string): void {
    if (this.open) this.err.write('\r\u001b[K');
    this.forget();
    this.err.write(`${text}\n`);
  }

  /** A line that stays until the next one; only where lines can be rewritten. */
  status(text: string): void {
    if (this.live) this.rewrite(text);
  }

  /** Leaves the line that is being rewritten. */
  close(): void {
    if (this.open) this.err.write('\n');
    this.forget();
  }

  private forget(): void {
    this.open = false;
    this.shown = '';
    this.ended = [];
  }

  private rewrite(text: string): void {
    const fitted = text.slice(0, (this.err.columns ?? 80) - 1);
    if (fitted === this.shown) return;
    this.shown = fitted;
    this.open = true;
    this.err.write(`\r${fitted}\u001b[K`);
  }
}
