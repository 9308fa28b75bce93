import { resolve } from 'node:path';
import type { Finding } from '@plinth/contract';
import type { KubernetesObject } from '../kubernetes-objects';
import type { Rehearsal } from '../rehearse';
import { allObjects } from './all-objects';
import { ApiClient } from './api-client';
import { applyAll, neverKept, type Applied } from './apply';
import { withCredential } from './credential';
import { readDefinitions } from './crds';
import { destroyAll } from './destroy';
import { dryRun } from './dry-run';
import { layGround } from './ground';
import { servedBy, type NotTemplated } from './helm';
import { Kinds, pathOf } from './kinds';
import { readKubeconfig } from './kubeconfig';
import { placeOf } from './objects';
import { playNodes } from './nodes';
import { isTarget, targetOf } from './send';
import { gone, remove, until, type Made } from './standing';

export interface ClusterOptions {
  /** `PATH`, `PATH#CONTEXT` or `#CONTEXT` of a kubeconfig. */
  readonly cluster: string;
  /** Really apply, wait until workloads are ready, and destroy again. Default: a server-side dry run. */
  readonly apply?: boolean;
  /** Folder with the charts of the Helm releases: NAME-VERSION.tgz or NAME/. Default: releases are not templated. */
  readonly charts?: string;
  /** Folder or file with CustomResourceDefinitions that the program does not bring. Default: none. */
  readonly crds?: string;
  /** From where files are named. Default: where this process runs. */
  readonly cwd?: string;
  /** How long the workloads of one stack may take to become ready, and a round of objects to go (which has a minute at least). Default 120 s. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: ClusterProgress) => void;
}

/** What goes on, for a person who waits. */
export interface ClusterProgress {
  readonly phase: 'charts' | 'dry-run' | 'apply' | 'destroy' | 'clear';
  readonly done?: number;
  readonly total?: number;
  /** What is being waited for. */
  readonly text?: string;
}

/** What a real API server made of a program's objects. */
export interface ClusterReport {
  readonly context: string;
  /** `v1.34.3`. */
  readonly version: string;
  readonly mode: 'dry-run' | 'apply';
  readonly objects: number;
  /** Of these, what the server takes. */
  readonly accepted: number;
  readonly warnings: readonly string[];
  readonly notTemplated: readonly NotTemplated[];
  /** What was really made so that the rest could be looked at, and is removed again: namespaces, definitions, played nodes. */
  readonly made: readonly string[];
  /** With apply: workloads that became ready, counted from the begin of their stack. */
  readonly ready: readonly { readonly name: string; readonly seconds: number }[];
  /** With apply: in the order in which the server let them go. */
  readonly destroyed: readonly string[];
}

/**
 * Sends the objects of a rehearsed program to a real API server, with server-side apply and strict validation: by default as a dry run,
 * of which only the namespaces and definitions that are missing are really made, labelled `plinth.dev/rehearsal` and removed again.
 * @throws PlinthError `flag-cluster-*`, `flag-crds-unreadable`, `flag-charts-unreadable`, `tool-missing`, `cluster-unreachable`,
 * `cluster-unauthorized`, `cluster-credential`
 */
export async function rehearseOnCluster(
  rehearsal: Rehearsal,
  options: ClusterOptions,
): Promise<{ readonly findings: readonly Finding[]; readonly report: ClusterReport }> {
  const { signal, onProgress = () => {}, crds, charts, seconds = 120 } = options;
  const cwd = resolve(options.cwd ?? process.cwd());
  const given = crds === undefined ? [] : readDefinitions(cwd, crds);
  const connection = await withCredential(readKubeconfig(options.cluster, cwd), signal);
  const client = new ApiClient(connection, signal);
  // What was made is removed after Ctrl-C as well.
  const sweeper = new ApiClient(connection);
  const kinds = new Kinds(client);
  try {
    const version = String((await client.call('GET', '/version')).body['gitVersion'] ?? '');
    const known = await allObjects(rehearsal, {
      cwd,
      charts,
      signal,
      kubeVersion: version,
      apiVersions: charts === undefined ? [] : [...(await kinds.apiVersions()), ...given.flatMap(servedBy)],
      onDone: (done, total) => onProgress({ phase: 'charts', done, total }),
    });
    const { objects, releases, notTemplated } = known;
    const byHelm = new Set(releases.flatMap((one) => (one.createNamespace ? [one.namespace] : [])));
    const own = options.apply !== true;
    const base = { context: client.context, version, objects: objects.length, notTemplated };
    if (!own) {
      const occupied = await standingAlready(client, kinds, objects);
      if (occupied.length > 0) {
        const none = { accepted: 0, warnings: [], made: [], ready: [], destroyed: [] };
        return { findings: [...known.findings, ...occupied], report: { ...base, ...none, mode: 'apply' } };
      }
    }
    const ground = await layGround(client, kinds, { objects, definitions: given, byHelm, own });
    const made: Made[] = [...ground.made];
    const findings: Finding[] = [...known.findings, ...ground.findings];
    const applied: Applied[] = [];
    const nodes: Made[] = [];
    try {
      if (own) {
        const verdict = await dryRun(client, kinds, objects, (done) =>
          onProgress({ phase: 'dry-run', done, total: objects.length }),
        );
        findings.push(...verdict.findings);
        const { accepted, warnings } = verdict;
        const report = { ...base, accepted, warnings, made: made.map(({ name }) => name), ready: [], destroyed: [] };
        return { findings, report: { ...report, mode: 'dry-run' } };
      }
      nodes.push(...(await playNodes(client, objects)));
      made.push(...nodes);
      const verdict = await applyAll(client, kinds, objects, {
        seconds,
        signal,
        onApplied: (one) => applied.push(one),
        onDone: (done, waiting) =>
          onProgress({ phase: 'apply', done, total: objects.length, ...(waiting !== undefined && { text: waiting }) }),
      });
      findings.push(...verdict.findings);
      const { warnings, ready } = verdict;
      const total = applied.length;
      const destroyed = await destroyAll(sweeper, applied.splice(0), Math.max(seconds, 60), (done) =>
        onProgress({ phase: 'destroy', done, total }),
      );
      findings.push(...destroyed.findings);
      const names = made.map(({ name }) => name);
      const report = { ...base, accepted: total + verdict.looked, warnings, ready, made: names };
      return { findings, report: { ...report, mode: 'apply', destroyed: destroyed.order } };
    } finally {
      onProgress({ phase: 'clear' });
      // Only where something was thrown does anything stand here still.
      if (applied.length > 0) await destroyAll(sweeper, applied, Math.max(seconds, 60)).catch(() => undefined);
      for (const node of nodes) await remove(sweeper, node).then(() => until(() => gone(sweeper, node), 30));
      for (const one of await ground.clear(sweeper)) findings.push(leftBehind(one, client.context));
    }
  } finally {
    client.close();
    sweeper.close();
  }
}

/** An apply ends with a destroy, and must never destroy what it has not made. */
async function standingAlready(
  client: ApiClient,
  kinds: Kinds,
  objects: readonly KubernetesObject[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const object of objects) {
    const { name } = object.metadata;
    if (name === undefined || neverKept.has(object.kind)) continue;
    const target = await targetOf(object, kinds, client.context);
    if (!isTarget(target)) continue;
    const { status } = await client.call('GET', pathOf(target.served, target.namespace, name));
    if (status !== 200) continue;
    findings.push({
      code: 'cluster-occupied',
      where: placeOf(object, target.namespace, client.context),
      what: 'it stands there already',
      why: 'a rehearsal that applies destroys everything at its end, and this is not its own',
      cure: 'use an empty cluster, or a dry run (without --cluster-apply)',
    });
  }
  return findings;
}

function leftBehind({ name }: Made, context: string): Finding {
  return {
    code: 'cluster-left',
    where: `${name} on ${context}`,
    what: 'it still stands although its removal was asked for',
    why: 'the server has not let it go within a minute',
    cure: 'remove it by hand; kubectl get namespaces,crds,nodes -l plinth.dev/rehearsal finds what a rehearsal made',
  };
}
