#!/usr/bin/env node
import { keepHeapSmall } from './heap';
import { runCommand } from './program';
import { stopSignal } from './stop';

// Whoever reads may go before the end, as head does: what was begun is still brought to it, and nothing left behind.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
keepHeapSmall();
void runCommand({
  argv: process.argv.slice(2),
  cwd: process.cwd(),
  streams: { out: process.stdout, err: process.stderr },
  signal: stopSignal(),
}).then((code) => {
  process.exitCode = code;
});
