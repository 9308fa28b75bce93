import { NodePoolOptions, nodePools } from 'plinth/constructs/cluster/karpenter-pools';
import { Platform, PlatformAttributes } from 'plinth/constructs/core/platform';
import { Profile } from 'plinth/constructs/core/profile';
import { wholeCluster } from '../../support/services';

function pools(options: NodePoolOptions = {}, attributes: Partial<PlatformAttributes> = {}) {
  const network = { vpcId: 'vpc-1', cidr: '10.0.0.0/16', privateSubnetIds: ['subnet-a'], publicSubnetIds: [] };
  const platform = new Platform({ name: 'prod', region: 'eu-west-1', cluster: wholeCluster, network, ...attributes });
  const objects = nodePools(platform, 'prod-nodes', options);
  return (kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name) as { spec: object } | undefined;
}

test('nodes keep what node groups keep: encrypted disks, and metadata that no pod reaches', () => {
  expect(pools()('EC2NodeClass', 'cpu')?.spec).toMatchObject({
    role: 'prod-nodes',
    subnetSelectorTerms: [{ id: 'subnet-a' }],
    securityGroupSelectorTerms: [{ id: 'sg-1' }],
    metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1 },
    blockDeviceMappings: [{ ebs: { encrypted: true, volumeType: 'gp3' } }],
    tags: { 'plinth:environment': 'prod' },
  });
});

test('a cluster that keeps its security group to itself is found by its tag', () => {
  const { securityGroupId: _, ...cluster } = wholeCluster;
  expect(pools({}, { cluster })('EC2NodeClass', 'cpu')?.spec).toMatchObject({
    securityGroupSelectorTerms: [{ tags: { 'karpenter.sh/discovery': 'prod' } }],
  });
});

const capacity = (values: string[]) => ({
  template: {
    spec: {
      requirements: expect.arrayContaining([{ key: 'karpenter.sh/capacity-type', operator: 'In', values }]) as unknown,
    },
  },
});

test('spot instances where the profile allows them, or where it is said', () => {
  expect(pools()('NodePool', 'cpu')?.spec).toMatchObject(capacity(['on-demand']));
  expect(pools({ spot: true })('NodePool', 'cpu')?.spec).toMatchObject(capacity(['spot', 'on-demand']));
  const ephemeral = pools({}, { profile: Profile.ephemeral({ ttl: '1h' }) });
  expect(ephemeral('NodePool', 'cpu')?.spec).toMatchObject(capacity(['spot', 'on-demand']));
});

test('GPU nodes carry the label and the taint of the pools they add to, and go only when nothing uses them', () => {
  expect(pools()('NodePool', 'gpu-serving')?.spec).toMatchObject({
    template: {
      metadata: { labels: { 'plinth.dev/gpu-for': 'serving' } },
      spec: {
        nodeClassRef: { name: 'gpu' },
        taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
        requirements: expect.arrayContaining([
          { key: 'karpenter.k8s.aws/instance-family', operator: 'In', values: ['g6'] },
        ]) as unknown,
      },
    },
    limits: { 'nvidia.com/gpu': '8' },
    disruption: { consolidationPolicy: 'WhenEmpty' },
  });
  const without = pools({}, { cluster: { ...wholeCluster, gpuPools: [] } });
  expect(without('EC2NodeClass', 'gpu')).toBeUndefined();
});

test('every pool has an end', () => {
  expect(pools({ cpuLimit: 16 })('NodePool', 'cpu')?.spec).toMatchObject({ limits: { cpu: '16' } });
});
