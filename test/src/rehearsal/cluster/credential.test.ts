import { withCredential } from '../../../../src/rehearsal/cluster/credential';

const asking = (script: string, installHint?: string) =>
  withCredential({
    context: 'eks',
    server: 'https://127.0.0.1',
    insecure: false,
    command: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: script === '' ? 'plinth-no-such-command' : process.execPath,
      args: ['-e', script],
      env: { TOKEN: 'from the command' },
      ...(installHint !== undefined && { installHint }),
    },
  });

test('the command is told what is asked, and gives a token', async () => {
  const script = `const { kind, apiVersion } = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
    console.log(JSON.stringify({ kind, apiVersion, status: { token: process.env.TOKEN } }))`;
  expect(await asking(script)).toEqual({
    context: 'eks',
    server: 'https://127.0.0.1',
    insecure: false,
    token: 'from the command',
  });
});

test('or a certificate', async () => {
  const script = `console.log(JSON.stringify({ status: { clientCertificateData: 'cert', clientKeyData: 'key' } }))`;
  expect(await asking(script)).toMatchObject({ cert: Buffer.from('cert'), key: Buffer.from('key') });
});

test.each([
  [
    'console.error("Token has expired."); process.exit(255)',
    `${process.execPath} gave no credential, because Token has expired; run it by hand until it does.`,
  ],
  ['process.exit(2)', 'because it ended with 2; run it by hand'],
  ['console.log("hello")', 'because it printed no ExecCredential with a token or a certificate;'],
  ['', 'plinth-no-such-command gave no credential, because spawn plinth-no-such-command ENOENT; install it from x.'],
])('%s: a sentence', async (script, message) => {
  await expect(asking(script, script === '' ? 'install it from x' : undefined)).rejects.toThrow(message);
});
