import { payloadEvent, PlinthError, sentence, type Finding } from '@plinth/contract';
import type { LocationClient } from './clients/location.js';
import { datatypes, elements, type Datatype, type Tensor } from './engine/tensors.js';
import { parseExact } from './protocols/open-inference/json-text.js';
import { decodeValues } from './protocols/open-inference/json-values.js';

/** A logged request that can be computed again. */
export interface LoggedRequest {
  readonly id: string;
  readonly time: string;
  /** The version that answered. */
  readonly version: string;
  readonly inputs: readonly Tensor[];
  /** As logged: JSON has no NaN and no Infinity, so both are NaN here. */
  readonly outputs: readonly Tensor[];
}

/** Lines that were skipped for one reason. */
export interface SkippedLines {
  readonly code: string;
  lines: number;
  /** About the first of them. */
  readonly first: string;
}

/** Reads the requests of a model from its payload log, the newest segments first. */
export class ReplayEvents {
  readonly skipped: SkippedLines[] = [];

  constructor(
    private readonly log: LocationClient,
    private readonly model: string,
    private readonly maxEvents = Infinity,
  ) {}

  /** @throws PlinthError `log-empty`, `location-unreadable` */
  async *read(): AsyncGenerator<LoggedRequest> {
    const files = await this.log.list({ under: this.model });
    const segments = files.filter(({ name }) => name.endsWith('.jsonl')).reverse();
    if (segments.length === 0)
      throw new PlinthError({
        code: 'log-empty',
        what: `there are no requests of the model "${this.model}"`,
        where: this.log.text,
        why: `it holds no segment ${this.model}/*.jsonl`,
        cure: 'name the location and the model that the server logs',
      });
    let events = 0;
    for (const { name } of segments) {
      const lines = (await this.log.read(name)).toString('utf8').split('\n');
      for (const [at, line] of lines.entries()) {
        if (line.trim() === '') continue;
        if (events >= this.maxEvents) return;
        const request = this.understand(line, `${this.log.text}/${name}, line ${at + 1}`);
        if (request === undefined) continue;
        events++;
        yield request;
      }
    }
  }

  private understand(line: string, where: string): LoggedRequest | undefined {
    let event;
    try {
      event = payloadEvent.parse(JSON.parse(line));
    } catch (error) {
      const why = error instanceof SyntaxError ? error.message : 'it is not a payload event of the contract';
      this.skip({ code: 'payload-malformed', where, what: 'the line is skipped', why, cure: 'find out who wrote it' });
      return undefined;
    }
    const { id, time, data } = event;
    const exact = (side: 'inputs' | 'outputs', at: number) => (): readonly unknown[] =>
      (parseExact(line) as { data: Record<string, { data: unknown[] }[]> }).data[side]?.[at]?.data ?? [];
    try {
      return {
        id,
        time,
        version: data.version,
        inputs: data.inputs.map((tensor, at) => read(tensor, where, exact('inputs', at), false)),
        outputs: data.outputs.map((tensor, at) => read(tensor, where, exact('outputs', at), true)),
      };
    } catch (error) {
      if (!(error instanceof PlinthError)) throw error;
      this.skip({ ...error.finding, code: 'payload-unusable' });
      return undefined;
    }
  }

  private skip(finding: Finding): void {
    const before = this.skipped.find(({ code }) => code === finding.code);
    if (before === undefined) this.skipped.push({ code: finding.code, lines: 1, first: sentence(finding) });
    else before.lines++;
  }
}

interface LoggedTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
}

function read(tensor: LoggedTensor, line: string, exact: () => readonly unknown[], lossy: boolean): Tensor {
  const { name, shape, data } = tensor;
  const where = `${line}, "${name}"`;
  const datatype = tensor.datatype as Datatype;
  const refuse = (what: string, why: string): PlinthError =>
    new PlinthError({ code: 'payload-unusable', where, what, why, cure: 'this request is not computed again' });
  if (!(datatype in datatypes)) throw refuse(`the datatype is "${datatype}"`, 'there is no such datatype');
  if (data.length !== elements(shape))
    throw refuse(`there are ${data.length} values`, 'the shape holds another number');
  if (!data.includes(null)) return { name, datatype, shape, data: decodeValues(datatype, data, where, exact) };
  if (!lossy) throw refuse('a value is null', 'JSON has no NaN and no Infinity, and nobody knows which of them it was');
  const numbers = data.map((value) => (typeof value === 'number' ? value : NaN));
  return { name, datatype, shape, data: datatype === 'FP32' ? Float32Array.from(numbers) : Float64Array.from(numbers) };
}
