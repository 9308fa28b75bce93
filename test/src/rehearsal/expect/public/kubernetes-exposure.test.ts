import { facesInternet, internetFacing } from '../../../../../src/rehearsal/expect/public/kubernetes-exposure';
import { object } from '../support';

const prefix = 'service.beta.kubernetes.io/aws-load-balancer';
test.each<[string, Record<string, string>, string | undefined, string[], boolean]>([
  ['the controller of Kubernetes makes it face the internet', {}, undefined, [], true],
  ['unless it is told', { [`${prefix}-internal`]: 'true' }, undefined, [], false],
  ['or told so in the newer words', { [`${prefix}-scheme`]: 'internal' }, undefined, [], false],
  ["AWS's controller makes it internal", { [`${prefix}-type`]: 'external' }, undefined, [], false],
  ['by its class too', {}, 'service.k8s.aws/nlb', [], false],
  ['unless it is told', { [`${prefix}-scheme`]: 'internet-facing' }, 'service.k8s.aws/nlb', [], true],
  ['some sources', {}, undefined, ['203.0.113.0/24'], false],
  ['all sources', {}, undefined, ['203.0.113.0/24', '0.0.0.0/0'], true],
])('%s', (_name, annotations, name, sources, so) => expect(facesInternet(annotations, name, sources)).toBe(so));

test.each<[string, object, object, boolean]>([
  ['Service', {}, { type: 'LoadBalancer' }, true],
  ['Service', {}, { type: 'ClusterIP' }, false],
  ['Ingress', { 'alb.ingress.kubernetes.io/scheme': 'internet-facing' }, {}, true],
  ['Ingress', {}, {}, false],
  ['IngressClassParams', {}, { scheme: 'internet-facing' }, true],
  ['IngressClassParams', {}, { scheme: 'internal' }, false],
  ['Deployment', {}, { type: 'LoadBalancer' }, false],
])('%s %j %j: %s', (kind, annotations, spec, so) =>
  expect(internetFacing(object(kind, { name: 'x', annotations }, { spec }))).toBe(so),
);
