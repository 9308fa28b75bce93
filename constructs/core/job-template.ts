import { basename } from 'node:path';
import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1';
import { RoleBindingV1 } from '@cdktf/provider-kubernetes/lib/role-binding-v1';
import { RoleV1 } from '@cdktf/provider-kubernetes/lib/role-v1';
import { ServiceAccountV1 } from '@cdktf/provider-kubernetes/lib/service-account-v1';
import { Construct } from 'constructs';
import { Component, ComponentProps } from './component';
import { fail } from './findings';
import { IGrantable, IIdentity } from './grants';
import { WorkloadIdentity } from './identity';
import { KubernetesObjects } from './kubernetes-objects';
import { checkKubernetesName } from './names';
import { Namespace } from './namespace';
import { httpsOut, NetworkPolicy, Peer } from './network-policy';
import { programText } from './package-file';
import { gpuForLabel, gpuTaint, Resources, SecretRef } from './pod';
import { IBucket } from './resources';
import { EndpointSpec } from './system';

/** A file or folder of the lake, as a step sees it. */
export interface LakeFile {
  readonly bucket: IBucket;
  /** Key below the bucket; `{{inputs.parameters.name}}` stands for a parameter. */
  readonly key: string;
  /** Where it stands in the container. */
  readonly path: string;
}

/** What a run is told, unless it says otherwise. */
export interface JobParameter {
  /** Without it every run must give one. */
  readonly value?: string;
  readonly description?: string;
}

export interface JobTemplateProps extends ComponentProps {
  /** Default `ml`. */
  readonly namespace?: string;
  /** Changes the WorkflowTemplate's `spec`, last of all. */
  readonly transform?: { readonly spec?: (spec: Record<string, unknown>) => Record<string, unknown> };
}

/** What a step is made of. */
export interface JobSpec {
  readonly image: string;
  readonly command: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | SecretRef>>;
  /** Paths of small programs on this machine; they stand in `/etc/plinth/program` by their names. */
  readonly files?: readonly string[];
  readonly resources: Resources;
  readonly parameters?: Readonly<Record<string, JobParameter>>;
  readonly inputs?: Readonly<Record<string, LakeFile>>;
  readonly outputs?: Readonly<Record<string, LakeFile>>;
  /** Besides HTTPS, which AWS and the API of Kubernetes take. */
  readonly egressTo?: readonly Peer[];
  /** Attempts after the first that failed. Default 2. */
  readonly retries?: number;
  /** Seconds after which a run is given up. Default a day. */
  readonly deadlineSeconds?: number;
}

/** Where a step's own program files stand. */
export const programFolder = '/etc/plinth/program';

const user = 65532;
const containerSecurity = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/**
 * A library that runs as a step: an Argo WorkflowTemplate around a small program, with the account it acts under. Others
 * run it by its name (`argo submit --from workflowtemplate/<id>`, a `templateRef`, a CronWorkflow). What it reads and
 * writes lies in the lake, and its role may touch that and nothing else.
 */
export abstract class JobTemplate extends Component implements IGrantable {
  readonly form = 'library';
  readonly namespace: string;
  /** Name of the WorkflowTemplate, its service account and its pods' label `app.kubernetes.io/name`. */
  readonly templateName: string;
  readonly identity: IIdentity;
  /** The WorkflowTemplate. */
  readonly objects: KubernetesObjects;

  constructor(scope: Construct, id: string, props: JobTemplateProps, job: JobSpec) {
    super(scope, id, props);
    const { platform } = this;
    // Argo puts a template's name and two hashes into the names of pods.
    checkKubernetesName(this.node.path, id, 40);
    this.namespace = props.namespace ?? 'ml';
    this.templateName = id;
    if (!platform.has('workflows')) {
      fail(this, {
        code: 'missing-requirement',
        what: `${this.system.name} runs as a step of a workflow, and the platform '${platform.name}' has no workflow engine`,
        why: 'a WorkflowTemplate is an object of Argo Workflows',
        cure: 'add ArgoWorkflows to the platform before it',
      });
    }
    this.node.addDependency(Namespace.in(this, this.namespace, { platform }));
    this.identity = this.account();
    for (const { bucket, key } of Object.values(job.inputs ?? {})) bucket.grantRead(this, folderOf(key));
    for (const { bucket, key } of Object.values(job.outputs ?? {})) bucket.grantReadWrite(this, folderOf(key));
    // Logs, and what steps hand to each other.
    platform.lake.curated.grantReadWrite(this, `workflows/${this.namespace}`);
    const program = job.files === undefined ? undefined : this.program(job.files);
    const pods = { 'app.kubernetes.io/name': id };
    new NetworkPolicy(this, 'network', {
      ...{ name: id, namespace: this.namespace, pods },
      ingressFrom: [],
      egressTo: [httpsOut, ...(job.egressTo ?? [])],
    });
    const spec = this.template(job, program);
    this.objects = new KubernetesObjects(this, 'template', {
      name: id,
      namespace: this.namespace,
      objects: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'WorkflowTemplate',
          metadata: { name: id, namespace: this.namespace, labels: pods },
          spec: props.transform?.spec?.(spec) ?? spec,
        },
      ],
    });
    const engine = platform.find('workflows')?.component;
    if (engine !== undefined) {
      this.objects.node.addDependency(engine);
      platform.uses(this, engine);
    }
  }

  protected hostOf(spec: EndpointSpec): string {
    return `${(spec.service ?? '{name}').replace('{name}', this.node.id)}.${this.namespace}.svc.cluster.local`;
  }

  /** The account of its pods: a role in AWS, and the right to tell Argo what came of a step. */
  private account(): IIdentity {
    const { platform, namespace, templateName: name } = this;
    const identity = new WorkloadIdentity(this, 'identity', { platform, namespace, serviceAccount: name });
    const metadata = { name, namespace };
    new ServiceAccountV1(this, 'service-account', {
      metadata: { ...metadata, annotations: { ...identity.serviceAccountAnnotations } },
    });
    new RoleV1(this, 'role', {
      metadata,
      rule: [{ apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] }],
    });
    new RoleBindingV1(this, 'role-binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subject: [{ kind: 'ServiceAccount', name, namespace }],
    });
    return identity;
  }

  private program(files: readonly string[]): string {
    const name = `${this.templateName}-program`;
    new ConfigMapV1(this, 'program', {
      metadata: { name, namespace: this.namespace },
      data: Object.fromEntries(files.map((file) => [basename(file), programText(file)])),
    });
    return name;
  }

  private template(job: JobSpec, program: string | undefined): Record<string, unknown> {
    const { cpu, memory, cpuLimit, gpu } = job.resources;
    const gpus = gpu === undefined ? {} : { 'nvidia.com/gpu': gpu };
    const names = Object.entries(job.parameters ?? {});
    return {
      entrypoint: 'run',
      serviceAccountName: this.templateName,
      podMetadata: { labels: { 'app.kubernetes.io/name': this.templateName } },
      securityContext: {
        ...{ runAsNonRoot: true, runAsUser: user, runAsGroup: user, fsGroup: user },
        seccompProfile: { type: 'RuntimeDefault' },
      },
      activeDeadlineSeconds: job.deadlineSeconds ?? 86_400,
      arguments: { parameters: names.map(([name, parameter]) => ({ name, ...parameter })) },
      volumes: [
        { name: 'tmp', emptyDir: {} },
        ...(program === undefined ? [] : [{ name: 'program', configMap: { name: program } }]),
      ],
      templates: [
        {
          name: 'run',
          inputs: {
            parameters: names.map(([name]) => ({ name })),
            artifacts: this.artifacts(job.inputs),
          },
          outputs: { artifacts: this.artifacts(job.outputs) },
          retryStrategy: { limit: String(job.retries ?? 2), retryPolicy: 'OnError' },
          ...(gpu !== undefined && {
            nodeSelector: { [gpuForLabel]: 'training' },
            tolerations: [{ ...gpuTaint, operator: 'Equal' }],
          }),
          container: {
            image: job.image,
            command: [...job.command],
            args: [...(job.args ?? [])],
            env: Object.entries(job.env ?? {}).map(([name, value]) => variable(name, value)),
            resources: {
              requests: { cpu, memory, ...gpus },
              limits: { memory, ...(cpuLimit && { cpu: cpuLimit }), ...gpus },
            },
            securityContext: containerSecurity,
            volumeMounts: [
              { name: 'tmp', mountPath: '/tmp' },
              ...(program === undefined ? [] : [{ name: 'program', mountPath: programFolder, readOnly: true }]),
            ],
          },
        },
      ],
    };
  }

  private artifacts(files: JobSpec['inputs']) {
    const { region } = this.platform;
    return Object.entries(files ?? {}).map(([name, { bucket, key, path }]) => ({
      name,
      path,
      archive: { none: {} },
      s3: { bucket: bucket.bucketName, key, region, endpoint: `s3.${region}.amazonaws.com`, useSDKCreds: true },
    }));
  }
}

/** The folder that a key certainly lies in: what stands before its first parameter, up to the last slash. */
function folderOf(key: string): string {
  const fixed = key.split('{{')[0] ?? '';
  return fixed.slice(0, Math.max(0, fixed.lastIndexOf('/')));
}

function variable(name: string, value: string | SecretRef) {
  if (typeof value === 'string') return { name, value };
  return { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key } } };
}
