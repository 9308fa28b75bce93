import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Release } from '@cdktf/provider-helm/lib/release';
import { AssetType, TerraformAsset, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { Encodable, encode } from './encode';
import { mend } from './mends';

/** A Kubernetes object, as `kubectl` would take it. */
export interface KubernetesManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

export interface KubernetesObjectsProps {
  /** Name of the Helm release that carries them. */
  readonly name: string;
  readonly namespace: string;
  readonly objects: readonly KubernetesManifest[];
}

/**
 * Custom resources. They ride in a small chart that renders its values, because `kubernetes_manifest` must find the
 * CRD already when it plans, and so could never stand beside the chart that brings it.
 */
export class KubernetesObjects extends Construct {
  readonly objects: readonly KubernetesManifest[];
  readonly release: Release;

  constructor(scope: Construct, id: string, props: KubernetesObjectsProps) {
    super(scope, id);
    mend(this);
    this.objects = props.objects;
    this.release = new Release(this, 'release', {
      name: props.name,
      namespace: props.namespace,
      chart: chartIn(TerraformStack.of(this)).path,
      values: [encode.yaml({ objects: props.objects as unknown as Encodable[] })],
      maxHistory: 3,
    });
  }
}

const assetId = 'objects-chart';

function chartIn(stack: TerraformStack): TerraformAsset {
  const found = stack.node.tryFindChild(assetId) as TerraformAsset | undefined;
  return found ?? new TerraformAsset(stack, assetId, { path: chartFolder(), type: AssetType.DIRECTORY });
}

/** The chart stands beside this file in the sources; the compiled file finds it through the package's root. */
function chartFolder(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'plinth') {
      return join(folder, 'constructs/core/objects-chart');
    }
  }
  throw new Error(`the package 'plinth' is incomplete: no package.json above ${__dirname}; install it again`);
}
