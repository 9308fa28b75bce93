import { Keda } from 'plinth/constructs/cluster/keda';
import { PrometheusOperatorCrds } from 'plinth/constructs/observability/metrics/prometheus-operator-crds';
import { synthesizeServices } from '../../../support/services';

test('once it is there, other charts bring their ServiceMonitors, before Prometheus itself stands', () => {
  synthesizeServices(
    (stack) => {
      new PrometheusOperatorCrds(stack, 'definitions');
      expect(new Keda(stack, 'keda').values).toMatchObject({
        prometheus: { operator: { serviceMonitor: { enabled: true } } },
      });
    },
    { provides: {} },
  );
});
