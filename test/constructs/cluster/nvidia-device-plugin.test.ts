import { NvidiaDevicePlugin } from 'plinth/constructs/cluster/nvidia-device-plugin';
import { at } from '../../support/program';
import { synthesizeServices } from '../../support/services';

test('it runs on the nodes of GPU pools, taint or not, and on no others', () => {
  const stack = synthesizeServices((scope, platform) => {
    const { values } = new NvidiaDevicePlugin(scope, 'gpus');
    expect(values).toMatchObject({
      // Without this the chart waits for labels of node-feature-discovery, which nobody sets here.
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'plinth.dev/gpu-for', operator: 'Exists' }] }],
          },
        },
      },
      gfd: { enabled: false },
    });
    expect(values['tolerations']).toContainEqual({ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' });
    expect(platform.has('gpu')).toBe(true);
  });
  expect(at(stack, 'kubernetes_namespace_v1', 'namespace-nvidia/namespace')).toMatchObject({
    metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
  });
});
