// A team's own repository: it finds the platform by its name and the committed contract file, and needs no access to
// the platform's state. The model is one that the team has put into the lake.
import { App, TerraformStack } from 'cdktf';
import { State } from 'plinth/constructs/core/state';
import { ExistingPlatform } from 'plinth/constructs/existing-platform';
import { ModelMonitor } from 'plinth/constructs/observability/models/model-monitor';
import { ModelServer } from 'plinth/constructs/serving/model-server';
import { ModelSource } from 'plinth/constructs/serving/model-source';

const app = new App();
const stack = new TerraformStack(app, 'risk-models');
State.s3('acme-risk-terraform-state', { region: 'eu-west-1' }).bind(stack);
const platform = ExistingPlatform.fromName(stack, 'prod', { contract: 'examples/team/plinth.contract.json' });

const fraud = new ModelServer(stack, 'fraud', {
  platform,
  namespace: 'risk',
  model: ModelSource.lake('risk'),
  scale: { min: 2, max: 10 },
});
new ModelMonitor(stack, 'fraud-monitor', {
  platform,
  namespace: 'risk',
  watches: fraud,
  model: 'fraud',
  reference: platform.lake.models.url('risk/fraud/1/profile.json'),
});

app.synth();
