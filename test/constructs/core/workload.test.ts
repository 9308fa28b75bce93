import { Construct } from 'constructs';
import { PodSpec } from 'plinth/constructs/core/pod';
import { defineSystem } from 'plinth/constructs/core/system';
import { Workload, WorkloadProps, WorkloadSpec } from 'plinth/constructs/core/workload';
import { Block, blocks, givenCluster, only, StackJson, synthesizeStack } from '../../support/program';

class Service extends Workload {
  static override readonly system = defineSystem({
    name: 'Service',
    categories: [],
    licence: 'Apache-2.0',
    endpoints: { api: { protocol: 'http', port: 8000 } },
  });
  constructor(scope: Construct, id: string, spec: WorkloadSpec, props: WorkloadProps = {}) {
    super(scope, id, props, spec);
  }
}

const pod: PodSpec = {
  image: 'registry.example/service:1',
  env: { LEVEL: 'info', TOKEN: { secret: 'service', key: 'token' } },
  ports: { http: 8000 },
  liveness: { path: '/live', port: 'http' },
  resources: { cpu: '100m', memory: '64Mi' },
  scratch: ['/var/lib/service'],
};
const deployment: WorkloadSpec = { kind: 'Deployment', namespace: 'team', replicas: 2, pod };

function made(spec: WorkloadSpec, props?: WorkloadProps): StackJson {
  return synthesizeStack((scope) => void new Service(scope, 'service', spec, props));
}

function podOf(controller: Block): Block {
  return (controller as { spec: { template: { spec: Block } } }).spec.template.spec;
}

test("a pod keeps to the 'restricted' Pod Security Standard", () => {
  const spec = podOf(only(made(deployment), 'kubernetes_deployment_v1'));
  expect(spec).toMatchObject({
    automount_service_account_token: false,
    security_context: { run_as_non_root: true, run_as_user: '65532', seccomp_profile: { type: 'RuntimeDefault' } },
    container: [
      {
        security_context: {
          allow_privilege_escalation: false,
          read_only_root_filesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '64Mi' } },
        env: [
          { name: 'LEVEL', value: 'info' },
          { name: 'TOKEN', value_from: { secret_key_ref: { name: 'service', key: 'token' } } },
        ],
        volume_mount: [{ mount_path: '/var/lib/service', name: 'scratch-var-lib-service', read_only: false }],
      },
    ],
  });
});

test('what belongs to a Deployment comes with it', () => {
  const stack = made(deployment);
  for (const type of ['service_v1', 'service_account_v1', 'pod_disruption_budget_v1']) {
    expect(only(stack, `kubernetes_${type}`)).toMatchObject({ metadata: { name: 'service', namespace: 'team' } });
  }
  // Its own policy, beside the two of the closed namespace.
  expect(blocks(stack, 'kubernetes_network_policy_v1')).toHaveLength(3);
});

test('without replicas Terraform leaves their number to an autoscaler', () => {
  const controller = only(made({ ...deployment, replicas: undefined }), 'kubernetes_deployment_v1');
  expect((controller.spec as Block).replicas).toBeUndefined();
  expect(controller.lifecycle).toEqual({ ignore_changes: ['spec[0].replicas'] });
});

test('peers become rules of the network policy', () => {
  const stack = made({
    ...deployment,
    ingressFrom: [{ namespace: 'ingress', ports: [8000] }],
    egressTo: [
      { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'], ports: [5432] },
      { pods: { app: 'cache' }, ports: [6379] },
      { namespace: 'ml', pods: { app: 'mlflow' }, ports: [5000] },
    ],
  });
  const own = blocks(stack, 'kubernetes_network_policy_v1').find(([name]) => name.startsWith('service'))?.[1];
  expect(own?.spec).toMatchObject({
    pod_selector: { match_labels: { 'app.kubernetes.io/name': 'service' } },
    policy_types: ['Ingress', 'Egress'],
    ingress: [{ from: [{ namespace_selector: { match_labels: { 'kubernetes.io/metadata.name': 'ingress' } } }] }],
    egress: [
      {
        to: [{ ip_block: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }],
        ports: [{ port: '5432', protocol: 'TCP' }],
      },
      { to: [{ pod_selector: { match_labels: { app: 'cache' } } }] },
      { to: [{ namespace_selector: {}, pod_selector: { match_labels: { app: 'mlflow' } } }] },
    ],
  });
});

test('a StatefulSet gets its claims, a CronJob its schedule, a Job is waited for', () => {
  const volumes = made({
    kind: 'StatefulSet',
    namespace: 'team',
    replicas: 3,
    claims: { data: '20Gi' },
    pod: { ...pod, claims: { '/data': 'data' } },
  });
  expect(only(volumes, 'kubernetes_stateful_set_v1').spec).toMatchObject({
    replicas: '3',
    volume_claim_template: [{ metadata: { name: 'data' }, spec: { resources: { requests: { storage: '20Gi' } } } }],
  });
  const nightly = made({ kind: 'CronJob', namespace: 'team', schedule: '0 3 * * *', pod });
  expect(only(nightly, 'kubernetes_cron_job_v1').spec).toMatchObject({
    schedule: '0 3 * * *',
    concurrency_policy: 'Forbid',
  });
  expect(only(made({ kind: 'Job', namespace: 'team', pod }), 'kubernetes_job_v1').wait_for_completion).toBe(true);
});

test('a GPU workload tolerates the taint and lands on a pool that is for it', () => {
  const spec = podOf(
    only(
      made({ ...deployment, pod: { ...pod, resources: { cpu: '1', memory: '1Gi', gpu: 1 } } }),
      'kubernetes_deployment_v1',
    ),
  );
  expect(spec).toMatchObject({
    node_selector: { 'plinth.dev/gpu-for': 'serving' },
    toleration: [{ key: 'nvidia.com/gpu', operator: 'Equal', value: 'true', effect: 'NoSchedule' }],
    container: [{ resources: { limits: { 'nvidia.com/gpu': '1' } } }],
  });
});

test.each([
  [[], 'it has no GPU pool at all'],
  [[{ name: 'p5', family: 'p5', for: 'training' as const }], 'its pools are for training'],
])('a GPU workload without a GPU pool for it is told at synth', (gpuPools, why) => {
  const spec: WorkloadSpec = { ...deployment, pod: { ...pod, resources: { cpu: '1', memory: '1Gi', gpu: 1 } } };
  expect(() =>
    synthesizeStack((scope) => void new Service(scope, 'service', spec), { cluster: { ...givenCluster, gpuPools } }),
  ).toThrow(
    `prod-test/service: Service asks for a GPU, and the platform has no GPU pool for serving, because ${why}; add GpuPool.of('g6', { for: 'serving', max: 1 }) to the platform's 'gpu'.`,
  );
});

test('granting to a workload without a role is refused', () => {
  synthesizeStack((scope) => {
    expect(() => new Service(scope, 'service', deployment).identity).toThrow('its pods have no role in AWS');
  });
});

test('transform has the last word on the pod', () => {
  const transform: WorkloadProps['transform'] = { pod: (spec) => ({ ...spec, priorityClassName: 'high' }) };
  expect(podOf(only(made(deployment, { transform }), 'kubernetes_deployment_v1')).priority_class_name).toBe('high');
});

test("a CronJob's name leaves room for those of its jobs", () => {
  synthesizeStack((scope) => {
    expect(
      () => new Service(scope, 'x'.repeat(48), { kind: 'CronJob', namespace: 'team', schedule: '* * * * *', pod }),
    ).toThrow('because Kubernetes allows 47 here');
  });
});
