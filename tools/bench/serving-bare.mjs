// The least that serves a model in Node: node:http, JSON and onnxruntime-node, with no check of anything. What the model
// server is measured against. Usage: node serving-bare.mjs MODEL.onnx
import { createServer } from 'node:http';
import ort from 'onnxruntime-node';

const session = await ort.InferenceSession.create(process.argv[2], { intraOpNumThreads: 1, interOpNumThreads: 1 });
const outputNames = session.outputNames;
const datatypes = { float32: 'FP32', int64: 'INT64' };

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const { inputs } = JSON.parse(Buffer.concat(chunks).toString());
    const feeds = {};
    for (const { name, shape, data } of inputs) feeds[name] = new ort.Tensor('float32', Float32Array.from(data), shape);
    const results = await session.run(feeds);
    const outputs = outputNames.map((name) => {
      const { type, dims, data } = results[name];
      return { name, datatype: datatypes[type], shape: dims, data: Array.from(data, Number) };
    });
    const json = JSON.stringify({ model_name: 'tumour', model_version: '1', outputs });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) });
    response.end(json);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  process.stdout.write(`${JSON.stringify({ listening: { http: `http://127.0.0.1:${port}` } })}\n`);
});
