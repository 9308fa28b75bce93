import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { selfSigned } from './certificate';

/**
 * A filesystem mirror of providers (https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror): Terraform
 * installs and starts them as it does real ones, so lock files and version constraints are its own, and a wrapper that drops unknown
 * variables finds them. Each executable asks this process for a socket of its own, tells Terraform of it
 * (https://github.com/hashicorp/go-plugin/blob/main/docs/internals.md), and ends when Terraform closes its connection or this process ends.
 */
export class Mirror {
  private readonly certificate = selfSigned();
  private readonly known = new Set<string>();
  private readonly open = new Set<Socket>();
  private readonly control: Server;
  private readonly packages: string;
  private started = 0;

  private constructor(
    private readonly folder: string,
    private readonly answer: (provider: string, connection: Socket) => void,
  ) {
    this.packages = join(folder, 'mirror');
    mkdirSync(this.packages);
    symlinkSync(process.execPath, join(folder, 'node'));
    writeFileSync(join(folder, 'provider.cjs'), program);
    writeFileSync(
      join(folder, 'mirror.tfrc'),
      `provider_installation {\n  filesystem_mirror {\n    path    = ${JSON.stringify(this.packages)}\n    include = ["*/*/*"]\n  }\n}\n`,
    );
    this.control = createServer((socket) => this.begin(socket));
  }

  /**
   * @param folder where the mirror is laid out; nobody else may read it
   * @param answer speaks the plugin protocol for a provider (`hashicorp/aws`) on a connection
   */
  static async open(folder: string, answer: (provider: string, connection: Socket) => void): Promise<Mirror> {
    const mirror = new Mirror(folder, answer);
    await listen(mirror.control, join(folder, 'mirror.sock'));
    return mirror;
  }

  /** Lays out a provider. What it consists of depends on nothing but its name, so that a lock file holds in the next rehearsal as well. */
  add(provider: string, version: string): void {
    this.known.add(provider);
    const type = provider.split('/').at(-1) ?? provider;
    // cdktf-cli locks for linux_amd64, wherever it runs.
    const platforms = new Set([platform(), 'linux_amd64']);
    for (const host of ['registry.terraform.io', 'registry.opentofu.org']) {
      for (const one of platforms) {
        const folder = join(this.packages, host, provider, version, one);
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, `terraform-provider-${type}_v${version}_x5`), executable(provider), { mode: 0o755 });
      }
    }
  }

  /** By these Terraform and OpenTofu find the mirror. */
  env(): Record<string, string> {
    return {
      TF_REATTACH_PROVIDERS: '',
      // What is rehearsed must not get among a user's real providers.
      TF_PLUGIN_CACHE_DIR: '',
      TF_CLI_CONFIG_FILE: join(this.folder, 'mirror.tfrc'),
      // That command alone looks past the configuration file, and cdktf-cli calls it.
      TF_CLI_ARGS_providers_lock: `-fs-mirror=${this.packages}`,
    };
  }

  close(): void {
    this.control.close();
    for (const socket of this.open) socket.destroy();
  }

  /** An executable has been started, and says for which provider. */
  private begin(control: Socket): void {
    this.open.add(control);
    control.once('close', () => this.open.delete(control)).on('error', () => control.destroy());
    let said = '';
    const read = (chunk: Buffer): void => {
      said += chunk.toString('utf8');
      if (!said.endsWith('\n')) return;
      control.off('data', read);
      const { provider, certificate } = JSON.parse(said) as { provider: string; certificate?: string };
      if (this.known.has(provider)) this.listen(control, provider, certificate).catch(() => control.destroy());
      else control.destroy();
    };
    control.on('data', read);
  }

  private async listen(control: Socket, provider: string, certificate: string | undefined): Promise<void> {
    const connected = (connection: Socket): void => {
      this.open.add(connection);
      connection.on('error', () => connection.destroy());
      connection.once('close', () => {
        this.open.delete(connection);
        control.end();
      });
      this.answer(provider, connection);
    };
    const { key, pem, der } = this.certificate;
    const tls = { key, cert: pem, ca: certificate, requestCert: true, ALPNProtocols: ['h2'] };
    // Without TLS only where TF_DISABLE_PLUGIN_TLS is set: then Terraform sends no certificate of its own.
    const server = certificate === undefined ? createServer(connected) : createTlsServer(tls, connected);
    const path = join(this.folder, `${++this.started}.sock`);
    control.once('close', () => server.close());
    await listen(server, path);
    const secret = certificate === undefined ? '' : der.toString('base64').replace(/=+$/, '');
    control.write(`1|6|unix|${path}|grpc|${secret}\n`);
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}

/** The platform as providers are packaged for it: `linux_amd64`. */
function platform(): string {
  const arch: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', ia32: '386' };
  return `${process.platform === 'win32' ? 'windows' : process.platform}_${arch[process.arch] ?? process.arch}`;
}

/** Terraform links to it from a stack's folder; the way up to what is not part of the package begins where it really lies. */
const executable = (provider: string): string => `#!/bin/sh
# A provider that is rehearsed: the process that rehearses answers for it.
unset NODE_OPTIONS
folder=$(cd -P "$(dirname "$0")/../../../../../.." && pwd) || exit 1
exec "$folder/node" "$folder/provider.cjs" ${provider}
`;

/** What every executable runs: asks for a socket, tells Terraform, stays as long as that is of use. */
const program = `'use strict';
const { connect } = require('node:net');
// A Ctrl-C reaches Terraform as well, which still needs its providers to come to an end.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(1), 500);
const control = connect(__dirname + '/mirror.sock');
control.on('error', (error) => console.error('the rehearsal has ended: ' + error.message));
control.on('close', () => process.exit());
control.write(JSON.stringify({ provider: process.argv[2], certificate: process.env.PLUGIN_CLIENT_CERT }) + '\\n');
control.pipe(process.stdout);
`;
