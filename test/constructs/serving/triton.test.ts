import { Triton } from 'plinth/constructs/serving/triton';
import { clusterWithIssuer, synthesizeMl } from '../../support/ml';
import { at, givenCluster, only } from '../../support/program';

interface Pod {
  container: [{ args: string[]; env: object[]; volume_mount: object[]; resources: { limits: object } }];
  volume: object[];
  node_selector: object;
  toleration: object[];
}
const podOf = (stack: ReturnType<typeof synthesizeMl>): Pod =>
  (only(stack, 'kubernetes_deployment_v1').spec as { template: { spec: Pod } }).template.spec;

test('it reads the lake on a GPU, polls, and does not fall with a model', () => {
  const stack = synthesizeMl((scope) => {
    const triton = new Triton(scope, 'triton');
    expect(triton.repository).toBe('s3://prod-lake-models/triton');
    expect(triton.grpc.url).toBe('grpc://triton.ml.svc.cluster.local:8001');
  });
  const pod = podOf(stack);
  expect(pod.container[0].args).toEqual([
    '--model-repository=s3://prod-lake-models/triton',
    '--model-control-mode=poll',
    '--repository-poll-secs=30',
    '--exit-on-error=false',
    '--strict-readiness=false',
  ]);
  expect(pod.container[0].env).toContainEqual({ name: 'AWS_DEFAULT_REGION', value: 'eu-west-1' });
  expect(pod.container[0].resources.limits).toMatchObject({ 'nvidia.com/gpu': '1' });
  expect(pod.container[0].volume_mount).toContainEqual({
    mount_path: '/dev/shm',
    name: 'memory-dev-shm',
    read_only: false,
  });
  expect(pod.volume).toContainEqual({ name: 'memory-dev-shm', empty_dir: { medium: 'Memory', size_limit: '1Gi' } });
  expect(pod.node_selector).toEqual({ 'plinth.dev/gpu-for': 'serving' });
  expect(pod.toleration).toHaveLength(1);
  expect(only(stack, 'kubernetes_deployment_v1').wait_for_rollout).toBe(false);
});

test('the folder of its models is there before it, and it may ask for the bucket itself', () => {
  const stack = synthesizeMl((scope) => void new Triton(scope, 'triton'));
  expect(only(stack, 'aws_s3_object')).toMatchObject({ bucket: 'prod-lake-models', key: 'triton/.keep' });
  expect(only(stack, 'kubernetes_deployment_v1').depends_on).toContainEqual(expect.stringMatching(/^aws_s3_object\./));
  expect(JSON.stringify(at(stack, 'aws_iam_role_policy', 'head-bucket').policy)).toContain('s3:ListBucket');
  expect(JSON.stringify(at(stack, 'aws_iam_role_policy', 'lake-models-read-triton').policy)).toContain('/triton/*');
});

test('its SDK is too old for Pod Identity, so it trusts the issuer of the cluster', () => {
  const stack = synthesizeMl((scope) => void new Triton(scope, 'triton'));
  expect(stack.resource?.aws_eks_pod_identity_association).toBeUndefined();
  expect(JSON.stringify(only(stack, 'kubernetes_service_account_v1').metadata)).toContain('eks.amazonaws.com/role-arn');
});

test('a cluster without an issuer is told so', () => {
  expect(() => synthesizeMl((scope) => void new Triton(scope, 'triton'), { cluster: givenCluster })).toThrow(
    "prod-test/triton: Triton would not be given the credentials that its models are read with, because the AWS SDK it is built with knows roles by the OIDC provider of the cluster (IRSA), not yet Pod Identity, and the cluster has no such provider; give the cluster 'irsa: true'.",
  );
});

test('without a GPU pool, or without a device plugin, it says what is missing', () => {
  const build = (attributes: object) => () => synthesizeMl((scope) => void new Triton(scope, 'triton'), attributes);
  expect(build({ cluster: { ...clusterWithIssuer, gpuPools: [] } })).toThrow(
    "prod-test/triton: Triton asks for a GPU, and the platform has no GPU pool for serving, because it has no GPU pool at all; add GpuPool.of('g6', { for: 'serving', max: 1 }) to the platform's 'gpu'.",
  );
  expect(build({ provides: {} })).toThrow("Triton needs a system for 'gpu'");
});

test('it is scraped, and called from the namespaces of the platform only', () => {
  const stack = synthesizeMl((scope) => void new Triton(scope, 'triton'));
  const policy = JSON.stringify(at(stack, 'kubernetes_network_policy_v1', 'triton/network/policy').spec);
  expect(policy).toContain('"plinth.dev/platform":"prod"');
  expect(policy).toContain('"kubernetes.io/metadata.name":"monitoring"');
  expect(policy).not.toContain('0.0.0.0/0","ports":[{"port":"80');
  expect(JSON.stringify(only(stack, 'helm_release').values)).toContain('ServiceMonitor');
});
