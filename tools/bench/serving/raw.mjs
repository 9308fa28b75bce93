// Runs of a model with onnxruntime-node and nothing else, as JSON: node raw.mjs MODEL INPUTS THREADS SECONDS
// INPUTS: JSON of name -> [datatype of numpy, values]. Each thread has a session of its own.
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import ort from 'onnxruntime-node';

async function work([file, inputs, , seconds]) {
  const feeds = Object.fromEntries(
    Object.entries(JSON.parse(inputs)).map(([name, [type, values]]) => {
      const flat = values.flat();
      const shape = Array.isArray(values[0]) ? [values.length, values[0].length] : [values.length];
      const data = type === 'int64' ? BigInt64Array.from(flat, BigInt) : Float32Array.from(flat);
      return [name, new ort.Tensor(type, data, shape)];
    }),
  );
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  await session.run(feeds);
  const begin = performance.now();
  let runs = 0;
  while (performance.now() - begin < Number(seconds) * 1000) {
    await session.run(feeds);
    runs++;
  }
  return (runs / (performance.now() - begin)) * 1000;
}

if (isMainThread) {
  const args = process.argv.slice(2);
  const threads = Array.from(
    { length: Number(args[2]) },
    () => new Worker(fileURLToPath(import.meta.url), { workerData: args }),
  );
  const rates = await Promise.all(
    threads.map((thread) => new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject))),
  );
  process.stdout.write(JSON.stringify({ rps: rates.reduce((sum, each) => sum + each, 0) }));
} else {
  parentPort.postMessage(await work(workerData));
}
