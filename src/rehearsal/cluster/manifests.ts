import { stringify } from 'yaml';
import type { KubernetesObject } from '../kubernetes-objects';
import { namespaceOf, type Manifest } from './objects';

/** An object to be printed, with where it comes from. */
export interface PrintedManifest {
  readonly stack: string;
  readonly address: string;
  readonly object: Manifest;
  /** Names of what was left out of a Secret; absent where nothing was. */
  readonly hidden?: readonly string[];
}

/**
 * Objects as they can be printed: in the namespace they go to, and without the values of Secrets.
 * @param showSecrets print these as well
 */
export function printed(object: KubernetesObject, showSecrets: boolean): PrintedManifest {
  const { stack, address } = object.provenance;
  const namespace = namespaceOf(object);
  const inRelease = object.metadata.namespace === undefined && object.provenance.namespace !== undefined;
  const { apiVersion, kind, metadata, ...others } = object;
  const plain: Manifest = {
    apiVersion,
    kind,
    // Only a release moves what names no namespace; a cluster's own default is left to it.
    metadata: { ...metadata, ...(inRelease && namespace !== undefined && { namespace }) },
    ...others,
  };
  if (object.kind !== 'Secret' || showSecrets) return { stack, address, object: plain };
  const { data, stringData, ...rest } = plain as Manifest & { data?: object; stringData?: object };
  const hidden = [...Object.keys(data ?? {}), ...Object.keys(stringData ?? {})];
  return { stack, address, object: rest as Manifest, ...(hidden.length > 0 && { hidden }) };
}

const head = '# As rehearsed: what AWS would decide (account, addresses, ids) is made up.\n';

/** YAML documents with a comment before each; the same objects give the same bytes. */
export function manifestsYaml(manifests: readonly PrintedManifest[]): string {
  const documents = manifests.map(({ stack, address, object, hidden }) => {
    const lines = ['---', `# stack ${stack}, ${address}`];
    if (hidden !== undefined) {
      lines.push(`# The values of ${hidden.join(', ')} are left out; --show-secrets prints them.`);
    }
    // Long lines stay whole, so that a change of one word is a change of one line.
    return `${lines.join('\n')}\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`;
  });
  return `${head}${documents.join('')}`;
}
