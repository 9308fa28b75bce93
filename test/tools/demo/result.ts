import type { DemoResult, WindowVerdict } from '../../../tools/demo/result';

const features = ['mean_radius', 'mean_texture', '<b>'];

const window = (number: number, drifted: boolean): WindowVerdict => ({
  number,
  rows: 57,
  from: '2026-11-23T12:00:00Z',
  to: '2026-11-23T12:01:00Z',
  drifted,
  features: features.map((name, index) => ({
    name,
    psi: drifted ? 0.9 - index * 0.4 : 0.05,
    ks: 0.1,
    pValue: 0.5,
    drifted: drifted && index === 0,
  })),
});

/** What a demo could have seen. */
export const sample: DemoResult = {
  program: 'npx tsx "a & b".ts',
  versions: { Plinth: '0.1.0', Terraform: '1.11.4' },
  rehearsal: {
    ok: true,
    resources: 12,
    stacks: [
      {
        name: 'prod-models',
        resources: 12,
        seconds: { init: 0.1, plan: 1, apply: 2 },
        secondPlan: 'empty',
        dependsOn: [],
      },
    ],
  },
  types: { 'prod-models': { aws_s3_object: 9, kubernetes_deployment_v1: 3 } },
  standing: [
    {
      stack: 'prod-models',
      system: 'Plinth Model Server',
      id: 'prod-models/tumour',
      resources: 12,
      endpoints: ['http://tumour.models.svc.cluster.local:8000'],
    },
  ],
  running: [
    {
      deployment: 'tumour',
      namespace: 'models',
      command: 'serve',
      url: 'http://127.0.0.1:1',
      metricsUrl: 'http://127.0.0.1:2',
    },
  ],
  model: 'tumour',
  heldOut: { rows: 4, correct: 3, accuracy: 0.75, confusion: { 0: { 0: 1, 1: 1 }, 1: { 1: 2 } }, seconds: 1 },
  unshifted: { windows: 2, alarms: 0 },
  shift: {
    what: 'a shift',
    features: ['mean_radius'],
    raised: true,
    rows: 2,
    correct: 1,
    accuracy: 0.5,
    confusion: { 0: { 1: 1 }, 1: { 1: 1 } },
    seconds: 1,
  },
  monitor: {
    model: 'tumour',
    state: 'drifting',
    rows: 228,
    windowRows: 57,
    windows: [window(1, false), window(2, false), window(3, true), window(4, true)],
    alarms: [{ kind: 'raised', at: '2026-11-23T12:01:00Z', window: 4, features: ['mean_radius'] }],
  },
  seconds: { rehearse: 4 },
  files: ['demo/platform.svg', 'demo/report.html'],
};
