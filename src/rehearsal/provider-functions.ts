import { parseAllDocuments, stringify } from 'yaml';
import { isObject, type TfObject, type TfValue } from './protocol/codec';
import type { ProviderFunction } from './protocol/provider';
import type { TfType } from './schema/types';

/** What a function throws when its argument is not what it takes; the text is told by Terraform beside the call. */
export class FunctionError extends Error {}

const strings = (...names: readonly string[]): ProviderFunction['parameters'] =>
  names.map((name) => ({ name, type: 'string' }));

const arnParts = ['partition', 'service', 'region', 'account_id', 'resource'] as const;

/** The parts of an ARN; the last may hold colons of its own. */
function parseArn(arn: string): Record<(typeof arnParts)[number], string> {
  const parts = arn.split(':');
  if (parts[0] !== 'arn') throw new FunctionError('arn: invalid prefix');
  if (parts.length < 6) throw new FunctionError('arn: not enough sections');
  const [, partition = '', service = '', region = '', account_id = '', ...resource] = parts;
  return { partition, service, region, account_id, resource: resource.join(':') };
}

/** https://registry.terraform.io/providers/hashicorp/aws/latest/docs, "Functions". */
const aws: Readonly<Record<string, ProviderFunction>> = {
  arn_build: {
    parameters: strings(...arnParts),
    returns: 'string',
    call: (parts) => `arn:${parts.join(':')}`,
  },
  arn_parse: {
    parameters: strings('arn'),
    returns: ['object', Object.fromEntries(arnParts.map((part) => [part, 'string']))],
    call: ([arn]) => parseArn(String(arn)),
  },
  trim_iam_role_path: {
    parameters: strings('arn'),
    returns: 'string',
    call: ([arn]) => {
      const { partition, service, region, account_id, resource } = parseArn(String(arn));
      if (service !== 'iam') throw new FunctionError('service must be "iam"');
      if (region !== '') throw new FunctionError('region must be empty');
      if (!resource.startsWith('role/')) throw new FunctionError('resource must begin with "role/"');
      return `arn:${partition}:iam::${account_id}:role/${resource.split('/').at(-1)}`;
    },
  },
  user_agent: {
    parameters: strings('product_name', 'product_version', 'comment'),
    returns: 'string',
    call: ([name, version, comment]) => {
      if (name === '') throw new FunctionError('product_name must be set');
      return `${String(name)}${version === '' ? '' : `/${String(version)}`}${comment === '' ? '' : ` (${String(comment)})`}`;
    },
  },
};

/** https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs, "Functions". */
const kubernetes: Readonly<Record<string, ProviderFunction>> = {
  manifest_decode: {
    parameters: strings('manifest'),
    returns: 'dynamic',
    call: ([text]) => {
      const manifests = decodeManifests(String(text));
      if (manifests.length === 0) throw new FunctionError('Invalid manifest: YAML document is empty');
      if (manifests.length > 1) {
        throw new FunctionError(
          'YAML manifest contains multiple resources: use decode_manifest_multi to decode manifests containing more than one resource',
        );
      }
      return dynamic(manifests[0] ?? null);
    },
  },
  manifest_decode_multi: {
    parameters: strings('manifest'),
    returns: 'dynamic',
    call: ([text]) => dynamic(decodeManifests(String(text))),
  },
  manifest_encode: {
    parameters: [{ name: 'manifest', type: 'dynamic' }],
    returns: 'string',
    call: ([argument]) => {
      const value = Array.isArray(argument) ? (argument[1] ?? null) : null;
      if (Array.isArray(value)) return value.map((manifest) => `---\n${encodeManifest(manifest)}`).join('');
      return encodeManifest(value);
    },
  },
};

function decodeManifests(text: string): TfObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors[0] !== undefined) {
      throw new FunctionError(`Invalid YAML document: ${document.errors[0].message.split('\n')[0]}`);
    }
    const manifest = document.toJS() as TfValue;
    if (manifest === null || (isObject(manifest) && Object.keys(manifest).length === 0)) return [];
    return [asManifest(manifest)];
  });
}

const encodeManifest = (value: TfValue): string => stringify(asManifest(value), { sortMapEntries: true, lineWidth: 0 });

function asManifest(value: TfValue): TfObject {
  if (!isObject(value)) throw new FunctionError("Invalid manifest: value doesn't seem to be a manifest");
  for (const field of ['apiVersion', 'kind', 'metadata'])
    if (!(field in value)) throw new FunctionError(`Invalid Kubernetes manifest: missing field "${field}"`);
  return value;
}

/** A value of dynamic type as it goes over the wire: its type beside it. */
function dynamic(value: TfValue): TfValue {
  return [Buffer.from(JSON.stringify(typeOfValue(value))), value];
}

type JsonType = TfType | readonly ['tuple', readonly JsonType[]] | readonly ['object', Record<string, JsonType>];

function typeOfValue(value: TfValue): JsonType {
  if (Array.isArray(value)) return ['tuple', value.map(typeOfValue)];
  if (isObject(value)) {
    return ['object', Object.fromEntries(Object.entries(value).map(([key, item]) => [key, typeOfValue(item)]))];
  }
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' || typeof value === 'number' ? (typeof value as 'string' | 'number') : 'dynamic';
}

/** Functions by the provider's name: `provider::aws::arn_parse`. They are in no binding; these are all that the three have. */
export const providerFunctions: Readonly<Record<string, Readonly<Record<string, ProviderFunction>>>> = {
  aws,
  kubernetes,
};
