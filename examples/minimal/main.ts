// One model on a cluster that exists already: no platform is made, only described.
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { EksCluster } from 'plinth/constructs/cluster/eks';
import { connectCluster } from 'plinth/constructs/cluster/connection';
import { Platform } from 'plinth/constructs/core/platform';
import { State } from 'plinth/constructs/core/state';
import { ModelMonitor } from 'plinth/constructs/observability/models/model-monitor';
import { ModelServer } from 'plinth/constructs/serving/model-server';
import { ModelSource } from 'plinth/constructs/serving/model-source';
import { DataLake } from 'plinth/constructs/storage/data-lake';

const app = new App();
const stack = new TerraformStack(app, 'minimal');
State.local().bind(stack);
new AwsProvider(stack, 'aws', { region: 'eu-west-1' });

const cluster = EksCluster.fromAttributes({ clusterName: 'ours', region: 'eu-west-1' });
const bucket = { bucketName: 'our-ml-bucket' };
Platform.fromAttributes(stack, {
  name: 'ours',
  region: 'eu-west-1',
  cluster,
  // The same bucket may serve every zone.
  lake: DataLake.fromAttributes(stack, 'lake', {
    raw: bucket,
    curated: bucket,
    features: bucket,
    models: bucket,
    payloads: bucket,
  }),
  runtimeImage: 'registry.example/plinth-runtime:0.1.0',
});
connectCluster(stack, cluster);

const tumour = new ModelServer(stack, 'tumour', { model: ModelSource.files('examples/models/tumour') });
new ModelMonitor(stack, 'tumour-monitor', { watches: tumour, windowRows: 57 });

app.synth();
