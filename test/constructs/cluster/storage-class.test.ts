import { StorageClass } from 'plinth/constructs/cluster/storage-class';
import { only } from '../../support/program';
import { synthesizeServices } from '../../support/services';

test('encrypted gp3 volumes are the default, made where the pod goes', () => {
  const stack = synthesizeServices((scope) => expect(new StorageClass(scope, 'volumes').name).toBe('gp3'));
  expect(only(stack, 'kubernetes_storage_class_v1')).toMatchObject({
    metadata: { name: 'gp3', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    storage_provisioner: 'ebs.csi.aws.com',
    volume_binding_mode: 'WaitForFirstConsumer',
    parameters: { type: 'gp3', encrypted: 'true' },
  });
});

test('under another name, with a key of one’s own', () => {
  const stack = synthesizeServices(
    (scope) => void new StorageClass(scope, 'volumes', { name: 'own', keyArn: 'arn:key' }),
  );
  expect(only(stack, 'kubernetes_storage_class_v1')).toMatchObject({
    metadata: { name: 'own' },
    parameters: { kmsKeyId: 'arn:key' },
  });
});
