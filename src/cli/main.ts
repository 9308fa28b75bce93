#!/usr/bin/env node
import { keepHeapSmall } from './heap';
import { runCommand } from './program';
import { stopSignal } from './stop';

keepHeapSmall();
void runCommand({
  argv: process.argv.slice(2),
  cwd: process.cwd(),
  streams: { out: process.stdout, err: process.stderr },
  signal: stopSignal(),
}).then((code) => {
  process.exitCode = code;
});
