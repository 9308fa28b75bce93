import { ServiceAccountV1 } from '@cdktf/provider-kubernetes/lib/service-account-v1';
import { labels } from '@plinth/contract';
import { Construct } from 'constructs';
import { Encodable } from '../../core/encode';
import { IGrantable } from '../../core/grants';
import { HelmComponent, HelmComponentProps } from '../../core/helm-component';
import { WorkloadIdentity } from '../../core/identity';
import { SecretRef } from '../../core/pod';
import { chart, defineSystem } from '../../core/system';

/** Signing in with OpenID Connect (https://oauthenticator.readthedocs.io/). */
export interface NotebookSignIn {
  /** Host under which people reach the hub, such as `notebooks.example.com`. */
  readonly host: string;
  readonly clientId: string;
  /** The client's secret, in the hub's namespace. */
  readonly clientSecret: SecretRef;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly userInfoUrl: string;
  /** Whom to let in. `everyone` is everybody whom the provider signs in, which for a public one is the world. */
  readonly allow: 'everyone' | { readonly groups: readonly string[] } | { readonly users: readonly string[] };
  /** Default none. */
  readonly admins?: readonly string[];
  /** Default `openid`, `profile`, `email` and `groups`. */
  readonly scopes?: readonly string[];
  /** Claim that names a person. Default `email`. */
  readonly usernameClaim?: string;
  /** Class of the Ingress. Default `traefik`. */
  readonly ingressClass?: string;
}

export interface JupyterHubProps extends HelmComponentProps {
  /** Without it nobody can sign in, and the hub is reached from within the cluster only. */
  readonly signIn?: NotebookSignIn;
  /** What runs for each person. Default the chart's own small image. */
  readonly image?: { readonly name: string; readonly tag: string };
  /** For each person: guaranteed and at most. Default one core to four, and `2G` to `8G`, in Jupyter's units. */
  readonly resources?: {
    readonly cpu: { readonly guarantee: number; readonly limit: number };
    readonly memory: { readonly guarantee: string; readonly limit: string };
  };
  /** Each person's home. Default `10Gi`. */
  readonly home?: string;
  /** Storage class of the homes and of the hub's own database. Default `gp3`. */
  readonly storageClass?: string;
  /** Seconds without work after which a person's server is stopped; the home stays. Default an hour. */
  readonly cullSeconds?: number;
}

/** Service account of people's servers. */
const personAccount = 'notebook';
const https = {
  to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } }],
  ports: [{ port: 443, protocol: 'TCP' }],
};
/** Name servers of the cluster, and nothing else by itself. */
const onlyDns = {
  cloudMetadataServer: false,
  dnsPortsCloudMetadataServer: false,
  dnsPortsKubeSystemNamespace: true,
  dnsPortsPrivateIPs: false,
  nonPrivateIPs: false,
  privateIPs: false,
};

/**
 * JupyterHub (https://z2jh.jupyter.org): a notebook server for each person, which reads the lake's curated zone under a
 * role of its own and stops when nobody works. Safe as it comes: nobody can sign in until `signIn` says who may.
 */
export class JupyterHub extends HelmComponent {
  static override readonly system = defineSystem({
    name: 'JupyterHub',
    categories: ['model training'],
    licence: 'BSD-3-Clause',
    chart: chart('jupyterhub', '4.4.0', 'https://hub.jupyter.org/helm-chart/'),
    endpoints: {
      web: { protocol: 'http', port: 80, service: 'proxy-public', health: '/hub/health' },
      hub: { protocol: 'http', port: 8081, service: 'hub', health: '/hub/health' },
    },
    provides: ['notebooks'],
  });
  readonly web = this.endpoint('web');
  /** The role of people's servers: grant to it what notebooks may use. */
  readonly people: IGrantable;

  constructor(scope: Construct, id: string, props: JupyterHubProps = {}) {
    const { signIn } = props;
    super(scope, id, props, { namespace: 'notebooks', namespaceProps: {} }, ({ platform }) => {
      const storageClass = props.storageClass ?? 'gp3';
      const tracking = platform.find('tracking');
      const trackingUrl = tracking && Object.values(tracking.endpoints)[0];
      return {
        hub: {
          config: {
            JupyterHub: {
              authenticator_class: signIn === undefined ? 'null' : 'generic-oauth',
              // Admins do not look over people's shoulders.
              admin_access: false,
            },
            ...(signIn && { GenericOAuthenticator: oauth(signIn) }),
            // The namespace keeps to the `restricted` Pod Security Standard, which the spawner alone would not.
            KubeSpawner: {
              pod_security_context: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
              container_security_context: { capabilities: { drop: ['ALL'] } },
            },
          },
          ...(signIn && {
            extraEnv: {
              OAUTH_CLIENT_SECRET: {
                valueFrom: { secretKeyRef: { name: signIn.clientSecret.secret, key: signIn.clientSecret.key } },
              },
            },
          }),
          db: { type: 'sqlite-pvc', pvc: { storageClassName: storageClass } },
          resources: { requests: { cpu: '200m', memory: '512Mi' }, limits: { memory: '512Mi' } },
          networkPolicy: { egressAllowRules: onlyDns, egress: [https] },
        },
        proxy: {
          service: { type: 'ClusterIP' },
          chp: {
            resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '256Mi' } },
            networkPolicy: { egressAllowRules: onlyDns },
          },
        },
        singleuser: {
          ...(props.image !== undefined && { image: { ...props.image } }),
          serviceAccountName: personAccount,
          cpu: props.resources?.cpu ?? { guarantee: 1, limit: 4 },
          memory: props.resources?.memory ?? { guarantee: '2G', limit: '8G' },
          storage: { capacity: props.home ?? '10Gi', dynamic: { storageClass } },
          extraEnv: {
            AWS_REGION: platform.region,
            ...(trackingUrl !== undefined && { MLFLOW_TRACKING_URI: trackingUrl }),
          },
          // Its container would need NET_ADMIN; the network policy below keeps the instance's metadata out of reach.
          cloudMetadata: { blockWithIptables: false },
          networkPolicy: {
            egressAllowRules: onlyDns,
            egress: [
              https,
              {
                to: [{ namespaceSelector: { matchLabels: { [labels.platform]: platform.name } } }],
                // Argo, MLflow, Feast, model servers.
                ports: [2746, 5000, 6566, 8000, 8001].map((port) => ({ port, protocol: 'TCP' })),
              },
            ],
          },
        },
        // Pods are packed by the cluster's own scheduler, and nodes that Karpenter has just made are not filled with images.
        scheduling: { userScheduler: { enabled: false }, userPlaceholder: { enabled: false } },
        prePuller: { hook: { enabled: false }, continuous: { enabled: false } },
        cull: { enabled: true, timeout: props.cullSeconds ?? 3600 },
        ingress:
          signIn === undefined
            ? { enabled: false }
            : { enabled: true, ingressClassName: signIn.ingressClass ?? 'traefik', hosts: [signIn.host] },
      };
    });
    const { platform, namespace } = this;
    const identity = new WorkloadIdentity(this, 'people', { platform, namespace, serviceAccount: personAccount });
    const account = new ServiceAccountV1(this, 'person', {
      metadata: { name: personAccount, namespace, annotations: { ...identity.serviceAccountAnnotations } },
      automountServiceAccountToken: false,
    });
    this.release.node.addDependency(account);
    this.people = { identity };
    platform.lake.curated.grantRead(this.people);
  }
}

function oauth(signIn: NotebookSignIn): { [key: string]: Encodable } {
  const { allow } = signIn;
  return {
    client_id: signIn.clientId,
    oauth_callback_url: `https://${signIn.host}/hub/oauth_callback`,
    authorize_url: signIn.authorizeUrl,
    token_url: signIn.tokenUrl,
    userdata_url: signIn.userInfoUrl,
    scope: [...(signIn.scopes ?? ['openid', 'profile', 'email', 'groups'])],
    username_claim: signIn.usernameClaim ?? 'email',
    admin_users: [...(signIn.admins ?? [])],
    ...(allow === 'everyone' && { allow_all: true }),
    ...(allow !== 'everyone' && 'users' in allow && { allowed_users: [...allow.users] }),
    ...(allow !== 'everyone' &&
      'groups' in allow && {
        manage_groups: true,
        auth_state_groups_key: 'oauth_user.groups',
        allowed_groups: [...allow.groups],
      }),
  };
}
