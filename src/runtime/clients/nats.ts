import { readFileSync } from 'node:fs';
import type { JetStreamClient } from '@nats-io/jetstream';
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import { PlinthError } from '@plinth/contract';

/** Messages that wait for their acknowledgement at once. */
const window = 256;
const ackMs = 5_000;

/** How to reach a NATS server. */
export interface NatsTarget {
  /** As the configuration names it. */
  readonly text: string;
  /** `host` or `host:port`. */
  readonly servers: readonly string[];
  /** Whether an unencrypted connection is refused. */
  readonly tls: boolean;
  readonly credentialsFile?: string | undefined;
  readonly caFile?: string | undefined;
}

/** A message; one of the same id that was stored within the stream's duplicate window is not stored again. */
export interface NatsMessage {
  readonly subject: string;
  readonly id: string;
  readonly body: Uint8Array;
}

interface Connected {
  readonly connection: NatsConnection;
  readonly stream: JetStreamClient;
  readonly headers: (type: string) => ReturnType<(typeof import('@nats-io/transport-node'))['headers']>;
}

/**
 * Publishes to a NATS JetStream that somebody else has set up. It connects when first used, and again when the connection
 * is lost; while there is none, it refuses at once rather than to keep messages of its own.
 */
export class NatsPublisher {
  private opening: Promise<Connected> | undefined;
  private up = false;

  constructor(private readonly target: NatsTarget) {}

  /**
   * Publishes messages in order of windows, and waits until the stream has stored each.
   * @returns how many are larger than the server takes: those are left out
   * @throws PlinthError `location-unwritable`; then some may have been stored
   */
  async publish(messages: readonly NatsMessage[], type: string): Promise<number> {
    const { connection, stream, headers } = await this.connect();
    if (!this.up) throw this.unwritable('the connection is lost, and is being made again');
    const largest = (connection.info?.max_payload ?? 1024 * 1024) - 1024;
    const fitting = messages.filter(({ body }) => body.length <= largest);
    for (let at = 0; at < fitting.length; at += window) {
      const sent = fitting.slice(at, at + window).map(({ subject, id, body }) =>
        // A missing stream is told by the server at once: trying again is the caller's to decide.
        stream.publish(subject, body, { msgID: id, timeout: ackMs, retries: 0, headers: headers(type) }),
      );
      const failed = (await Promise.allSettled(sent)).find((result) => result.status === 'rejected');
      if (failed !== undefined) throw this.unwritable(reason(failed.reason as Error), failed.reason);
    }
    return messages.length - fitting.length;
  }

  /** Sends what is on its way, and closes; does not wait longer than an acknowledgement may take. */
  async close(): Promise<void> {
    const opened = await this.opening?.catch(() => undefined);
    if (opened === undefined) return;
    const { connection } = opened;
    const late = new Promise<void>((resolve) => setTimeout(resolve, ackMs).unref());
    if (this.up) await Promise.race([connection.drain().catch(() => undefined), late]);
    await connection.close();
  }

  private connect(): Promise<Connected> {
    this.opening ??= this.open().catch((error: unknown) => {
      this.opening = undefined;
      throw this.unwritable(reason(error as Error), error);
    });
    return this.opening;
  }

  private async open(): Promise<Connected> {
    const [nats, { jetstream }] = await Promise.all([import('@nats-io/transport-node'), import('@nats-io/jetstream')]);
    const { servers, tls, credentialsFile, caFile } = this.target;
    const options: ConnectionOptions = {
      servers: [...servers],
      name: 'plinth-runtime',
      timeout: ackMs,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 1000,
      ...(tls || caFile !== undefined ? { tls: caFile === undefined ? {} : { caFile } } : {}),
      // Read for each connection, since mounted credentials are renewed.
      ...(credentialsFile === undefined
        ? {}
        : { authenticator: (nonce) => nats.credsAuthenticator(readFileSync(credentialsFile))(nonce) }),
    };
    if (credentialsFile !== undefined) readFileSync(credentialsFile);
    const connection = await nats.connect(options);
    this.up = true;
    void this.follow(connection);
    const headers = (type: string): ReturnType<typeof nats.headers> => {
      const made = nats.headers();
      made.set('content-type', type);
      return made;
    };
    return { connection, stream: jetstream(connection, { timeout: ackMs }), headers };
  }

  private async follow(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') this.up = false;
      else if (type === 'reconnect') this.up = true;
    }
    // Closed for good, as by a server that refuses the credentials: the next use makes a new connection.
    this.up = false;
    this.opening = undefined;
  }

  private unwritable(why: string, cause?: unknown): PlinthError {
    const cure =
      'check that it is reachable, that it takes the credentials, and that a JetStream stream holds the subjects';
    return new PlinthError(
      { code: 'location-unwritable', what: 'it cannot be written', where: this.target.text, why, cure },
      { cause },
    );
  }
}

function reason({ name, message }: Error): string {
  // Nobody listens to the subject: the library takes that for a server without JetStream, which it may be as well.
  if (name === 'JetStreamNotEnabled') return 'no JetStream stream holds this subject';
  return message.replace(/[\s.]+$/, '') || name;
}
