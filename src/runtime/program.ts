import type { Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { PlinthError } from '@plinth/contract';
import { destination, pino, stdTimeFunctions, type Logger } from 'pino';

export type { Logger } from 'pino';

/** A program that has bound its ports. */
export interface RunningProgram {
  /** Where it can be reached from this machine. */
  readonly urls: {
    readonly http: string;
    readonly metrics: string;
    /** Address and port, as clients of gRPC take them. */
    readonly grpc?: string;
  };
  /** Ends it in order. Calling it again waits for the same end. */
  stop(reason: string): Promise<void>;
  /** Whether something of it is left that cannot be ended in order. */
  stuck?(): boolean;
  /** Looks at once at what it would look at later. */
  refresh?(): void;
}

/** Ends the process although threads compute: `process.exit` would wait for them. */
function kill(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Logs as JSON on standard error: standard output holds the one line that says where the program listens. */
export function makeLogger(level: string, name: string): Logger {
  return pino({ level, name, timestamp: stdTimeFunctions.isoTime }, destination({ fd: 2, sync: true }));
}

/** Why a port cannot be had. @param setting the flag that names it */
function portError(cause: Error, taken: boolean, where: string, setting: string): PlinthError {
  return taken
    ? new PlinthError(
        {
          code: 'port-taken',
          what: 'the port is taken',
          where,
          why: 'another program listens on it',
          cure: `stop that program, or give ${setting} another port (0 takes a free one)`,
        },
        { cause },
      )
    : new PlinthError(
        {
          code: 'port-refused',
          what: 'the port cannot be bound',
          where,
          why: cause.message,
          cure: `give another --host or ${setting}`,
        },
        { cause },
      );
}

/** How this machine reaches an address that a program is bound to: with brackets where it is one of IPv6. */
function reachable(address: string): string {
  const own = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return own.includes(':') ? `[${own}]` : own;
}

/**
 * Binds a server.
 * @param setting the flag that names the port, for the sentence
 * @returns address and port at which this machine reaches it
 * @throws PlinthError `port-taken` or `port-refused`
 */
export function bindPort(server: NetServer, host: string, port: number, setting: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException): void =>
      reject(portError(error, error.code === 'EADDRINUSE', `${host}:${port}`, setting));
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      const { address, port: bound } = server.address() as AddressInfo;
      resolve(`${reachable(address)}:${bound}`);
    });
  });
}

/** The same for one that speaks HTTP. @returns the URL at which this machine reaches it */
export async function listen(server: Server, host: string, port: number, setting: string): Promise<string> {
  return `http://${await bindPort(server, host, port, setting)}`;
}

/** Prints where the program listens, and ends it on SIGTERM or SIGINT; a second signal kills it. SIGHUP makes it look at once. */
export async function untilStopped(program: RunningProgram): Promise<void> {
  // Before the line: whoever reads it may send a signal at once.
  const signalled = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      let seen = 0;
      process.on(signal, () => {
        if (seen++ > 0) kill();
        resolve(signal);
      });
    }
  });
  // Without a listener the signal would end the process.
  process.on('SIGHUP', () => program.refresh?.());
  process.stdout.write(`${JSON.stringify({ listening: program.urls })}\n`);
  const reason = await signalled;
  await program.stop(reason);
  if (program.stuck?.() === true) kill();
}
