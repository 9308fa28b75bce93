// What gRPC costs without a model server: @grpc/grpc-js that decodes each ModelInferRequest and encodes the same answer.
//   node grpc-echo.mjs ANSWER [bytes]     ANSWER: file with the ModelInferResponse; bytes: neither decodes nor encodes
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import protobuf from 'protobufjs';

const [, , file, mode] = process.argv;
const answer = readFileSync(file);
const proto = join(dirname(fileURLToPath(import.meta.url)), '../../src/runtime/proto');
const root = new protobuf.Root();
for (const name of ['model_config.proto', 'inference.proto'])
  protobuf.parse(readFileSync(join(proto, name), 'utf8'), root, { keepCase: true });
const asked = root.lookupType('inference.ModelInferRequest');
const answered = root.lookupType('inference.ModelInferResponse');
const asIs = (bytes) => bytes;
const fields = mode === 'bytes' ? answer : answered.decode(answer);
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
  { ModelInfer: (call, callback) => callback(null, fields) },
);
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${JSON.stringify({ listening: { grpc: `127.0.0.1:${port}` } })}\n`);
});
