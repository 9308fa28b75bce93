import { answer, type WorkerRequest } from './worker-messages.js';

// The engine's own lines would get between the server's log; what matters comes as an answer.
process.on('message', (request: WorkerRequest) => {
  process.send?.(answer(request));
});
// Whoever started it is gone, however it ended.
process.on('disconnect', () => process.exit(0));
// A signal to the whole group is the server's to heed: it drains first.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
