import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PlinthError } from '@plinth/contract';
import type { KubernetesObject } from './kubernetes-objects';
import { entriesOf, type Container, type EnvVar, type PodSpec, type Volume } from './pod-spec';

export interface PodPlace {
  readonly deployment: string;
  readonly namespace: string;
  /** Everything that was applied: ConfigMaps and Secrets are looked up there. */
  readonly objects: readonly KubernetesObject[];
  /** An empty folder that stands for the pod's file system. */
  readonly folder: string;
}

/** A container's variables and arguments, as they are on this machine. */
export interface ContainerHere {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The folder here that stands for a path in the container; the path itself where nothing is mounted. */
  path(inContainer: string): string;
}

/**
 * Lays out what a container sees: its volumes as folders, its environment from the specification, `$(NAME)` put in, and its paths
 * turned into those here.
 * @throws PlinthError `secret-absent`, `config-map-absent`, `variable-not-local`
 */
export function containerHere(place: PodPlace, pod: PodSpec, container: Container): ContainerHere {
  const mounts = layOut(place, pod, container);
  const path = (text: string): string =>
    mounts.reduce((so, [from, to]) => so.replaceAll(boundary(from), (_all, before: string) => `${before}${to}`), text);
  const given = environment(place, container);
  const expand = (text: string): string =>
    text.replaceAll(/\$\$|\$\(([\w.-]+)\)/g, (all, name?: string) => (name === undefined ? '$' : (given[name] ?? all)));
  return {
    args: (container.args ?? []).map((arg) => path(expand(arg))),
    env: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, path(value)])),
    path,
  };
}

/** A mount path where it stands as a path of its own: not in the middle of a longer one. */
function boundary(mountPath: string): RegExp {
  return new RegExp(`(^|[\\s=:,"'])${mountPath.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=$|[\\s/=:,"'])`, 'g');
}

function layOut(place: PodPlace, pod: PodSpec, container: Container): (readonly [string, string])[] {
  const mounts = (container.volumeMounts ?? []).map(({ name, mountPath, subPath }) => {
    const folder = join(place.folder, name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const volume = pod.volumes?.find((candidate) => candidate.name === name);
    if (volume !== undefined) fill(place, container, volume, folder);
    return [mountPath.replace(/\/+$/, ''), subPath === undefined ? folder : join(folder, subPath)] as const;
  });
  // The longer path first: one volume can be mounted inside another.
  return mounts.sort(([a], [b]) => b.length - a.length);
}

function fill(place: PodPlace, container: Container, volume: Volume, folder: string): void {
  const sources = [
    { configMap: volume.configMap, secret: volume.secret && { ...volume.secret, name: volume.secret.secretName } },
    ...(volume.projected?.sources ?? []),
  ];
  for (const { configMap, secret } of sources) {
    for (const [kind, source] of [
      ['ConfigMap', configMap],
      ['Secret', secret],
    ] as const) {
      if (source === undefined) continue;
      const entries = entriesOf(place.objects, kind, place.namespace, source.name);
      if (entries === undefined) {
        if (source.optional === true) continue;
        throw absent(kind, source.name, place, container, `its volume "${volume.name}" is made of it`);
      }
      const items = source.items ?? Object.keys(entries).map((key) => ({ key, path: key }));
      for (const { key, path } of items) {
        const file = join(folder, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, entries[key] ?? '', { mode: 0o600 });
      }
    }
  }
}

function environment(place: PodPlace, container: Container): Record<string, string> {
  const env: Record<string, string> = {};
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    for (const [kind, reference] of [
      ['ConfigMap', configMapRef],
      ['Secret', secretRef],
    ] as const) {
      if (reference === undefined) continue;
      const entries = entriesOf(place.objects, kind, place.namespace, reference.name);
      if (entries === undefined && reference.optional !== true) {
        throw absent(kind, reference.name, place, container, 'its variables are taken from it');
      }
      for (const [key, value] of Object.entries(entries ?? {})) env[`${prefix}${key}`] = value.toString('utf8');
    }
  }
  for (const variable of container.env ?? []) {
    const value = valueOf(variable, place, container);
    if (value !== undefined)
      env[variable.name] = value.replaceAll(/\$\(([\w.-]+)\)/g, (all, name: string) => env[name] ?? all);
  }
  return env;
}

function valueOf({ name, value, valueFrom }: EnvVar, place: PodPlace, container: Container): string | undefined {
  if (valueFrom === undefined) return value ?? '';
  const { configMapKeyRef, secretKeyRef, fieldRef } = valueFrom;
  for (const [kind, reference] of [
    ['ConfigMap', configMapKeyRef],
    ['Secret', secretKeyRef],
  ] as const) {
    if (reference === undefined) continue;
    const entry = entriesOf(place.objects, kind, place.namespace, reference.name)?.[reference.key];
    if (entry !== undefined) return entry.toString('utf8');
    if (reference.optional === true) return undefined;
    throw absent(kind, reference.name, place, container, `its variable ${name} is the key "${reference.key}" of it`);
  }
  const field: Readonly<Record<string, string>> = {
    'metadata.name': `${place.deployment}-here`,
    'metadata.namespace': place.namespace,
    'spec.nodeName': 'here',
    'status.podIP': '127.0.0.1',
    'status.hostIP': '127.0.0.1',
  };
  const known = field[fieldRef?.fieldPath ?? ''];
  if (known !== undefined) return known;
  throw new PlinthError({
    code: 'variable-not-local',
    what: `the variable ${name} cannot be had`,
    where: whereOf(place, container),
    why: `${fieldRef?.fieldPath ?? 'a container resource'} exists in a cluster only`,
    cure: 'give the variable a value, or do not start this Deployment here',
  });
}

export function whereOf({ namespace, deployment }: PodPlace, container: Container): string {
  return `Deployment ${namespace}/${deployment}, container ${container.name}`;
}

function absent(
  kind: 'ConfigMap' | 'Secret',
  name: string | undefined,
  place: PodPlace,
  container: Container,
  why: string,
): PlinthError {
  const secret = kind === 'Secret';
  return new PlinthError({
    code: secret ? 'secret-absent' : 'config-map-absent',
    what: `there is no ${kind} "${name ?? ''}" in the namespace ${place.namespace}`,
    where: whereOf(place, container),
    why: `${why}, and ${secret ? 'secrets are made in the cluster, not by Terraform' : 'Terraform applied none'}`,
    cure: secret
      ? 'make the reference optional, or run this Deployment in a cluster'
      : 'apply the ConfigMap in one of the stacks',
  });
}
