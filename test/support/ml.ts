import { TerraformStack } from 'cdktf';
import { ICluster } from 'plinth/constructs/core/resources';
import { Platform, PlatformAttributes } from 'plinth/constructs/core/platform';
import { DataLake } from 'plinth/constructs/storage/data-lake';
import { Postgres } from 'plinth/constructs/storage/postgres';
import { givenCluster, StackJson, synthesizeStack } from './program';

/** A cluster whose workloads can be given roles in both ways. */
export const clusterWithIssuer: ICluster = {
  ...givenCluster,
  oidc: { providerArn: 'arn:aws:iam::123456789012:oidc-provider/oidc.example', issuer: 'oidc.example' },
};

const elsewhere = (system: string) => ({ system, endpoints: {} });

/** What systems of the ml stack find on their platform: a lake, PostgreSQL, and the controllers of the services stack. */
export function synthesizeMl(
  build: (stack: TerraformStack, platform: Platform) => void,
  attributes: Partial<PlatformAttributes> = {},
): StackJson {
  return synthesizeStack(
    (stack, platform) => {
      const bucket = (zone: string) => ({ bucketName: `prod-lake-${zone}` });
      platform.provide({
        lake: DataLake.fromAttributes(stack, 'lake', {
          raw: bucket('raw'),
          curated: bucket('curated'),
          features: bucket('features'),
          models: bucket('models'),
          payloads: bucket('payloads'),
        }),
        database: Postgres.fromAttributes(stack, 'database', {
          host: 'postgres.example',
          secret: { secretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:master-AbCdEf' },
          cidrs: ['10.0.0.0/16'],
        }),
      });
      build(stack, platform);
    },
    {
      cluster: clusterWithIssuer,
      provides: {
        'external-secrets': elsewhere('External Secrets'),
        gpu: elsewhere('NVIDIA device plugin'),
        metrics: elsewhere('Prometheus'),
      },
      ...attributes,
    },
  );
}
