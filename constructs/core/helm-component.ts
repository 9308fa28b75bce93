import { Release, ReleaseConfig } from '@cdktf/provider-helm/lib/release';
import { Construct } from 'constructs';
import { Component, ComponentProps } from './component';
import { Encodable, encode } from './encode';
import { fail } from './findings';
import { IGrantable, IIdentity } from './grants';
import { identityOf, WorkloadIdentity } from './identity';
import { checkKubernetesName } from './names';
import { Namespace, NamespaceProps } from './namespace';
import { IPlatform } from './platform';
import { EndpointSpec } from './system';

/** Values of a chart, before they are encoded. */
export type HelmValues = { [key: string]: Encodable };

export interface HelmComponentProps extends ComponentProps {
  /** Namespace. Each system says its default. */
  readonly namespace?: string;
  /** Changes what is handed to Helm, last of all. */
  readonly transform?: {
    /** The chart's values, whole: return them changed. */
    readonly values?: (values: HelmValues) => HelmValues;
    /** The release's own arguments, such as its timeout. */
    readonly release?: (config: ReleaseConfig) => ReleaseConfig;
  };
}

/** What a chart's values are made from. */
export interface HelmContext {
  readonly platform: IPlatform;
  readonly profile: IPlatform['profile'];
  /** The release's name: the construct's id. */
  readonly name: string;
  readonly namespace: string;
}

/** How a system is installed, apart from its values. */
export interface HelmInstall {
  readonly namespace: string;
  /** How the namespace is made, or `false` where somebody else makes it (`kube-system`). */
  readonly namespaceProps: Omit<NamespaceProps, 'platform'> | false;
  /** Whether Terraform waits until everything is ready. Default true; false where that needs a hand (Vault). */
  readonly wait?: boolean;
  /** Seconds. Default 600. */
  readonly timeout?: number;
  /** Service account of the pods that act in AWS; its presence makes the identity. */
  readonly serviceAccount?: string;
}

/**
 * A system that arrives as a pinned chart. `install` and `values` run while this class constructs, so they see the
 * platform, the profile and the release's name, but not `this`.
 */
export abstract class HelmComponent extends Component implements IGrantable {
  readonly form = 'helm';
  readonly namespace: string;
  /** The values before encoding: what the tests hold against the chart's own keys. */
  readonly values: HelmValues;
  readonly release: Release;
  private readonly workloadIdentity?: WorkloadIdentity;

  constructor(
    scope: Construct,
    id: string,
    props: HelmComponentProps,
    install: HelmInstall,
    values: (context: HelmContext) => HelmValues,
  ) {
    super(scope, id, props);
    const { platform } = this;
    const { chart } = this.system;
    if (chart === undefined) {
      fail(this, {
        code: 'no-chart',
        what: `${this.system.name} is installed by Helm, but its description names no chart`,
        why: 'a chart is pinned where the system is described',
        cure: "add 'chart: chart(name, version, repository)' to its defineSystem",
      });
    }
    // Helm keeps a release's name, with a version, in a Secret's name.
    checkKubernetesName(this.node.path, id, 53);
    this.namespace = props.namespace ?? install.namespace;
    if (install.namespaceProps !== false) {
      this.node.addDependency(Namespace.in(this, this.namespace, { platform, ...install.namespaceProps }));
    }
    if (install.serviceAccount !== undefined) {
      const { serviceAccount } = install;
      this.workloadIdentity = new WorkloadIdentity(this, 'identity', {
        platform,
        namespace: this.namespace,
        serviceAccount,
      });
    }
    const made = values({ platform, profile: platform.profile, name: id, namespace: this.namespace });
    this.values = props.transform?.values?.(made) ?? made;
    const config: ReleaseConfig = {
      name: id,
      namespace: this.namespace,
      repository: chart.repository,
      chart: chart.name,
      version: chart.version,
      values: [encode.yaml(this.values)],
      wait: install.wait ?? true,
      timeout: install.timeout ?? 600,
      // A failed first install is taken away again, so that the next apply starts clean; upgrades are never rolled back behind one's back.
      atomic: false,
      cleanupOnFail: true,
      maxHistory: 5,
    };
    this.release = new Release(this, 'release', props.transform?.release?.(config) ?? config);
    // So that its role is there before its pods, and outlives them.
    if (this.workloadIdentity !== undefined) this.release.node.addDependency(this.workloadIdentity);
  }

  /** @throws PlinthError `no-identity` where the system's pods do not act in AWS */
  get identity(): IIdentity {
    return identityOf(this, this.workloadIdentity);
  }

  protected hostOf(spec: EndpointSpec): string {
    return `${(spec.service ?? '{name}').replace('{name}', this.node.id)}.${this.namespace}.svc.cluster.local`;
  }
}
