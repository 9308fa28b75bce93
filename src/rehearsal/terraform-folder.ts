import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readHcl, type HclBody } from './hcl';
import type { StackJson } from './synth';

type Json = Record<string, unknown>;

const files = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => /\.tf(\.json)?$/.test(name)) : [];

/** Whether Terraform would find a configuration there. */
export function holdsTerraform(folder: string): boolean {
  return files(folder).length > 0;
}

/**
 * What a rehearsal reads of a configuration that no CDKTF program wrote: all its files together, in Terraform's own language or as JSON.
 * A file that cannot be read is passed over: Terraform will say what is wrong with it, and where.
 */
export function readTerraform(folder: string): StackJson {
  const parts = files(folder)
    .sort()
    .map((name): Json => {
      const text = readFileSync(join(folder, name), 'utf8');
      if (name.endsWith('.tf')) return fromHcl(readHcl(text));
      try {
        return flat(JSON.parse(text)) as Json;
      } catch {
        return {};
      }
    });
  return parts.reduce<Json>(merge, {});
}

/** The folders of modules that lie beside or in the configuration, and those that they use in turn. */
export function localModules(folder: string, json: StackJson, known = new Set<string>()): string[] {
  for (const { source } of Object.values(json.module ?? {})) {
    if (typeof source !== 'string' || !/^\.\.?\//.test(source)) continue;
    const module = join(folder, source);
    if (known.has(module) || !existsSync(module)) continue;
    known.add(module);
    localModules(module, readTerraform(module), known);
  }
  return [...known];
}

/** A stack with the types that its modules use besides its own. */
export function withModules(folder: string, json: StackJson): StackJson {
  const modules = localModules(folder, json).map((module) => {
    const { resource, data, ephemeral, terraform } = readTerraform(module);
    const own = Object.entries(data ?? {}).filter(([type]) => type !== 'terraform_remote_state');
    const needed = terraform?.required_providers;
    return {
      ...(resource && { resource: types(resource) }),
      data: types(Object.fromEntries(own)),
      ...(ephemeral && { ephemeral: types(ephemeral) }),
      ...(needed && { terraform: { required_providers: needed } }),
    };
  });
  return modules.length === 0 ? json : [...modules, json as Json].reduce<Json>(merge, {});
}

/** The names of a module's resources are not the stack's. */
const types = (instances: object): Json => Object.fromEntries(Object.keys(instances).map((type) => [type, {}]));

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(a: Json, b: Json): Json {
  const result = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = result[key];
    result[key] = isObject(before) && isObject(value) ? merge(before, value) : value;
  }
  return result;
}

/** Terraform takes a list of objects wherever it takes one. */
function flat(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      Array.isArray(item) && item.every(isObject) && key !== 'provider'
        ? flat(item.reduce<Json>(merge, {}))
        : key === 'provider'
          ? item
          : flat(item),
    ]),
  );
}

/** As it would stand in JSON. */
function fromHcl({ blocks }: HclBody): Json {
  return blocks
    .map(({ type, labels, body }): Json => {
      const inner = type === 'terraform' ? { ...nested(body), ...body.values } : { ...body.values };
      return { [type]: labels.reduceRight<Json>((value, label) => ({ [label]: value }), inner) };
    })
    .reduce<Json>(merge, {});
}

/** The blocks of a `terraform` block: `backend "s3" {}`, `required_providers {}`. */
const nested = (body: HclBody): Json => fromHcl(body);
