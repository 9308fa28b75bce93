import type { PlinthError } from '@plinth/contract';
import { RequestError } from './errors.js';
import {
  configProblem,
  datatypeOf,
  type EnsembleStep,
  type ModelConfig,
  type ServedSignature,
} from './model-config.js';
import { ServedModel, type ServedOptions, type ServedResult } from './served-model.js';
import { datatypes, type Datatype, type Tensor, type TensorSpec } from './tensors.js';

/** Runs another model with its checks, counts and quotas. */
export type StepRunner = (
  model: string,
  version: string | undefined,
  inputs: readonly Tensor[],
  outputs: readonly string[],
  options: ServedOptions,
) => Promise<ServedResult>;

/** A small graph of models behind one name (Triton's ensemble): a step runs when all that it reads is there. */
export class Ensemble extends ServedModel {
  readonly bytes = 0;
  readonly needs: readonly string[];
  readonly signature: ServedSignature;
  private readonly steps: readonly EnsembleStep[];
  /** The step that makes a tensor. */
  private readonly maker = new Map<string, EnsembleStep>();

  /** @throws PlinthError `config-refused` where the graph cannot be computed */
  constructor(
    readonly config: ModelConfig,
    private readonly runStep: StepRunner,
  ) {
    super();
    this.steps = config.ensemble_scheduling?.step ?? [];
    this.needs = [...new Set(this.steps.map((step) => step.model_name))];
    const rows = config.max_batch_size > 0 ? [-1] : [];
    const spec = ({
      name,
      data_type,
      dims,
    }: ModelConfig['output'][number] | ModelConfig['input'][number]): TensorSpec => ({
      name,
      datatype: this.datatype(name, data_type),
      shape: [...rows, ...dims],
    });
    this.signature = { inputs: config.input.map(spec), outputs: config.output.map(spec), reshape: new Map() };
    this.check();
  }

  private problem(what: string, why: string, cure: string): PlinthError {
    return configProblem(`${this.config.name}/config.pbtxt`, what, why, cure);
  }

  private datatype(name: string, type: string): Datatype {
    const datatype = datatypeOf(type);
    if (datatype in datatypes) return datatype as Datatype;
    throw this.problem(`"${name}" is ${type}`, 'the engine does not compute with that type', 'use another type');
  }

  private check(): void {
    const { input, output } = this.config;
    if (this.steps.length === 0 || input.length === 0 || output.length === 0)
      throw this.problem(
        'the ensemble has no steps, no inputs or no outputs',
        'nothing of it can be read from an ONNX file',
        'list input, output and ensemble_scheduling.step',
      );
    for (const step of this.steps)
      for (const tensor of Object.values(step.output_map)) {
        if (this.maker.has(tensor) || input.some(({ name }) => name === tensor))
          throw this.problem(`two steps make "${tensor}"`, 'each tensor has one origin', 'give one another name');
        this.maker.set(tensor, step);
      }
    const known = new Set(input.map(({ name }) => name));
    const visit = (tensor: string, above: readonly EnsembleStep[]): void => {
      if (known.has(tensor)) return;
      const step = this.maker.get(tensor);
      if (step === undefined)
        throw this.problem(`nothing makes "${tensor}"`, 'no input and no step has that name', 'correct the maps');
      if (above.includes(step))
        throw this.problem(
          `"${tensor}" depends on itself`,
          `the steps ${[...above, step].map(({ model_name }) => `"${model_name}"`).join(' -> ')} go round`,
          'break the circle',
        );
      for (const read of Object.values(step.input_map)) visit(read, [...above, step]);
      known.add(tensor);
    };
    for (const { name } of output) visit(name, []);
  }

  labels(): undefined {
    return undefined;
  }

  protected async compute(
    inputs: readonly Tensor[],
    outputs: readonly string[],
    options: ServedOptions,
  ): Promise<ServedResult> {
    const given = new Map(inputs.map((tensor) => [tensor.name, tensor]));
    const runs = new Map<EnsembleStep, Promise<ServedResult>>();
    const tensor = async (name: string): Promise<Tensor> => {
      const input = given.get(name);
      if (input !== undefined) return input;
      const step = this.maker.get(name) as EnsembleStep;
      let run = runs.get(step);
      if (run === undefined) runs.set(step, (run = this.runOne(step, tensor, options)));
      const inner = Object.entries(step.output_map).find(([, to]) => to === name)?.[0];
      const made = (await run).outputs.find((each) => each.name === inner);
      if (made === undefined)
        throw new RequestError('unavailable', {
          code: 'ensemble-broken',
          what: `the step "${step.model_name}" did not make "${name}"`,
          where: `model "${this.config.name}"`,
          why: 'the model of that step has changed',
          cure: 'correct the ensemble',
        });
      return { ...made, name };
    };
    const wanted = await Promise.all(outputs.map(tensor));
    const results = await Promise.all(runs.values());
    return {
      outputs: wanted,
      queueMs: results.reduce((sum, { queueMs }) => sum + queueMs, 0),
      inferMs: results.reduce((sum, { inferMs }) => sum + inferMs, 0),
      cached: false,
    };
  }

  private async runOne(
    step: EnsembleStep,
    tensor: (name: string) => Promise<Tensor>,
    options: ServedOptions,
  ): Promise<ServedResult> {
    const inputs = await Promise.all(
      Object.entries(step.input_map).map(async ([name, from]) => ({ ...(await tensor(from)), name })),
    );
    const version = step.model_version > 0 ? String(step.model_version) : undefined;
    // A tensor may be read by several steps: none may take its memory away.
    return this.runStep(step.model_name, version, inputs, Object.keys(step.output_map), {
      ...options,
      keepInputs: true,
      readMs: 0,
    });
  }

  protected close(): Promise<void> {
    return Promise.resolve();
  }
}
