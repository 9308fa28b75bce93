import { parsePayloadLocation, type ServeConfig } from '@plinth/contract';
import { openLocation, type LocationClient } from './clients/location.js';
import { NatsPublisher, type NatsMessage } from './clients/nats.js';

/** Events of one model that are written together. */
export interface PayloadSegment {
  readonly model: string;
  /** `<model>/<time>-<writer>-<number>.jsonl`; stays the same when it is tried again. */
  readonly name: string;
  /** Each an event as one line of JSON, with its end of line. */
  readonly lines: readonly string[];
}

/** Where segments of the payload log go. */
export interface PayloadSink {
  /** As the configuration names it. */
  readonly text: string;
  /**
   * Writes a segment. After a failure the same segment may come again.
   * @returns how many of its events can never be written
   * @throws PlinthError `location-unwritable`
   */
  write(segment: PayloadSegment): Promise<number>;
  close(): Promise<void>;
}

/** A segment is a file. */
export class FileSink implements PayloadSink {
  constructor(private readonly location: LocationClient) {}

  get text(): string {
    return this.location.text;
  }

  async write({ name, lines }: PayloadSegment): Promise<number> {
    await this.location.write(name, lines.join(''));
    return 0;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * An event is a message on `<prefix>.<model>`, a CloudEvent in structured mode
 * (https://github.com/cloudevents/spec, NATS protocol binding 1.0).
 */
export class NatsSink implements PayloadSink {
  constructor(
    readonly text: string,
    private readonly prefix: string,
    private readonly publisher: NatsPublisher,
  ) {}

  write({ model, lines }: PayloadSegment): Promise<number> {
    const subject = `${this.prefix}.${subjectToken(model)}`;
    const messages = lines.map((line): NatsMessage => {
      // The id comes before anything that a client wrote.
      const [, id = ''] = /"id":"([^"]+)"/.exec(line) ?? [];
      return { subject, id, body: Buffer.from(line.slice(0, -1)) };
    });
    return this.publisher.publish(messages, 'application/cloudevents+json');
  }

  close(): Promise<void> {
    return this.publisher.close();
  }
}

/** A model's name as one part of a subject: what NATS takes for structure or patterns is percent-encoded. */
export function subjectToken(model: string): string {
  return encodeURIComponent(model).replace(/[.*>]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Opens the sink of a configuration. Opening one touches nothing. */
export function openPayloadSink(settings: NonNullable<ServeConfig['payloadLog']>): PayloadSink {
  const { location, natsCredentialsFile: credentialsFile, natsCaFile: caFile } = settings;
  const parsed = parsePayloadLocation(location);
  if (parsed.kind !== 'nats') return new FileSink(openLocation(location));
  const { servers, tls, subject } = parsed;
  return new NatsSink(location, subject, new NatsPublisher({ text: location, servers, tls, credentialsFile, caFile }));
}
