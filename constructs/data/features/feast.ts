import { ServiceAccountV1 } from '@cdktf/provider-kubernetes/lib/service-account-v1';
import { Construct } from 'constructs';
import { HelmComponent, HelmComponentProps } from '../../core/helm-component';
import { httpsOut, NetworkPolicy } from '../../core/network-policy';
import { scraper, ServiceMonitor } from '../../core/service-monitor';
import { chart, defineSystem } from '../../core/system';
import { DatabaseAccount } from '../../storage/database-account';

export interface FeastProps extends HelmComponentProps {
  /** Default 2 by profile. */
  readonly replicas?: number;
  /** Of each replica. Default half a core and `1Gi`. */
  readonly resources?: { readonly cpu: string; readonly memory: string };
  /** Feast's project. Default the platform's name. */
  readonly project?: string;
  /**
   * Changes `feature_store.yaml`, such as its `online_store`. It must hold no secret: `${NAME}` in it is taken from the
   * server's environment, which `transform.values` can add to (`extraEnvs`).
   */
  readonly store?: (config: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

const ports = { http: 6566, metrics: 8000 } as const;

/**
 * Feast's feature server (https://docs.feast.dev). What is known of features lies in PostgreSQL, and so do the values that
 * are served: one database to keep and to back up, and fast enough for tens of features at a time. What they are made
 * from lies in the lake's features zone.
 */
export class Feast extends HelmComponent {
  static override readonly system = defineSystem({
    name: 'Feast',
    categories: ['feature stores'],
    licence: 'Apache-2.0',
    chart: chart('feast-feature-server', '0.66.0', 'https://feast-helm-charts.storage.googleapis.com'),
    endpoints: {
      http: { protocol: 'http', port: 80, health: '/health' },
      metrics: { protocol: 'http', port: ports.metrics, path: '/metrics' },
    },
    provides: ['features'],
    requires: [{ role: 'external-secrets', why: 'it makes the password of its database' }],
  });
  readonly http = this.endpoint('http');

  constructor(scope: Construct, id: string, props: FeastProps = {}) {
    const { resources = { cpu: '500m', memory: '1Gi' } } = props;
    const account = `${id}-database`;
    super(
      scope,
      id,
      props,
      { namespace: 'ml', namespaceProps: {}, serviceAccount: id },
      ({ platform, profile, name }) => {
        const config = featureStore(props.project ?? platform.name);
        return {
          fullnameOverride: name,
          replicaCount: props.replicas ?? profile.replicas(2),
          feast_mode: 'online',
          // JSON is YAML too.
          feature_store_yaml_base64: Buffer.from(JSON.stringify(props.store?.(config) ?? config)).toString('base64'),
          extraEnvs: [
            { name: 'FEAST_HOST', value: platform.database.host },
            { name: 'FEAST_PORT', value: String(platform.database.port) },
            { name: 'FEAST_DATABASE', value: databaseName(name) },
            ...['username', 'password'].map((key) => ({
              name: key === 'username' ? 'FEAST_USER' : 'FEAST_PASSWORD',
              valueFrom: { secretKeyRef: { name: account, key } },
            })),
            { name: 'FEAST_USAGE', value: 'False' },
            { name: 'AWS_REGION', value: platform.region },
            { name: 'HOME', value: '/tmp' },
          ],
          metrics: { enabled: platform.has('metrics') },
          serviceAccount: { name },
          resources: { requests: resources, limits: { memory: resources.memory } },
          podSecurityContext: {
            runAsNonRoot: true,
            // As in its image.
            runAsUser: 1001,
            fsGroup: 1001,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumes: [{ name: 'tmp', emptyDir: {} }],
          volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
        };
      },
    );
    const { platform, namespace } = this;
    const pods = { 'app.kubernetes.io/name': 'feast-feature-server', 'app.kubernetes.io/instance': id };
    platform.lake.features.grantRead(this);
    const database = new DatabaseAccount(this, account, { platform, namespace, name: databaseName(id) });
    const serviceAccount = new ServiceAccountV1(this, 'service-account', {
      metadata: { name: id, namespace },
      automountServiceAccountToken: false,
    });
    this.release.node.addDependency(database, serviceAccount);
    new NetworkPolicy(this, 'network', {
      ...{ name: id, namespace, pods },
      ingressFrom: [{ platform: platform.name, ports: [ports.http] }, scraper(platform, [ports.metrics])],
      egressTo: [...DatabaseAccount.peers(platform.database), httpsOut],
    });
    new ServiceMonitor(this, 'metrics', { platform, namespace, name: id, service: pods, port: 'metrics' });
  }
}

/** https://docs.feast.dev/reference/feature-repository/feature-store-yaml; what stands in `${}` comes from the environment. */
function featureStore(project: string): Record<string, unknown> {
  return {
    project,
    provider: 'local',
    registry: {
      registry_type: 'sql',
      path: 'postgresql+psycopg://${FEAST_USER}:${FEAST_PASSWORD}@${FEAST_HOST}:${FEAST_PORT}/${FEAST_DATABASE}?sslmode=require',
      // Seconds until a server learns of features that somebody else has registered.
      cache_ttl_seconds: 60,
      sqlalchemy_config_kwargs: { pool_pre_ping: true },
    },
    online_store: {
      type: 'postgres',
      host: '${FEAST_HOST}',
      port: '${FEAST_PORT}',
      database: '${FEAST_DATABASE}',
      user: '${FEAST_USER}',
      password: '${FEAST_PASSWORD}',
      sslmode: 'require',
      conn_type: 'pool',
    },
    offline_store: { type: 'dask' },
    entity_key_serialization_version: 3,
    auth: { type: 'no_auth' },
  };
}

function databaseName(id: string): string {
  return id.replaceAll('-', '_');
}
