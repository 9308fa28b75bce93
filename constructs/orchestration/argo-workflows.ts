import { Construct } from 'constructs';
import { Encodable } from '../core/encode';
import { IGrantable } from '../core/grants';
import { HelmComponent, HelmComponentProps } from '../core/helm-component';
import { httpsOut, NetworkPolicy } from '../core/network-policy';
import { scraper } from '../core/service-monitor';
import { SecretRef } from '../core/pod';
import { chart, defineSystem } from '../core/system';

export interface ArgoWorkflowsProps extends HelmComponentProps {
  /** Signing in with OpenID Connect. Default none: whoever uses the server brings a token of a service account. */
  readonly sso?: {
    readonly issuer: string;
    /** `https://workflows.example.com/oauth2/callback`, as the issuer knows it. */
    readonly redirectUrl: string;
    /** Out of Secrets in the system's namespace. */
    readonly clientId: SecretRef;
    readonly clientSecret: SecretRef;
    /** Default `openid`, `profile`, `email` and `groups`. */
    readonly scopes?: readonly string[];
  };
  /** Replicas of the server. The controller has two at most, of which one works. Default 2 by profile. */
  readonly replicas?: number;
  /** Workflows that run at the same moment. Default no limit. */
  readonly parallelism?: number;
  /** Days that a finished workflow is kept as an object. Its logs and artifacts stay in the lake. Default 7. */
  readonly keepDays?: number;
}

/** Below this prefix of the lake's curated zone lie the artifacts and logs of workflows. */
export const workflowsPrefix = 'workflows';

/** Containers of a `restricted` namespace: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
const restricted = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};
const podSecurity = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };

/**
 * Argo Workflows (https://argoproj.github.io/workflows). It runs workflows in every namespace; each step acts under the
 * service account that its template names (`JobTemplate` makes one), and keeps artifacts and logs in the lake.
 */
export class ArgoWorkflows extends HelmComponent {
  static override readonly system = defineSystem({
    name: 'Argo Workflows',
    categories: ['workflow engine', 'model training', 'model validation', 'data preparation'],
    licence: 'Apache-2.0',
    chart: chart('argo-workflows', '1.0.18', 'https://argoproj.github.io/argo-helm'),
    endpoints: {
      server: { protocol: 'http', port: 2746, service: '{name}-server' },
      metrics: { protocol: 'http', port: 8080, service: '{name}-workflow-controller', path: '/metrics' },
    },
    provides: ['workflows'],
  });
  readonly server = this.endpoint('server');

  constructor(scope: Construct, id: string, props: ArgoWorkflowsProps = {}) {
    super(
      scope,
      id,
      props,
      { namespace: 'argo', namespaceProps: {}, serviceAccount: `${id}-server` },
      ({ platform, profile, name }) => ({
        fullnameOverride: name,
        images: { pullPolicy: 'IfNotPresent' },
        // The chart's own short definitions: the full ones are fetched from GitHub while it installs.
        crds: { install: true, keep: !profile.forceDestroy, full: false },
        // Each JobTemplate brings its own account and rights.
        workflow: { serviceAccount: { create: false }, rbac: { create: false } },
        controller: {
          replicas: profile.replicas(2),
          pdb: { enabled: profile.replicas(2) > 1, minAvailable: 1 },
          parallelism: props.parallelism,
          podSecurityContext: podSecurity,
          resources: { requests: { cpu: '100m', memory: '512Mi' }, limits: { memory: '512Mi' } },
          logging: { format: 'json' },
          metricsConfig: { enabled: true },
          serviceMonitor: { enabled: platform.has('metrics') },
          workflowNamespaces: [],
          workflowDefaults: {
            spec: {
              ttlStrategy: { secondsAfterCompletion: (props.keepDays ?? 7) * 86_400 },
              podGC: { strategy: 'OnPodCompletion' },
              securityContext: { ...podSecurity, runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532 },
            },
          },
        },
        executor: {
          securityContext: restricted,
          resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
        },
        mainContainer: { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
        server: {
          replicas: props.replicas ?? profile.replicas(2),
          pdb: { enabled: (props.replicas ?? profile.replicas(2)) > 1, minAvailable: 1 },
          podSecurityContext: podSecurity,
          securityContext: restricted,
          resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '256Mi' } },
          logging: { format: 'json' },
          serviceAccount: { create: true, name: `${name}-server` },
          // Never `server`: everybody would then act under the server's own rights.
          authModes: props.sso === undefined ? ['client'] : ['sso', 'client'],
          sso: ssoValues(props.sso),
        },
        useStaticCredentials: false,
        artifactRepository: {
          archiveLogs: true,
          s3: {
            bucket: platform.lake.curated.bucketName,
            endpoint: `s3.${platform.region}.amazonaws.com`,
            region: platform.region,
            insecure: false,
            useSDKCreds: true,
            keyFormat: `${workflowsPrefix}/{{workflow.namespace}}/{{workflow.name}}/{{pod.name}}`,
          },
        },
      }),
    );
    const { platform } = this;
    // The server shows artifacts; what runs in workflows writes them under accounts of its own.
    platform.lake.curated.grantRead(this, workflowsPrefix);
    new NetworkPolicy(this, 'network', {
      name: id,
      namespace: this.namespace,
      pods: { 'app.kubernetes.io/instance': id },
      ingressFrom: [{ platform: platform.name, ports: [2746] }, scraper(platform, [9090])],
      egressTo: [httpsOut],
    });
  }

  /** Lets somebody keep artifacts and logs of workflows. */
  grantArtifacts(to: IGrantable): void {
    this.platform.lake.curated.grantReadWrite(to, workflowsPrefix);
  }
}

function ssoValues(sso: ArgoWorkflowsProps['sso']): { [key: string]: Encodable } {
  if (sso === undefined) return { enabled: false };
  return {
    enabled: true,
    issuer: sso.issuer,
    redirectUrl: sso.redirectUrl,
    clientId: { name: sso.clientId.secret, key: sso.clientId.key },
    clientSecret: { name: sso.clientSecret.secret, key: sso.clientSecret.key },
    scopes: [...(sso.scopes ?? ['openid', 'profile', 'email', 'groups'])],
    rbac: { enabled: true },
  };
}
