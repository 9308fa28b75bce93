import { parentPort } from 'node:worker_threads';
import { answer, type WorkerRequest } from './worker-messages.js';

parentPort?.on('message', (request: WorkerRequest) => {
  const answered = answer(request);
  if (answered.failed !== undefined || answered.outputs === undefined) return parentPort?.postMessage(answered);
  // The engine's memory cannot leave this thread, so values are copied once here and then handed over.
  const outputs = answered.outputs.map((tensor) => ({ ...tensor, data: tensor.data.slice() }));
  const transfer = outputs.flatMap(({ data }) => (Array.isArray(data) ? [] : [data.buffer as ArrayBuffer]));
  parentPort?.postMessage({ ...answered, outputs }, transfer);
});
