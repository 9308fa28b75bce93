import { files, labels, MonitorConfigInput, monitorConfig, paths, ports } from '@plinth/contract';
import { Construct } from 'constructs';
import { fail } from '../../core/findings';
import { httpsOut } from '../../core/network-policy';
import { Platform } from '../../core/platform';
import { Resources } from '../../core/pod';
import { scraper } from '../../core/service-monitor';
import { defineSystem } from '../../core/system';
import { Workload, WorkloadProps } from '../../core/workload';
import { ModelServer } from '../../serving/model-server';
import { checkModelName } from '../../serving/model-source';
import { filesAnnotation, runtimeConfig } from '../../serving/runtime-config';
import { monitorAlerts } from './alerts';
import { dashboard, monitorPanels } from './dashboard';
import { Watching } from './watching';

/** The runtime's own settings; what the construct knows better is left out. */
export type MonitorSettings = Omit<
  MonitorConfigInput,
  'model' | 'payloads' | 'reference' | 'alarms' | 'httpPort' | 'metricsPort' | 'host' | 'windowRows'
>;

export interface ModelMonitorProps extends WorkloadProps {
  readonly watches: ModelServer;
  /** The model of that server. Default the one that its source brings along. */
  readonly model?: string;
  /**
   * The reference profile: `s3://...`. Default `profile.json` beside the newest version that the source brings along. The
   * monitor may read what the server's models lie in; a profile elsewhere has to be granted to it.
   */
  readonly reference?: string;
  /** Rows in a window. Default 500. */
  readonly windowRows?: number;
  readonly config?: MonitorSettings;
  readonly resources?: Resources;
}

/**
 * Watches what a model server was asked: each window of rows is held against the reference profile of the training data
 * (docs/monitoring.md says how). One replica, which goes on where it stopped.
 * @throws PlinthError `nothing-to-watch`, `no-reference`, `invalid-model-name`, `invalid-config`
 */
export class ModelMonitor extends Workload {
  static override readonly system = defineSystem({
    name: 'Plinth Model Monitor',
    categories: ['model monitoring'],
    licence: 'Apache-2.0',
    endpoints: {
      http: { protocol: 'http', port: ports.http, health: paths.monitor.ready, path: paths.monitor.report },
      metrics: { protocol: 'http', port: ports.metrics, path: paths.metrics },
    },
  });
  readonly http = this.endpoint('http');

  constructor(scope: Construct, id: string, props: ModelMonitorProps) {
    const { watches, windowRows = 500 } = props;
    const platform = props.platform ?? Platform.of(scope);
    const { repository, payloads } = watches;
    if (payloads === undefined) {
      fail(watches, {
        code: 'nothing-to-watch',
        what: `'${id}' is to watch it, and it logs no payloads`,
        why: 'a monitor reads what the server was asked from that log',
        cure: "leave 'payloadLog' out, or set it to { sampleRate: 0.1 }",
      });
    }
    const model = props.model ?? repository.model;
    const { bucket, prefix, version } = repository;
    const beside = version === undefined ? undefined : bucket.url(`${prefix}/${model}/${version}/profile.json`);
    const reference = props.reference ?? beside;
    if (model === undefined || reference === undefined) {
      fail(watches, {
        code: 'no-reference',
        what: `'${id}' is to watch it, and neither the model nor its reference profile can be told from its source`,
        why: 'only a source that brings a model along knows its name and version',
        cure: "give the monitor 'model' and 'reference'",
      });
    }
    checkModelName(watches.node.path, model);
    const namespace = props.namespace ?? watches.namespace;
    const alarms = { bucket: platform.lake.payloads, prefix: `alarms/${namespace}/${id}` };
    const rendered = runtimeConfig(
      scope,
      id,
      monitorConfig,
      { ...props.config, model, windowRows },
      {
        payloads: payloads.bucket.url(payloads.prefix),
        reference,
        alarms: alarms.bucket.url(alarms.prefix),
      },
    );
    super(
      scope,
      id,
      { ...props, namespace },
      {
        kind: 'Deployment',
        namespace,
        replicas: 1,
        identity: true,
        labels: { [labels.runtime]: 'monitor', [labels.model]: model },
        // The profile is read when a monitor starts.
        annotations: { ...rendered.annotations, ...(repository.digest && { [filesAnnotation]: repository.digest }) },
        files: rendered.files,
        pod: {
          image: platform.runtimeImage,
          args: ['monitor', '--config', files.config],
          env: { AWS_REGION: platform.region },
          ports: { http: ports.http, metrics: ports.metrics },
          liveness: { path: paths.monitor.live, port: 'http' },
          readiness: { path: paths.monitor.ready, port: 'http' },
          startup: { path: paths.monitor.live, port: 'http', period: 5, failures: 60 },
          resources: props.resources ?? { cpu: '100m', memory: '256Mi', cpuLimit: '1' },
          scratch: [files.scratch],
          configMaps: rendered.mounts,
        },
        ingressFrom: [{ pods: {}, ports: [ports.http] }, scraper(platform, [ports.metrics])],
        egressTo: [httpsOut],
      },
    );
    payloads.bucket.grantRead(this, payloads.prefix);
    bucket.grantRead(this, prefix);
    alarms.bucket.grantReadWrite(this, alarms.prefix);
    this.controller.node.addDependency(watches.controller);
    platform.uses(this, watches);
    const series = { namespace: this.namespace, service: id };
    const { psiThreshold = 0.2 } = props.config ?? {};
    new Watching(this, 'watching', {
      ...{ platform, name: id, namespace: this.namespace, service: this.podLabels },
      alerts: monitorAlerts(series),
      dashboard: dashboard(
        platform.names.of([this.namespace, id], 40),
        `Model monitor ${id}`,
        monitorPanels(series, psiThreshold),
      ),
    });
  }
}
