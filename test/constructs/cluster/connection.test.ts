import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { TerraformStack } from 'cdktf';
import { connectCluster } from 'plinth/constructs/cluster/connection';
import { synthesize } from '../../support/program';

test('both providers find the address by the name and fetch a token whenever they need one', () => {
  const { above } = synthesize((app) => {
    const stack = new TerraformStack(app, 'above');
    new AwsProvider(stack, 'aws', { region: 'eu-west-1' });
    connectCluster(stack, { clusterName: 'prod', region: 'eu-west-1' });
  });
  const exec = {
    api_version: 'client.authentication.k8s.io/v1beta1',
    command: 'aws',
    args: ['eks', 'get-token', '--cluster-name', 'prod', '--region', 'eu-west-1', '--output', 'json'],
  };
  const address = {
    host: '${data.aws_eks_cluster.cluster.endpoint}',
    cluster_ca_certificate: '${base64decode(data.aws_eks_cluster.cluster.certificate_authority[0].data)}',
  };
  expect(above?.data?.aws_eks_cluster?.cluster).toMatchObject({ name: 'prod', region: 'eu-west-1' });
  expect(above?.provider?.kubernetes).toEqual([{ ...address, exec: [exec] }]);
  expect(above?.provider?.helm).toEqual([{ kubernetes: { ...address, exec } }]);
});
