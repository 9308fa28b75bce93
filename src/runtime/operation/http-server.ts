import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Nothing a client sends slowly, reads slowly or leaves open is waited for without end. Milliseconds and bytes. */
export const httpLimits = {
  /** For the header of a request. */
  headersTimeout: 10_000,
  /** For the whole request. */
  requestTimeout: 60_000,
  /** How often the two above are looked at. */
  connectionsCheckingInterval: 5_000,
  /** Longer than the idle time of the usual load balancers (60 s), so that it is never the server who hangs up first. */
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16 * 1024,
  /** Without a byte of the answer being taken. */
  readTimeout: 30_000,
  /** Connections at once; more are closed as they come. Below the usual limit of open files (Kubernetes: 1048576; a shell: 1024). */
  maxConnections: 10_000,
} as const;

export type HttpLimits = { readonly [name in keyof typeof httpLimits]: number };

/**
 * An HTTP server with limits.
 * @param bad answers what could not be read as a request, and ends its connection
 */
export function makeHttpServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  bad: (error: NodeJS.ErrnoException, socket: Duplex, maxHeaderSize: number) => void,
  limits: HttpLimits = httpLimits,
): Server {
  const { readTimeout, maxConnections, ...own } = limits;
  const server = createServer(own, (request, response) => {
    // The answer is whole but not taken: by itself Node waits for ever. A timeout counts as long as no byte leaves, ends the
    // connection, and is replaced by Node's own when the answer has been taken.
    response.once('prefinish', () => {
      const { socket } = response;
      if (socket !== null && socket.writableLength > 0) socket.setTimeout(readTimeout);
    });
    handle(request, response);
  });
  server.maxConnections = maxConnections;
  server.on('clientError', (error, socket) => bad(error, socket, limits.maxHeaderSize));
  return server;
}
