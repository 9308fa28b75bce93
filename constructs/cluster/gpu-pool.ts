import { PlinthError } from '@plinth/contract';
import { Construct } from 'constructs';
import { gpuForLabel, gpuTaint } from '../core/pod';
import { GpuPoolInfo } from '../core/resources';
import { NodeGroup, NodeGroupPlace, NodeGroupProps } from './node-group';

export interface GpuPoolOptions {
  /** What it is meant for: the value of the node label `plinth.dev/gpu-for`. */
  readonly for: 'serving' | 'training';
  /** Nodes at most. */
  readonly max: number;
  /** Nodes that always stand. Default 0. */
  readonly min?: number;
  /**
   * Nodes at the start. Default 1 (or `min`), so that a system that waits for a GPU when it is installed gets one. Nothing
   * scales the group by itself: set it to 0 by hand where nothing runs, or let Karpenter add nodes of its own.
   */
  readonly desired?: number;
  /** Part of the instance type after the dot. Default the family's smallest with whole GPUs. */
  readonly size?: string;
  /** Default by profile. */
  readonly spot?: boolean;
  /** GiB of the root volume: images with CUDA and models are large. Default 200. */
  readonly disk?: number;
  /** Tells it from the platform's other pools. Default `gpu-<for>`. */
  readonly name?: string;
  readonly transform?: NodeGroupProps['transform'];
}

/** Families of EC2 with NVIDIA GPUs on x86-64: the accelerator, and the smallest size (https://aws.amazon.com/ec2/instance-types/). */
const families = {
  g4dn: { accelerator: 'nvidia-tesla-t4', size: 'xlarge' },
  g5: { accelerator: 'nvidia-a10g', size: 'xlarge' },
  g6: { accelerator: 'nvidia-l4', size: 'xlarge' },
  g6e: { accelerator: 'nvidia-l40s', size: 'xlarge' },
  p4d: { accelerator: 'nvidia-a100', size: '24xlarge' },
  p4de: { accelerator: 'nvidia-a100-80gb', size: '24xlarge' },
  p5: { accelerator: 'nvidia-h100', size: '48xlarge' },
  p5en: { accelerator: 'nvidia-h200', size: '48xlarge' },
} as const;
export type GpuFamily = keyof typeof families;

/** Nodes with NVIDIA GPUs: a description, which the cluster makes real. Only pods that ask for a GPU are let onto them. */
export class GpuPool implements GpuPoolInfo {
  /** @throws PlinthError `unknown-gpu-family` */
  static of(family: GpuFamily, options: GpuPoolOptions): GpuPool {
    if (!Object.hasOwn(families, family)) {
      throw new PlinthError({
        code: 'unknown-gpu-family',
        where: 'GpuPool.of',
        what: `there is no GPU family '${String(family)}'`,
        why: `the families with NVIDIA GPUs that Plinth knows are ${Object.keys(families).join(', ')}`,
        cure: "name one of those, such as GpuPool.of('g6', { for: 'serving', max: 4 })",
      });
    }
    return new GpuPool(family, options);
  }

  readonly name: string;
  readonly for: GpuPoolOptions['for'];
  readonly instanceType: string;
  /** Value of the node label `k8s.amazonaws.com/accelerator`. */
  readonly accelerator: string;

  private constructor(
    readonly family: GpuFamily,
    private readonly options: GpuPoolOptions,
  ) {
    this.for = options.for;
    this.name = options.name ?? `gpu-${options.for}`;
    this.instanceType = `${family}.${options.size ?? families[family].size}`;
    this.accelerator = families[family].accelerator;
  }

  /** Makes the node group, below the scope. */
  build(scope: Construct, place: NodeGroupPlace): NodeGroup {
    const { min = 0, max, spot, disk = 200, transform } = this.options;
    return new NodeGroup(
      scope,
      this.name,
      { ...place, amiType: 'AL2023_x86_64_NVIDIA' },
      {
        ...{ min, max, spot, disk, transform },
        desired: this.options.desired ?? Math.max(min, 1),
        instanceTypes: [this.instanceType],
        labels: { [gpuForLabel]: this.for, 'k8s.amazonaws.com/accelerator': this.accelerator },
        taints: [gpuTaint],
      },
    );
  }
}
