import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobSpec, JobTemplate, JobTemplateProps } from 'plinth/constructs/core/job-template';
import { defineSystem } from 'plinth/constructs/core/system';
import { ArgoWorkflows } from 'plinth/constructs/orchestration/argo-workflows';
import { Construct } from 'constructs';
import { synthesizeMl } from '../../support/ml';
import { at, blocks } from '../../support/program';

class Step extends JobTemplate {
  static override readonly system = defineSystem({ name: 'Step', categories: [], licence: 'MIT' });
  constructor(scope: Construct, id: string, job: Partial<JobSpec> = {}, props: JobTemplateProps = {}) {
    super(scope, id, props, { image: 'x', command: ['x'], resources: { cpu: '1', memory: '1Gi' }, ...job });
  }
}

interface Spec {
  templates: [{ container: Record<string, unknown>; nodeSelector?: object; tolerations?: object[] }];
  securityContext: object;
}
const specOf = (step: Step) => step.objects.objects[0]?.spec as unknown as Spec;

test('it keeps to the restricted standard, and a run ends', () => {
  synthesizeMl((scope) => {
    new ArgoWorkflows(scope, 'argo');
    const spec = specOf(new Step(scope, 'step'));
    expect(spec).toMatchObject({ entrypoint: 'run', serviceAccountName: 'step', activeDeadlineSeconds: 86400 });
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(spec.templates[0].container.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });
});

test('it comes after the engine, and its account may report and nothing else', () => {
  const stack = synthesizeMl(
    (scope) => {
      const step = new Step(scope, 'step');
      expect(step.namespace).toBe('ml');
    },
    { provides: { workflows: { system: 'Argo Workflows', endpoints: {} } } },
  );
  expect(at(stack, 'kubernetes_role_v1', 'step/role').rule).toEqual([
    { api_groups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] },
  ]);
  const ordered = synthesizeMl((scope) => [new ArgoWorkflows(scope, 'argo'), new Step(scope, 'step')]);
  expect(at(ordered, 'helm_release', 'step/template/release').depends_on).toContainEqual(
    expect.stringMatching(/^terraform_data\.argo_all_/),
  );
});

test('what it reads may be read, what it writes may be written, below the folder that is certain', () => {
  const stack = synthesizeMl((scope, platform) => {
    new ArgoWorkflows(scope, 'argo');
    new Step(scope, 'step', {
      inputs: {
        table: { bucket: platform.lake.curated, key: 'fraud/{{inputs.parameters.day}}/rows.csv', path: '/tmp/a' },
      },
      outputs: { model: { bucket: platform.lake.models, key: 'fraud/1/model.onnx', path: '/tmp/b' } },
    });
  });
  const ids = blocks(stack, 'aws_iam_role_policy').map(([, { name }]) => name);
  expect(ids).toEqual(
    expect.arrayContaining(['lake-curated-read-fraud', 'lake-models-write-fraud.1', 'lake-curated-write-workflows.ml']),
  );
});

test("a program's own dollar signs reach the pod as they are", () => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-job-'));
  try {
    const file = join(folder, 'run.sh');
    writeFileSync(file, 'echo "${HOME} %{x} $1"\n');
    const stack = synthesizeMl((scope) => [
      new ArgoWorkflows(scope, 'argo'),
      new Step(scope, 'step', { files: [file] }),
    ]);
    expect(at(stack, 'kubernetes_config_map_v1', 'step/program').data).toEqual({
      'run.sh': 'echo "$${HOME} %%{x} $1"\n',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a step with GPUs goes to the nodes for training', () => {
  synthesizeMl((scope) => {
    new ArgoWorkflows(scope, 'argo');
    const [run] = specOf(new Step(scope, 'step', { resources: { cpu: '1', memory: '1Gi', gpu: 2 } })).templates;
    expect(run.nodeSelector).toEqual({ 'plinth.dev/gpu-for': 'training' });
    expect(run.tolerations).toEqual([
      { key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule', operator: 'Equal' },
    ]);
    expect(run.container.resources).toMatchObject({ limits: { 'nvidia.com/gpu': 2 } });
  });
});

test('the template can be changed', () => {
  synthesizeMl((scope) => {
    new ArgoWorkflows(scope, 'argo');
    const spec = (made: Record<string, unknown>) => ({ ...made, priority: 3 });
    expect(specOf(new Step(scope, 'step', {}, { transform: { spec } }))).toMatchObject({ priority: 3 });
  });
});

test('without a workflow engine it says what is missing', () => {
  synthesizeMl((scope) => {
    expect(() => new Step(scope, 'step')).toThrow(
      "prod-test/step: Step runs as a step of a workflow, and the platform 'prod' has no workflow engine, because a WorkflowTemplate is an object of Argo Workflows; add ArgoWorkflows to the platform before it.",
    );
  });
});
