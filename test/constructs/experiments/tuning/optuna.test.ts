import { Optuna, OptunaProps } from 'plinth/constructs/experiments/tuning/optuna';
import { Platform } from 'plinth/constructs/core/platform';
import { TerraformStack } from 'cdktf';
import { synthesizeMl } from '../../../support/ml';
import { at } from '../../../support/program';

const workflows = { workflows: { system: 'Argo Workflows', endpoints: {} } };
const tune = (scope: TerraformStack, platform: Platform, props: Partial<OptunaProps> = {}) =>
  new Optuna(scope, 'tune-fraud', {
    image: 'registry.example/optuna:1',
    table: { bucket: platform.lake.curated, key: 'fraud/train.csv' },
    target: 'fraud',
    estimator: 'sklearn.ensemble.RandomForestClassifier',
    space: { max_depth: { type: 'int', low: 2, high: 16 } },
    ...props,
  });

interface Template {
  spec: {
    arguments: object;
    serviceAccountName: string;
    templates: [{ inputs: object; outputs: object; container: { args: string[]; env: object[] } }];
  };
}

test('the step reads its table from the lake, searches the space, and writes below the models', () => {
  synthesizeMl(
    (scope, platform) => {
      const { spec } = tune(scope, platform).objects.objects[0] as unknown as Template;
      const [step] = spec.templates;
      expect(step.container.args).toEqual([
        ...['--table', '/tmp/table.csv', '--target', 'fraud', '--out', '/tmp/result'],
        ...['--estimator', 'sklearn.ensemble.RandomForestClassifier'],
        ...['--space', '{"max_depth":{"type":"int","low":2,"high":16}}'],
        ...[
          '--trials',
          '{{inputs.parameters.trials}}',
          '--seed',
          '{{inputs.parameters.seed}}',
          '--study',
          'tune-fraud',
        ],
      ]);
      expect(step.inputs).toMatchObject({
        artifacts: [{ path: '/tmp/table.csv', s3: { key: 'fraud/train.csv', useSDKCreds: true } }],
      });
      expect(step.outputs).toMatchObject({
        artifacts: [{ s3: { bucket: 'prod-lake-models', key: 'tuning/tune-fraud/result' } }],
      });
      expect(spec.arguments).toMatchObject({
        parameters: [
          { name: 'trials', value: '50' },
          { name: 'seed', value: '0' },
        ],
      });
      expect(spec.serviceAccountName).toBe('tune-fraud');
    },
    { provides: workflows },
  );
});

test('its program is the one that the Python lane runs', () => {
  const stack = synthesizeMl((scope, platform) => void tune(scope, platform), { provides: workflows });
  const { data } = at(stack, 'kubernetes_config_map_v1', 'tune-fraud/program') as unknown as {
    data: Record<string, string>;
  };
  expect(data['optuna_step.py']).toContain('import optuna');
});

test('it may read its table and write its result, and nothing else of the lake but what workflows keep', () => {
  const stack = synthesizeMl((scope, platform) => void tune(scope, platform), { provides: workflows });
  const policies = Object.values(stack.resource?.aws_iam_role_policy ?? {}).map((block) =>
    JSON.stringify(block.policy),
  );
  expect(policies).toHaveLength(3);
  expect(policies.find((policy) => policy.includes('/fraud/*'))).not.toContain('PutObject');
  expect(policies.find((policy) => policy.includes('/tuning/tune-fraud/*'))).toContain('PutObject');
  expect(policies.find((policy) => policy.includes('/workflows/ml/*'))).toContain('PutObject');
});

test('several runs share a study by a database', () => {
  synthesizeMl(
    (scope, platform) => {
      const storage = { url: { secret: 'optuna', key: 'url' }, peer: { cidr: '10.0.0.0/16', ports: [5432] } };
      const { spec } = tune(scope, platform, { storage }).objects.objects[0] as unknown as Template;
      expect(spec.templates[0].container.env).toContainEqual({
        name: 'OPTUNA_STORAGE',
        valueFrom: { secretKeyRef: { name: 'optuna', key: 'url' } },
      });
    },
    { provides: workflows },
  );
});
