import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKubeconfig } from '../../../../src/rehearsal/cluster/kubeconfig';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-kubeconfig-'));
  file = join(folder, 'config');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function write(changes: object = {}, user: object = { token: 't' }, cluster: object = {}): void {
  const config = {
    'current-context': 'kind',
    contexts: ['kind', 'prod-eu', 'other'].map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443/', ...cluster } }],
    users: [{ name: 'u', user }],
    ...changes,
  };
  writeFileSync(file, JSON.stringify(config));
}

test('the current context, or the one that is named', () => {
  write();
  const plain = { context: 'kind', server: 'https://127.0.0.1:6443', insecure: false, token: 't' };
  expect(readKubeconfig(file, '/')).toEqual(plain);
  expect(readKubeconfig('config#other', folder)).toEqual({ ...plain, context: 'other' });
  expect(readKubeconfig('', '/', { KUBECONFIG: `:${file}` })).toEqual(plain);
  expect(readKubeconfig('#other', '/', { KUBECONFIG: file }).context).toBe('other');
});

test('certificates and tokens stand in it, or in files beside it', () => {
  writeFileSync(join(folder, 'ca.crt'), 'authority');
  writeFileSync(join(folder, 'token'), 'from a file\n');
  write({}, { tokenFile: 'token' }, { 'certificate-authority': 'ca.crt', 'tls-server-name': 'kubernetes' });
  expect(readKubeconfig(file, '/')).toMatchObject({
    ca: Buffer.from('authority'),
    token: 'from a file',
    serverName: 'kubernetes',
  });
  write(
    {},
    { 'client-certificate-data': base64('cert'), 'client-key-data': base64('key') },
    { 'insecure-skip-tls-verify': true },
  );
  expect(readKubeconfig(file, '/')).toMatchObject({
    cert: Buffer.from('cert'),
    key: Buffer.from('key'),
    insecure: true,
  });
});

test('a command that gives the credential, as that of EKS', () => {
  write(
    {},
    {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: 'aws',
        args: ['eks', 'get-token'],
        env: [{ name: 'A', value: 'b' }],
      },
    },
  );
  expect(readKubeconfig(file, '/').command).toEqual({
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'aws',
    args: ['eks', 'get-token'],
    env: { A: 'b' },
  });
});

const says = (cluster: string): string => {
  try {
    readKubeconfig(cluster, '/');
    return 'nothing';
  } catch (error) {
    return (error as Error).message.replaceAll(folder, 'FOLDER');
  }
};

test('a context that looks like production is used only where it is named', () => {
  write({ 'current-context': 'prod-eu' });
  expect(says(file)).toBe(
    `FOLDER/config: the current context "prod-eu" looks like production, because nobody should rehearse there because it happened to be the current one; name another context, or this one on purpose, as --cluster 'FOLDER/config#prod-eu'.`,
  );
  expect(readKubeconfig(`${file}#prod-eu`, '/').context).toBe('prod-eu');
  write({}, {}, { server: 'https://api.live.example.com' });
  expect(says(file)).toContain('the current context "kind" looks like production');
  write({}, {}, { server: 'https://api.products.example.com' });
  expect(says(file)).toBe('nothing');
});

test.each([
  ['there is no such file', () => {}, '', 'FOLDER/config: this is no kubeconfig that can be used, because ENOENT'],
  [
    'it is no YAML',
    () => writeFileSync(file, 'a: [1'),
    '',
    'FOLDER/config: this is no kubeconfig that can be used, because Flow sequence',
  ],
  [
    'it is something else',
    () => writeFileSync(file, '"text"'),
    '',
    'because it holds no YAML mapping; name one with --cluster PATH[#CONTEXT].',
  ],
  [
    'no context is current',
    () => write({ 'current-context': '' }),
    '',
    'FOLDER/config: no context is named, because it has kind, prod-eu, other; name one as --cluster PATH#CONTEXT.',
  ],
  [
    'a context is misspelt',
    () => write(),
    '#othr',
    'FOLDER/config: there is no context "othr", because it has kind, prod-eu, other; did you mean other.',
  ],
  [
    'it has none',
    () => write({ contexts: [] }),
    '#x',
    'FOLDER/config: there is no context "x", because it has no contexts; name one as --cluster PATH#CONTEXT.',
  ],
  [
    'a cluster is missing',
    () => write({ clusters: null }),
    '',
    'because its context "kind" names the cluster "c", for which it has no server',
  ],
  [
    'a certificate is missing',
    () => write({}, {}, { 'certificate-authority': 'ca.crt' }),
    '',
    "this is no kubeconfig that can be used, because ENOENT: no such file or directory, open 'FOLDER/ca.crt'",
  ],
  [
    'somebody else is to be asking',
    () => write({}, { as: 'root' }),
    '',
    'FOLDER/config: the context "kind" uses "as", because a rehearsal knows certificates, tokens and credential commands ("exec") only; name a context that uses one of these, as --cluster PATH#CONTEXT.',
  ],
  ['there is a proxy', () => write({}, {}, { 'proxy-url': 'http://p' }), '', 'the context "kind" uses "proxy-url"'],
])('%s: a sentence', (_what, prepare, context, message) => {
  prepare();
  expect(says(`${file}${context}`)).toContain(message);
});
