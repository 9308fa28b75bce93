import { clusterInWords, clusterProgress } from '../../../src/cli/cluster-words';

test('what a cluster made of a program, in words', () => {
  const report = {
    context: 'kind',
    version: 'v1.34.3',
    objects: 3,
    accepted: 2,
    warnings: [],
    notTemplated: [],
    made: [],
    ready: [],
    destroyed: [],
  };
  expect(clusterInWords({ ...report, mode: 'dry-run' })).toBe(
    '2 of 3 objects sent with a dry run are taken by kind (Kubernetes 1.34.3).\n',
  );
  expect(
    clusterInWords({
      ...report,
      mode: 'apply',
      warnings: ['Ingress ml/web: annotation is deprecated'],
      notTemplated: [
        { stack: 's', address: 'helm_release.x', chart: 'x', version: '1', why: 'no chart x 1 in charts' },
      ],
      made: ['Namespace ml'],
      ready: [{ name: 'Deployment ml/server', seconds: 2.04 }],
      destroyed: ['Deployment ml/server', 'ConfigMap ml/a'],
    }),
  ).toBe(`2 of 3 objects applied are taken by kind (Kubernetes 1.34.3).
Made there for it, and removed again: Namespace ml.
Deployment ml/server was ready after 2.0 s.
Destroyed in this order: Deployment ml/server, ConfigMap ml/a.
stack s, helm_release.x: not templated: no chart x 1 in charts.
The server warns: Ingress ml/web: annotation is deprecated
`);
});

test('what goes on, in a line', () => {
  expect(clusterProgress({ phase: 'dry-run', done: 2, total: 3 })).toBe('cluster: sending objects, dry run 2 of 3 ...');
  expect(clusterProgress({ phase: 'apply', done: 3, total: 3, text: 'Job ml/x' })).toBe(
    'cluster: applying objects 3 of 3, waiting for Job ml/x ...',
  );
  expect(clusterProgress({ phase: 'clear' })).toBe('cluster: removing what was made for the rehearsal ...');
});
