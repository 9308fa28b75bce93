import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlinthError, type Finding } from '@plinth/contract';
import { withProvenance, type KubernetesObject } from '../kubernetes-objects';
import { run, type Ended } from '../terraform';
import { Charts } from './charts';
import { parseManifests } from './crds';
import type { Manifest } from './objects';
import type { Release } from './releases';

export interface TemplateOptions {
  readonly cwd: string;
  /** Folder with NAME-VERSION.tgz or NAME/. */
  readonly charts?: string | undefined;
  /** Version of the cluster, `1.34` or `v1.34.3`: charts ask for it. Default: Helm's own. */
  readonly kubeVersion?: string | undefined;
  /** What the cluster serves besides Kubernetes' own, `monitoring.coreos.com/v1/ServiceMonitor`: charts ask for that as well. */
  readonly apiVersions?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly onDone?: (done: number, total: number) => void;
}

/** A release of which nothing is known but its values. */
export interface NotTemplated {
  readonly stack: string;
  readonly address: string;
  readonly chart: string;
  readonly version: string;
  readonly why: string;
}

export interface Templated {
  readonly objects: readonly KubernetesObject[];
  readonly notTemplated: readonly NotTemplated[];
  /** What Helm refuses. */
  readonly findings: readonly Finding[];
}

/**
 * The objects of releases, as the real Helm renders them with the values that Terraform applied. Charts that look for definitions which
 * another chart brings are rendered with these in view.
 * @throws PlinthError `tool-missing` where a chart can be had, and Helm cannot; `flag-charts-unreadable`
 */
export async function template(releases: readonly Release[], options: TemplateOptions): Promise<Templated> {
  const charts = new Charts(options.cwd, options.charts);
  const notTemplated: NotTemplated[] = [];
  const found: { release: Release; path: string }[] = [];
  for (const release of releases) {
    const { stack, address, chart, version } = release;
    const chosen = charts.find(release);
    if ('path' in chosen) found.push({ release, path: chosen.path });
    else notTemplated.push({ stack, address, chart, version, why: chosen.missing });
  }
  const given = options.apiVersions ?? [];
  let rendered = await renderAll(found, options, given);
  const brought = rendered.objects.flatMap(servedBy).filter((version) => !given.includes(version));
  if (brought.length > 0) rendered = await renderAll(found, options, [...given, ...brought]);
  return { ...rendered, notTemplated };
}

async function renderAll(
  found: readonly { release: Release; path: string }[],
  options: TemplateOptions,
  apiVersions: readonly string[],
): Promise<{ objects: KubernetesObject[]; findings: Finding[] }> {
  const objects: KubernetesObject[] = [];
  const findings: Finding[] = [];
  for (const [index, { release, path }] of found.entries()) {
    const result = await render(release, path, options, apiVersions);
    if (Array.isArray(result)) objects.push(...result);
    else findings.push(result);
    options.onDone?.(index + 1, found.length);
  }
  return { objects, findings };
}

async function render(
  release: Release,
  chart: string,
  { kubeVersion, env = process.env, signal, cwd }: TemplateOptions,
  apiVersions: readonly string[],
): Promise<KubernetesObject[] | Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-helm-'));
  try {
    const write = (name: string, text: string): string => {
      const file = join(folder, name);
      writeFileSync(file, text, { mode: 0o600 });
      return file;
    };
    const args = ['template', release.name, chart, '--namespace', release.namespace, '--skip-tests'];
    if (!release.skipDefinitions) args.push('--include-crds');
    if (kubeVersion !== undefined) args.push('--kube-version', kubeVersion);
    for (const version of apiVersions) args.push('--api-versions', version);
    for (const [index, text] of release.values.entries()) args.push('--values', write(`values-${index}.yaml`, text));
    for (const [index, { flag, name, value, secret }] of release.sets.entries()) {
      // What Helm would read as a list, a number or a truth has to stand in its own syntax.
      const plain = flag !== '--set' || !/^(\{.*\}|true|false|null|-?\d+)$/.test(value);
      if (secret && plain) args.push('--set-file', `${name}=${write(`secret-${index}`, unescaped(value, flag))}`);
      else args.push(flag, `${name}=${value}`);
    }
    const ended = await helm(args, { cwd, env: { ...env, HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder }, signal });
    if (ended.code !== 0) return refused(release, ended.stderr);
    const manifests = parseManifests(ended.stdout, (why) => {
      throw new Error(why);
    });
    return manifests.map((object) => withProvenance(object, release, release.namespace));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function unescaped(value: string, flag: string): string {
  return flag === '--set-literal' ? value : value.replace(/\\(.)/g, '$1');
}

async function helm(
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; signal: AbortSignal | undefined },
): Promise<Ended> {
  const named = options.env['HELM_BIN'] ?? '';
  try {
    return await run(named === '' ? 'helm' : named, args, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new PlinthError(
      {
        code: 'tool-missing',
        where: named === '' ? 'PATH' : 'HELM_BIN',
        what: `${named === '' ? 'helm' : named} cannot be found`,
        why: 'charts are rendered by the real Helm',
        cure: 'install Helm 3 (https://helm.sh/docs/intro/install) so that it is on the PATH, or name it in HELM_BIN',
      },
      { cause: error },
    );
  }
}

function refused({ stack, address, chart, version }: Release, stderr: string): Finding {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/^(WARNING|coalesce|level=)/i.test(line));
  return {
    code: 'chart-refused',
    where: `stack ${stack}, ${address}`,
    what: `Helm cannot render the chart ${[chart, version].filter((part) => part !== '').join(' ')}`,
    why: lines
      .join(' ')
      .replace(/^Error: /, '')
      .replace(/\s+/g, ' ')
      .trim()
      .replace(/\.$/, ''),
    cure: 'correct the values of the release, or bring what its chart asks for',
  };
}

/** What a definition brings, as `--api-versions` takes it. */
export function servedBy(object: Manifest): string[] {
  if (object.kind !== 'CustomResourceDefinition') return [];
  const { group, names, versions } = object['spec'] as {
    group: string;
    names: { kind: string };
    versions: readonly { name: string; served: boolean }[];
  };
  return versions
    .filter(({ served }) => served)
    .flatMap(({ name }) => [`${group}/${name}`, `${group}/${name}/${names.kind}`]);
}
