import { PassThrough } from 'node:stream';
import { Progress } from '../../../src/cli/progress';

function shown(live: boolean, columns = 80): { progress: Progress; text: () => string } {
  const err = Object.assign(new PassThrough(), { columns });
  return { progress: new Progress(err, live), text: () => (err.read() as Buffer | null)?.toString('utf8') ?? '' };
}

it('writes a line for each phase that has ended where lines cannot be rewritten', () => {
  const { progress, text } = shown(false);
  progress.on({ stack: 'prod-ml', phase: 'apply', state: 'begin' });
  progress.on({ stack: 'prod-ml', phase: 'apply', state: 'line', done: 1, total: 2 });
  progress.status('never seen');
  progress.on({ stack: 'prod-ml', phase: 'apply', state: 'end', seconds: 1.26 });
  progress.on({ stack: 'prod-ml', phase: 'start', state: 'begin', text: 'ml/tumour' });
  progress.on({ stack: 'prod-ml', phase: 'start', state: 'end', text: 'http://127.0.0.1:1', seconds: 0.5 });
  expect(text()).toBe('prod-ml: apply 1.3 s\nprod-ml: ml/tumour answers on http://127.0.0.1:1 after 0.5 s\n');
});

it('rewrites one line on a terminal, never longer than it is wide, and leaves one for each stack that is done', () => {
  const { progress, text } = shown(true, 40);
  progress.on({ phase: 'synth', state: 'begin' });
  progress.on({ phase: 'synth', state: 'end', seconds: 2 });
  progress.on({ stack: 'prod-ml', phase: 'plan', state: 'end', seconds: 1 });
  progress.on({ stack: 'prod-ml', phase: 'apply', state: 'line', done: 3, total: 120 });
  progress.on({ stack: 'prod-ml', phase: 'apply', state: 'end', seconds: 2 });
  progress.on({ stack: 'prod-ml', phase: 'apply', state: 'done' });
  progress.on({ stack: 'prod-models', phase: 'init', state: 'begin' });
  progress.close();
  expect(text()).toBe(
    '\rprogram: synthesizing ...\u001b[K\rprogram: synthesizing 2.0 s\u001b[K\n' +
      '\rprod-ml: plan 1.0 s\u001b[K' +
      '\rprod-ml: plan 1.0 s, apply 3 of 120 ...\u001b[K' +
      '\rprod-ml: plan 1.0 s, apply 2.0 s\u001b[K\n' +
      '\rprod-models: init ...\u001b[K\n',
  );
});

it('shows every stack at work on a terminal', () => {
  const { progress, text } = shown(true, 60);
  progress.on({ stack: 'a', phase: 'plan', state: 'begin' });
  progress.on({ stack: 'b', phase: 'init', state: 'begin' });
  progress.on({ stack: 'a', phase: 'plan', state: 'end', seconds: 1 });
  progress.on({ stack: 'a', phase: 'apply', state: 'done' });
  progress.close();
  expect(text()).toBe(
    '\ra: plan ...\u001b[K\ra: plan ...; b: init ...\u001b[K\ra: plan 1.0 s; b: init ...\u001b[K' +
      '\ra: plan 1.0 s\u001b[K\n\rb: init ...\u001b[K\n',
  );
});
