import { fromJSON } from '@grpc/proto-loader';
import { loadPackageDefinition, type ServiceClientConstructor, type ServiceDefinition } from '@grpc/grpc-js';

/**
 * The part of Terraform's plugin protocol, version 6, that its core speaks to a provider
 * (https://github.com/hashicorp/terraform/tree/main/docs/plugin-protocol). Numbers are the protocol's field numbers.
 */
type Fields = Readonly<Record<string, string>>;
interface Message {
  fields: Record<string, { type: string; id: number; rule?: 'repeated'; keyType?: string }>;
  nested?: Record<string, Message | { values: Record<string, number> }>;
}

/** `'string 1'`, `'repeated Step 1'`, `'map Schema 2'`. */
function message(fields: Fields, nested?: Message['nested']): Message {
  const parsed: Message['fields'] = {};
  for (const [name, text] of Object.entries(fields)) {
    const [id = '', type = '', rule] = text.split(' ').reverse();
    parsed[name] = { type, id: Number(id) };
    if (rule === 'repeated') parsed[name].rule = 'repeated';
    if (rule === 'map') parsed[name].keyType = 'string';
  }
  return nested === undefined ? { fields: parsed } : { fields: parsed, nested };
}

const rpc = (request: Fields, response: Fields): Message =>
  message({}, { Request: message(request), Response: message(response) });

const diagnostics = 'repeated Diagnostic';

const messages: Record<string, Message> = {
  DynamicValue: message({ msgpack: 'bytes 1', json: 'bytes 2' }),
  Diagnostic: message({ severity: 'int32 1', summary: 'string 2', detail: 'string 3', attribute: 'AttributePath 4' }),
  AttributePath: message(
    { steps: 'repeated Step 1' },
    { Step: message({ attribute_name: 'string 1', element_key_string: 'string 2', element_key_int: 'int64 3' }) },
  ),
  RawState: message({ json: 'bytes 1', flatmap: 'map string 2' }),
  Schema: message(
    { version: 'int64 1', block: 'Block 2' },
    {
      Block: message({ version: 'int64 1', attributes: 'repeated Attribute 2', block_types: 'repeated NestedBlock 3' }),
      Attribute: message({
        name: 'string 1',
        type: 'bytes 2',
        nested_type: 'Object 10',
        required: 'bool 4',
        optional: 'bool 5',
        computed: 'bool 6',
        sensitive: 'bool 7',
        write_only: 'bool 11',
      }),
      NestedBlock: message({
        type_name: 'string 1',
        block: 'Block 2',
        nesting: 'int32 3',
        min_items: 'int64 4',
        max_items: 'int64 5',
      }),
      Object: message({ attributes: 'repeated Attribute 1', nesting: 'int32 3' }),
    },
  ),
  ServerCapabilities: message({
    plan_destroy: 'bool 1',
    get_provider_schema_optional: 'bool 2',
    move_resource_state: 'bool 3',
  }),
  TypeName: message({ type_name: 'string 1' }),
  FunctionName: message({ name: 'string 1' }),
  Function: message(
    { parameters: 'repeated Parameter 1', return: 'Return 3' },
    {
      Parameter: message({ name: 'string 1', type: 'bytes 2' }),
      Return: message({ type: 'bytes 1' }),
    },
  ),
  FunctionError: message({ text: 'string 1' }),
  GetMetadata: rpc(
    {},
    {
      server_capabilities: 'ServerCapabilities 1',
      diagnostics: `${diagnostics} 2`,
      data_sources: 'repeated TypeName 3',
      resources: 'repeated TypeName 4',
      functions: 'repeated FunctionName 5',
      ephemeral_resources: 'repeated TypeName 6',
    },
  ),
  GetProviderSchema: rpc(
    {},
    {
      provider: 'Schema 1',
      resource_schemas: 'map Schema 2',
      data_source_schemas: 'map Schema 3',
      diagnostics: `${diagnostics} 4`,
      server_capabilities: 'ServerCapabilities 6',
      functions: 'map Function 7',
      ephemeral_resource_schemas: 'map Schema 8',
    },
  ),
  ValidateProviderConfig: rpc({ config: 'DynamicValue 1' }, { diagnostics: `${diagnostics} 2` }),
  ValidateResourceConfig: rpc({ type_name: 'string 1', config: 'DynamicValue 2' }, { diagnostics: `${diagnostics} 1` }),
  ValidateDataResourceConfig: rpc(
    { type_name: 'string 1', config: 'DynamicValue 2' },
    { diagnostics: `${diagnostics} 1` },
  ),
  UpgradeResourceState: rpc(
    { type_name: 'string 1', version: 'int64 2', raw_state: 'RawState 3' },
    { upgraded_state: 'DynamicValue 1', diagnostics: `${diagnostics} 2` },
  ),
  GetResourceIdentitySchemas: rpc({}, { diagnostics: `${diagnostics} 2` }),
  ConfigureProvider: rpc(
    { terraform_version: 'string 1', config: 'DynamicValue 2' },
    { diagnostics: `${diagnostics} 1` },
  ),
  ReadResource: rpc(
    { type_name: 'string 1', current_state: 'DynamicValue 2', private: 'bytes 3' },
    { new_state: 'DynamicValue 1', diagnostics: `${diagnostics} 2`, private: 'bytes 3' },
  ),
  PlanResourceChange: rpc(
    {
      type_name: 'string 1',
      prior_state: 'DynamicValue 2',
      proposed_new_state: 'DynamicValue 3',
      config: 'DynamicValue 4',
      prior_private: 'bytes 5',
    },
    {
      planned_state: 'DynamicValue 1',
      requires_replace: 'repeated AttributePath 2',
      planned_private: 'bytes 3',
      diagnostics: `${diagnostics} 4`,
    },
  ),
  ApplyResourceChange: rpc(
    {
      type_name: 'string 1',
      prior_state: 'DynamicValue 2',
      planned_state: 'DynamicValue 3',
      config: 'DynamicValue 4',
      planned_private: 'bytes 5',
    },
    { new_state: 'DynamicValue 1', private: 'bytes 2', diagnostics: `${diagnostics} 3` },
  ),
  ImportResourceState: message(
    {},
    {
      Request: message({ type_name: 'string 1', id: 'string 2' }),
      ImportedResource: message({ type_name: 'string 1', state: 'DynamicValue 2', private: 'bytes 3' }),
      Response: message({ imported_resources: 'repeated ImportedResource 1', diagnostics: `${diagnostics} 2` }),
    },
  ),
  ReadDataSource: rpc(
    { type_name: 'string 1', config: 'DynamicValue 2' },
    { state: 'DynamicValue 1', diagnostics: `${diagnostics} 2` },
  ),
  ValidateEphemeralResourceConfig: rpc(
    { type_name: 'string 1', config: 'DynamicValue 2' },
    { diagnostics: `${diagnostics} 1` },
  ),
  OpenEphemeralResource: rpc(
    { type_name: 'string 1', config: 'DynamicValue 2' },
    { diagnostics: `${diagnostics} 1`, result: 'DynamicValue 3' },
  ),
  RenewEphemeralResource: rpc({ type_name: 'string 1' }, { diagnostics: `${diagnostics} 1` }),
  CloseEphemeralResource: rpc({ type_name: 'string 1' }, { diagnostics: `${diagnostics} 1` }),
  GetFunctions: rpc({}, { functions: 'map Function 1', diagnostics: `${diagnostics} 2` }),
  CallFunction: rpc(
    { name: 'string 1', arguments: 'repeated DynamicValue 2' },
    { result: 'DynamicValue 1', error: 'FunctionError 2' },
  ),
  StopProvider: rpc({}, { Error: 'string 1' }),
};

const rpcs = Object.entries(messages)
  .filter(([, { nested }]) => nested !== undefined && 'Request' in nested)
  .map(([name]) => name);

const definition = fromJSON(
  {
    nested: {
      tfplugin6: {
        nested: {
          ...messages,
          Provider: {
            methods: Object.fromEntries(
              rpcs.map((name) => [
                name,
                { requestType: `${name}.Request`, responseType: `${name}.Response`, comment: '' },
              ]),
            ),
          },
        },
      },
    },
  },
  { keepCase: true, longs: Number, defaults: true },
);

const loaded = loadPackageDefinition(definition) as unknown as { tfplugin6: { Provider: ServiceClientConstructor } };

/** The service that Terraform's core calls. */
export const providerService: ServiceDefinition = loaded.tfplugin6.Provider.service;
/** A client of the same service: what Terraform's core is to a provider. */
export const ProviderClient: ServiceClientConstructor = loaded.tfplugin6.Provider;
