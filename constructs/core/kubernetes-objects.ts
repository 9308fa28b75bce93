import { Release } from '@cdktf/provider-helm/lib/release';
import { AssetType, TerraformAsset, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { Encodable, encode } from './encode';
import { mend } from './mends';
import { packageFile } from './package-file';

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
  return (
    found ??
    new TerraformAsset(stack, assetId, {
      path: packageFile('constructs/core/objects-chart'),
      type: AssetType.DIRECTORY,
    })
  );
}
