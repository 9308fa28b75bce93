// What the team's own repository would hold beside its program.
import { join } from 'node:path';
import { expectRehearsal, Match, rehearsalOf, Template } from '@plinth/rehearsal/expect';

const cwd = join(__dirname, '../..');
const program = { cwd, app: 'npx tsx examples/team/main.ts', fixtures: 'examples/team/fixtures.json' };
const team = expectRehearsal(program);

test('the program is applied, and a second plan is empty', async () => {
  await team.toApplyCleanly();
  await team.toHaveEmptySecondPlan();
}, 60_000);

test('nobody from outside reaches or reads any of it', async () => {
  await team.toHaveNothingPublic();
  await team.not.toReach('internet', 'risk/fraud');
});

test('the model is watched from outside of its namespace, and calls nobody but AWS', async () => {
  await team.toReach({ namespace: 'monitoring' }, 'service/risk/fraud', { port: 8002 });
  await team.not.toReach({ namespace: 'default' }, 'risk/fraud');
  await team.not.toReach('risk/fraud', 'risk/fraud-monitor', { port: 8000 });
  await team.toReach('risk/fraud', 'internet', { port: 443 });
});

test('the model reads its files, adds to its payloads, and may do nothing else', async () => {
  const throughS3 = { StringLike: { 'kms:ViaService': 's3.*.amazonaws.com' } };
  await team.toGrantAtMost(
    {
      Statement: [
        { Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource: 'arn:aws:s3:::prod-lake-models-*' },
        { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::*/payloads/risk/fraud/*' },
        { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: '*', Condition: throughS3 },
      ],
    },
    { role: 'prod-risk-fraud' },
  );
});

test('the model has two to ten replicas', async () => {
  const template = Template.of(await rehearsalOf(program));
  const scaled = { kind: 'ScaledObject', spec: { minReplicaCount: 2, maxReplicaCount: 10 } };
  template.hasResource('helm_release', { values: [Match.json({ objects: [scaled] })] });
  template.hasNoResource('kubernetes_service_v1', { spec: { type: 'LoadBalancer' } });
});
