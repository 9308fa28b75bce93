import { PlinthError } from '@plinth/contract';
import type { FoundModel } from './repository.js';
import type { ServedModel } from './served-model.js';
import { byteWidth, decodeBytes } from './tensor-bytes.js';
import { elements, zeros, type Tensor } from './tensors.js';

/**
 * Sends the samples of `model_warmup` before the first request comes.
 * @throws PlinthError `warm-up-failed` where one names no input, has no data, or the model fails on it
 */
export async function warmUp(model: ServedModel, found: FoundModel): Promise<void> {
  const { config, signature } = model;
  for (const sample of config.model_warmup) {
    const where = `${config.name}/config.pbtxt, model_warmup "${sample.name}"`;
    const failed = (why: string, cause?: unknown): PlinthError =>
      new PlinthError(
        { code: 'warm-up-failed', what: 'the model cannot be warmed up', where, why, cure: 'correct the sample' },
        { cause },
      );
    const rows = config.max_batch_size > 0 ? [Math.max(1, sample.batch_size)] : [];
    const inputs: Tensor[] = [];
    for (const spec of signature.inputs) {
      const given = sample.inputs[spec.name];
      if (given === undefined) throw failed(`it has no input "${spec.name}"`);
      const shape = [...rows, ...given.dims];
      if (given.input_data_file !== undefined && given.input_data_file !== '') {
        const bytes = await found.read(`warmup/${given.input_data_file}`);
        if (bytes === undefined) throw failed(`there is no file warmup/${given.input_data_file}`);
        inputs.push({ ...spec, shape, data: decodeBytes(spec.datatype, elements(shape), bytes, where) });
      } else {
        const tensor = zeros({ ...spec, shape });
        inputs.push(given.random_data === true ? random(tensor) : tensor);
      }
    }
    const outputs = signature.outputs.map(({ name }) => name);
    for (let round = 0; round < Math.max(1, sample.count); round++)
      await model.run(inputs, outputs, { keepInputs: true, rows: rows[0] ?? 1, readMs: 0 }).catch((error: unknown) => {
        throw failed((error as Error).message.replace(/[\s.]+$/, ''), error);
      });
  }
}

/** Whole numbers from 0 to 127, which every numeric type holds; texts of digits. */
function random(tensor: Tensor): Tensor {
  const { data, datatype } = tensor;
  const value = (): number => Math.floor(Math.random() * (datatype === 'BOOL' ? 2 : 128));
  for (let i = 0; i < data.length; i++)
    (data as unknown[])[i] =
      byteWidth(datatype) === undefined
        ? String(value())
        : data instanceof BigInt64Array || data instanceof BigUint64Array
          ? BigInt(value())
          : value();
  return tensor;
}
