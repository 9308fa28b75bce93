import { Construct } from 'constructs';
import { JobTemplate, JobTemplateProps, LakeFile, programFolder } from '../../core/job-template';
import { Peer } from '../../core/network-policy';
import { packageFile } from '../../core/package-file';
import { Platform } from '../../core/platform';
import { Resources, SecretRef } from '../../core/pod';
import { defineSystem } from '../../core/system';

/** One hyperparameter's range. */
export type Range =
  | {
      readonly type: 'int';
      readonly low: number;
      readonly high: number;
      readonly step?: number;
      readonly log?: boolean;
    }
  | {
      readonly type: 'float';
      readonly low: number;
      readonly high: number;
      readonly step?: number;
      readonly log?: boolean;
    }
  | { readonly type: 'categorical'; readonly choices: readonly (string | number | boolean)[] };

export interface OptunaProps extends JobTemplateProps {
  /** An image with Python, Optuna and scikit-learn; the versions that the step is tested with stand in test/lanes/python/requirements.txt. */
  readonly image: string;
  /** The table: CSV with a line of names, numbers in every column but the target. */
  readonly table: Omit<LakeFile, 'path'>;
  /** Column that is to be predicted. */
  readonly target: string;
  /** scikit-learn's full name, such as `sklearn.ensemble.RandomForestClassifier`. */
  readonly estimator: string;
  /** Hyperparameters by name. */
  readonly space: Readonly<Record<string, Range>>;
  /** Default 50. A run may say otherwise by the parameter `trials`. */
  readonly trials?: number;
  /** scikit-learn's name of a score, more of which is better. Default the estimator's own (accuracy, or R2). */
  readonly scoring?: string;
  /** Where `best.json` and `trials.csv` go. Default `tuning/<id>` in the lake's models zone. */
  readonly result?: Pick<LakeFile, 'bucket' | 'key'>;
  /** URL of a database by which several runs share one study, and where it listens. Default each run has a study of its own. */
  readonly storage?: { readonly url: SecretRef; readonly peer: Peer };
  /** Default two cores and `4Gi`. */
  readonly resources?: Resources;
}

/** Optuna (https://optuna.org) searching the hyperparameters of a scikit-learn estimator on a table of the lake. */
export class Optuna extends JobTemplate {
  static override readonly system = defineSystem({
    name: 'Optuna',
    categories: ['hyperparameter optimization'],
    licence: 'MIT',
    requires: [{ role: 'workflows', why: 'a search runs as a step of a workflow' }],
  });

  constructor(scope: Construct, id: string, props: OptunaProps) {
    const platform = props.platform ?? Platform.of(scope);
    const { storage } = props;
    const result = props.result ?? { bucket: platform.lake.models, key: `tuning/${id}/result` };
    super(scope, id, props, {
      image: props.image,
      command: ['python', `${programFolder}/optuna_step.py`],
      args: [
        ...['--table', '/tmp/table.csv', '--target', props.target, '--out', '/tmp/result'],
        ...['--estimator', props.estimator, '--space', JSON.stringify(props.space)],
        ...['--trials', '{{inputs.parameters.trials}}', '--seed', '{{inputs.parameters.seed}}', '--study', id],
        ...(props.scoring === undefined ? [] : ['--scoring', props.scoring]),
      ],
      env: { HOME: '/tmp', ...(storage && { OPTUNA_STORAGE: storage.url }) },
      files: [packageFile('constructs/experiments/tuning/optuna_step.py')],
      resources: props.resources ?? { cpu: '2', memory: '4Gi' },
      parameters: {
        trials: { value: String(props.trials ?? 50), description: 'How many combinations are tried' },
        seed: { value: '0', description: 'Of the search and the folds' },
      },
      inputs: { table: { ...props.table, path: '/tmp/table.csv' } },
      outputs: { result: { ...result, path: '/tmp/result' } },
      egressTo: storage && [storage.peer],
    });
  }
}
