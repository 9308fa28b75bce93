import { Agent, request, type RequestOptions } from 'node:https';
import { Agent as PlainAgent, request as plainRequest, type IncomingMessage } from 'node:http';
import { PlinthError } from '@plinth/contract';
import type { Connection } from './kubeconfig';

/** What the API server answered. */
export interface Answer {
  readonly status: number;
  /** Where it refuses, a `Status` with the server's words in `message`. */
  readonly body: { readonly message?: string; readonly [key: string]: unknown };
  /** What the server warns of: deprecated versions, Pod Security. */
  readonly warnings: readonly string[];
}

export interface Call {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
}

/** One event of a watch. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: {
    readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly resourceVersion?: string };
  };
}

/**
 * A client of the Kubernetes API, as thin as can be: server-side apply with strict validation needs one PATCH, and the warnings
 * that come in headers. `@kubernetes/client-node` gives no warnings, and brings 16 packages.
 */
export class ApiClient {
  private readonly agent: Agent | PlainAgent;
  private readonly base: URL;

  constructor(
    private readonly connection: Connection,
    private readonly signal?: AbortSignal,
  ) {
    const { ca, cert, key, insecure, serverName } = connection;
    this.base = new URL(connection.server);
    this.agent =
      this.base.protocol === 'http:'
        ? new PlainAgent({ keepAlive: true })
        : new Agent({
            keepAlive: true,
            rejectUnauthorized: !insecure,
            ...(ca !== undefined && { ca }),
            ...(cert !== undefined && { cert }),
            ...(key !== undefined && { key }),
            ...(serverName !== undefined && { servername: serverName }),
          });
  }

  get context(): string {
    return this.connection.context;
  }

  /**
   * Sends one request; a server that asks to come back later (429) is asked again, five times at most.
   * @throws PlinthError `cluster-unreachable`, `cluster-unauthorized`
   */
  async call(method: string, path: string, call: Call = {}): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      const response = await this.send(method, path, call);
      const chunks: Buffer[] = [];
      try {
        for await (const chunk of response) chunks.push(chunk as Buffer);
      } catch (error) {
        throw this.unreachable(error as Error);
      }
      const text = Buffer.concat(chunks).toString('utf8');
      const status = response.statusCode ?? 0;
      if (status === 401) throw this.unauthorized(text);
      if (status === 429 && attempt < 5) {
        const seconds = Math.min(Number(response.headers['retry-after'] ?? 1) || 1, 10);
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
        continue;
      }
      const body = (text.startsWith('{') ? JSON.parse(text) : { message: text.trim() }) as Answer['body'];
      return { status, body, warnings: warningsOf(response.headers['warning']) };
    }
  }

  /** Follows a collection from now on (or from a resource version); ends with `stop`. */
  async watch(path: string, resourceVersion: string, on: (event: WatchEvent) => void): Promise<() => void> {
    const response = await this.send('GET', path, { query: { watch: 'true', resourceVersion } });
    let rest = '';
    response.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') on(JSON.parse(line) as WatchEvent);
    });
    // A watch that is cut off gives no more events, and what waits for them has a deadline.
    response.on('error', () => {});
    return () => response.destroy();
  }

  close(): void {
    this.agent.destroy();
  }

  private send(method: string, path: string, call: Call): Promise<IncomingMessage> {
    const { query, body, contentType } = call;
    this.signal?.throwIfAborted();
    const text = body === undefined ? undefined : JSON.stringify(body);
    const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
    const options: RequestOptions = {
      host: this.base.hostname.replace(/^\[|\]$/g, ''),
      port: this.base.port === '' ? (this.base.protocol === 'http:' ? 80 : 443) : this.base.port,
      method,
      path: `${this.base.pathname.replace(/\/$/, '')}${path}${search}`,
      agent: this.agent as Agent,
      headers: {
        accept: 'application/json',
        'user-agent': 'plinth-rehearsal',
        ...(text !== undefined && {
          'content-type': contentType ?? 'application/json',
          'content-length': Buffer.byteLength(text),
        }),
        ...(this.connection.token !== undefined && { authorization: `Bearer ${this.connection.token}` }),
      },
      ...(this.signal !== undefined && { signal: this.signal }),
    };
    return new Promise((resolve, reject) => {
      const sent = (this.base.protocol === 'http:' ? plainRequest : request)(options, resolve);
      sent.on('error', (error: NodeJS.ErrnoException) => {
        if (this.signal?.aborted === true) return reject(this.signal.reason as Error);
        // A connection that was kept may have been closed by the server just now.
        if (sent.reusedSocket && error.code === 'ECONNRESET') return resolve(this.send(method, path, call));
        reject(this.unreachable(error));
      });
      sent.end(text);
    });
  }

  private unreachable(error: NodeJS.ErrnoException): PlinthError {
    return new PlinthError({
      code: 'cluster-unreachable',
      where: `context ${this.context}`,
      what: `the API server at ${this.connection.server} cannot be reached`,
      why: error.message || String(error.code),
      cure: 'start it, or name another context with --cluster PATH#CONTEXT',
    });
  }

  private unauthorized(text: string): PlinthError {
    return new PlinthError({
      code: 'cluster-unauthorized',
      where: `context ${this.context}`,
      what: `the API server at ${this.connection.server} does not know who is asking`,
      why: text.startsWith('{') ? String((JSON.parse(text) as { message?: string }).message) : 'it answered 401',
      cure: 'renew the credential of that context',
    });
  }
}

/** `299 - "text"`, where several stand in one line (RFC 7234, 5.5). */
function warningsOf(header: string | string[] | undefined): string[] {
  const line = [header ?? []].flat().join(', ');
  return [...line.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}
