import { Construct } from 'constructs';
import { HelmComponent, HelmComponentProps } from '../core/helm-component';
import { gpuForLabel, gpuTaint } from '../core/pod';
import { chart, defineSystem } from '../core/system';

export type NvidiaDevicePluginProps = HelmComponentProps;

/**
 * Tells Kubernetes of the GPUs on a node (https://github.com/NVIDIA/k8s-device-plugin). The nodes' image brings driver
 * and container toolkit; without this no pod is ever given a GPU.
 */
export class NvidiaDevicePlugin extends HelmComponent {
  static override readonly system = defineSystem({
    name: 'NVIDIA device plugin',
    categories: ['GPUs'],
    licence: 'Apache-2.0',
    chart: chart('nvidia-device-plugin', '0.20.0', 'https://nvidia.github.io/k8s-device-plugin'),
    provides: ['gpu'],
    conflicts: [{ system: 'NVIDIA GPU operator', why: 'the operator brings a device plugin of its own' }],
  });

  constructor(scope: Construct, id: string, props: NvidiaDevicePluginProps = {}) {
    super(
      scope,
      id,
      props,
      // It reads devices of the node, which is what the privileged level is for.
      { namespace: 'nvidia', namespaceProps: { podSecurity: 'privileged' } },
      () => ({
        // The chart looks for labels that node-feature-discovery would set; ours are on every GPU node from the start.
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: gpuForLabel, operator: 'Exists' }] }],
            },
          },
        },
        tolerations: [
          { key: gpuTaint.key, operator: 'Exists', effect: gpuTaint.effect },
          { key: 'CriticalAddonsOnly', operator: 'Exists' },
        ],
        gfd: { enabled: false },
        priorityClassName: 'system-node-critical',
      }),
    );
  }
}
