import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { nearest, PlinthError } from '@plinth/contract';
import { parse } from 'yaml';

/** A command that gives a credential, as `aws eks get-token` does. */
export interface CredentialCommand {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly installHint?: string;
}

/** How to reach a cluster, as a kubeconfig says. */
export interface Connection {
  /** Name of the context. */
  readonly context: string;
  /** `https://host:port`. */
  readonly server: string;
  readonly ca?: Buffer;
  readonly insecure: boolean;
  /** Name in the server's certificate, where it is another than the host's. */
  readonly serverName?: string;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly token?: string;
  readonly command?: CredentialCommand;
}

type Fields = Readonly<Record<string, unknown>>;

/** Words in the name of a context, a cluster or a host by which people call what must not be played with. */
const production = /(^|[^a-z])(prod|production|prd|live)([^a-z]|$)/i;

/**
 * Reads how to reach a cluster.
 * @param cluster what `--cluster` says: `PATH`, `PATH#CONTEXT` or `#CONTEXT`; without a path, the first of `KUBECONFIG`, else `~/.kube/config`;
 * without a context, the current one
 * @throws PlinthError `flag-cluster-unreadable`, `flag-cluster-context`, `flag-cluster-production`, `flag-cluster-unsupported`
 */
export function readKubeconfig(cluster: string, cwd: string, env: NodeJS.ProcessEnv = process.env): Connection {
  const hash = cluster.indexOf('#');
  const path = hash === -1 ? cluster : cluster.slice(0, hash);
  const asked = hash === -1 ? '' : cluster.slice(hash + 1);
  const byDefault = (env['KUBECONFIG'] ?? '').split(delimiter).find((one) => one !== '');
  const file = resolve(cwd, path !== '' ? path : (byDefault ?? join(homedir(), '.kube', 'config')));
  const config = read(file);

  const contexts = named(config['contexts'], 'context');
  const context = asked !== '' ? asked : text(config['current-context']);
  const chosen = context === undefined ? undefined : contexts.get(context);
  if (context === undefined || chosen === undefined) throw unknownContext(file, context, [...contexts.keys()]);
  const clusterName = text(chosen['cluster']) ?? '';
  const there = named(config['clusters'], 'cluster').get(clusterName);
  const userName = text(chosen['user']) ?? '';
  const user = named(config['users'], 'user').get(userName) ?? {};
  const server = text(there?.['server']);
  if (there === undefined || server === undefined || !URL.canParse(server)) {
    throw unreadable(file, `its context "${context}" names the cluster "${clusterName}", for which it has no server`);
  }
  if (asked === '' && [context, clusterName, new URL(server).hostname].some((name) => production.test(name))) {
    throw looksLikeProduction(file, path, context);
  }
  refuseUnsupported(file, context, there, user);

  const bytes = (from: Fields, name: string): Buffer | undefined => {
    const data = text(from[`${name}-data`]);
    if (data !== undefined) return Buffer.from(data, 'base64');
    const named = text(from[name]);
    return named === undefined ? undefined : fileOf(file, named);
  };
  const tokenFile = text(user['tokenFile']);
  const token = text(user['token']) ?? (tokenFile && fileOf(file, tokenFile).toString('utf8').trim());
  const ca = bytes(there, 'certificate-authority');
  const cert = bytes(user, 'client-certificate');
  const key = bytes(user, 'client-key');
  const serverName = text(there['tls-server-name']);
  const command = credentialCommand(user['exec'] as Fields | undefined);
  return {
    context,
    server: server.replace(/\/$/, ''),
    insecure: there['insecure-skip-tls-verify'] === true,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(token !== undefined && { token }),
    ...(serverName !== undefined && { serverName }),
    ...(command !== undefined && { command }),
  };
}

function read(file: string): Fields {
  try {
    const config: unknown = parse(readFileSync(file, 'utf8'));
    if (typeof config === 'object' && config !== null) return config as Fields;
  } catch (error) {
    throw unreadable(file, (error as Error).message.split('\n')[0] ?? '');
  }
  throw unreadable(file, 'it holds no YAML mapping');
}

/** Files are named from where the kubeconfig is. */
function fileOf(config: string, name: string): Buffer {
  const file = resolve(dirname(config), name);
  try {
    return readFileSync(file);
  } catch (error) {
    throw unreadable(config, (error as Error).message);
  }
}

function named(list: unknown, field: string): Map<string, Fields> {
  const items = (Array.isArray(list) ? list : []) as (Fields | null)[];
  return new Map(items.map((item) => [String(item?.['name']), (item?.[field] ?? {}) as Fields]));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function credentialCommand(exec: Fields | undefined): CredentialCommand | undefined {
  const command = text(exec?.['command']);
  if (exec === undefined || command === undefined) return undefined;
  const variables = (exec['env'] ?? []) as readonly { name: string; value: string }[];
  const installHint = text(exec['installHint']);
  return {
    apiVersion: text(exec['apiVersion']) ?? 'client.authentication.k8s.io/v1',
    command,
    args: ((exec['args'] ?? []) as readonly unknown[]).map(String),
    env: Object.fromEntries(variables.map(({ name, value }) => [name, value])),
    ...(installHint !== undefined && { installHint }),
  };
}

/** What is not acted upon must not be passed over: it says who is asking, or by which way. */
function refuseUnsupported(file: string, context: string, cluster: Fields, user: Fields): void {
  const found = [
    ...['proxy-url'].filter((name) => name in cluster),
    ...['auth-provider', 'username', 'as', 'as-uid', 'as-groups', 'as-user-extra'].filter((name) => name in user),
  ][0];
  if (found === undefined) return;
  throw new PlinthError({
    code: 'flag-cluster-unsupported',
    where: file,
    what: `the context "${context}" uses "${found}"`,
    why: 'a rehearsal knows certificates, tokens and credential commands ("exec") only',
    cure: 'name a context that uses one of these, as --cluster PATH#CONTEXT',
  });
}

function unreadable(file: string, why: string): PlinthError {
  return new PlinthError({
    code: 'flag-cluster-unreadable',
    where: file,
    what: 'this is no kubeconfig that can be used',
    why,
    cure: 'name one with --cluster PATH[#CONTEXT]',
  });
}

function unknownContext(file: string, asked: string | undefined, known: readonly string[]): PlinthError {
  const near = asked === undefined ? undefined : nearest(asked, known);
  return new PlinthError({
    code: 'flag-cluster-context',
    where: file,
    what: asked === undefined ? 'no context is named' : `there is no context "${asked}"`,
    why: known.length === 0 ? 'it has no contexts' : `it has ${known.join(', ')}`,
    cure: near === undefined ? 'name one as --cluster PATH#CONTEXT' : `did you mean ${near}`,
  });
}

function looksLikeProduction(file: string, path: string, context: string): PlinthError {
  return new PlinthError({
    code: 'flag-cluster-production',
    where: file,
    what: `the current context "${context}" looks like production`,
    why: 'nobody should rehearse there because it happened to be the current one',
    cure: `name another context, or this one on purpose, as --cluster '${path}#${context}'`,
  });
}
