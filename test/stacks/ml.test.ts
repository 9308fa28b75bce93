import { Template } from '@plinth/rehearsal/expect';
import { App } from 'cdktf';
import { Platform } from 'plinth/constructs/core/platform';
import { State } from 'plinth/constructs/core/state';
import { DataLake } from 'plinth/constructs/storage/data-lake';
import { Postgres } from 'plinth/constructs/storage/postgres';
import { Mlflow } from 'plinth/constructs/experiments/tracking/mlflow';
import { ExternalSecrets } from 'plinth/constructs/security/external-secrets';
import { PlinthStack } from 'plinth/constructs/core/stack';
import { connectCluster } from 'plinth/constructs/cluster/connection';
import { MlStack, MlStackProps } from 'plinth/stacks/ml';
import { clusterWithIssuer } from '../support/ml';
import { blocks, StackJson, synthesize } from '../support/program';

/** A stand-in for the three stacks below: a lake and a database that are given, and External Secrets. */
class Below extends PlinthStack {
  constructor(app: App, props: { platform: Platform; state: State }, gpu: boolean) {
    super(app, 'services', props);
    const { platform } = props;
    const bucket = (zone: string) => ({ bucketName: `prod-lake-${zone}` });
    platform.provide({
      cluster: gpu ? clusterWithIssuer : { ...clusterWithIssuer, gpuPools: [] },
      lake: DataLake.fromAttributes(this, 'lake', {
        raw: bucket('raw'),
        curated: bucket('curated'),
        features: bucket('features'),
        models: bucket('models'),
        payloads: bucket('payloads'),
      }),
      database: Postgres.fromAttributes(this, 'database', {
        host: 'postgres.example',
        secret: { secretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:master-AbCdEf' },
        cidrs: ['10.0.0.0/16'],
      }),
    });
    connectCluster(this, platform.cluster);
    new ExternalSecrets(this, 'external-secrets');
    platform.fill('gpu', { system: 'NVIDIA device plugin', endpoints: {} });
  }
}

function build(props: Pick<MlStackProps, 'systems'> = {}, gpu = true, see: (stack: MlStack) => void = () => undefined) {
  return synthesize((app) => {
    const base = { platform: new Platform({ name: 'prod', region: 'eu-west-1' }), state: State.local() };
    new Below(app, base, gpu);
    see(new MlStack(app, { ...base, ...props }));
  });
}
const systemsOf = (stack: StackJson | undefined) =>
  (stack?.['//'].plinth?.components ?? []).map(({ system }) => system as string);

test('everything it is known for is on by default', () => {
  const { 'prod-ml': ml } = build();
  expect(systemsOf(ml)).toEqual(expect.arrayContaining(['MLflow', 'Feast', 'Argo Workflows', 'JupyterHub', 'Triton']));
});

test('without GPUs there is no Triton, and nobody complains', () => {
  expect(systemsOf(build({}, false)['prod-ml'])).not.toContain('Triton');
});

test('a system is left out, or exchanged', () => {
  const stacks = build(
    {
      systems: {
        features: false,
        notebooks: false,
        gpuServing: false,
        workflows: false,
        tracking: (scope) => new Mlflow(scope, 'runs', { replicas: 1 }),
      },
    },
    true,
    (stack) => {
      expect(stack.features).toBeUndefined();
      expect(stack.tracking?.node.id).toBe('runs');
    },
  );
  expect(systemsOf(stacks['prod-ml'])).toEqual(expect.not.arrayContaining(['Feast', 'JupyterHub', 'Triton']));
});

test('it comes after the stacks that it uses, and what it grants to a controller there needs nothing of it', () => {
  const { 'prod-services': services, 'prod-ml': ml } = build();
  // The master's password is the foundation's, so the controller's right to it stands with the controller.
  Template.of(services as StackJson).resourceCount('aws_iam_role_policy', 1, { policy: /secret:master-AbCdEf/ });
  expect(JSON.stringify(services)).not.toContain('prod-ml');
  expect(JSON.stringify(ml)).not.toContain('${aws_iam_role.external-secrets');
});

test('each namespace is made once', () => {
  const names = blocks(build()['prod-ml'] as StackJson, 'kubernetes_namespace_v1').map(
    ([, block]) => (block.metadata as { name: string }).name,
  );
  expect(names.sort()).toEqual(['argo', 'ml', 'notebooks']);
});
