import { App } from 'cdktf';
import { connectCluster } from '../constructs/cluster/connection';
import { Namespace } from '../constructs/core/namespace';
import { PlinthStack, PlinthStackProps } from '../constructs/core/stack';

export interface ModelsStackProps extends PlinthStackProps {
  /**
   * Namespaces of teams, each with what its pods together may ask for. Default `models`, with 64 cores, 256 GiB and
   * 100 pods: enough for twenty servers, and an end to one that scales without bounds.
   */
  readonly namespaces?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const defaultQuota = { 'requests.cpu': '64', 'requests.memory': '256Gi', pods: '100' };

/** What changes daily: model servers, their monitors, the pipelines of a team. Other repositories may hold more of it. */
export class ModelsStack extends PlinthStack {
  constructor(app: App, props: ModelsStackProps) {
    super(app, 'models', props);
    const { platform, namespaces = { models: defaultQuota } } = props;
    connectCluster(this, platform.cluster);
    for (const [name, quota] of Object.entries(namespaces)) Namespace.in(this, name, { platform, quota });
  }
}
