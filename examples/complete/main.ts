// The whole platform, and one model on it: the five stacks that `cdktf deploy '*'` makes, in their order.
import { App } from 'cdktf';
import { GpuPool } from 'plinth/constructs/cluster/gpu-pool';
import { Profile } from 'plinth/constructs/core/profile';
import { State } from 'plinth/constructs/core/state';
import { Domain } from 'plinth/constructs/ingress/domain';
import { ModelMonitor } from 'plinth/constructs/observability/models/model-monitor';
import { ModelServer } from 'plinth/constructs/serving/model-server';
import { ModelSource } from 'plinth/constructs/serving/model-source';
import { MlopsPlatform } from 'plinth/stacks/mlops-platform';

const app = new App();

const platform = new MlopsPlatform(app, 'prod', {
  region: 'eu-west-1',
  domain: Domain.hosted('ml.example.com'),
  profile: Profile.production(),
  state: State.s3('acme-terraform-state', { region: 'eu-west-1' }),
  gpu: [GpuPool.of('g6', { for: 'serving', max: 4 })],
  // Where `cdktf deploy` runs: the Kubernetes API is reached from there, and from inside the VPC.
  cluster: { publicAccessCidrs: ['203.0.113.7/32'] },
});

const tumour = new ModelServer(platform.models, 'tumour', {
  model: ModelSource.files('examples/models/tumour'),
  scale: { min: 2, max: 20 },
});
tumour.expose({ host: 'tumour' });

new ModelMonitor(platform.models, 'tumour-monitor', { watches: tumour, windowRows: 57 });

app.synth();
