import { ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../../../src/rehearsal/cluster/api-client';
import { readKubeconfig } from '../../../src/rehearsal/cluster/kubeconfig';

/** What tools/lanes/kubernetes.sh has built. */
export const tools = process.env.PLINTH_KUBERNETES ?? join(tmpdir(), 'plinth-kubernetes');
export const version = '1.34.3';
export const helm = join(tools, 'helm-3.22.0');

/** A real control plane with its own etcd: objects are validated and kept, controllers act on them, and kwok plays nodes and their pods. */
export interface ControlPlane {
  /** Path of a kubeconfig with the context `lane`. */
  readonly kubeconfig: string;
  readonly client: ApiClient;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * etcd is found on the PATH.
 * @param controllers false: the API server alone, which validates and keeps
 */
export async function startControlPlane({ controllers = true } = {}): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-kube-'));
  const [client, peer, secure] = [await freePort(), await freePort(), await freePort()];
  const token = 'lane';
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,admin,system:masters\n`);
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'lane',
      contexts: [{ name: 'lane', context: { cluster: 'lane', user: 'admin' } }],
      // The server signs its own certificate, with its authority behind it in the same file.
      clusters: [
        {
          name: 'lane',
          cluster: { server: `https://127.0.0.1:${secure}`, 'certificate-authority': 'certs/apiserver.crt' },
        },
      ],
      users: [{ name: 'admin', user: { token } }],
    }),
  );

  const children: ChildProcess[] = [];
  const run = (command: string, args: string[]): void => {
    const log = createWriteStream(join(folder, `${command.split('/').at(-1)}.log`));
    // Debian's etcd is older than what lists by watching needs, and clients would try that again and again.
    const env = { ...process.env, KUBE_FEATURE_WatchListClient: 'false' };
    const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    children.push(child);
  };
  const etcd = `http://127.0.0.1:${client}`;
  run('etcd', [
    `--data-dir=${folder}/etcd`,
    `--listen-client-urls=${etcd}`,
    `--advertise-client-urls=${etcd}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    '--unsafe-no-fsync',
  ]);
  run(join(tools, `kube-apiserver-${version}`), [
    `--etcd-servers=${etcd}`,
    `--secure-port=${secure}`,
    '--bind-address=127.0.0.1',
    `--cert-dir=${folder}/certs`,
    `--token-auth-file=${folder}/tokens.csv`,
    '--authorization-mode=RBAC',
    '--allow-privileged=true',
    '--service-cluster-ip-range=10.96.0.0/16',
    `--service-account-issuer=https://127.0.0.1:${secure}`,
    `--service-account-key-file=${folder}/sa.pub`,
    `--service-account-signing-key-file=${folder}/sa.key`,
    // Without a controller manager nobody makes the default service accounts that this one asks for.
    ...(controllers ? [] : ['--disable-admission-plugins=ServiceAccount']),
  ]);
  const clients: ApiClient[] = [];
  const stop = async (): Promise<void> => {
    clients.forEach((one) => one.close());
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
  const wait = async (ready: () => Promise<boolean>): Promise<void> => {
    while (!(await ready().catch(() => false))) {
      const ended = children.find(({ exitCode }) => exitCode !== null);
      if (Date.now() > until || ended !== undefined) {
        const name = ended?.spawnfile.split('/').at(-1);
        const log =
          name === undefined ? 'it is not ready after a minute' : readFileSync(join(folder, `${name}.log`), 'utf8');
        await stop();
        throw new Error(`the control plane did not start: ${name} ${log.slice(-2000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  await wait(async () => existsSync(join(folder, 'certs/apiserver.crt')));
  const server = new ApiClient(readKubeconfig(kubeconfig, folder));
  clients.push(server);
  await wait(async () => (await server.call('GET', '/readyz')).status === 200);
  if (!controllers) return { kubeconfig, client: server, stop };
  const as = [`--kubeconfig=${kubeconfig}`];
  const alone = [...as, '--leader-elect=false', '--secure-port=0'];
  run(join(tools, `kube-controller-manager-${version}`), [
    ...alone,
    `--service-account-private-key-file=${folder}/sa.key`,
  ]);
  run(join(tools, `kube-scheduler-${version}`), alone);
  run(join(tools, 'kwok-0.8.0'), [
    ...as,
    `--config=${join(tools, 'kwok-stages.yaml')}`,
    '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
  ]);
  await wait(
    async () => (await server.call('GET', '/api/v1/namespaces/default/serviceaccounts/default')).status === 200,
  );
  return { kubeconfig, client: server, stop };
}
