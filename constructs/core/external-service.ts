import { Construct } from 'constructs';
import { Component, ComponentProps } from './component';
import { ExternalSecret } from './external-secret';
import { httpsOut, Peer } from './network-policy';
import { packageFile, programText } from './package-file';
import { SecretRef } from './pod';
import { ISecret } from './resources';
import { defineSystem } from './system';
import { Workload } from './workload';

export interface ExternalServiceProps extends ComponentProps {
  /** A JSON document in Secrets Manager with the product's credentials; the system says which keys it must have. */
  readonly secret: ISecret;
  /** Whether a job asks every six hours if the product answers and takes the credential. Default true. */
  readonly check?: boolean;
  /** Namespace of that job. Default `ml`. */
  readonly namespace?: string;
}

/** What is known of a hosted product. */
export interface ExternalSpec {
  /** Hosts that its SDK calls; `*.example.com` for all below a domain. */
  readonly hosts: readonly string[];
  /** Variables that its SDK reads, each with the key of the secret's document. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Variables that are no secrets. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A request that costs nothing and fails without the credential; `{NAME}` in a header stands for a variable. */
  readonly check: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
}

/** What a pod needs to use a hosted product. */
export interface Binding {
  /** For the pod's `env`. */
  readonly env: Readonly<Record<string, string | SecretRef>>;
  /** For the workload's `egressTo`. */
  readonly egress: readonly Peer[];
}

/**
 * A hosted product: its credentials come out of Secrets Manager into the pods that need them, and those pods are let out
 * to it. Let out means HTTPS to anywhere: a network policy knows no names, so `hosts` says what a gateway would have to
 * allow, and is not enforced yet.
 */
export abstract class ExternalService extends Component {
  readonly form = 'external';
  /** Hosts that its SDK calls. */
  readonly hosts: readonly string[];
  private readonly secret: ISecret;
  private readonly spec: ExternalSpec;

  constructor(scope: Construct, id: string, props: ExternalServiceProps, spec: ExternalSpec) {
    super(scope, id, props);
    this.hosts = spec.hosts;
    this.secret = props.secret;
    this.spec = spec;
    if (props.check ?? true) new ConnectivityCheck(this, `${id}-check`, this, props.namespace ?? 'ml', spec);
  }

  /** What pods of that namespace need to use the product; brings the credential there. */
  bind(namespace: string): Binding {
    const { platform, secret, spec } = this;
    const id = `secret-${namespace}`;
    const found = this.node.tryFindChild(id) as ExternalSecret | undefined;
    const made =
      found ??
      new ExternalSecret(this, id, { platform, secret, namespace, name: this.node.id, keys: spec.credentials });
    const credentials = Object.keys(spec.credentials).map((variable) => [variable, made.ref(variable)] as const);
    return { env: { ...spec.settings, ...Object.fromEntries(credentials) }, egress: [httpsOut] };
  }

  /** As for every pod that uses it; for one product there is one place. */
  protected hostOf(): string {
    return this.hosts.find((host) => !host.includes('*')) ?? '';
  }
}

const script = 'external-check.mjs';

/** Asks now and then whether a hosted product answers and takes the credential; a job that failed is what alerts look at. */
class ConnectivityCheck extends Workload {
  static override readonly system = defineSystem({
    name: 'Connectivity check',
    categories: [],
    licence: 'Apache-2.0',
    requires: [{ role: 'external-secrets', why: 'it brings the credential into the cluster' }],
  });

  constructor(scope: Construct, id: string, service: ExternalService, namespace: string, spec: ExternalSpec) {
    const { env, egress } = service.bind(namespace);
    const check = { name: service.system.name, hosts: spec.hosts, ...spec.check };
    super(
      scope,
      id,
      { platform: service.platform },
      {
        kind: 'CronJob',
        namespace,
        schedule: '17 */6 * * *',
        files: { program: { [script]: programText(packageFile(`constructs/core/${script}`)) } },
        pod: {
          image: 'public.ecr.aws/docker/library/node:22.21.1-alpine3.22',
          command: ['node', `/etc/plinth/check/${script}`],
          env: { ...env, CHECK: JSON.stringify(check) },
          configMaps: { '/etc/plinth/check': `${id}-program` },
          resources: { cpu: '50m', memory: '96Mi' },
        },
        egressTo: egress,
      },
    );
  }
}
