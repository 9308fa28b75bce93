import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

/** Run from TypeScript (tests, tsx) the files stand beside this one, compiled they stand in the package. */
function fileOf(name: string): string {
  const beside = fileURLToPath(new URL(`./${name}`, import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL(`../../proto/${name}`, import.meta.url));
}

let root: protobuf.Root | undefined;

/** A message of the protocol, of the package `inference` where the name has none. */
export function type(name: string): protobuf.Type {
  root ??= ['model_config.proto', 'inference.proto', 'health.proto'].reduce(
    (into, file) => protobuf.parse(readFileSync(fileOf(file), 'utf8'), into, { keepCase: true }).root,
    new protobuf.Root(),
  );
  return root.lookupType(name.includes('.') ? name : `inference.${name}`);
}
