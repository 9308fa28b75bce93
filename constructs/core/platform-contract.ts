import { readFileSync } from 'node:fs';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import { PlinthError } from '@plinth/contract';
import { Construct } from 'constructs';
import { z } from 'zod';
import { Platform } from './platform';
import { ProfileKind } from './profile';
import { Role, roles } from './system';

/**
 * Raised whenever a value's name or meaning changes, so that a repository that looks a platform up learns of it when
 * it plans, and not from a pod that fails.
 */
export const contractVersion = '1';

const provided = z.strictObject({
  system: z.string(),
  namespace: z.string().optional(),
  endpoints: z.record(z.string(), z.string()),
});

/** What can be known of a platform without asking AWS: committed beside the program that looks the platform up. */
export const platformContract = z.strictObject({
  schemaVersion: z.literal(1),
  contractVersion: z.string(),
  platform: z.string(),
  region: z.string(),
  profile: z.enum(['production', 'staging', 'ephemeral'] satisfies ProfileKind[]),
  ttl: z.string().optional(),
  tags: z.record(z.string(), z.string()),
  domain: z.string().optional(),
  gpuPools: z.array(z.strictObject({ name: z.string(), family: z.string(), for: z.enum(['serving', 'training']) })),
  provides: z.partialRecord(z.enum(roles), provided),
});
export type PlatformContract = z.output<typeof platformContract>;

/** The contract of a platform as it stands at the end of its program. */
export function contractOf(platform: Platform): PlatformContract {
  return {
    schemaVersion: 1,
    contractVersion,
    platform: platform.name,
    region: platform.region,
    profile: platform.profile.kind,
    ...(platform.profile.ttl && { ttl: platform.profile.ttl }),
    tags: { ...platform.tags },
    ...(platform.knownDomain && { domain: platform.knownDomain }),
    gpuPools: platform.knownGpuPools.map(({ name, family, for: use }) => ({ name, family, for: use })),
    provides: Object.fromEntries(
      [...platform.providedRoles].map(([role, { system, namespace, endpoints }]) => [
        role,
        { system, ...(namespace !== undefined && { namespace }), endpoints: { ...endpoints } },
      ]),
    ) as Partial<Record<Role, z.output<typeof provided>>>,
  };
}

/**
 * Reads a contract file.
 * @throws PlinthError `contract-missing`, `contract-unreadable`, `contract-of-another` when it is another platform's
 */
export function readContract(path: string, platform: string): PlatformContract {
  const cure = `write it anew with 'plinth contract ${platform} --out ${path}' in the platform's own repository`;
  const refuse = (code: string, what: string, why: string): never => {
    throw new PlinthError({ code, where: path, what, why, cure });
  };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return refuse('contract-missing', 'the contract file cannot be read', 'it is not there, or not for us to read');
  }
  let parsed: ReturnType<typeof platformContract.safeParse>;
  try {
    parsed = platformContract.safeParse(JSON.parse(text));
  } catch {
    return refuse('contract-unreadable', 'the contract file cannot be understood', 'it is not JSON');
  }
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse(
      'contract-unreadable',
      'the contract file cannot be understood',
      `${issue?.path.join('.') || 'the document'} is wrong: ${issue?.message ?? ''}`,
    );
  }
  if (parsed.data.platform !== platform) {
    return refuse(
      'contract-of-another',
      `the contract file is of the platform '${parsed.data.platform}'`,
      `'${platform}' was asked for`,
    );
  }
  return parsed.data;
}

/** Values that only AWS knows, by the name under which SSM keeps them below `/plinth/<platform>/`. */
export const parameterNames = [
  'contract-version',
  'cluster/name',
  'database/host',
  'database/name',
  'database/secret-arn',
  'domain/certificate-arn',
  'domain/zone-id',
  'lake/curated',
  'lake/features',
  'lake/key-arn',
  'lake/models',
  'lake/payloads',
  'lake/raw',
  'network/cidr',
  'network/vpc-id',
  'runtime-image',
] as const;
export type ParameterName = (typeof parameterNames)[number];

/** Where a value is kept in SSM. */
export function parameterPath(platform: string, name: ParameterName): string {
  return `/plinth/${platform}/${name}`;
}

/** Publishes values of a platform for programs that look it up. None of them is a secret. */
export class PlatformParameters extends Construct {
  constructor(scope: Construct, id: string, platform: string, values: Partial<Record<ParameterName, string>>) {
    super(scope, id);
    for (const [name, value] of Object.entries(values)) {
      new SsmParameter(this, name.replace('/', '-'), {
        name: parameterPath(platform, name as ParameterName),
        type: 'String',
        // Not `value`, which Terraform treats as a secret: plans would hide what changes.
        insecureValue: value,
      });
    }
  }
}
