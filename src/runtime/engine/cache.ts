import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { encodeBytes } from './tensor-bytes.js';
import { bytesOf, type Tensor } from './tensors.js';

/**
 * Answers by what was asked: model, version, wanted outputs and the bytes of every input, so that requests with ids of their
 * own share an answer. Holds `bytes` of tensors at most; what was used longest ago goes first.
 */
export class ResponseCache {
  private readonly entries: LRUCache<string, readonly Tensor[]>;

  /** @param bytes largest sum of the tensors kept, at least 1 */
  constructor(bytes: number) {
    this.entries = new LRUCache({ maxSize: bytes, sizeCalculation: sizeOf });
  }

  key(model: string, version: string, inputs: readonly Tensor[], outputs: readonly string[]): string {
    const hash = createHash('sha256');
    hash.update(JSON.stringify([model, version, outputs]));
    for (const input of inputs) {
      hash.update(`\0${input.name}\0${input.datatype}\0${input.shape.join(',')}\0`);
      hash.update(encodeBytes(input));
    }
    return hash.digest('base64');
  }

  get(key: string): readonly Tensor[] | undefined {
    return this.entries.get(key);
  }

  set(key: string, outputs: readonly Tensor[]): void {
    // A view of a batch would keep the whole batch in memory.
    this.entries.set(
      key,
      outputs.map(({ name, datatype, shape, data }) => ({
        name,
        datatype,
        shape,
        data: data.slice() as Tensor['data'],
      })),
    );
  }
}

/** With what an entry costs besides. */
const sizeOf = (outputs: readonly Tensor[]): number => 64 + bytesOf(outputs);
