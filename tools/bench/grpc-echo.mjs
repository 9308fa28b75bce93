// What gRPC costs without a model server: @grpc/grpc-js that decodes each ModelInferRequest and encodes the same answer.
//   node grpc-echo.mjs ANSWER [bytes|model MODEL]
// ANSWER: file with the ModelInferResponse; bytes: neither decodes nor encodes; model: onnxruntime-node computes the answer's values.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import ort from 'onnxruntime-node';
import protobuf from 'protobufjs';

const [, , file, mode, model] = process.argv;
const answer = readFileSync(file);
const proto = join(dirname(fileURLToPath(import.meta.url)), '../../src/runtime/proto');
const root = new protobuf.Root();
for (const name of ['model_config.proto', 'inference.proto'])
  protobuf.parse(readFileSync(join(proto, name), 'utf8'), root, { keepCase: true });
const asked = root.lookupType('inference.ModelInferRequest');
const answered = root.lookupType('inference.ModelInferResponse');
const asIs = (bytes) => bytes;
const fields = mode === 'bytes' ? answer : answered.decode(answer);
const single = { intraOpNumThreads: 1, interOpNumThreads: 1 };
const session = mode === 'model' ? await ort.InferenceSession.create(model, single) : undefined;

async function computed({ inputs, raw_input_contents: raws }) {
  const feeds = Object.fromEntries(
    inputs.map(({ name, shape }, index) => {
      const own = new Uint8Array(raws[index]);
      return [name, new ort.Tensor('float32', new Float32Array(own.buffer), shape.map(Number))];
    }),
  );
  const values = await session.run(feeds);
  return answered.fromObject({
    model_name: fields.model_name,
    model_version: fields.model_version,
    outputs: Object.entries(values).map(([name, { dims }]) => ({ name, datatype: 'FP32', shape: dims })),
    raw_output_contents: Object.values(values).map(
      ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    ),
  });
}

const server = new grpc.Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
server.addService(
  {
    ModelInfer: {
      path: '/inference.GRPCInferenceService/ModelInfer',
      requestStream: false,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: mode === 'bytes' ? asIs : (bytes) => asked.decode(bytes),
      responseSerialize: mode === 'bytes' ? asIs : (message) => answered.encode(message).finish(),
      responseDeserialize: asIs,
    },
  },
  {
    ModelInfer: (call, callback) => {
      if (session === undefined) callback(null, fields);
      else computed(call.request).then((message) => callback(null, message), callback);
    },
  },
);
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${JSON.stringify({ listening: { grpc: `127.0.0.1:${port}` } })}\n`);
});
