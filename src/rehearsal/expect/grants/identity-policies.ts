import type { AppliedResource } from '../../report';
import type { PolicyDocument } from './statements';

/** A policy that lets somebody do something, and who that is. */
export interface IdentityPolicy {
  /** `stack/type.name`. */
  readonly at: string;
  readonly document: PolicyDocument;
  /** Names of the roles, users and groups that hold it; of a policy of its own, those that it is attached to. */
  readonly holders: readonly string[];
}

/** A policy that is attached by its ARN, and which the program does not make. */
export interface AttachedPolicy {
  readonly at: string;
  readonly arn: string;
  readonly holders: readonly string[];
}

/** Where inline policies stand: the type, the argument with the document, and the one that names its holder. */
const inline: readonly (readonly [type: string, document: string, holder: string])[] = [
  ['aws_iam_role_policy', 'policy', 'role'],
  ['aws_iam_user_policy', 'policy', 'user'],
  ['aws_iam_group_policy', 'policy', 'group'],
  ['aws_ssoadmin_permission_set_inline_policy', 'inline_policy', 'permission_set_arn'],
];

/** Where policies are attached: the type, and the arguments that name holders. */
const attachments: Readonly<Record<string, readonly string[]>> = {
  aws_iam_role_policy_attachment: ['role'],
  aws_iam_user_policy_attachment: ['user'],
  aws_iam_group_policy_attachment: ['group'],
  aws_iam_policy_attachment: ['roles', 'users', 'groups'],
  aws_iam_role_policy_attachments_exclusive: ['role_name'],
  aws_iam_user_policy_attachments_exclusive: ['user_name'],
  aws_iam_group_policy_attachments_exclusive: ['group_name'],
  aws_ssoadmin_managed_policy_attachment: ['permission_set_arn'],
};

const strings = (value: unknown): string[] =>
  [value].flat().filter((item): item is string => typeof item === 'string' && item !== '');
const at = ({ stack, address }: AppliedResource): string => `${stack}/${address}`;

/** Every policy of an identity among what was applied, and every one that is attached from elsewhere. */
export function identityPolicies(resources: readonly AppliedResource[]): {
  readonly policies: readonly IdentityPolicy[];
  readonly attached: readonly AttachedPolicy[];
} {
  const managed = resources.filter(({ mode }) => mode === 'managed');
  const attached = managed.flatMap((resource): AttachedPolicy[] => {
    const { type, values } = resource;
    if (type === 'aws_iam_role') {
      return strings(values['managed_policy_arns']).map((arn) => ({
        at: at(resource),
        arn,
        holders: strings(values['name']),
      }));
    }
    const holders = attachments[type]?.flatMap((argument) => strings(values[argument]));
    if (holders === undefined) return [];
    const arns = [values['policy_arn'], values['policy_arns'], values['managed_policy_arn']].flatMap(strings);
    return arns.map((arn) => ({ at: at(resource), arn, holders }));
  });
  const policies = managed.flatMap((resource): IdentityPolicy[] => {
    const { type, values } = resource;
    const place = at(resource);
    if (type === 'aws_iam_policy') {
      const holders = attached.filter(({ arn }) => arn === values['arn']).flatMap((one) => one.holders);
      return documents(values['policy']).map((document) => ({ at: place, document, holders }));
    }
    if (type === 'aws_iam_role') {
      const blocks = [values['inline_policy'] ?? []].flat() as readonly ({ policy?: unknown } | null)[];
      return blocks
        .flatMap((block) => documents(block?.policy))
        .map((document) => ({ at: place, document, holders: strings(values['name']) }));
    }
    return inline
      .filter(([name]) => name === type)
      .flatMap(([, argument, holder]) =>
        documents(values[argument]).map((document) => ({ at: place, document, holders: strings(values[holder]) })),
      );
  });
  const own = new Set(managed.filter(({ type }) => type === 'aws_iam_policy').map(({ values }) => values['arn']));
  return { policies, attached: attached.filter(({ arn }) => !own.has(arn)) };
}

function documents(text: unknown): PolicyDocument[] {
  if (typeof text !== 'string' || text === '') return [];
  return [JSON.parse(text) as PolicyDocument];
}
