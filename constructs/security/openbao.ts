import { Construct } from 'constructs';
import { chart, defineSystem } from '../core/system';
import { RaftSecretStore, RaftSecretStoreProps } from './raft-secret-store';

export type OpenBaoProps = RaftSecretStoreProps;

/** OpenBao (https://openbao.org), the continuation of Vault under its old, open licence; on Raft, unsealed by KMS. */
export class OpenBao extends RaftSecretStore {
  static override readonly system = defineSystem({
    name: 'OpenBao',
    categories: ['security'],
    licence: 'MPL-2.0',
    chart: chart('openbao', '0.29.2', 'https://openbao.github.io/openbao-helm'),
    endpoints: { api: { protocol: 'https', port: 8200, service: '{name}-active', health: '/v1/sys/health' } },
    provides: ['secret-store'],
    requires: [{ role: 'certificates', why: 'its servers speak TLS only' }],
  });
  readonly api = this.endpoint('api');

  constructor(scope: Construct, id: string, props: OpenBaoProps = {}) {
    super(scope, id, props, {
      home: '/openbao',
      process: 'bao',
      image: { registry: 'quay.io', repository: 'openbao/openbao', tag: '2.6.2' },
      // It refuses to make audit logs on request: https://openbao.org/docs/configuration/audit
      config: ['audit "file" "stdout" {', '  options {', '    file_path = "stdout"', '  }', '}'],
      audit: 'config',
      // The second server is not ready before the first has been initialised.
      server: { podManagementPolicy: 'Parallel' },
    });
  }
}
