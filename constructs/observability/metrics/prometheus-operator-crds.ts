import { Construct } from 'constructs';
import { HelmComponent, HelmComponentProps } from '../../core/helm-component';
import { chart, defineSystem } from '../../core/system';

/**
 * The kinds of the Prometheus operator, before everything else: other charts bring ServiceMonitors, and Helm would never
 * upgrade definitions that came with the stack itself.
 */
export class PrometheusOperatorCrds extends HelmComponent {
  static override readonly system = defineSystem({
    name: 'Prometheus operator definitions',
    categories: ['infrastructure monitoring'],
    licence: 'Apache-2.0',
    chart: chart('prometheus-operator-crds', '31.0.1', 'https://prometheus-community.github.io/helm-charts'),
    provides: ['metrics-definitions'],
  });

  constructor(scope: Construct, id: string, props: HelmComponentProps = {}) {
    super(scope, id, props, { namespace: 'monitoring', namespaceProps: {} }, () => ({}));
  }
}
