import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { files, labels, PlinthError, ports, runtimeCommands, type RuntimeCommand } from '@plinth/contract';
import type { KubernetesObject } from './kubernetes-objects';
import { containerHere, whereOf, type PodPlace } from './pod-here';
import type { Container, DeploymentSpec, PodSpec } from './pod-spec';
import type { ProgressEvent } from './report';

export interface StartOptions {
  /** Path of the runtime's `main.js`. */
  readonly runtime: string;
  readonly onProgress?: (event: ProgressEvent) => void;
  /** Seconds that a process is given until its readiness probe answers 200. Default 60. */
  readonly readySeconds?: number;
}

/** A Deployment's container, running here. */
export interface LocalProcess {
  readonly deployment: string;
  readonly namespace: string;
  readonly container: string;
  readonly command: RuntimeCommand;
  /** Those of the pod template. */
  readonly labels: Readonly<Record<string, string>>;
  readonly httpUrl: string;
  readonly metricsUrl: string;
  readonly pid: number;
  /** What it wrote to standard error. Removed when the rehearsal is closed. */
  readonly logFile: string;
  /** SIGTERM, and SIGKILL once the pod's termination grace period is over. */
  stop(): Promise<void>;
}

/** What the processes live on. */
export interface Surroundings {
  readonly folder: string;
  /** Variables that lead to the rehearsal's S3. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts every applied Deployment whose pods carry the contract's runtime label, one replica of each, with the environment, files,
 * ports and probe of its specification. If one does not get ready, those already started are stopped again.
 * @throws PlinthError `nothing-to-start`, `not-a-runtime`, `process-ended`, `process-not-ready`, or what `containerHere` throws
 */
export async function startDeployments(
  objects: readonly KubernetesObject[],
  options: StartOptions,
  around: Surroundings,
): Promise<LocalProcess[]> {
  const deployments = objects
    .filter((object) => object.kind === 'Deployment' && labels.runtime in labelsOf(object))
    .sort((a, b) => rank(a) - rank(b));
  if (deployments.length === 0) {
    throw new PlinthError({
      code: 'nothing-to-start',
      what: 'no Deployment of the runtime was applied',
      where: 'the rehearsed stacks',
      why: `none has the label ${labels.runtime} on its pods`,
      cure: 'rehearse a stack with a ModelServer or a ModelMonitor',
    });
  }
  const started: LocalProcess[] = [];
  try {
    // One after the other: a monitor reads what its server writes.
    for (const deployment of deployments) started.push(await startOne(deployment, objects, options, around));
    return started;
  } catch (error) {
    await Promise.all(started.map((running) => running.stop()));
    throw error;
  }
}

/** Servers first. */
const rank = (object: KubernetesObject): number =>
  runtimeCommands.findIndex((command) => command === labelsOf(object)[labels.runtime]);

const specOf = (object: KubernetesObject): DeploymentSpec => object['spec'] as DeploymentSpec;
const labelsOf = (object: KubernetesObject): Readonly<Record<string, string>> =>
  specOf(object).template.metadata?.labels ?? {};

async function startOne(
  object: KubernetesObject,
  objects: readonly KubernetesObject[],
  options: StartOptions,
  around: Surroundings,
): Promise<LocalProcess> {
  const deployment = object.metadata.name ?? '';
  const namespace = object.metadata.namespace ?? 'default';
  const { stack } = object.provenance;
  const folder = join(around.folder, namespace, deployment);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const place: PodPlace = { deployment, namespace, objects, folder };
  const pod = specOf(object).template.spec;
  const { container, command } = runtimeContainer(pod, place);
  const here = containerHere(place, pod, container);
  const scratch = here.path(files.scratch);
  if (scratch === files.scratch) mkdirSync(join(folder, 'scratch'), { recursive: true });

  options.onProgress?.({ stack, phase: 'start', state: 'begin', text: `${namespace}/${deployment}` });
  const began = performance.now();
  const logFile = join(folder, 'log');
  const log = openSync(logFile, 'a', 0o600);
  const local = ['--http-port', '0', '--metrics-port', '0', '--host', '127.0.0.1'];
  const child = spawn(process.execPath, [options.runtime, ...here.args, ...local], {
    cwd: folder,
    stdio: ['ignore', 'pipe', log],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      ...here.env,
      ...around.env,
      // The region that the pod names is where its buckets are.
      ...(here.env['AWS_REGION'] === undefined ? {} : { AWS_REGION: here.env['AWS_REGION'] }),
      PLINTH_SCRATCH: scratch === files.scratch ? join(folder, 'scratch') : scratch,
      // There are no endpoints here that would have to be withdrawn first.
      PLINTH_DRAIN_DELAY_SECONDS: '0',
      // Not a flag, as a monitor has no such port.
      PLINTH_GRPC_PORT: '0',
    },
  });
  const process_ = new Running(child, (pod.terminationGracePeriodSeconds ?? 30) * 1000, log);
  try {
    const seconds = options.readySeconds ?? 60;
    const urls = await ready(process_, container, { place, logFile, seconds, signal: around.signal });
    options.onProgress?.({
      stack,
      phase: 'start',
      state: 'end',
      text: urls.http,
      seconds: (performance.now() - began) / 1000,
    });
    return {
      deployment,
      namespace,
      container: container.name,
      command,
      labels: labelsOf(object),
      httpUrl: urls.http,
      metricsUrl: urls.metrics,
      pid: child.pid ?? 0,
      logFile,
      stop: () => process_.stop(),
    };
  } catch (error) {
    await process_.stop();
    throw error;
  }
}

function runtimeContainer(pod: PodSpec, place: PodPlace): { container: Container; command: RuntimeCommand } {
  for (const container of pod.containers ?? []) {
    const command = runtimeCommands.find((name) => name === container.args?.[0]);
    if (command !== undefined) return { container, command };
  }
  throw new PlinthError({
    code: 'not-a-runtime',
    what: 'no container runs a command of the runtime',
    where: `Deployment ${place.namespace}/${place.deployment}`,
    why: `its pods carry the label ${labels.runtime}, but no container's first argument is ${runtimeCommands.join(' or ')}`,
    cure: 'leave the label away, or give the arguments that plinth-runtime takes',
  });
}

/** A child process and its end. */
class Running {
  /** The address line of its standard output, once it is there. */
  listening: { http: string; metrics: string } | undefined;
  ended = false;
  code: number | string | undefined;
  private readonly closed: Promise<void>;
  private readonly kill = (): void => void this.child.kill('SIGKILL');

  constructor(
    private readonly child: ChildProcess,
    private readonly graceMilliseconds: number,
    log: number,
  ) {
    process.once('exit', this.kill);
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      writeSync(log, chunk);
      if (this.listening !== undefined) return;
      text += chunk;
      this.listening = text
        .split('\n')
        .map(listeningOf)
        .find((found) => found !== undefined);
    });
    this.closed = new Promise((resolve) => {
      const end = (code: number | string): void => {
        if (this.ended) return;
        this.ended = true;
        this.code = code;
        process.off('exit', this.kill);
        closeSync(log);
        resolve();
      };
      child.once('error', (error) => end(error.message));
      child.once('close', (code, signal) => end(code ?? signal ?? 'unknown'));
    });
  }

  async stop(): Promise<void> {
    if (this.ended) return this.closed;
    this.child.kill('SIGTERM');
    const killer = setTimeout(this.kill, this.graceMilliseconds);
    await this.closed;
    clearTimeout(killer);
  }
}

function listeningOf(line: string): { http: string; metrics: string } | undefined {
  if (!line.startsWith('{"listening"')) return undefined;
  try {
    return (JSON.parse(line) as { listening: { http: string; metrics: string } }).listening;
  } catch {
    return undefined; // The rest of the line is still to come.
  }
}

interface Waiting {
  readonly place: PodPlace;
  readonly logFile: string;
  readonly seconds: number;
  readonly signal: AbortSignal | undefined;
}

async function ready(
  running: Running,
  container: Container,
  waiting: Waiting,
): Promise<{ http: string; metrics: string }> {
  const { place, logFile, seconds, signal } = waiting;
  const where = whereOf(place, container);
  const probe = container.readinessProbe?.httpGet;
  const until = performance.now() + seconds * 1000;
  let last = 'it has not said where it listens';
  while (performance.now() < until) {
    signal?.throwIfAborted();
    if (running.ended) {
      throw new PlinthError({
        code: 'process-ended',
        what: `the process ended with ${String(running.code)} before it was ready`,
        where,
        why: `it says:\n${tail(logFile)}\n`,
        cure: 'mend what it says',
      });
    }
    const urls = running.listening;
    if (urls !== undefined) {
      if (probe === undefined) return urls;
      const url = `${probedPort(container, probe.port) === ports.metrics ? urls.metrics : urls.http}${probe.path ?? '/'}`;
      try {
        const { status } = await fetch(url, { signal: AbortSignal.timeout(2000) });
        if (status === 200) return urls;
        last = `${probe.path ?? '/'} answers ${status}`;
      } catch (error) {
        last = `${probe.path ?? '/'} does not answer: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
    await sleep(50);
  }
  throw new PlinthError({
    code: 'process-not-ready',
    what: `the process is not ready after ${seconds} seconds`,
    where,
    why: `${last}, and its log says:\n${tail(logFile)}\n`,
    cure: 'mend what it says, or give it more time',
  });
}

function probedPort(container: Container, port: number | string | undefined): number | undefined {
  return typeof port === 'number' ? port : container.ports?.find(({ name }) => name === port)?.containerPort;
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
}
