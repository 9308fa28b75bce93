// Writes an ONNX model as large as wanted: Y = X * W, with W of side x side numbers (https://onnx.ai/onnx/repo-docs/IR.html).
//   writeModel(path, megabytes)
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const { Writer } = createRequire(new URL('../../src/runtime/package.json', import.meta.url))('protobufjs');

const message = (write) => {
  const writer = Writer.create();
  write(writer);
  return writer.finish();
};
const text = (writer, field, value) => writer.uint32(field * 8 + 2).string(value);
const inner = (writer, field, write) => writer.uint32(field * 8 + 2).bytes(message(write));

function valueInfo(name, ...dims) {
  return (writer) => {
    text(writer, 1, name);
    inner(writer, 2, (type) =>
      inner(type, 1, (tensor) => {
        tensor.uint32(8).int32(1);
        inner(tensor, 2, (shape) => {
          for (const dim of dims)
            inner(shape, 1, (each) => (typeof dim === 'string' ? text(each, 2, dim) : each.uint32(8).int64(dim)));
        });
      }),
    );
  };
}

export function writeModel(path, megabytes) {
  const side = Math.round(Math.sqrt((megabytes * 1024 * 1024) / 4));
  const weights = new Float32Array(side * side).map((_, at) => (at % 7) / 7);
  const model = message((writer) => {
    writer.uint32(8).int64(8);
    inner(writer, 8, (opset) => opset.uint32(16).int64(17));
    inner(writer, 7, (graph) => {
      inner(graph, 1, (node) => {
        text(node, 1, 'X');
        text(node, 1, 'W');
        text(node, 2, 'Y');
        text(node, 4, 'MatMul');
      });
      text(graph, 2, 'large');
      inner(graph, 5, (tensor) => {
        tensor.uint32(8).int64(side).uint32(8).int64(side).uint32(16).int32(1);
        text(tensor, 8, 'W');
        tensor.uint32(9 * 8 + 2).bytes(Buffer.from(weights.buffer));
      });
      inner(graph, 11, valueInfo('X', 'n', side));
      inner(graph, 12, valueInfo('Y', 'n', side));
    });
  });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, model);
  return side;
}
