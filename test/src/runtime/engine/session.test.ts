/** @jest-environment ./test/src/runtime/support/engine-environment.js */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { Session } from '../../../../src/runtime/engine/session';
import { datatypes, type Datatype, type Tensor, type TensorData } from '../../../../src/runtime/engine/tensors';
import { breakModel, modelFile, workshop } from '../support/serving';

const shop = workshop();

const samples: Record<Datatype, TensorData> = {
  BOOL: Uint8Array.of(1, 0),
  UINT8: Uint8Array.of(0, 255),
  UINT16: Uint16Array.of(0, 65535),
  UINT32: Uint32Array.of(0, 4294967295),
  UINT64: BigUint64Array.of(0n, 18446744073709551615n),
  INT8: Int8Array.of(-128, 127),
  INT16: Int16Array.of(-32768, 32767),
  INT32: Int32Array.of(-2147483648, 2147483647),
  INT64: BigInt64Array.of(-9223372036854775808n, 9223372036854775807n),
  FP16: Uint16Array.of(0x3c00, 0x7bff),
  FP32: Float32Array.of(0.1, -3.4e38),
  FP64: Float64Array.of(0.1, 1e300),
  BYTES: ['', 'Grüße 😀'],
};

test.each(Object.keys(datatypes) as Datatype[])('%s goes through the engine unchanged', (datatype) => {
  const session = Session.open(modelFile(`identity_${datatype.toLowerCase()}`));
  const spec = { datatype, shape: [-1, 2] };
  expect(session.signature).toEqual({ inputs: [{ name: 'X', ...spec }], outputs: [{ name: 'Y', ...spec }] });
  const input: Tensor = { name: 'X', datatype, shape: [1, 2], data: samples[datatype] };
  const { outputs, nanoseconds } = session.run([input], ['Y']);
  expect(outputs).toEqual([{ name: 'Y', datatype, shape: [1, 2], data: samples[datatype] }]);
  expect(nanoseconds).toBeGreaterThan(0);
  session.close();
});

test('only the outputs asked for are computed', () => {
  const session = Session.open(modelFile('ratio'));
  const data = Float32Array.of(3);
  const inputs = ['A', 'B'].map((name): Tensor => ({ name, datatype: 'FP32', shape: [1], data }));
  expect(session.run(inputs, ['sum']).outputs.map(({ name }) => name)).toEqual(['sum']);
  session.close();
});

test('a model that is none, that is missing, that uses BF16, or that answers no tensor is refused with the reason', () => {
  const folder = shop.folder();
  breakModel(folder, 'm');
  expect(() => Session.open(join(folder, 'm/1/model.onnx'))).toThrow('Protobuf parsing failed');
  expect(() => Session.open('/nowhere/model.onnx')).toThrow("File doesn't exist");
  expect(() => Session.open(modelFile('identity_bf16'))).toThrow(
    '"X" is BF16, which the engine does not compute on CPUs',
  );
  expect(() => Session.open(modelFile('sequence'))).toThrow(
    'none of its outputs is a tensor (with skl2onnx, convert with zipmap=False)',
  );
  expect(() => Session.open(modelFile('sequence_input'))).toThrow('its input "S" is not a tensor');
  expect(() => Session.open(modelFile('float8'))).toThrow('the element type 17 of "X" has no name in the protocol');
});

test('outputs that are no tensors are left out beside one that is', () => {
  const session = Session.open(modelFile('tensor_and_sequence'));
  expect(session.signature.outputs.map(({ name }) => name)).toEqual(['Y']);
  expect(
    session.run([{ name: 'X', datatype: 'FP32', shape: [1], data: Float32Array.of(2) }], ['Y']).outputs,
  ).toHaveLength(1);
  session.close();
});

test('the file is not needed once the model is loaded', () => {
  const path = join(shop.folder(), 'model.onnx');
  copyFileSync(modelFile('scale', '2'), path);
  const session = Session.open(path);
  copyFileSync(modelFile('lookup'), path);
  const input: Tensor = { name: 'X', datatype: 'FP32', shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) };
  expect(session.run([input], ['Y']).outputs[0]?.data).toEqual(Float32Array.of(2, 4, 6, 8));
  session.close();
});
