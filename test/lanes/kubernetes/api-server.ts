import { ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the server answered. */
export interface Answer {
  readonly status: number;
  readonly body: { readonly message?: string; readonly [key: string]: unknown };
  /** Warnings, such as those of Pod Security admission. */
  readonly warnings: readonly string[];
}

/** A real kube-apiserver with its own etcd, and nothing else: objects are validated and kept, nothing runs. */
export interface ApiServer {
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** @param binary path of kube-apiserver, as tools/lanes/kubernetes.sh builds it; etcd is found on the PATH */
export async function startApiServer(binary: string): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-kube-'));
  const [client, peer, secure] = [await freePort(), await freePort(), await freePort()];
  const token = 'lane';
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,admin,system:masters\n`);
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));

  const children: ChildProcess[] = [];
  const run = (name: string, command: string, args: string[]): void => {
    const log = createWriteStream(join(folder, `${name}.log`));
    const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    children.push(child);
  };
  const etcd = `http://127.0.0.1:${client}`;
  run('etcd', 'etcd', [
    `--data-dir=${folder}/etcd`,
    `--listen-client-urls=${etcd}`,
    `--advertise-client-urls=${etcd}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    '--unsafe-no-fsync',
  ]);
  run('kube-apiserver', binary, [
    `--etcd-servers=${etcd}`,
    `--secure-port=${secure}`,
    '--bind-address=127.0.0.1',
    `--cert-dir=${folder}/certs`,
    `--token-auth-file=${folder}/tokens.csv`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    `--service-account-issuer=https://127.0.0.1:${secure}`,
    `--service-account-key-file=${folder}/sa.pub`,
    `--service-account-signing-key-file=${folder}/sa.key`,
    // Without a controller manager nobody makes the default service accounts that this one asks for.
    '--disable-admission-plugins=ServiceAccount',
  ]);

  const call: ApiServer['call'] = (method, path, body) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const sent = request(
        {
          host: '127.0.0.1',
          port: secure,
          method,
          path,
          // The server signs its own certificate, in this folder, for this test.
          rejectUnauthorized: false,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const answer = Buffer.concat(chunks).toString('utf8');
            const warning = response.headers.warning;
            resolve({
              status: response.statusCode ?? 0,
              body: (answer.startsWith('{') ? JSON.parse(answer) : { message: answer }) as Answer['body'],
              warnings: warning === undefined ? [] : [warning].flat().map(String),
            });
          });
        },
      );
      sent.on('error', reject);
      sent.end(text);
    });
  const stop = async (): Promise<void> => {
    await Promise.all(
      children.reverse().map(
        (child) =>
          new Promise<void>((resolve) => {
            if (child.exitCode !== null) return resolve();
            child.once('exit', () => resolve());
            child.kill('SIGKILL');
          }),
      ),
    );
    rmSync(folder, { recursive: true, force: true });
  };

  const until = Date.now() + 60_000;
  for (;;) {
    const ready = await call('GET', '/readyz').catch(() => undefined);
    if (ready?.status === 200) return { call, stop };
    if (Date.now() > until || children.some(({ exitCode }) => exitCode !== null)) {
      await stop();
      throw new Error('kube-apiserver did not become ready within a minute');
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The collection an object is posted to, as the server itself names its resources. */
export class Resources {
  private readonly known = new Map<string, Promise<Map<string, { name: string; namespaced: boolean }>>>();
  constructor(private readonly server: ApiServer) {}

  async collection(apiVersion: string, kind: string, namespace?: string): Promise<string | undefined> {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    let group = this.known.get(base);
    if (group === undefined) this.known.set(base, (group = this.kinds(base)));
    const resource = (await group).get(kind);
    if (resource === undefined) return undefined;
    return resource.namespaced
      ? `${base}/namespaces/${namespace ?? 'default'}/${resource.name}`
      : `${base}/${resource.name}`;
  }

  private async kinds(base: string): Promise<Map<string, { name: string; namespaced: boolean }>> {
    const { body } = await this.server.call('GET', base);
    const resources = (body.resources ?? []) as { name: string; kind: string; namespaced: boolean }[];
    return new Map(resources.filter(({ name }) => !name.includes('/')).map((one) => [one.kind, one]));
  }
}
