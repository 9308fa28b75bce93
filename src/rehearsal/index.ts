export * from './rehearse';
export * from './report';
export { findTerraform } from './terraform';
