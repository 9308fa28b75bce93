import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, type Client } from '@grpc/grpc-js';
import { noKnowledge } from '../../../../src/rehearsal/knowledge-kubernetes';
import { decodeValue, encodeValue, Unknown, type TfObject } from '../../../../src/rehearsal/protocol/codec';
import { ProviderClient } from '../../../../src/rehearsal/protocol/definition';
import { ProviderServer } from '../../../../src/rehearsal/protocol/server';
import { RehearsedProvider } from '../../../../src/rehearsal/provider';
import type { ProviderSchema } from '../../../../src/rehearsal/schema/types';
import { World } from '../../../../src/rehearsal/world';

const region = { name: 'region', type: 'string', required: false, optional: true, computed: true } as const;
const schema: ProviderSchema = {
  provider: { attributes: [{ ...region, computed: false }], blocks: [] },
  resources: new Map([['acme_anvil', { attributes: [region], blocks: [] }]]),
  dataSources: new Map(),
  ephemeral: new Map(),
};

test('each connection has a provider with settings of its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-grpc-'));
  const server = new ProviderServer(folder);
  const knowledge = {
    ...noKnowledge,
    curated: (name: string, making: { region: string }) => (name === 'region' ? making.region : undefined),
  };
  const clients: Client[] = [];
  try {
    const world = new World();
    await server.serve('acme/acme', () => new RehearsedProvider({ schema: () => schema, world, knowledge }));
    const { Addr } = (JSON.parse(server.reattach()) as Record<string, { Addr: { String: string } }>)[
      'registry.terraform.io/acme/acme'
    ] ?? { Addr: { String: '' } };
    // Connections of one process are shared unless they are told apart.
    const connect = (): Client =>
      new ProviderClient(`unix:${Addr.String}`, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
    const call = (client: Client, method: string, request: object): Promise<Record<string, never>> =>
      new Promise((resolve, reject) => {
        const ask = (
          client as unknown as Record<
            string,
            (request: object, done: (error: Error | null, answer: never) => void) => void
          >
        )[method];
        ask?.call(client, request, (error, answer) => (error === null ? resolve(answer) : reject(error)));
      });
    clients.push(connect(), connect());
    const made = async (client: Client): Promise<unknown> => {
      const planned = encodeValue({ region: Unknown.value } as TfObject);
      const request = {
        type_name: 'acme_anvil',
        prior_state: encodeValue(null),
        planned_state: planned,
        config: planned,
      };
      const { new_state: state } = await call(client, 'ApplyResourceChange', request);
      return decodeValue(state as never);
    };
    const [near, far] = clients as [Client, Client];
    await call(near, 'ConfigureProvider', { config: encodeValue({ region: 'near' }) });
    await call(far, 'ConfigureProvider', { config: encodeValue({ region: 'far' }) });
    expect([await made(near), await made(far), await made(near)]).toEqual([
      { region: 'near' },
      { region: 'far' },
      { region: 'near' },
    ]);
  } finally {
    for (const client of clients) client.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
