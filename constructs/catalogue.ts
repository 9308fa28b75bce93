import { nearest, PlinthError } from '@plinth/contract';
import type { SystemSpec } from './core/system';

/** How a system arrives. */
export type CatalogueForm = 'helm' | 'workload' | 'aws' | 'external' | 'library';

/**
 * One system as `plinth catalogue` and the documentation show it.
 * What `proven` takes differs by form; docs/catalogue.md says it.
 */
export interface CatalogueRow {
  readonly system: string;
  readonly categories: readonly string[];
  readonly form: CatalogueForm;
  /** `path#Class`, below the package's root; null while it is planned. */
  readonly construct: string | null;
  readonly chart: string | null;
  readonly version: string | null;
  /** Of what gets deployed, not of our file. */
  readonly licence: string;
  readonly product: 'active' | 'renamed' | 'gone';
  /** What a product that was renamed is called now, or what took the place of one that is gone. */
  readonly now: string | null;
  readonly proof: 'proven' | 'planned';
  /** Where the proof is: a test, a table of evidence. */
  readonly evidence: string | null;
}

interface Entry {
  readonly system: string;
  readonly categories: readonly string[];
  readonly form: CatalogueForm;
  readonly licence: string;
  readonly product?: 'renamed' | 'gone';
  readonly now?: string;
  /** `path#Class`. */
  readonly construct?: string;
  readonly evidence?: string;
}

// One line a system. What a construct says of itself (chart, version) is not said again here: it is loaded when asked for.
// prettier-ignore
const entries: readonly Entry[] = [
  { system: 'DataRobot', categories: ['end-to-end platforms'], form: 'external', licence: 'proprietary' },
  { system: 'Azure ML', categories: ['end-to-end platforms'], form: 'external', licence: 'proprietary' },
  { system: 'Databricks', categories: ['end-to-end platforms', 'feature stores'], form: 'external', licence: 'proprietary' },
  { system: 'Domino', categories: ['end-to-end platforms'], form: 'external', licence: 'proprietary' },
  { system: 'Amazon SageMaker', categories: ['end-to-end platforms'], form: 'aws', licence: 'proprietary' },
  { system: 'Metaflow', categories: ['end-to-end platforms'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Vertex AI', categories: ['end-to-end platforms', 'feature stores'], form: 'external', licence: 'proprietary' },
  { system: 'Weights & Biases', categories: ['end-to-end platforms'], form: 'external', licence: 'proprietary' },
  { system: 'Qwak', categories: ['end-to-end platforms'], form: 'external', licence: 'proprietary', product: 'renamed', now: 'JFrog ML' },
  { system: 'Kubeflow', categories: ['end-to-end platforms', 'ML platform'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Valohai', categories: ['end-to-end platforms'], form: 'external', licence: 'proprietary' },
  { system: 'TFX', categories: ['end-to-end platforms'], form: 'library', licence: 'Apache-2.0' },
  { system: 'Google Dataflow', categories: ['end-to-end platforms'], form: 'external', licence: 'proprietary' },
  { system: 'Azure Pipelines', categories: ['end-to-end platforms'], form: 'external', licence: 'proprietary' },
  { system: 'Azure Monitor', categories: ['end-to-end platforms'], form: 'external', licence: 'proprietary' },
  { system: 'AimStack', categories: ['experiment tracking'], form: 'workload', licence: 'Apache-2.0' },
  { system: 'neptune.ai', categories: ['experiment tracking'], form: 'external', licence: 'proprietary (client Apache-2.0)', product: 'gone', now: 'MLflow' },
  { system: 'MLflow', categories: ['experiment tracking'], form: 'helm', licence: 'Apache-2.0', construct: 'constructs/experiments/tracking/mlflow#Mlflow', evidence: 'docs/evidence/charts.json, test/constructs/experiments/tracking/mlflow.test.ts, test/examples/rehearsed.test.ts' },
  { system: 'Comet', categories: ['experiment tracking'], form: 'external', licence: 'proprietary' },
  { system: 'Labelbox', categories: ['labeling'], form: 'external', licence: 'proprietary' },
  { system: 'Scale AI', categories: ['labeling'], form: 'external', licence: 'proprietary' },
  { system: 'Snorkel Flow', categories: ['labeling'], form: 'external', licence: 'proprietary' },
  { system: 'SageMaker Ground Truth', categories: ['labeling'], form: 'aws', licence: 'proprietary' },
  { system: 'Kili', categories: ['labeling'], form: 'external', licence: 'proprietary' },
  { system: 'SuperAnnotate', categories: ['labeling'], form: 'external', licence: 'proprietary' },
  { system: 'Encord', categories: ['labeling'], form: 'external', licence: 'proprietary' },
  { system: 'DVC', categories: ['data versioning'], form: 'library', licence: 'Apache-2.0' },
  { system: 'Dolt', categories: ['data versioning'], form: 'workload', licence: 'Apache-2.0' },
  { system: 'Delta Lake', categories: ['data versioning'], form: 'library', licence: 'Apache-2.0' },
  { system: 'Pachyderm', categories: ['data versioning'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'lakeFS', categories: ['data versioning'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Monte Carlo', categories: ['data quality'], form: 'external', licence: 'proprietary' },
  { system: 'Metaplane', categories: ['data quality'], form: 'external', licence: 'proprietary', product: 'renamed', now: 'Datadog' },
  { system: 'Talend', categories: ['data quality'], form: 'external', licence: 'proprietary', product: 'renamed', now: 'Qlik Talend' },
  { system: 'Great Expectations', categories: ['data quality'], form: 'library', licence: 'Apache-2.0' },
  { system: 'Databand', categories: ['data quality'], form: 'external', licence: 'proprietary (client Apache-2.0)', product: 'renamed', now: 'IBM' },
  { system: 'Soda Core', categories: ['data quality'], form: 'library', licence: 'Apache-2.0 (v3)' },
  { system: 'Feast', categories: ['feature stores'], form: 'helm', licence: 'Apache-2.0', construct: 'constructs/data/features/feast#Feast', evidence: 'docs/evidence/charts.json, test/constructs/data/features/feast.test.ts, test/examples/rehearsed.test.ts' },
  { system: 'Tecton', categories: ['feature stores'], form: 'external', licence: 'proprietary', product: 'renamed', now: 'Databricks; Feast where it must be self-hosted' },
  { system: 'Hopsworks', categories: ['feature stores'], form: 'external', licence: 'AGPL-3.0 server / Apache-2.0 client' },
  { system: 'Featureform', categories: ['feature stores'], form: 'helm', licence: 'MPL-2.0', product: 'renamed', now: 'Redis' },
  { system: 'Hugging Face', categories: ['model hubs'], form: 'external', licence: 'client Apache-2.0', construct: 'constructs/experiments/registries/hugging-face#HuggingFace', evidence: 'test/constructs/experiments/registries/hugging-face.test.ts, test/constructs/core/external-service.test.ts' },
  { system: 'Kaggle', categories: ['model hubs'], form: 'external', licence: 'proprietary' },
  { system: 'TensorFlow Hub', categories: ['model hubs'], form: 'external', licence: 'Apache-2.0' },
  { system: 'Optuna', categories: ['hyperparameter optimization'], form: 'library', licence: 'MIT', construct: 'constructs/experiments/tuning/optuna#Optuna', evidence: 'test/lanes/python/optuna.test.ts' },
  { system: 'Hyperopt', categories: ['hyperparameter optimization'], form: 'library', licence: 'BSD-3-Clause' },
  { system: 'SigOpt', categories: ['hyperparameter optimization'], form: 'library', licence: 'Apache-2.0 (server OSS)', product: 'gone', now: 'Optuna' },
  { system: 'AutoML', categories: ['hyperparameter optimization'], form: 'library', licence: 'Apache-2.0' },
  { system: 'Deepchecks', categories: ['model quality testing'], form: 'library', licence: 'AGPL-3.0' },
  { system: 'TruEra', categories: ['model quality testing'], form: 'library', licence: 'MIT (trulens)', product: 'renamed', now: 'Snowflake; the open TruLens goes on' },
  { system: 'Kolena', categories: ['model quality testing'], form: 'external', licence: 'proprietary (client Apache-2.0)' },
  { system: 'ZenML', categories: ['orchestration'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Kedro', categories: ['orchestration'], form: 'library', licence: 'Apache-2.0' },
  { system: 'Flyte', categories: ['orchestration'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Prefect', categories: ['orchestration'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Mage', categories: ['orchestration'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Airflow', categories: ['orchestration'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Kubeflow Pipelines', categories: ['orchestration'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'BentoML', categories: ['serving'], form: 'workload', licence: 'Apache-2.0' },
  { system: 'OctoML', categories: ['serving'], form: 'library', licence: 'proprietary', product: 'gone', now: 'Triton' },
  { system: 'TensorRT', categories: ['serving'], form: 'library', licence: 'proprietary (Apache-2.0 OSS parts)' },
  { system: 'Triton', categories: ['serving'], form: 'workload', licence: 'BSD-3-Clause', construct: 'constructs/serving/triton#Triton', evidence: 'test/constructs/serving/triton.test.ts, test/lanes/kubernetes/objects.test.ts' },
  { system: 'Seldon Core', categories: ['serving'], form: 'helm', licence: 'BUSL-1.1' },
  { system: 'TensorFlow Serving', categories: ['serving'], form: 'workload', licence: 'Apache-2.0' },
  { system: 'Ray Serve', categories: ['serving'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Plinth Model Server', categories: ['serving'], form: 'workload', licence: 'Apache-2.0', construct: 'constructs/serving/model-server#ModelServer', evidence: 'test/lanes/kubernetes/objects.test.ts, test/constructs/serving/model-server.test.ts, test/src/runtime/server.test.ts' },
  { system: 'Aporia', categories: ['model observability'], form: 'external', licence: 'proprietary', product: 'renamed', now: 'Coralogix AI' },
  { system: 'WhyLabs', categories: ['model observability'], form: 'library', licence: 'Apache-2.0 (whylogs, langkit)', product: 'gone', now: 'Evidently' },
  { system: 'Arize', categories: ['model observability'], form: 'external', licence: 'proprietary' },
  { system: 'Mona', categories: ['model observability'], form: 'external', licence: 'proprietary' },
  { system: 'Superwise', categories: ['model observability'], form: 'external', licence: 'proprietary' },
  { system: 'Evidently', categories: ['model observability'], form: 'workload', licence: 'Apache-2.0' },
  { system: 'Arthur', categories: ['responsible AI'], form: 'external', licence: 'MIT (engine) / proprietary platform' },
  { system: 'Fiddler', categories: ['responsible AI'], form: 'external', licence: 'proprietary' },
  { system: 'Ray', categories: ['compute'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Run:ai', categories: ['compute'], form: 'external', licence: 'proprietary', product: 'renamed', now: 'NVIDIA Run:ai, whose scheduler is the open KAI-Scheduler' },
  { system: 'Nuclio', categories: ['compute'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'MosaicML', categories: ['compute'], form: 'external', licence: 'Apache-2.0 (composer, streaming) / proprietary', product: 'renamed', now: 'Databricks Mosaic AI' },
  { system: 'Apache Spark', categories: ['compute'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Paperspace', categories: ['GPU clouds'], form: 'external', licence: 'proprietary' },
  { system: 'Baseten', categories: ['GPU clouds'], form: 'external', licence: 'proprietary (truss MIT)' },
  { system: 'Lambda', categories: ['GPU clouds'], form: 'external', licence: 'proprietary' },
  { system: 'Modal', categories: ['GPU clouds'], form: 'external', licence: 'proprietary (client Apache-2.0)' },
  { system: 'Pinecone', categories: ['vector databases'], form: 'external', licence: 'proprietary' },
  { system: 'Chroma', categories: ['vector databases'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'LangChain', categories: ['vector databases', 'LLMOps'], form: 'library', licence: 'MIT' },
  { system: 'LlamaIndex', categories: ['vector databases', 'LLMOps'], form: 'library', licence: 'MIT' },
  { system: 'Weaviate', categories: ['vector databases'], form: 'helm', licence: 'BSD-3-Clause' },
  { system: 'Qdrant', categories: ['vector databases'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Milvus', categories: ['vector databases'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Activeloop', categories: ['vector databases'], form: 'library', licence: 'Apache-2.0 (v4)' },
  { system: 'Guardrails', categories: ['LLMOps'], form: 'workload', licence: 'Apache-2.0' },
  { system: 'Dust', categories: ['LLMOps'], form: 'external', licence: 'MIT' },
  { system: 'Kubernetes', categories: ['ML platform'], form: 'aws', licence: 'Apache-2.0', construct: 'constructs/cluster/eks#EksCluster', evidence: 'test/stacks/rehearsed.test.ts, docs/security-findings.md' },
  { system: 'TensorFlow', categories: ['ML frameworks'], form: 'library', licence: 'Apache-2.0' },
  { system: 'PyTorch', categories: ['ML frameworks'], form: 'library', licence: 'BSD-3-Clause' },
  { system: 'Caffe', categories: ['ML frameworks'], form: 'library', licence: 'BSD-2-Clause', product: 'gone', now: 'PyTorch' },
  { system: 'Keras', categories: ['ML frameworks'], form: 'library', licence: 'Apache-2.0' },
  { system: 'TensorFlow Federated', categories: ['ML frameworks'], form: 'library', licence: 'Apache-2.0' },
  { system: 'Local FS', categories: ['storage volumes'], form: 'workload', licence: 'Apache-2.0' },
  { system: 'EFS', categories: ['storage volumes'], form: 'aws', licence: 'proprietary' },
  { system: 'EBS', categories: ['storage volumes'], form: 'aws', licence: 'proprietary', construct: 'constructs/cluster/storage-class#StorageClass', evidence: 'test/constructs/cluster/storage-class.test.ts, test/lanes/kubernetes/objects.test.ts' },
  { system: 'Ceph', categories: ['storage volumes'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'MinIO', categories: ['storage volumes', 'data storage'], form: 'helm', licence: 'AGPL-3.0', product: 'gone', now: 'Ceph' },
  { system: 'NFS', categories: ['storage volumes'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'HDFS', categories: ['storage volumes', 'data storage'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'ECR', categories: ['image governance'], form: 'aws', licence: 'proprietary', construct: 'constructs/storage/image-registry#ImageRegistry', evidence: 'test/stacks/rehearsed.test.ts, docs/security-findings.md' },
  { system: 'Harbor', categories: ['image governance'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'GitLab', categories: ['image governance'], form: 'helm', licence: 'MIT (CE)' },
  { system: 'Argo Workflows', categories: ['workflow engine', 'model training', 'model validation', 'data preparation'], form: 'helm', licence: 'Apache-2.0', construct: 'constructs/orchestration/argo-workflows#ArgoWorkflows', evidence: 'docs/evidence/charts.json, test/constructs/orchestration/argo-workflows.test.ts, test/examples/rehearsed.test.ts' },
  { system: 'JupyterHub', categories: ['model training'], form: 'helm', licence: 'BSD-3-Clause', construct: 'constructs/training/notebooks/jupyterhub#JupyterHub', evidence: 'docs/evidence/charts.json, test/constructs/training/notebooks/jupyterhub.test.ts, test/examples/rehearsed.test.ts' },
  { system: 'TensorBoard', categories: ['model training'], form: 'workload', licence: 'Apache-2.0' },
  { system: 'nbdev', categories: ['model training'], form: 'library', licence: 'Apache-2.0' },
  { system: 'S3', categories: ['data storage'], form: 'aws', licence: 'proprietary', construct: 'constructs/storage/data-lake#DataLake', evidence: 'test/stacks/rehearsed.test.ts, docs/security-findings.md' },
  { system: 'MongoDB', categories: ['data storage'], form: 'helm', licence: 'Apache-2.0 operator / SSPL server' },
  { system: 'Cassandra', categories: ['data storage'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'NATS', categories: ['data preparation'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Prometheus', categories: ['infrastructure monitoring', 'model monitoring'], form: 'helm', licence: 'Apache-2.0', construct: 'constructs/observability/metrics/kube-prometheus-stack#KubePrometheusStack', evidence: 'docs/evidence/charts.json, test/constructs/observability/metrics/kube-prometheus-stack.test.ts, test/examples/rehearsed.test.ts' },
  { system: 'Grafana', categories: ['infrastructure monitoring', 'model monitoring'], form: 'helm', licence: 'AGPL-3.0', construct: 'constructs/observability/metrics/kube-prometheus-stack#KubePrometheusStack', evidence: 'docs/evidence/charts.json, test/constructs/observability/metrics/kube-prometheus-stack.test.ts, test/examples/rehearsed.test.ts' },
  { system: 'Istio', categories: ['model monitoring'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'ELB', categories: ['ingress'], form: 'helm', licence: 'Apache-2.0', construct: 'constructs/ingress/aws-load-balancer-controller#AwsLoadBalancerController', evidence: 'docs/evidence/charts.json, test/constructs/ingress/aws-load-balancer-controller.test.ts, test/examples/rehearsed.test.ts' },
  { system: 'Traefik', categories: ['ingress'], form: 'helm', licence: 'MIT', construct: 'constructs/ingress/traefik#Traefik', evidence: 'docs/evidence/charts.json, test/constructs/ingress/traefik.test.ts, test/examples/rehearsed.test.ts' },
  { system: 'Ambassador', categories: ['ingress'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Okta', categories: ['security'], form: 'external', licence: 'proprietary' },
  { system: 'Vault', categories: ['security'], form: 'helm', licence: 'BUSL-1.1', construct: 'constructs/security/vault#Vault', evidence: 'docs/evidence/charts.json, test/constructs/security/vault.test.ts, test/examples/rehearsed.test.ts' },
  { system: 'AWS Certificate Manager', categories: ['security'], form: 'aws', licence: 'proprietary', construct: 'constructs/security/certificate#Certificate', evidence: 'test/stacks/rehearsed.test.ts, docs/security-findings.md' },
  { system: 'Elasticsearch', categories: ['logs'], form: 'helm', licence: 'Elastic-2.0/AGPL-3.0/SSPL' },
  { system: 'Fluentd', categories: ['logs'], form: 'helm', licence: 'Apache-2.0' },
  { system: 'Kibana', categories: ['logs'], form: 'helm', licence: 'Elastic-2.0/AGPL-3.0/SSPL' },
  { system: 'Graylog', categories: ['logs'], form: 'helm', licence: 'SSPL' },
  // What the platform leans on besides.
  { system: 'OpenBao', categories: ['security'], form: 'helm', licence: 'MPL-2.0', construct: 'constructs/security/openbao#OpenBao', evidence: 'docs/evidence/charts.json, test/constructs/security/openbao.test.ts' },
  { system: 'External Secrets', categories: ['security'], form: 'helm', licence: 'Apache-2.0', construct: 'constructs/security/external-secrets#ExternalSecrets', evidence: 'docs/evidence/charts.json, test/constructs/security/external-secrets.test.ts, test/examples/rehearsed.test.ts' },
  { system: 'cert-manager', categories: ['security'], form: 'helm', licence: 'Apache-2.0', construct: 'constructs/security/cert-manager#CertManager', evidence: 'docs/evidence/charts.json, test/constructs/security/cert-manager.test.ts, test/examples/rehearsed.test.ts' },
  { system: 'KEDA', categories: ['autoscaling'], form: 'helm', licence: 'Apache-2.0', construct: 'constructs/cluster/keda#Keda', evidence: 'docs/evidence/charts.json, test/constructs/cluster/keda.test.ts, test/examples/rehearsed.test.ts' },
  { system: 'Karpenter', categories: ['autoscaling'], form: 'helm', licence: 'Apache-2.0', construct: 'constructs/cluster/karpenter#Karpenter', evidence: 'docs/evidence/charts.json, test/constructs/cluster/karpenter.test.ts, test/examples/rehearsed.test.ts' },
  { system: 'NVIDIA device plugin', categories: ['GPUs'], form: 'helm', licence: 'Apache-2.0', construct: 'constructs/cluster/nvidia-device-plugin#NvidiaDevicePlugin', evidence: 'docs/evidence/charts.json, test/constructs/cluster/nvidia-device-plugin.test.ts, test/examples/rehearsed.test.ts' },
  { system: 'Amazon RDS for PostgreSQL', categories: ['databases'], form: 'aws', licence: 'proprietary', construct: 'constructs/storage/postgres#Postgres', evidence: 'test/stacks/rehearsed.test.ts, docs/security-findings.md' },
  { system: 'Plinth Model Monitor', categories: ['model monitoring'], form: 'workload', licence: 'Apache-2.0', construct: 'constructs/observability/models/model-monitor#ModelMonitor', evidence: 'test/lanes/kubernetes/objects.test.ts, test/constructs/observability/models/model-monitor.test.ts, test/src/runtime/monitoring/calibration.test.ts' },
];

/**
 * Every row, with what the constructs say of themselves. Loads those that exist, and nothing before it is called.
 * @param names only these systems, in this order
 * @throws PlinthError `unknown-system`
 */
export function catalogue(names?: readonly string[]): readonly CatalogueRow[] {
  return (names?.map(entryOf) ?? entries).map(describe);
}

function entryOf(name: string): Entry {
  const found = entries.find(({ system }) => system.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const meant = nearest(
    name,
    entries.map(({ system }) => system),
  );
  throw new PlinthError({
    code: 'unknown-system',
    where: 'catalogue',
    what: `there is no system '${name}'`,
    why: 'the catalogue has no row of that name',
    cure: meant === undefined ? "'plinth catalogue' lists them all" : `did you mean '${meant}'`,
  });
}

function describe(entry: Entry): CatalogueRow {
  const system = entry.construct === undefined ? undefined : load(entry.construct);
  return {
    system: entry.system,
    categories: entry.categories,
    form: entry.form,
    construct: entry.construct ?? null,
    chart: system?.chart?.name ?? null,
    version: system?.chart?.version ?? null,
    licence: system?.licence ?? entry.licence,
    product: entry.product ?? 'active',
    now: entry.now ?? null,
    proof: entry.evidence === undefined ? 'planned' : 'proven',
    evidence: entry.evidence ?? null,
  };
}

function load(construct: string): SystemSpec | undefined {
  const [path = '', name = ''] = construct.split('#');
  const module = require(`../${path}`) as Record<string, { readonly system?: SystemSpec }>;
  return module[name]?.system;
}
