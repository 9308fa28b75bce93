import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, type Client } from '@grpc/grpc-js';
import { noKnowledge } from '../../../../src/rehearsal/knowledge-kubernetes';
import { decodeValue, encodeValue, Unknown, type TfValue } from '../../../../src/rehearsal/protocol/codec';
import { ProviderClient } from '../../../../src/rehearsal/protocol/definition';
import type { ProviderFunction } from '../../../../src/rehearsal/protocol/provider';
import { ProviderServer } from '../../../../src/rehearsal/protocol/server';
import { RehearsedProvider, type Fail } from '../../../../src/rehearsal/provider';
import type { Block, ProviderSchema } from '../../../../src/rehearsal/schema/types';
import { World } from '../../../../src/rehearsal/world';

const flag = { required: false, optional: false, computed: false };
const anvil: Block = {
  attributes: [
    { ...flag, name: 'id', type: 'string', computed: true },
    { ...flag, name: 'name', type: 'string', required: true },
    { ...flag, name: 'any', type: 'dynamic', optional: true },
    { ...flag, name: 'colour', type: 'string', optional: true, computed: true },
  ],
  blocks: [
    {
      name: 'face',
      nesting: 'list',
      minItems: 0,
      maxItems: 1,
      block: { attributes: [{ ...flag, name: 'area', type: 'number', computed: true }], blocks: [] },
    },
  ],
};
const schema: ProviderSchema = {
  provider: { attributes: [], blocks: [] },
  resources: new Map([['acme_anvil', anvil]]),
  dataSources: new Map([['acme_anvil', anvil]]),
  ephemeral: new Map([['acme_anvil', anvil]]),
};

const shout: ProviderFunction = {
  parameters: [{ name: 'text', type: 'string' }],
  returns: 'string',
  call: ([text]) => {
    if (text === '') throw new Error('nothing to shout');
    return String(text).toUpperCase();
  },
};

let folder: string;
let server: ProviderServer;
let client: Client;
const world = new World([{ data: 'acme_anvil', match: { name: 'given' }, values: { colour: 'red' } }]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-grpc-'));
  server = new ProviderServer(folder);
  const fail: Fail = ({ type, after }) =>
    after?.['name'] === 'heavy' ? { summary: `${type} was refused`, detail: 'too heavy' } : undefined;
  await server.serve(
    'acme/acme',
    () => new RehearsedProvider({ schema: () => schema, world, knowledge: noKnowledge, functions: { shout }, fail }),
  );
  const addresses = JSON.parse(server.reattach()) as Record<string, { Addr: { String: string } }>;
  client = new ProviderClient(
    `unix:${addresses['registry.terraform.io/acme/acme']?.Addr.String ?? ''}`,
    credentials.createInsecure(),
  );
});
afterAll(() => {
  client.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  [key: string]: unknown;
  diagnostics: {
    severity: number;
    summary: string;
    detail: string;
    attribute: { steps: { attribute_name: string }[] } | null;
  }[];
}
function call(name: string, request: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = (
      client as unknown as Record<
        string,
        (request: object, done: (error: Error | null, answer: Answer) => void) => void
      >
    )[name];
    method!.call(client, request, (error, answer) => (error === null ? resolve(answer) : reject(error)));
  });
}
const value = (answer: Answer, name: string): TfValue => decodeValue(answer[name] as { msgpack: Uint8Array });
const config = { id: null, name: 'acme', any: null, colour: null, face: [{ area: null }] };

test('both registries lead to the same socket of this process', () => {
  const addresses = JSON.parse(server.reattach()) as Record<string, unknown>;
  expect(Object.keys(addresses)).toEqual(['registry.terraform.io/acme/acme', 'registry.opentofu.org/acme/acme']);
  expect(addresses['registry.terraform.io/acme/acme']).toMatchObject({
    Protocol: 'grpc',
    ProtocolVersion: 6,
    Pid: process.pid,
    Test: true,
    Addr: { Network: 'unix', String: join(folder, 'acme-acme.sock') },
  });
});

test('the schema goes over the wire with nesting and types', async () => {
  const { resource_schemas } = (await call('GetProviderSchema', {})) as unknown as {
    resource_schemas: Record<
      string,
      {
        block: {
          attributes: { name: string; type: Buffer }[];
          block_types: { type_name: string; nesting: number; max_items: number }[];
        };
      }
    >;
  };
  const { attributes, block_types } = resource_schemas['acme_anvil']!.block;
  expect(attributes.map(({ name, type }) => [name, type.toString()])).toContainEqual(['id', '"string"']);
  expect(block_types).toEqual([expect.objectContaining({ type_name: 'face', nesting: 2, max_items: 1 })]);
});

test('a resource is planned with unknowns, made with values, and an update keeps them', async () => {
  const wire = {
    type_name: 'acme_anvil',
    config: encodeValue(config),
    proposed_new_state: encodeValue(config),
    prior_state: encodeValue(null),
  };
  const planned = value(await call('PlanResourceChange', wire), 'planned_state');
  expect(planned).toEqual({
    id: Unknown.value,
    name: 'acme',
    any: null,
    colour: Unknown.value,
    face: [{ area: Unknown.value }],
  });

  const apply = {
    type_name: 'acme_anvil',
    planned_state: encodeValue(planned),
    prior_state: encodeValue(null),
    config: encodeValue(config),
  };
  const made = value(await call('ApplyResourceChange', apply), 'new_state') as { id: string };
  expect(made).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    name: 'acme',
    any: null,
    colour: '',
    face: [{ area: 0 }],
  });

  const again = { ...wire, prior_state: encodeValue(made), proposed_new_state: encodeValue(made) };
  expect(value(await call('PlanResourceChange', again), 'planned_state')).toEqual(made);
  const twin = value(await call('ApplyResourceChange', apply), 'new_state') as { id: string };
  expect(twin.id).not.toBe(made.id);
});

test('a data source answers from what was applied, or from the fixtures', async () => {
  const read = async (name: string): Promise<TfValue> =>
    value(
      await call('ReadDataSource', { type_name: 'acme_anvil', config: encodeValue({ ...config, name, face: [] }) }),
      'state',
    );
  const applied = { ...config, name: 'shared', id: 'id-of-shared', colour: 'blue' };
  world.put(world.token(), 'acme_anvil', applied);
  expect(await read('shared')).toMatchObject({ id: 'id-of-shared', colour: 'blue' });
  expect(await read('given')).toMatchObject({ colour: 'red' });
});

test('a value that only the provider can set is refused, with its path', async () => {
  const { diagnostics } = await call('ValidateResourceConfig', {
    type_name: 'acme_anvil',
    config: encodeValue({ ...config, id: 'mine' }),
  });
  expect(diagnostics).toEqual([
    expect.objectContaining({
      severity: 1,
      summary: 'Value for an attribute that only the provider can set',
      detail: 'acme_anvil decides "id" itself; leave it out.',
    }),
  ]);
  expect(diagnostics[0]?.attribute?.steps.map(({ attribute_name }) => attribute_name)).toEqual(['id']);
});

test('a refused resource keeps its prior state and says why', async () => {
  const planned_state = encodeValue({ ...config, name: 'heavy' });
  const answer = await call('ApplyResourceChange', {
    type_name: 'acme_anvil',
    prior_state: encodeValue(null),
    planned_state,
  });
  expect(value(answer, 'new_state')).toBeNull();
  expect(answer.diagnostics).toEqual([
    expect.objectContaining({ summary: 'acme_anvil was refused', detail: 'too heavy' }),
  ]);
});

test('stored state gets its dynamic values and new members back', async () => {
  const stored = { id: 'x', name: 'acme', any: { type: ['list', 'string'], value: ['a'] }, face: [] };
  const answer = await call('UpgradeResourceState', {
    type_name: 'acme_anvil',
    raw_state: { json: Buffer.from(JSON.stringify(stored)) },
  });
  const [type, inner] = (value(answer, 'upgraded_state') as { any: [Uint8Array, TfValue] }).any;
  expect(Buffer.from(type).toString()).toBe('["list","string"]');
  expect(inner).toEqual(['a']);
  expect(value(answer, 'upgraded_state')).toMatchObject({ colour: null });
});

test('what is imported is what stands under the id, or has nothing but the id', async () => {
  world.put(world.token(), 'acme_anvil', { ...config, id: 'seven', name: 'big', colour: 'black', face: [] });
  const imported = async (id: string): Promise<TfValue> => {
    const { imported_resources } = await call('ImportResourceState', { type_name: 'acme_anvil', id });
    return decodeValue((imported_resources as { state: { msgpack: Uint8Array } }[])[0]?.state);
  };
  expect(await imported('seven')).toMatchObject({ id: 'seven', name: 'big', colour: 'black' });
  expect(await imported('eight')).toEqual({ id: 'eight', name: null, any: null, colour: '', face: [] });
});

test('a type without a schema is an error', async () => {
  await expect(call('ReadDataSource', { type_name: 'acme_nothing', config: encodeValue({}) })).rejects.toThrow(
    'the rehearsal has no schema of acme_nothing',
  );
});

test('a function is called with values, and says what is wrong with them; one that is not there is named', async () => {
  const shout = (text: TfValue) => call('CallFunction', { name: 'shout', arguments: [encodeValue(text)] });
  expect(value(await shout('hey'), 'result')).toBe('HEY');
  expect(await shout('')).toMatchObject({ error: { text: 'nothing to shout' } });
  expect(await call('CallFunction', { name: 'whisper', arguments: [] })).toMatchObject({
    error: { text: 'the rehearsal has no function whisper' },
  });
  const { functions } = (await call('GetFunctions', {})) as unknown as {
    functions: Record<string, { parameters: { name: string; type: Buffer }[]; return: { type: Buffer } }>;
  };
  expect(functions['shout']?.parameters.map(({ name, type }) => [name, type.toString()])).toEqual([
    ['text', '"string"'],
  ]);
  expect(functions['shout']?.return.type.toString()).toBe('"string"');
});

test('an ephemeral resource is opened with values and closed', async () => {
  const wire = { type_name: 'acme_anvil', config: encodeValue({ ...config, name: 'given' }) };
  expect(value(await call('OpenEphemeralResource', wire), 'result')).toMatchObject({ name: 'given', colour: 'red' });
  expect(await call('CloseEphemeralResource', { type_name: 'acme_anvil' })).toMatchObject({ diagnostics: [] });
});

test('a resource is read as it is: changed, gone, or, where another world made it, as the state says', async () => {
  const values = { ...config, id: 'a', colour: 'red', face: [] };
  const read = (token: string) =>
    call('ReadResource', {
      type_name: 'acme_anvil',
      current_state: encodeValue(values),
      private: Buffer.from(token),
    });
  const token = world.token();
  world.put(token, 'acme_anvil', { ...values, colour: 'green' });
  expect(value(await read(token), 'new_state')).toMatchObject({ colour: 'green' });
  world.remove(token);
  expect(value(await read(token), 'new_state')).toBeNull();
  const adopted = await read('elsewhere-1');
  expect(value(adopted, 'new_state')).toMatchObject({ colour: 'red' });
  expect(world.get(Buffer.from(adopted['private'] as Uint8Array).toString())).toMatchObject({ type: 'acme_anvil' });
});
