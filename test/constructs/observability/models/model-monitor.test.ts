import { Platform } from 'plinth/constructs/core/platform';
import { ModelMonitor, ModelMonitorProps } from 'plinth/constructs/observability/models/model-monitor';
import { ModelServer, ModelServerProps } from 'plinth/constructs/serving/model-server';
import { ModelSource } from 'plinth/constructs/serving/model-source';
import { DataLake } from 'plinth/constructs/storage/data-lake';
import { at, StackJson, synthesizeStack } from '../../../support/program';

const bucket = { bucketName: 'lake' };

function watched(server: Partial<ModelServerProps> = {}, monitor: Partial<ModelMonitorProps> = {}): StackJson {
  return synthesizeStack((stack, platform: Platform) => {
    const zones = { raw: bucket, curated: bucket, features: bucket, models: bucket, payloads: bucket };
    platform.provide({ lake: DataLake.fromAttributes(stack, 'lake', zones), runtimeImage: 'runtime:1' });
    const watches = new ModelServer(stack, 'tumour', { model: ModelSource.files('examples/models/tumour'), ...server });
    new ModelMonitor(stack, 'monitor', { watches, ...monitor });
  });
}

test('it reads what the server logs and the profile beside the model, and writes its alarms', () => {
  const stack = watched({}, { windowRows: 57 });
  const { data } = at(stack, 'kubernetes_config_map_v1', 'monitor/files-config') as { data: Record<string, string> };
  for (const part of [
    '"model":"tumour"',
    '"windowRows":57',
    '"payloads":"s3://lake/payloads/models/tumour"',
    '"reference":"s3://lake/servers/models/tumour/tumour/1/profile.json"',
    '"alarms":"s3://lake/alarms/models/monitor"',
  ]) {
    expect(data['config.json']).toContain(part);
  }
});

test('there is one of it, in the namespace of the server, and it comes after it', () => {
  const deployment = at(watched({ namespace: 'risk' }), 'kubernetes_deployment_v1', 'monitor/deployment');
  expect(deployment).toMatchObject({
    metadata: { namespace: 'risk', labels: { 'plinth.dev/runtime': 'monitor' } },
    spec: { replicas: '1' },
    depends_on: expect.arrayContaining([expect.stringMatching(/^kubernetes_deployment_v1\.tumour_/)]),
  });
});

test('a server that logs nothing cannot be watched', () => {
  expect(() => watched({ payloadLog: false })).toThrow(
    "prod-test/tumour: 'monitor' is to watch it, and it logs no payloads, because a monitor reads what the server was asked from that log; leave 'payloadLog' out, or set it to { sampleRate: 0.1 }.",
  );
});

test('a source that does not tell its model wants model and reference from the monitor', () => {
  const model = ModelSource.lake('risk');
  expect(() => watched({ model })).toThrow("give the monitor 'model' and 'reference'");
  watched({ model }, { model: 'fraud', reference: 's3://lake/risk/fraud/1/profile.json' });
});

test('a model whose name could be no label is refused', () => {
  const named = { model: 'risk/fraud', reference: 's3://lake/risk/fraud/1/profile.json' };
  expect(() => watched({ model: ModelSource.lake('risk') }, named)).toThrow(
    "prod-test/tumour: 'risk/fraud' is no name for a model",
  );
});

test('it starts anew when the profile that it read may have changed', () => {
  const { spec } = at(watched(), 'kubernetes_deployment_v1', 'monitor/deployment') as {
    spec: { template: { metadata: { annotations: Record<string, string> } } };
  };
  expect(spec.template.metadata.annotations['plinth.dev/model-files']).toMatch(/^[0-9a-f]{12}$/);
});

test('a setting that the runtime would refuse is refused at synth', () => {
  expect(() => watched({}, { windowRows: 5 })).toThrow("the runtime would refuse its configuration at 'windowRows'");
});
