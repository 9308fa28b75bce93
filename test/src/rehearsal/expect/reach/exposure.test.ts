import type { Pods } from '../../../../../src/rehearsal/expect/reach/answer';
import { exposing } from '../../../../../src/rehearsal/expect/reach/exposure';
import { peersOf } from '../../../../../src/rehearsal/expect/reach/places';
import type { KubernetesObject } from '../../../../../src/rehearsal/kubernetes-objects';
import { applied, object } from '../support';

const web = object(
  'Deployment',
  { name: 'web', namespace: 'apps' },
  { spec: { template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{}] } } } },
);
const service = (name: string, type: string, app = 'web') =>
  object('Service', { name, namespace: 'apps' }, { spec: { type, selector: { app } } });
const toService = (name: string) => ({
  rules: [{ http: { paths: [{ path: '/', backend: { service: { name, port: { number: 80 } } } }] } }],
});
const facing = { 'alb.ingress.kubernetes.io/scheme': 'internet-facing' };
const judge = (...objects: KubernetesObject[]) => {
  const all = applied([], [web, ...objects]);
  return exposing(all, peersOf(all, 'apps/web')[0] as Pods);
};

test('no way leads to pods without a Service, or with one of the cluster', () => {
  expect(judge()).toEqual({ holds: 'no', says: 'no Service or Ingress of apps/web faces the internet' });
  expect(judge(service('s', 'ClusterIP')).holds).toBe('no');
  expect(judge(service('s', 'LoadBalancer', 'other')).holds).toBe('no');
});

test('a Service or an Ingress that faces the internet leads to them', () => {
  expect(judge(service('s', 'LoadBalancer'))).toEqual({
    holds: 'yes',
    says: 'Service s (s/kubernetes_service.s) faces the internet, and leads to apps/web',
  });
  const ingress = object('Ingress', { name: 'i', namespace: 'apps', annotations: facing }, { spec: toService('s') });
  expect(judge(service('s', 'ClusterIP'), ingress).holds).toBe('yes');
  expect(judge(service('t', 'ClusterIP'), ingress).holds).toBe('no');
});

test.each([
  ['Ingress', toService('s')],
  ['HTTPRoute', { rules: [{ backendRefs: [{ name: 's', port: 80 }] }] }],
  ['IngressRoute', { routes: [{ services: [{ name: 's', port: 80 }] }] }],
  ['VirtualService', { http: [{ route: [{ destination: { host: 's.apps.svc.cluster.local' } }] }] }],
])('where %s leads to them, its controller is asked', (kind, spec) => {
  expect(judge(service('s', 'ClusterIP'), object(kind, { name: 'r', namespace: 'apps' }, { spec }))).toEqual({
    holds: 'unknown',
    says: `${kind} r (s/kubernetes_${kind.toLowerCase()}.r) leads to apps/web; whether its controller faces the internet is not known here`,
  });
});
