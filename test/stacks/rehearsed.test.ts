import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectRehearsal } from '@plinth/rehearsal/expect';
import { App } from 'cdktf';
import { GpuPool } from 'plinth/constructs/cluster/gpu-pool';
import { Platform } from 'plinth/constructs/core/platform';
import { Profile } from 'plinth/constructs/core/profile';
import { State } from 'plinth/constructs/core/state';
import { Domain } from 'plinth/constructs/ingress/domain';
import { ClusterStack, ClusterStackProps } from 'plinth/stacks/cluster';
import { FoundationStack, FoundationStackProps } from 'plinth/stacks/foundation';

interface Variant {
  readonly profile: Profile;
  readonly foundation?: Partial<FoundationStackProps>;
  readonly cluster?: Partial<ClusterStackProps>;
}

const variants: [string, Variant][] = [
  [
    'production, with all that can be asked for',
    {
      profile: Profile.production(),
      foundation: { domain: Domain.hosted('ml.example.com', { zone: 'example.com' }) },
      cluster: {
        gpu: [GpuPool.of('g6', { for: 'serving', max: 4 }), GpuPool.of('p5', { for: 'training', max: 2 })],
        admins: { ops: 'arn:aws:iam::123456789012:role/ops' },
        publicAccessCidrs: ['203.0.113.0/24'],
        addons: { coredns: 'v1.12.4-eksbuild.1' },
        irsa: true,
      },
    },
  ],
  [
    'ephemeral, with as little as possible',
    {
      profile: Profile.ephemeral({ ttl: '8h' }),
      foundation: { database: false, images: false },
      cluster: { database: false },
    },
  ],
];

test.each(variants)(
  'the real Terraform makes them, finds nothing more to do, and takes them away: %s',
  async (_, variant) => {
    const outdir = mkdtempSync(join(tmpdir(), 'plinth-rehearsed-'));
    try {
      const app = new App({ outdir });
      const platform = new Platform({ name: 'prod', region: 'eu-west-1', profile: variant.profile });
      const state = State.local();
      const foundation = new FoundationStack(app, { platform, state, ...variant.foundation });
      new ClusterStack(app, { platform, state, ...variant.cluster }).addDependency(foundation);
      await expectRehearsal(app, { destroy: true }).toApplyCleanly();
      await expectRehearsal(app, { destroy: true }).toHaveEmptySecondPlan();
      await expectRehearsal(app, { destroy: true }).toHaveNothingPublic();
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  },
  120_000,
);
