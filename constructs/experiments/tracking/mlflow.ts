import { Construct } from 'constructs';
import { HelmComponent, HelmComponentProps } from '../../core/helm-component';
import { httpsOut, NetworkPolicy } from '../../core/network-policy';
import { scraper } from '../../core/service-monitor';
import { chart, defineSystem } from '../../core/system';
import { DatabaseAccount } from '../../storage/database-account';

export interface MlflowProps extends HelmComponentProps {
  /** Default 2 by profile. */
  readonly replicas?: number;
  /** Of each replica. Default half a core and `2Gi`: its server runs four workers. */
  readonly resources?: { readonly cpu: string; readonly memory: string };
  /** Where in the lake's models zone the artifacts of runs lie. Default `mlflow`. */
  readonly prefix?: string;
  /** Host names under which it answers besides those of its Service, such as that of an ingress. It has no sign-in of its own. */
  readonly hosts?: readonly string[];
}

const port = 5000;

/**
 * MLflow (https://mlflow.org): tracking of runs, and the registry of models. Metadata lies in PostgreSQL, artifacts in the
 * lake, and clients reach both through the server, so that they need no rights in AWS.
 */
export class Mlflow extends HelmComponent {
  static override readonly system = defineSystem({
    name: 'MLflow',
    categories: ['experiment tracking'],
    licence: 'Apache-2.0',
    chart: chart('mlflow', '1.11.5', 'https://community-charts.github.io/helm-charts'),
    endpoints: { web: { protocol: 'http', port: 80, health: '/health' } },
    provides: ['tracking', 'model-registry'],
    requires: [{ role: 'external-secrets', why: 'it makes the password of its database' }],
  });
  /** The tracking URI of clients (`MLFLOW_TRACKING_URI`). */
  readonly web = this.endpoint('web');

  constructor(scope: Construct, id: string, props: MlflowProps = {}) {
    const { prefix = 'mlflow', hosts = [], resources = { cpu: '500m', memory: '2Gi' } } = props;
    const account = `${id}-database`;
    super(
      scope,
      id,
      props,
      { namespace: 'ml', namespaceProps: {}, serviceAccount: id },
      ({ platform, profile, name, namespace }) => ({
        fullnameOverride: name,
        replicaCount: props.replicas ?? profile.replicas(2),
        serviceAccount: { create: true, name },
        backendStore: {
          databaseMigration: true,
          postgres: {
            enabled: true,
            host: platform.database.host,
            port: platform.database.port,
            database: databaseName(name),
            // The driver in its image; SQLAlchemy's own choice changed with 2.1.
            driver: 'psycopg2',
          },
          existingDatabaseSecret: { name: account, usernameKey: 'username', passwordKey: 'password' },
        },
        artifactRoot: {
          proxiedArtifactStorage: true,
          s3: { enabled: true, bucket: platform.lake.models.bucketName, path: prefix },
        },
        // Without a list it answers to `localhost` and to addresses only.
        serverAllowedHosts: [
          ...[name, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`],
          ...hosts,
          // Prometheus asks each pod by its address.
          ...['10.*', '172.*', '192.168.*', '100.64.*'].map((addresses) => `${addresses}:${port}`),
        ],
        extraEnvVars: { AWS_REGION: platform.region, AWS_DEFAULT_REGION: platform.region, PGSSLMODE: 'require' },
        resources: {
          requests: resources,
          limits: { memory: resources.memory },
        },
        podSecurityContext: {
          fsGroup: 1001,
          fsGroupChangePolicy: 'OnRootMismatch',
          seccompProfile: { type: 'RuntimeDefault' },
        },
        // Its workers add their metrics up in files; the root file system is read-only.
        extraVolumes: [{ name: 'metrics', emptyDir: {} }],
        extraVolumeMounts: [{ name: 'metrics', mountPath: '/mlflow/metrics' }],
        serviceMonitor: {
          enabled: platform.has('metrics'),
          namespace,
          labels: {},
          // Otherwise it looks for a container port of the Service port's name, which there is not.
          useServicePort: true,
        },
        affinity: apart(name),
        extraDeploy: [
          {
            apiVersion: 'policy/v1',
            kind: 'PodDisruptionBudget',
            metadata: { name, namespace },
            spec: { maxUnavailable: 1, selector: { matchLabels: { 'app.kubernetes.io/instance': name } } },
          },
        ],
      }),
    );
    const { platform, namespace } = this;
    platform.lake.models.grantReadWrite(this, prefix);
    const database = new DatabaseAccount(this, account, { platform, namespace, name: databaseName(id) });
    this.release.node.addDependency(database);
    new NetworkPolicy(this, 'network', {
      name: id,
      namespace,
      pods: { 'app.kubernetes.io/name': 'mlflow', 'app.kubernetes.io/instance': id },
      ingressFrom: [{ platform: platform.name, ports: [port] }, scraper(platform, [port])],
      egressTo: [...DatabaseAccount.peers(platform.database), httpsOut],
    });
  }
}

/** Rather not two on one node. */
function apart(name: string) {
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: {
            topologyKey: 'kubernetes.io/hostname',
            labelSelector: { matchLabels: { 'app.kubernetes.io/instance': name } },
          },
        },
      ],
    },
  };
}

function databaseName(id: string): string {
  return id.replaceAll('-', '_');
}
