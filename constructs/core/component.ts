import { PlinthError } from '@plinth/contract';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { checkAtSynth, FindingHere } from './findings';
import { mend } from './mends';
import { IPlatform, Platform } from './platform';
import { EndpointSpec, SystemSpec } from './system';

/** Where a component listens, for those that call it. */
export interface Endpoint extends EndpointSpec {
  readonly name: string;
  /** DNS name inside the cluster, or of the service in AWS. */
  readonly host: string;
  /** `http://host:port/path`; for tcp `host:port`. */
  readonly url: string;
}

/** How a component arrives; the graph and the catalogue show it. */
export type Form = 'helm' | 'workload' | 'aws' | 'external' | 'library';

export interface ComponentProps {
  /** The platform it belongs to. By default the one whose stack it stands in. */
  readonly platform?: IPlatform;
}

/**
 * A piece of the platform. It knows its system, its endpoints, what it needs and what it cannot stand beside;
 * the last two are checked at synth, when everything is there.
 */
export abstract class Component extends Construct {
  /** Every class says what it is. */
  static readonly system: SystemSpec;
  abstract readonly form: Form;
  readonly platform: IPlatform;
  readonly system: SystemSpec;

  constructor(scope: Construct, id: string, props: ComponentProps = {}) {
    super(scope, id);
    this.system = (this.constructor as typeof Component).system;
    this.platform = props.platform ?? Platform.of(this);
    mend(this);
    this.platform.register(this);
    checkAtSynth(this, () => [...this.missing(), ...this.conflicting()]);
  }

  /** The DNS name under which a service of this component is found. Set by each form. */
  protected abstract hostOf(spec: EndpointSpec): string;

  /**
   * Looks an endpoint up by its name in the system's description.
   * @throws PlinthError `unknown-endpoint`
   */
  endpoint(name: string): Endpoint {
    const spec = this.system.endpoints?.[name];
    if (spec === undefined) {
      throw new PlinthError({
        code: 'unknown-endpoint',
        where: this.node.path,
        what: `there is no endpoint '${name}'`,
        why: `${this.system.name} has ${Object.keys(this.system.endpoints ?? {}).join(', ') || 'none'}`,
        cure: 'name one of those',
      });
    }
    const host = this.hostOf(spec);
    const scheme = spec.protocol === 'tcp' ? '' : `${spec.protocol}://`;
    return { ...spec, name, host, url: `${scheme}${host}:${spec.port}${spec.path ?? ''}` };
  }

  /** Every endpoint, in the order of the description. */
  get endpoints(): readonly Endpoint[] {
    return Object.keys(this.system.endpoints ?? {}).map((name) => this.endpoint(name));
  }

  private missing(): FindingHere[] {
    return (this.system.requires ?? [])
      .filter(({ role }) => !this.platform.has(role))
      .map(({ role, why }) => ({
        code: 'missing-requirement',
        what: `${this.system.name} needs a system for '${role}', and the platform '${this.platform.name}' has none`,
        why,
        cure: `add one that provides '${role}'${providers[role] === undefined ? '' : `, such as ${providers[role]}`}, or leave ${this.system.name} out`,
      }));
  }

  private conflicting(): FindingHere[] {
    return (this.system.conflicts ?? [])
      .filter(({ system }) => this.platform.components.some((other) => other !== this && other.system.name === system))
      .map(({ system, why }) => ({
        code: 'conflict',
        what: `${this.system.name} and ${system} stand on the same platform`,
        why,
        cure: `keep one of the two`,
      }));
  }
}

/** What to suggest to somebody who lacks a role. */
const providers: Readonly<Record<string, string>> = {
  autoscaling: 'Keda',
  certificates: 'CertManager',
  dashboards: 'KubePrometheusStack',
  'external-secrets': 'ExternalSecrets',
  features: 'Feast',
  gpu: 'NvidiaDevicePlugin and a GpuPool',
  ingress: 'Traefik',
  'load-balancers': 'AwsLoadBalancerController',
  metrics: 'KubePrometheusStack',
  'metrics-definitions': 'PrometheusOperatorCrds',
  'model-registry': 'Mlflow',
  'node-autoscaling': 'Karpenter',
  notebooks: 'JupyterHub',
  'secret-store': 'Vault',
  serving: 'Triton',
  tracking: 'Mlflow',
  workflows: 'ArgoWorkflows',
};

/** A value that Terraform knows only when it applies cannot be checked at synth. */
export function isKnown(value: unknown): boolean {
  return !Token.isUnresolved(value);
}
