// The least that serves a model in Node: node:http, JSON or binary tensors, and onnxruntime-node, with no check of anything.
// What the model server is measured against. Usage: node serving-bare.mjs MODEL.onnx
import { createServer } from 'node:http';
import ort from 'onnxruntime-node';

const session = await ort.InferenceSession.create(process.argv[2], { intraOpNumThreads: 1, interOpNumThreads: 1 });
const outputNames = session.outputNames;
const datatypes = { float32: 'FP32', int64: 'INT64' };

/** One FP32 tensor behind the JSON, and one back. */
async function binary(body, head) {
  const { inputs } = JSON.parse(body.subarray(0, head).toString());
  const [{ name, shape }] = inputs;
  const bytes = new Uint8Array(body.subarray(head));
  const results = await session.run({ [name]: new ort.Tensor('float32', new Float32Array(bytes.buffer), shape) });
  const { dims, data } = results[outputNames[0]];
  const parameters = { binary_data_size: data.byteLength };
  const outputs = [{ name: outputNames[0], datatype: 'FP32', shape: dims, parameters }];
  const json = Buffer.from(JSON.stringify({ model_name: 'identity_fp32', model_version: '1', outputs }));
  return [json, Buffer.from(data.buffer, data.byteOffset, data.byteLength)];
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const body = Buffer.concat(chunks);
    const head = Number(request.headers['inference-header-content-length'] ?? 0);
    if (head > 0) {
      const [json, bytes] = await binary(body, head);
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'inference-header-content-length': json.length,
        'content-length': json.length + bytes.length,
      });
      response.write(json);
      response.end(bytes);
      return;
    }
    const { inputs } = JSON.parse(body.toString());
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
