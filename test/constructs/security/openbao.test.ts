import { OpenBao } from 'plinth/constructs/security/openbao';
import { Vault } from 'plinth/constructs/security/vault';
import { only } from '../../support/program';
import { synthesizeServices } from '../../support/services';

test('it fills the same place as Vault, under an open licence', () => {
  expect(OpenBao.system.licence).toBe('MPL-2.0');
  expect(OpenBao.system.provides).toEqual(Vault.system.provides);
  expect(OpenBao.system.endpoints).toEqual(Vault.system.endpoints);
});

test('its audit log stands in its configuration, since it makes none on request; its servers start side by side', () => {
  const stack = synthesizeServices((scope) => {
    const { server } = new OpenBao(scope, 'openbao').values as {
      server: { podManagementPolicy: string; ha: { raft: { config: string } } };
    };
    expect(server.ha.raft.config).toContain('audit "file" "stdout"');
    // One that waits until the one before it is ready would never be made: readiness comes with initialisation.
    expect(server.podManagementPolicy).toBe('Parallel');
  });
  expect(JSON.stringify(only(stack, 'kubernetes_job_v1'))).toContain('"name":"AUDIT","value":"config"');
});
