import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { credsAuthenticator, nkeys, type ConnectionOptions } from '@nats-io/transport-node';

// Debian installs it where only root's PATH leads.
const binary = process.env.PLINTH_NATS_SERVER ?? '/usr/sbin/nats-server';

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A NATS server with JetStream in a folder of its own; it keeps its port and its streams when it is started again. */
export class NatsServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    config: string,
  ) {
    const store = `port: ${port}\nhost: 127.0.0.1\njetstream { store_dir: "${join(folder, 'store')}" }\n`;
    writeFileSync(join(folder, 'nats.conf'), store + config);
  }

  static async start(folder: string, config = ''): Promise<NatsServer> {
    const server = new NatsServer(folder, await freePort(), config);
    await server.start();
    return server;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  start(): Promise<void> {
    const child = spawn(binary, ['-c', join(this.folder, 'nats.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    let said = '';
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`nats-server ended: ${said}`)));
      child.stderr?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('Server is ready')) resolve();
      });
    });
  }

  /** As a crash ends it. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}

/** A signed claim of NATS (https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt). */
function claim(signer: nkeys.KeyPair, subject: string, name: string, nats: object): string {
  const part = (value: object | Uint8Array): string =>
    Buffer.from(value instanceof Uint8Array ? value : JSON.stringify(value)).toString('base64url');
  const body = { jti: name, iat: Math.floor(Date.now() / 1000), iss: signer.getPublicKey(), name, sub: subject, nats };
  const signed = `${part({ typ: 'JWT', alg: 'ed25519-nkey' })}.${part(body)}`;
  return `${signed}.${part(signer.sign(Buffer.from(signed)))}`;
}

/** The configuration of a server that knows one account, and the credentials of a user of it, as `nsc` writes them. */
export function securedBy(): {
  readonly config: string;
  readonly credentials: string;
  readonly login: ConnectionOptions;
} {
  const [operator, system, account, user] = [
    nkeys.createOperator(),
    nkeys.createAccount(),
    nkeys.createAccount(),
    nkeys.createUser(),
  ];
  const unlimited = { subs: -1, data: -1, payload: -1 };
  const limits = { ...unlimited, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
  const jetstream = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const operatorJwt = claim(operator, operator.getPublicKey(), 'test', { type: 'operator', version: 2 });
  const accountClaim = (of: nkeys.KeyPair, more: object): string =>
    `${of.getPublicKey()}: ${claim(operator, of.getPublicKey(), 'test', { type: 'account', version: 2, limits: { ...limits, ...more } })}`;
  const userJwt = claim(account, user.getPublicKey(), 'test', {
    type: 'user',
    version: 2,
    pub: {},
    sub: {},
    ...unlimited,
  });
  const block = (kind: string, content: string): string =>
    `-----BEGIN ${kind}-----\n${content}\n------END ${kind}------\n`;
  const credentials = `${block('NATS USER JWT', userJwt)}\n${block('USER NKEY SEED', Buffer.from(user.getSeed()).toString())}`;
  return {
    config: [
      `operator: ${operatorJwt}`,
      `system_account: ${system.getPublicKey()}`,
      'resolver: MEMORY',
      `resolver_preload: { ${accountClaim(system, {})}, ${accountClaim(account, jetstream)} }`,
      '',
    ].join('\n'),
    credentials,
    login: { authenticator: credsAuthenticator(Buffer.from(credentials)) },
  };
}
