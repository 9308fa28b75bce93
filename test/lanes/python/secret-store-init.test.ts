// The job that initialises a secret store, against a real OpenBao, with the real AWS CLI and moto
// (https://github.com/getmoto/moto) in the place of Secrets Manager. The seal is a static key in the place of KMS.
import { ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const python = process.env['PLINTH_PYTHON'] ?? 'python3';
const tools = dirname(python);
const script = join(__dirname, '../../../constructs/security/secret-store-init.sh');
const home = mkdtempSync(join(tmpdir(), 'plinth-bao-'));
const children: ChildProcess[] = [];
const port = { bao: 0, cluster: 0, moto: 0 };
const env = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${tools}:${process.env['PATH']}`,
  HOME: join(home, 'job'),
  AWS_ENDPOINT_URL: `http://127.0.0.1:${port.moto}`,
  AWS_ACCESS_KEY_ID: 'stand-in',
  AWS_SECRET_ACCESS_KEY: 'stand-in',
  AWS_DEFAULT_REGION: 'eu-west-1',
  AWS_REGION: 'eu-west-1',
});
const aws = (...args: string[]) =>
  execFileSync('aws', ['secretsmanager', ...args, '--output', 'text'], { env: env(), encoding: 'utf8' }).trim();
const file = (name: string) => join(home, name);

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; !(await holds()); attempt++) {
    if (attempt === 200) throw new Error(`it did not come about in 20 s: ${holds.toString()}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port: found } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return found;
}

/** A certificate of an authority of its own, as cert-manager would make it. */
function certificate(): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: home, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', '/CN=authority');
  openssl('req', ...key, '-keyout', 'tls.key', '-out', 'tls.csr', '-subj', '/CN=localhost');
  writeFileSync(file('names'), 'subjectAltName=IP:127.0.0.1\n');
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'tls.csr', '-out', 'tls.crt', ...signed);
}

function start(command: string, args: string[], log: string): void {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: env() });
  children.push(child);
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data: Buffer) => writeFileSync(file(log), data, { flag: 'a' }));
}

/** One run of the job; `secret` stands for a name in Secrets Manager. */
function run(secret: string, changed: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync('bash', [script], {
    env: {
      ...env(),
      ADDRESS: `https://127.0.0.1:${port.bao}`,
      SECRET: secret,
      CA: readFileSync(file('ca.crt'), 'utf8'),
      AUDIT: 'config',
      ATTEMPTS: '6',
      // Outside a cluster there is no authority of its own to be found.
      KUBERNETES: JSON.stringify({
        kubernetes_host: 'https://kubernetes.default.svc',
        kubernetes_ca_cert: readFileSync(file('ca.crt'), 'utf8'),
      }),
      ...changed,
    },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}
const kept = (secret: string) =>
  JSON.parse(aws('get-secret-value', '--secret-id', secret, '--query', 'SecretString')) as {
    recovery_keys: string[];
    root_token: string;
  };

beforeAll(async () => {
  for (const name of ['bao', 'cluster', 'moto'] as const) port[name] = await freePort();
  mkdirSync(join(home, 'job'));
  mkdirSync(file('data'));
  certificate();
  writeFileSync(file('unseal'), randomBytes(32));
  writeFileSync(
    file('bao.hcl'),
    `listener "tcp" {
  address = "127.0.0.1:${port.bao}"
  cluster_address = "127.0.0.1:${port.cluster}"
  tls_cert_file = "${file('tls.crt')}"
  tls_key_file = "${file('tls.key')}"
}
storage "raft" {
  path = "${file('data')}"
  node_id = "one"
}
api_addr = "https://127.0.0.1:${port.bao}"
cluster_addr = "https://127.0.0.1:${port.cluster}"
seal "static" {
  current_key_id = "one"
  current_key = "file://${file('unseal')}"
}
audit "file" "stdout" {
  options {
    file_path = "stdout"
  }
}
`,
  );
  start(join(tools, 'bao'), ['server', `-config=${file('bao.hcl')}`], 'bao.log');
  start(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port.moto)], 'moto.log');
  await until(() =>
    fetch(`http://127.0.0.1:${port.moto}/moto-api/`).then(
      () => true,
      () => false,
    ),
  );
}, 60_000);

afterAll(async () => {
  await Promise.all(
    children.map((child) => {
      const gone = new Promise((done) => child.once('exit', done));
      return child.kill() && child.exitCode === null ? gone : undefined;
    }),
  );
  rmSync(home, { recursive: true, force: true });
});

test('it is interrupted, goes on where it was, revokes the root token, and then has nothing to do', async () => {
  const secret = aws('create-secret', '--name', 'recovery', '--query', 'ARN');

  // Kubernetes refuses: the store is initialised, and its root token waits for the next run.
  const first = run(secret, { KUBERNETES: '{}' });
  expect(first.status).not.toBe(0);
  const { root_token: token } = kept(secret);
  expect(token).not.toBe('');

  const second = run(secret);
  expect([second.status, second.stderr]).toEqual([0, '']);
  expect(kept(secret)).toMatchObject({ root_token: '' });
  expect(kept(secret).recovery_keys).toHaveLength(5);

  const third = run(secret);
  expect([third.status, third.stdout]).toEqual([0, 'Initialised and prepared already.\n']);

  const said = [first, second, third].map(({ stdout, stderr }) => stdout + stderr).join('');
  for (const secretText of [token, ...kept(secret).recovery_keys]) expect(said).not.toContain(secretText);
  const { status } = spawnSync('curl', [
    '-sf',
    '--cacert',
    file('ca.crt'),
    '-H',
    `X-Vault-Token: ${token}`,
    `https://127.0.0.1:${port.bao}/v1/auth/token/lookup-self`,
  ]);
  expect(status).toBe(22);
  // The audit log, which the server's configuration switches on.
  await until(() => readFileSync(file('bao.log'), 'utf8').includes('"path":"auth/kubernetes/config"'));
}, 120_000);

test('a store that somebody else has initialised is left alone', () => {
  const secret = aws('create-secret', '--name', 'empty', '--query', 'ARN');
  const { status, stderr } = run(secret);
  expect(status).toBe(1);
  expect(stderr).toContain(`https://127.0.0.1:${port.bao} was initialised by somebody else: ${secret} is empty.`);
}, 60_000);

test('Secrets Manager that refuses is not taken for an empty secret', () => {
  const { status, stderr } = run('recovery', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_MAX_ATTEMPTS: '1' });
  expect(status).toBe(1);
  expect(stderr).toContain('Secrets Manager does not answer for recovery');
}, 60_000);

test('a store that does not answer is named, with where to look', () => {
  const { status, stderr } = run('recovery', { ADDRESS: 'https://127.0.0.1:1', ATTEMPTS: '1' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^https:\/\/127\.0\.0\.1:1 does not answer: .*Look at the pods of the secret store/s);
}, 60_000);
