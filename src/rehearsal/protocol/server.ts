import { join } from 'node:path';
import {
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { decodeValue, encodeValue, isObject, type TfObject, type TfValue } from './codec';
import { providerService } from './definition';
import { schemaMessage } from './schema-message';
import type { Block, ProviderSchema } from '../schema/types';

/** Something a provider has to say about a value; an error ends the operation. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  /** Attribute names from the outside in, with the place in a list or the key in a map between them. */
  readonly path?: readonly (string | number)[];
}

/** A resource as Terraform holds it. */
export interface Held {
  readonly values: TfObject;
  /** What the provider knows it again by; Terraform keeps it with the state, unseen. */
  readonly token: string;
}

/** What Terraform asks to plan. */
export interface PlanRequest {
  readonly type: string;
  readonly block: Block;
  /** Null where it is yet to be made. */
  readonly prior: TfObject | null;
  readonly proposed: TfObject;
  readonly config: TfObject;
  readonly token: string;
}

export interface Plan {
  readonly values: TfObject;
  /** Attributes whose change needs another resource in this one's place. */
  readonly replaces: readonly (readonly string[])[];
}

/** What Terraform asks to make, change or (`planned` null) destroy. */
export interface ApplyRequest {
  readonly type: string;
  readonly block: Block;
  readonly prior: TfObject | null;
  readonly planned: TfObject | null;
  readonly token: string;
}

/** What a provider does, in values instead of bytes. */
export interface Provider {
  schema(): ProviderSchema;
  validateResource(type: string, block: Block, config: TfObject): Diagnostic[];
  configure(config: TfObject): void;
  plan(request: PlanRequest): Plan;
  /** @throws Refusal */
  apply(request: ApplyRequest): Held | null;
  /** How a resource is now; null where it is gone. */
  read(type: string, held: Held): Held | null;
  readData(type: string, block: Block, config: TfObject): TfObject;
}

/** What a provider throws when it refuses a change: Terraform goes on with what does not depend on it. */
export class Refusal extends Error {
  /** @param left what stands nevertheless; default: what stood before */
  constructor(
    readonly diagnostic: Diagnostic,
    readonly left?: Held | null,
  ) {
    super(diagnostic.summary);
  }
}

interface Wire {
  msgpack?: Uint8Array;
  json?: Uint8Array;
}
interface AnyRequest {
  type_name: string;
  config: Wire;
  prior_state: Wire;
  proposed_new_state: Wire;
  planned_state: Wire;
  current_state: Wire;
  raw_state: { json: Uint8Array };
  private: Uint8Array;
  prior_private: Uint8Array;
  planned_private: Uint8Array;
  id: string;
}

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

function handlers(provider: Provider): Record<string, UntypedHandleCall> {
  const resource = (type: string): Block => blockOf(provider.schema().resources, type);
  const object = (wire: Wire): TfObject => (decodeValue(wire) ?? {}) as TfObject;
  const state = (wire: Wire): TfObject | null => decodeValue(wire) as TfObject | null;
  const said = (found: readonly Diagnostic[]): object => ({ diagnostics: found.map(diagnosticMessage) });
  const capabilities = { plan_destroy: false, get_provider_schema_optional: false, move_resource_state: false };

  return unary({
    GetMetadata: () => {
      const { resources, dataSources } = provider.schema();
      const names = (map: ReadonlyMap<string, Block>) => [...map.keys()].map((type_name) => ({ type_name }));
      return { server_capabilities: capabilities, resources: names(resources), data_sources: names(dataSources) };
    },
    GetProviderSchema: () => {
      const schema = provider.schema();
      const all = (map: ReadonlyMap<string, Block>) =>
        Object.fromEntries([...map].map(([name, block]) => [name, schemaMessage(block)]));
      return {
        provider: schemaMessage(schema.provider),
        resource_schemas: all(schema.resources),
        data_source_schemas: all(schema.dataSources),
        server_capabilities: capabilities,
      };
    },
    ValidateProviderConfig: () => ({}),
    ValidateResourceConfig: (request) =>
      said(provider.validateResource(request.type_name, resource(request.type_name), object(request.config))),
    ValidateDataResourceConfig: () => ({}),
    UpgradeResourceState: (request) => {
      const raw = JSON.parse(Buffer.from(request.raw_state.json).toString('utf8')) as TfValue;
      return { upgraded_state: encodeValue(fromStateJson(raw, resource(request.type_name))) };
    },
    GetResourceIdentitySchemas: () => ({}),
    ConfigureProvider: (request) => {
      provider.configure(object(request.config));
      return {};
    },
    ReadResource: (request) => {
      const current = state(request.current_state);
      if (current === null) return { new_state: encodeValue(null) };
      return heldMessage(provider.read(request.type_name, { values: current, token: text(request.private) }));
    },
    PlanResourceChange: (request) => {
      const proposed = state(request.proposed_new_state);
      const token = request.prior_private;
      if (proposed === null) return { planned_state: encodeValue(null), planned_private: token };
      const { values, replaces } = provider.plan({
        type: request.type_name,
        block: resource(request.type_name),
        prior: state(request.prior_state),
        proposed,
        config: object(request.config),
        token: text(token),
      });
      return {
        planned_state: encodeValue(values),
        requires_replace: replaces.map(pathMessage),
        planned_private: token,
      };
    },
    ApplyResourceChange: (request) => {
      const prior = state(request.prior_state);
      const token = text(request.planned_private);
      const type = request.type_name;
      try {
        return heldMessage(
          provider.apply({ type, block: resource(type), prior, planned: state(request.planned_state), token }),
        );
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const { left = prior === null ? null : { values: prior, token }, diagnostic } = error;
        return { ...heldMessage(left), ...said([diagnostic]) };
      }
    },
    ImportResourceState: (request) =>
      said([
        {
          severity: 'error',
          summary: 'A rehearsal imports nothing',
          detail: `${request.type_name} "${request.id}" cannot be imported, because no cloud is asked; rehearse without the import block.`,
        },
      ]),
    ReadDataSource: (request) => {
      const block = blockOf(provider.schema().dataSources, request.type_name);
      return { state: encodeValue(provider.readData(request.type_name, block, object(request.config))) };
    },
    GetFunctions: () => ({}),
    StopProvider: () => ({ Error: '' }),
  });
}

function unary(methods: Record<string, (request: AnyRequest) => object>): Record<string, UntypedHandleCall> {
  return Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      (call: ServerUnaryCall<AnyRequest, object>, answer: sendUnaryData<object>) => {
        try {
          answer(null, method(call.request));
        } catch (error) {
          answer({ code: status.INTERNAL, details: error instanceof Error ? error.message : String(error) });
        }
      },
    ]),
  );
}

function blockOf(blocks: ReadonlyMap<string, Block>, type: string): Block {
  const block = blocks.get(type);
  if (block === undefined) throw new Error(`the rehearsal has no schema of ${type}`);
  return block;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

function heldMessage(held: Held | null): object {
  return held === null
    ? { new_state: encodeValue(null) }
    : { new_state: encodeValue(held.values), private: Buffer.from(held.token) };
}

function diagnosticMessage({ severity, summary, detail, path }: Diagnostic): object {
  const attribute = path === undefined ? undefined : pathMessage(path);
  return { severity: severity === 'error' ? 1 : 2, summary, detail, attribute };
}

function pathMessage(path: readonly (string | number)[]): object {
  const steps = path.map((step) => (typeof step === 'number' ? { element_key_int: step } : { attribute_name: step }));
  return { steps };
}

/**
 * State as it is stored, as a value: a value of dynamic type is `{ value, type }` there, where the wire has `[type, value]`,
 * and a member that the stored state does not know yet is absent, where the wire has null.
 */
function fromStateJson(value: TfValue, block: Block): TfValue {
  if (!isObject(value)) return value;
  const members: TfObject = {};
  for (const { name, type } of block.attributes) {
    const held = value[name] ?? null;
    members[name] =
      type === 'dynamic' && isObject(held) ? [Buffer.from(JSON.stringify(held['type'])), held['value'] ?? null] : held;
  }
  for (const { name, nesting, block: inner } of block.blocks) {
    const held = value[name] ?? null;
    if (nesting === 'single') members[name] = fromStateJson(held, inner);
    else members[name] = Array.isArray(held) ? held.map((item) => fromStateJson(item, inner)) : [];
  }
  return members;
}
