import { Construct } from 'constructs';
import { chart, defineSystem } from '../core/system';
import { RaftSecretStore, RaftSecretStoreProps } from './raft-secret-store';

export type VaultProps = RaftSecretStoreProps;

/**
 * HashiCorp Vault (https://developer.hashicorp.com/vault) on Raft, unsealed by KMS. The server is under the Business Source
 * License, which forbids to offer it to others in competition with its owner; `OpenBao` stands beside it.
 */
export class Vault extends RaftSecretStore {
  static override readonly system = defineSystem({
    name: 'Vault',
    categories: ['security'],
    licence: 'BUSL-1.1',
    chart: chart('vault', '0.34.1', 'https://helm.releases.hashicorp.com'),
    endpoints: { api: { protocol: 'https', port: 8200, service: '{name}-active', health: '/v1/sys/health' } },
    provides: ['secret-store'],
    requires: [{ role: 'certificates', why: 'its servers speak TLS only' }],
  });
  readonly api = this.endpoint('api');

  constructor(scope: Construct, id: string, props: VaultProps = {}) {
    super(scope, id, props, {
      home: '/vault',
      process: 'vault',
      image: { repository: 'hashicorp/vault', tag: '2.0.4' },
      // Locked memory is of no use to Raft, and would take a capability: nodes have no swap.
      config: ['disable_mlock = true'],
      audit: 'api',
    });
  }
}
