export type { KubernetesObject } from './kubernetes-objects';
export * from './rehearse';
export * from './report';
export type { ProvidersBy } from './stage';
export { findTerraform } from './terraform';
export type { LocalProcess, StartOptions } from './local-processes';
export { synth, type SynthesizedStack } from './synth';
export * from './upgrade/upgrade';
export type { Action, Difference, PlannedChange } from './upgrade/changes';
export { allObjects, type AllObjects } from './cluster/all-objects';
export type { NotTemplated } from './cluster/helm';
export { manifestsYaml, printed, type PrintedManifest } from './cluster/manifests';
export {
  rehearseOnCluster,
  type ClusterOptions,
  type ClusterProgress,
  type ClusterReport,
} from './cluster/rehearse-on-cluster';
