import { status, type sendUnaryData, type ServerUnaryCall, type UntypedHandleCall } from '@grpc/grpc-js';
import { decodeValue, encodeValue, type TfObject, type TfValue } from './codec';
import { Refusal, type Diagnostic, type Held, type Provider } from './provider';
import { functionMessage, schemaMessage } from './schema-message';
import { fromStateJson } from './state-json';
import type { Block } from '../schema/types';

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
  name: string;
  arguments: Wire[];
}

/** The calls of the protocol, answered by a provider. */
export function handlers(provider: Provider): Record<string, UntypedHandleCall> {
  const resource = (type: string): Block => blockOf(provider.schema().resources, type);
  const object = (wire: Wire): TfObject => (decodeValue(wire) ?? {}) as TfObject;
  const state = (wire: Wire): TfObject | null => decodeValue(wire) as TfObject | null;
  const said = (found: readonly Diagnostic[]): object => ({ diagnostics: found.map(diagnosticMessage) });
  const functions = (): object =>
    Object.fromEntries(Object.entries(provider.functions).map(([name, one]) => [name, functionMessage(one)]));
  const capabilities = { plan_destroy: false, get_provider_schema_optional: false, move_resource_state: false };

  return unary({
    GetMetadata: () => {
      const { resources, dataSources, ephemeral } = provider.schema();
      const names = (map: ReadonlyMap<string, Block>) => [...map.keys()].map((type_name) => ({ type_name }));
      return {
        server_capabilities: capabilities,
        resources: names(resources),
        data_sources: names(dataSources),
        ephemeral_resources: names(ephemeral),
        functions: Object.keys(provider.functions).map((name) => ({ name })),
      };
    },
    GetProviderSchema: () => {
      const schema = provider.schema();
      const all = (map: ReadonlyMap<string, Block>) =>
        Object.fromEntries([...map].map(([name, block]) => [name, schemaMessage(block)]));
      return {
        provider: schemaMessage(schema.provider),
        resource_schemas: all(schema.resources),
        data_source_schemas: all(schema.dataSources),
        ephemeral_resource_schemas: all(schema.ephemeral),
        functions: functions(),
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
      const {
        values,
        replaces,
        refused = [],
      } = provider.plan({
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
        ...said(refused),
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
    ImportResourceState: ({ type_name, id }) => {
      const { values, token } = provider.import(type_name, resource(type_name), id);
      return { imported_resources: [{ type_name, state: encodeValue(values), private: Buffer.from(token) }] };
    },
    ReadDataSource: (request) => {
      const block = blockOf(provider.schema().dataSources, request.type_name);
      return { state: encodeValue(provider.readData(request.type_name, block, object(request.config))) };
    },
    ValidateEphemeralResourceConfig: () => ({}),
    OpenEphemeralResource: (request) => {
      const block = blockOf(provider.schema().ephemeral, request.type_name);
      return { result: encodeValue(provider.readData(request.type_name, block, object(request.config))) };
    },
    RenewEphemeralResource: () => ({}),
    CloseEphemeralResource: () => ({}),
    GetFunctions: () => ({ functions: functions() }),
    CallFunction: (request) => {
      const called = provider.functions[request.name];
      if (called === undefined) return { error: { text: `the rehearsal has no function ${request.name}` } };
      try {
        return { result: encodeValue(called.call(request.arguments.map(decodeValue))) };
      } catch (error) {
        return { error: { text: error instanceof Error ? error.message : String(error) } };
      }
    },
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
