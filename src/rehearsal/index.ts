export type { KubernetesObject } from './kubernetes-objects';
export * from './rehearse';
export * from './report';
export { findTerraform } from './terraform';
