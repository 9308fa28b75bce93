import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { PayloadEvent, ServeConfig } from '@plinth/contract';
import { tensorJson } from './engine/tensor-json.js';
import { bytesOf, type Tensor } from './engine/tensors.js';
import type { PayloadSink } from './payload-sinks.js';
import type { Logger } from './program.js';

export type PayloadLogSettings = Omit<
  NonNullable<ServeConfig['payloadLog']>,
  'location' | 'natsCredentialsFile' | 'natsCaFile'
>;

interface Segment {
  readonly model: string;
  /** Given when it is full. */
  name: string;
  readonly lines: string[];
  bytes: number;
}

/** The contract's constants in the event, so that a rename there is an error here. */
const constant: Pick<PayloadEvent, 'specversion' | 'type' | 'datacontenttype'> = {
  specversion: '1.0',
  type: 'dev.plinth.inference',
  datacontenttype: 'application/json',
};
const head = JSON.stringify(constant).slice(1, -1);

/**
 * The log of requests with their answers, as the contract's events in segments. It never makes a request wait or fail:
 * what does not fit in `maxPendingBytes` while segments wait to be written is dropped and counted.
 */
export class PayloadLog {
  /** Events that were dropped so far. */
  dropped = 0;
  private readonly writer = randomUUID().slice(0, 8);
  private readonly source = JSON.stringify(`plinth-runtime/${hostname()}`);
  private readonly open = new Map<string, Segment>();
  /** Full segments in the order in which they are written. */
  private readonly full: Segment[] = [];
  private pendingBytes = 0;
  private events = 0;
  private segments = 0;
  private writing: Promise<void> | undefined;
  private stopped: Promise<void> | undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly sink: PayloadSink,
    private readonly settings: PayloadLogSettings,
    private readonly logger: Logger,
    private readonly random: () => number = Math.random,
  ) {
    this.timer = setInterval(() => void this.flush(), settings.flushSeconds * 1000);
    this.timer.unref();
  }

  /** Whether the next request is one of the sample. */
  wants(inputs: readonly Tensor[]): boolean {
    if (this.settings.sampleRate < 1 && this.random() >= this.settings.sampleRate) return false;
    if (bytesOf(inputs) <= this.settings.maxEventBytes) return true;
    this.dropped++;
    return false;
  }

  /** Bytes that wait to be written. */
  get waitingBytes(): number {
    return this.pendingBytes;
  }

  /** @param traceparent of the request's span, where it is traced */
  record(
    model: string,
    version: string,
    inputs: readonly Tensor[],
    outputs: readonly Tensor[],
    traceparent?: string,
  ): void {
    if (
      this.pendingBytes >= this.settings.maxPendingBytes ||
      bytesOf(inputs) + bytesOf(outputs) > this.settings.maxEventBytes
    ) {
      this.dropped++;
      return;
    }
    const name = JSON.stringify(model);
    const line =
      `{${head},"id":"${this.writer}-${++this.events}","source":${this.source},"time":"${new Date().toISOString()}",` +
      `"subject":${name},${traceparent === undefined ? '' : `"traceparent":"${traceparent}",`}"data":{"model":${name},"version":"${version}",` +
      `"inputs":[${inputs.map(tensorJson).join(',')}],"outputs":[${outputs.map(tensorJson).join(',')}]}}\n`;
    if (this.pendingBytes + line.length > this.settings.maxPendingBytes) {
      this.dropped++;
      return;
    }
    let segment = this.open.get(model);
    if (segment === undefined) this.open.set(model, (segment = { model, name: '', lines: [], bytes: 0 }));
    segment.lines.push(line);
    segment.bytes += line.length;
    this.pendingBytes += line.length;
    if (segment.lines.length >= this.settings.segmentEvents) {
      this.close(segment);
      void this.write();
    }
  }

  private close(segment: Segment): void {
    this.open.delete(segment.model);
    const time = new Date().toISOString().replace(/[-:.]/g, '');
    segment.name = `${segment.model}/${time}-${this.writer}-${String(++this.segments).padStart(6, '0')}.jsonl`;
    this.full.push(segment);
  }

  /** Writes what there is, full or not. Resolves when it has been tried. */
  async flush(): Promise<void> {
    for (const segment of this.open.values()) this.close(segment);
    await this.write();
  }

  /** One segment after the other; one that cannot be written stays and is tried again at the next flush. */
  private write(): Promise<void> {
    this.writing ??= this.writeAll().finally(() => (this.writing = undefined));
    return this.writing;
  }

  private async writeAll(): Promise<void> {
    for (let segment = this.full[0]; segment !== undefined; segment = this.full[0]) {
      try {
        const refused = await this.sink.write(segment);
        if (refused > 0) this.refused(segment.model, refused);
      } catch (error) {
        this.logger.error({ model: segment.model, events: segment.lines.length }, (error as Error).message);
        return;
      }
      this.full.shift();
      this.pendingBytes -= segment.bytes;
    }
  }

  private refused(model: string, events: number): void {
    this.dropped += events;
    this.logger.error(
      { model, events },
      `payload log ${this.sink.text}: events are larger than it takes, and are lost`,
    );
  }

  /**
   * Writes what is left; what cannot be written then is lost, counted and told.
   * @param seconds after which what still hangs is given up
   */
  stop(seconds = 10): Promise<void> {
    this.stopped ??= this.end(seconds);
    return this.stopped;
  }

  private async end(seconds: number): Promise<void> {
    clearInterval(this.timer);
    const late = new AbortController();
    const last = async (): Promise<void> => {
      await this.writing;
      await this.flush();
      await this.sink.close().catch((error: unknown) => this.logger.error((error as Error).message));
    };
    await Promise.race([last(), pause(seconds * 1000, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
    const lost = [...this.full, ...this.open.values()].reduce((sum, { lines }) => sum + lines.length, 0);
    if (lost === 0) return;
    this.dropped += lost;
    this.logger.error(
      { events: lost },
      `payload log ${this.sink.text}: ${lost} events could not be written and are lost`,
    );
  }
}
