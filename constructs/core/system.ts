/** What a piece can be to the others: the name by which they ask for it. */
export const roles = [
  'autoscaling',
  'certificates',
  'dashboards',
  'external-secrets',
  'features',
  'gpu',
  'ingress',
  'load-balancers',
  'metrics',
  'metrics-definitions',
  'model-registry',
  'node-autoscaling',
  'notebooks',
  'secret-store',
  'serving',
  'tracking',
  'vectors',
  'workflows',
] as const;
export type Role = (typeof roles)[number];

/** Something that listens. Static, because a component needs it while it is being constructed. */
export interface EndpointSpec {
  readonly protocol: 'http' | 'https' | 'grpc' | 'tcp';
  /** The port of the Kubernetes Service. */
  readonly port: number;
  /** The Service's name; `{name}` stands for the component's own. Default `{name}`. */
  readonly service?: string;
  /** The path under which it answers. Default none. */
  readonly path?: string;
  /** The path that tells whether it is well. */
  readonly health?: string;
}

/** A pinned Helm chart. */
export interface ChartSpec {
  /** The chart's name, which is also the name of its key list in the tests. */
  readonly name: string;
  /** Exactly as the repository spells it, with or without a leading v. */
  readonly version: string;
  /** `https://...` or `oci://...` without the chart's name. */
  readonly repository: string;
}

/** A role that must be filled on the platform, and why. */
export interface RequirementSpec {
  readonly role: Role;
  readonly why: string;
}

/** A system that cannot stand on the same platform, and why. */
export interface ConflictSpec {
  readonly system: string;
  readonly why: string;
}

/** What is known about a system before any of it exists. */
export interface SystemSpec {
  /** As SYSTEMS.md and the catalogue spell it. */
  readonly name: string;
  readonly categories: readonly string[];
  /** Licence of what gets deployed, as an SPDX expression or `proprietary`. */
  readonly licence: string;
  readonly chart?: ChartSpec;
  readonly endpoints?: Readonly<Record<string, EndpointSpec>>;
  readonly provides?: readonly Role[];
  readonly requires?: readonly RequirementSpec[];
  readonly conflicts?: readonly ConflictSpec[];
  /** Where it stands today; a product that was renamed or is gone says so at synth. Default active. */
  readonly product?: 'active' | 'renamed' | 'gone';
}

/** Describes a system; keeps the exact type, so that endpoint names are checked by the compiler. */
export function defineSystem<const S extends SystemSpec>(spec: S): S {
  return spec;
}

/** A pinned chart: `chart('qdrant', '1.19.0', 'https://qdrant.github.io/qdrant-helm')`. */
export function chart(name: string, version: string, repository: string): ChartSpec {
  return { name, version, repository };
}
