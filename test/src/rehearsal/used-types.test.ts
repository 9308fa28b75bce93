import { usedProviders } from '../../../src/rehearsal/used-types';

test('providers by their source, however it is written, with the types of all stacks; not those of Terraform itself', () => {
  const providers = usedProviders([
    {
      terraform: {
        required_providers: {
          aws: { source: 'aws' },
          kubernetes: { source: 'registry.terraform.io/hashicorp/kubernetes' },
        },
      },
      resource: { aws_vpc: {}, terraform_data: {} },
      data: { terraform_remote_state: {}, aws_region: {} },
      ephemeral: { aws_kms_secrets: {} },
    },
    {
      terraform: { required_providers: { aws: { source: 'hashicorp/aws' } } },
      resource: { aws_subnet: {}, random_pet: {} },
    },
  ]);
  expect(providers).toEqual([
    {
      address: 'hashicorp/aws',
      name: 'aws',
      used: {
        resources: new Set(['aws_vpc', 'aws_subnet']),
        dataSources: new Set(['aws_region']),
        ephemeral: new Set(['aws_kms_secrets']),
      },
    },
    {
      address: 'hashicorp/kubernetes',
      name: 'kubernetes',
      used: { resources: new Set(), dataSources: new Set(), ephemeral: new Set() },
    },
    {
      address: 'hashicorp/random',
      name: 'random',
      used: { resources: new Set(['random_pet']), dataSources: new Set(), ephemeral: new Set() },
    },
  ]);
});

test('a provider of another house keeps its address', () => {
  const [datadog] = usedProviders([
    {
      terraform: { required_providers: { datadog: { source: 'DataDog/datadog' } } },
      resource: { datadog_monitor: {} },
    },
  ]);
  expect(datadog).toMatchObject({
    address: 'DataDog/datadog',
    name: 'datadog',
    used: { resources: new Set(['datadog_monitor']) },
  });
});

test('a provider that is configured and not used is needed as well', () => {
  const stacks = [
    {
      provider: { aws: [{}], special: [{}] },
      terraform: { required_providers: { special: { source: 'acme/special' } } },
    },
  ];
  expect(usedProviders(stacks).map(({ address }) => address)).toEqual(['hashicorp/aws', 'acme/special']);
});
