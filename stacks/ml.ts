import { App, TerraformStack } from 'cdktf';
import { connectCluster } from '../constructs/cluster/connection';
import { Component } from '../constructs/core/component';
import { PlinthStack, PlinthStackProps } from '../constructs/core/stack';
import { Feast } from '../constructs/data/features/feast';
import { Mlflow } from '../constructs/experiments/tracking/mlflow';
import { ArgoWorkflows } from '../constructs/orchestration/argo-workflows';
import { Triton } from '../constructs/serving/triton';
import { JupyterHub } from '../constructs/training/notebooks/jupyterhub';
import { Choice } from './services';

export interface MlSystems {
  /** Tracking of runs and the registry of models. Default MLflow. */
  readonly tracking?: Choice;
  /** Feature store. Default Feast. */
  readonly features?: Choice;
  /** Default Argo Workflows. */
  readonly workflows?: Choice;
  /** Default JupyterHub. */
  readonly notebooks?: Choice;
  /** Serving on GPUs. Default Triton where the cluster has a GPU pool for serving, otherwise none. */
  readonly gpuServing?: Choice;
}

export interface MlStackProps extends PlinthStackProps {
  readonly systems?: MlSystems;
}

/** What teams share to make models: registries, stores, workflows, notebooks, serving on GPUs. */
export class MlStack extends PlinthStack {
  readonly tracking?: Component;
  readonly features?: Component;
  readonly workflows?: Component;
  readonly notebooks?: Component;
  readonly gpuServing?: Component;

  constructor(app: App, props: MlStackProps) {
    super(app, 'ml', props);
    const { platform } = props;
    // Said before anything is granted: a policy goes into the later of two stacks.
    const earlier = platform.components.map((component) => TerraformStack.of(component));
    for (const stack of new Set(earlier)) if (stack !== this) this.addDependency(stack);
    connectCluster(this, platform.cluster);
    const { tracking, features, workflows, notebooks, gpuServing } = props.systems ?? {};
    const gpus = platform.cluster.gpuPools.some((pool) => pool.for === 'serving');
    const make = (choice: Choice | undefined, standard: Choice): Component | undefined => {
      const chosen = choice ?? standard;
      return chosen === false ? undefined : chosen(this);
    };
    this.tracking = make(tracking, (scope) => new Mlflow(scope, 'mlflow'));
    this.features = make(features, (scope) => new Feast(scope, 'feast'));
    this.workflows = make(workflows, (scope) => new ArgoWorkflows(scope, 'argo'));
    this.notebooks = make(notebooks, (scope) => new JupyterHub(scope, 'jupyterhub'));
    this.gpuServing = make(gpuServing, gpus && ((scope) => new Triton(scope, 'triton')));
  }
}
