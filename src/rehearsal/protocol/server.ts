import { createServer, type Server as SocketServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { providerService } from './definition';
import { handlers } from './handlers';
import type { Provider } from './provider';

const unlimited = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };

/** Providers on Unix sockets of this process, and the variable by which Terraform finds them. */
export class ProviderServer {
  private readonly sockets: SocketServer[] = [];
  private readonly servers = new Set<Server>();
  private readonly addresses: Record<string, object> = {};
  private readonly providers = new Map<string, () => Provider>();

  constructor(private readonly folder: string) {}

  /**
   * @param name `hashicorp/aws`
   * @param provider makes one for each connection: Terraform configures a provider once for every alias, and runs beside each other
   * configure theirs, each with a process of its own in mind
   */
  async serve(name: string, provider: () => Provider): Promise<void> {
    const socket = join(this.folder, `${name.replaceAll('/', '-')}.sock`);
    const listening = createServer((connection) => this.answer(name, connection));
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject);
      listening.listen(socket, resolve);
    });
    this.sockets.push(listening);
    this.providers.set(name, provider);
    const reattach = {
      Protocol: 'grpc',
      ProtocolVersion: 6,
      Pid: process.pid,
      Test: true, // Terraform leaves a provider in test running when it ends.
      Addr: { Network: 'unix', String: socket },
    };
    // Terraform and OpenTofu give the same provider different hosts.
    for (const host of ['registry.terraform.io', 'registry.opentofu.org']) this.addresses[`${host}/${name}`] = reattach;
  }

  /** Value of `TF_REATTACH_PROVIDERS`. */
  reattach(): string {
    return JSON.stringify(this.addresses);
  }

  /** Speaks the protocol on a connection that came another way, for a provider that is served. */
  answer(name: string, connection: Socket): void {
    const provider = this.providers.get(name);
    if (provider === undefined) throw new Error(`${name} is not served`);
    const server = new Server(unlimited);
    server.addService(providerService, handlers(provider()));
    this.servers.add(server);
    connection.once('close', () => {
      server.forceShutdown();
      this.servers.delete(server);
    });
    server.createConnectionInjector(ServerCredentials.createInsecure()).injectConnection(connection);
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
    for (const server of this.servers) server.forceShutdown();
  }
}
