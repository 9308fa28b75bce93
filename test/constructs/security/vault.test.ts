import { Vault } from 'plinth/constructs/security/vault';
import { only } from '../../support/program';
import { synthesizeServices } from '../../support/services';

test('it is the server under the Business Source License, and says so', () => {
  expect(Vault.system.licence).toBe('BUSL-1.1');
});

test('memory is not locked, which Raft and the restricted standard ask for; the job switches its audit log on', () => {
  const stack = synthesizeServices((scope) => {
    const { server } = new Vault(scope, 'vault').values as { server: { ha: { raft: { config: string } } } };
    expect(server.ha.raft.config).toContain('disable_mlock = true');
    expect(server.ha.raft.config).not.toContain('audit');
  });
  expect(JSON.stringify(only(stack, 'kubernetes_job_v1'))).toContain('"name":"AUDIT","value":"api"');
});
