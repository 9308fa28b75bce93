import { StorageClassV1 } from '@cdktf/provider-kubernetes/lib/storage-class-v1';
import { Construct } from 'constructs';

export interface StorageClassProps {
  /** Default `gp3`. */
  readonly name?: string;
  /** ARN of a KMS key, which the EBS driver's role must be allowed to use. Default the account's own key for EBS. */
  readonly keyArn?: string;
}

/** Encrypted gp3 volumes as the cluster's default (https://github.com/kubernetes-sigs/aws-ebs-csi-driver). */
export class StorageClass extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: StorageClassProps = {}) {
    super(scope, id);
    this.name = props.name ?? 'gp3';
    new StorageClassV1(this, 'class', {
      metadata: { name: this.name, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      storageProvisioner: 'ebs.csi.aws.com',
      // Where the pod goes decides in which zone the volume is made.
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
      reclaimPolicy: 'Delete',
      parameters: { type: 'gp3', encrypted: 'true', ...(props.keyArn && { kmsKeyId: props.keyArn }) },
    });
  }
}
