import type { ProgressEvent } from '@plinth/rehearsal';

const names: Record<ProgressEvent['phase'], string> = {
  synth: 'synthesizing',
  init: 'initializing',
  validate: 'validating',
  plan: 'planning',
  apply: 'applying',
  replan: 'planning again',
  destroy: 'destroying',
  start: 'starting',
};

/**
 * Tells on standard error how a rehearsal goes: on a terminal one line that changes, elsewhere (CI) a line for each phase
 * that has ended.
 */
export function progress(stream: NodeJS.WriteStream = process.stderr): (event: ProgressEvent) => void {
  const terminal = stream.isTTY === true;
  return ({ stack, phase, state, seconds, done, total }) => {
    const what = `${stack ?? 'the program'}: ${names[phase]}`;
    if (state === 'end') {
      stream.write(`${terminal ? '\r\x1b[K' : ''}${what} took ${(seconds ?? 0).toFixed(1)} s\n`);
      return;
    }
    if (!terminal) return;
    const counted = done === undefined || total === undefined ? '' : ` ${done} of ${total}`;
    stream.write(`\r\x1b[K${what}${counted} ...`);
  };
}
