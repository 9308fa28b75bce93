import { TerraformStack } from 'cdktf';
import { Platform, PlatformAttributes } from 'plinth/constructs/core/platform';
import { ModelServer, ModelServerProps, ServerConfig } from 'plinth/constructs/serving/model-server';
import { ModelSource } from 'plinth/constructs/serving/model-source';
import { DataLake } from 'plinth/constructs/storage/data-lake';
import { at, Block, blocks, only, StackJson, synthesizeStack } from '../../support/program';

const bucket = { bucketName: 'lake', keyArn: 'arn:aws:kms:eu-west-1:1:key/k' };
const watched: Partial<PlatformAttributes> = {
  provides: {
    metrics: { system: 'Prometheus', namespace: 'monitoring', endpoints: { prometheus: 'http://prometheus:9090' } },
    dashboards: { system: 'Grafana', endpoints: {} },
    autoscaling: { system: 'KEDA', endpoints: {} },
    ingress: { system: 'Traefik', namespace: 'edge', endpoints: {} },
  },
  domain: { name: 'ml.example.com' },
};

/** @param build what is done with the server besides */
function served(
  props: Partial<ModelServerProps> = {},
  attributes: Partial<PlatformAttributes> = {},
  build: (server: ModelServer) => void = () => {},
): StackJson {
  return synthesizeStack((stack: TerraformStack, platform: Platform) => {
    const zones = { raw: bucket, curated: bucket, features: bucket, models: bucket, payloads: bucket };
    platform.provide({ lake: DataLake.fromAttributes(stack, 'lake', zones), runtimeImage: 'runtime:1' });
    build(new ModelServer(stack, 'tumour', { model: ModelSource.files('examples/models/tumour'), ...props }));
  }, attributes);
}

const objects = (stack: StackJson, kind: string) =>
  blocks(stack, 'helm_release')
    .map(([, { values }]) => String((values as string[])[0]))
    .filter((values) => values.includes(`"kind":"${kind}"`));

test('the pod is known by its label, runs the runtime, and is probed where the contract says', () => {
  const { metadata, spec } = (
    only(served(), 'kubernetes_deployment_v1').spec as { template: { metadata: Block; spec: Block } }
  ).template;
  expect(metadata.labels).toMatchObject({ 'plinth.dev/runtime': 'serve', 'plinth.dev/model': 'tumour' });
  expect(metadata.annotations).toEqual({
    'plinth.dev/config': expect.stringContaining('sha256'),
    'plinth.dev/model-files': expect.stringMatching(/^[0-9a-f]{12}$/),
  });
  expect(spec).toMatchObject({
    termination_grace_period_seconds: 45,
    container: [
      {
        image: 'runtime:1',
        args: ['serve', '--config', '/etc/plinth/config.json'],
        liveness_probe: { http_get: { path: '/v2/health/live', port: 'http' } },
        readiness_probe: { http_get: { path: '/v2/health/ready', port: 'http' } },
        port: [
          { name: 'http', container_port: 8000 },
          { name: 'grpc', container_port: 8001 },
          { name: 'metrics', container_port: 8002 },
        ],
      },
    ],
  });
});

test('the configuration says where the models are and where payloads go', () => {
  const { data } = only(served(), 'kubernetes_config_map_v1') as { data: Record<string, string> };
  expect(data['config.json']).toContain('"modelRepository":"s3://lake/servers/models/tumour"');
  expect(data['config.json']).toContain('"location":"s3://lake/payloads/models/tumour"');
  // A model that was brought along is there before the pod is, so the server is not ready without it.
  expect(data['config.json']).toContain('"readyWhenEmpty":false');
});

test('a server of a prefix that others fill is ready before anything is there', () => {
  const { data } = only(served({ model: ModelSource.lake('risk') }), 'kubernetes_config_map_v1') as {
    data: Record<string, string>;
  };
  expect(data['config.json']).toContain('"readyWhenEmpty":true');
  expect(data['config.json']).toContain('"modelRepository":"s3://lake/risk"');
});

test('it may read its models and put payloads, and nothing else', () => {
  const policies = blocks(served(), 'aws_iam_role_policy').map(([, { policy }]) => String(policy));
  const [models, payloads] = ['servers', 'payloads'].map((zone) =>
    policies.filter((policy) => policy.includes(`lake/${zone}/models/tumour/*`)),
  );
  expect(policies).toHaveLength(2);
  expect(models).toEqual([expect.not.stringMatching(/PutObject|DeleteObject/)]);
  // What others have asked the model is no business of whoever gets into the server.
  expect(payloads).toEqual([expect.not.stringMatching(/GetObject|ListBucket|DeleteObject|Decrypt/)]);
});

test('servers of two teams may have one name', () => {
  const { data } = only(served({ namespace: 'risk' }), 'kubernetes_config_map_v1') as { data: Record<string, string> };
  expect(data['config.json']).toContain('"modelRepository":"s3://lake/servers/risk/tumour"');
  expect(data['config.json']).toContain('"location":"s3://lake/payloads/risk/tumour"');
});

test('files are in the lake before the pod starts', () => {
  const stack = served();
  const model = at(stack, 'aws_s3_object', 'model/1-model.onnx');
  expect(model).toMatchObject({
    bucket: 'lake',
    key: 'servers/models/tumour/tumour/1/model.onnx',
    kms_key_id: bucket.keyArn,
  });
  const waits = only(stack, 'kubernetes_deployment_v1').depends_on as string[];
  expect(waits.filter((address) => address.startsWith('aws_s3_object.'))).toHaveLength(
    blocks(stack, 'aws_s3_object').length,
  );
});

test('without anybody to watch it nothing is made for them', () => {
  const stack = served();
  expect(blocks(stack, 'helm_release')).toHaveLength(0);
  expect(only(stack, 'kubernetes_deployment_v1').spec).toMatchObject({ replicas: '2' });
});

test('under KEDA it follows what is pending, and Terraform leaves the number of replicas alone', () => {
  const stack = served({ scale: { min: 2, max: 20, target: 5 } }, watched);
  expect((only(stack, 'kubernetes_deployment_v1').spec as Block).replicas).toBeUndefined();
  const [scaled] = objects(stack, 'ScaledObject');
  expect(scaled).toContain('"minReplicaCount":2');
  expect(scaled).toContain('"serverAddress":"http://prometheus:9090"');
  expect(scaled).toContain('nv_inference_pending_request_count{namespace=\\"models\\",service=\\"tumour\\"}');
  expect(scaled).toContain('"threshold":"5"');
  // Twenty replicas stay twenty while Prometheus is away.
  expect(scaled).toContain('"behavior":"currentReplicasIfHigher"');
});

test('without KEDA it follows its CPU', () => {
  const stack = served({ scale: { min: 1, max: 3 } });
  expect(only(stack, 'kubernetes_horizontal_pod_autoscaler_v2').spec).toMatchObject({
    min_replicas: 1,
    max_replicas: 3,
  });
});

test.each([
  [{ min: 0, max: 2 }, 'from 0 to 2'],
  [{ min: 3, max: 2 }, 'from 3 to 2'],
  [{ min: 1, max: 2, target: 0 }, 'with 0 requests each'],
])('a scale of %j is refused', (scale, words) => {
  expect(() => served({ scale })).toThrow(words);
  expect(() => served({ scale })).toThrow('write for instance scale: { min: 2, max: 20 }');
});

test('metrics, alerts and a dashboard come along where somebody looks at them', () => {
  const stack = served({}, watched);
  expect(objects(stack, 'ServiceMonitor')).toHaveLength(1);
  expect(objects(stack, 'PrometheusRule')).toHaveLength(1);
  expect(at(stack, 'kubernetes_config_map_v1', 'watching/dashboard')).toMatchObject({
    metadata: { labels: { grafana_dashboard: '1' } },
  });
});

test('exposing it opens the way from the ingress, and only from there', () => {
  const stack = served({}, watched, (server) => server.expose({ host: 'tumour' }));
  expect(only(stack, 'kubernetes_ingress_v1').spec).toMatchObject({
    ingress_class_name: 'traefik',
    rule: [{ host: 'tumour.ml.example.com', http: { path: [{ path: '/v2', path_type: 'Prefix' }] } }],
  });
  expect(at(stack, 'kubernetes_network_policy_v1', 'exposed/policy').spec).toMatchObject({
    ingress: [{ from: [{ namespace_selector: { match_labels: { 'kubernetes.io/metadata.name': 'edge' } } }] }],
  });
});

test('exposing it without an ingress is refused', () => {
  expect(() => served({}, {}, (server) => server.expose({ host: 'tumour' }))).toThrow(
    "prod-test/tumour: it is to be exposed as 'tumour', and the platform 'prod' has no ingress, because something has to take requests at the edge of the cluster; add Traefik to the services, or leave expose() out.",
  );
});

test('a setting that the runtime would refuse is refused at synth, by the same schema', () => {
  expect(() => served({ config: { maxPending: -1 } })).toThrow(
    /the runtime would refuse its configuration at 'maxPending', because .*; correct that setting\./,
  );
});

test('a setting that the runtime does not know is refused', () => {
  const config = { maxPendign: 10 } as ServerConfig;
  expect(() => served({ config })).toThrow(/at 'the top', because .*maxPendign/);
  expect(() => served({ payloadLog: { sampleRate: 2 } })).toThrow("at 'payloadLog.sampleRate'");
});

test('two dashboards never share an id, however long their names', () => {
  const uid = (id: string) => {
    const stack = served({}, watched, (server) => {
      new ModelServer(server.node.scope as TerraformStack, id, { model: ModelSource.files('examples/models/tumour') });
    });
    const { data } = at(stack, 'kubernetes_config_map_v1', `${id}/watching/dashboard`) as { data: object };
    return (JSON.parse(Object.values(data)[0] as string) as { uid: string }).uid;
  };
  const long = 'a-server-whose-name-is-much-longer-than-most';
  expect(uid(`${long}-1`)).toHaveLength(40);
  expect(uid(`${long}-1`)).not.toBe(uid(`${long}-2`));
});

test('payloads can be sampled, or not logged at all', () => {
  const config = (props: Partial<ModelServerProps>) =>
    (only(served(props), 'kubernetes_config_map_v1') as { data: Record<string, string> }).data['config.json'];
  expect(config({ payloadLog: { sampleRate: 0.1 } })).toContain('"sampleRate":0.1');
  expect(config({ payloadLog: false })).not.toContain('payloadLog');
});

test('it tells where its models answer', () => {
  served({}, {}, (server) => {
    expect(server.inferUrl('tumour')).toBe('http://tumour.models.svc.cluster.local:8000/v2/models/tumour/infer');
  });
});

test('what the configuration names by path comes out of Secrets, and what it calls is let out', () => {
  const stack = served({
    config: { auth: { tokensFile: '/etc/plinth/tokens/tokens.json' } },
    secrets: { '/etc/plinth/tokens': 'tumour-tokens' },
    calls: [{ namespace: 'messaging', ports: [4222] }],
  });
  const { spec } = (only(stack, 'kubernetes_deployment_v1').spec as { template: { spec: Block } }).template;
  expect(JSON.stringify(spec)).toContain('"secret":{"secret_name":"tumour-tokens"}');
  expect(JSON.stringify(spec)).toContain('"mount_path":"/etc/plinth/tokens"');
  expect(JSON.stringify(blocks(stack, 'kubernetes_network_policy_v1'))).toContain('4222');
});
