import type { Finding } from '@plinth/contract';
import type { KubernetesObject } from '../kubernetes-objects';
import type { Rehearsal } from '../rehearse';
import { template, type NotTemplated, type TemplateOptions } from './helm';
import { inOrder } from './needs';
import { releasesOf, type Release } from './releases';

/** Everything that a program puts on a cluster, as far as it can be known. */
export interface AllObjects {
  /** In the order in which they can be sent. */
  readonly objects: readonly KubernetesObject[];
  readonly releases: readonly Release[];
  /** Releases of which nothing is known but their values. */
  readonly notTemplated: readonly NotTemplated[];
  /** What Helm refuses. */
  readonly findings: readonly Finding[];
}

/**
 * The objects of a rehearsed program, and those of its Helm releases as the real Helm renders them: what `plinth manifests` prints,
 * and what `--cluster` sends.
 * @throws PlinthError `tool-missing`, `flag-charts-unreadable`
 */
export async function allObjects(rehearsal: Rehearsal, options: TemplateOptions): Promise<AllObjects> {
  const own = rehearsal.objects();
  const resources = rehearsal.resources();
  const carriers = new Set(own.map(({ provenance }) => `${provenance.stack} ${provenance.address}`));
  const releases = releasesOf(resources, carriers);
  const kubeVersion = options.kubeVersion ?? versionOfCluster(resources);
  const { objects, notTemplated, findings } = await template(releases, { ...options, kubeVersion });
  const stacks = rehearsal.report.stacks.map(({ name }) => name);
  return { objects: inOrder([...own, ...objects], stacks), releases, notTemplated, findings };
}

/** The Kubernetes version that the program asks of EKS. */
function versionOfCluster(resources: ReturnType<Rehearsal['resources']>): string | undefined {
  const version = resources.find(({ type, mode }) => type === 'aws_eks_cluster' && mode === 'managed')?.values[
    'version'
  ];
  return typeof version === 'string' && version !== '' ? version : undefined;
}
