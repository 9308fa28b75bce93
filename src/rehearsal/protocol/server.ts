import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { providerService } from './definition';
import { handlers } from './handlers';
import type { Provider } from './provider';

/** Providers on Unix sockets of this process, and the variable by which Terraform finds them. */
export class ProviderServer {
  private readonly servers: Server[] = [];
  private readonly addresses: Record<string, object> = {};

  constructor(private readonly folder: string) {}

  /** @param name `hashicorp/aws` */
  async serve(name: string, provider: Provider): Promise<void> {
    const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
    server.addService(providerService, handlers(provider));
    const socket = join(this.folder, `${name.replaceAll('/', '-')}.sock`);
    await new Promise<void>((resolve, reject) =>
      server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      ),
    );
    this.servers.push(server);
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

  close(): void {
    for (const server of this.servers) server.forceShutdown();
  }
}
