import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { TerraformStack } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { encode } from './encode';
import { fail } from './findings';
import { componentAround } from './graph';

/** Someone who can be given permissions in AWS. */
export interface IIdentity extends IConstruct {
  readonly roleName: string;
  readonly roleArn: string;
}

/** Whatever acts under an identity. */
export interface IGrantable {
  readonly identity: IIdentity;
}

/** One statement of an IAM policy. It always allows: what must be denied is denied where the resource stands. */
export interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  /** Needed when `resources` holds `*`: why no name can replace it. */
  readonly why?: string;
}

/** A policy document that allows these permissions, as JSON. */
export function policyDocument(permissions: readonly Permission[]): string {
  return encode.json({
    Version: '2012-10-17',
    Statement: permissions.map(({ actions, resources, conditions }) => ({
      Effect: 'Allow',
      Action: [...actions],
      Resource: [...resources],
      Condition: conditions as never,
    })),
  });
}

/** IAM's limit for all inline policies of a role together, in characters without white space. */
const inlineLimit = 10_240;
const sizes = new WeakMap<IIdentity, number>();

/**
 * Gives permissions as a policy of their own, attached in the later of the two stacks, so that a role made in `cluster`
 * never makes `cluster` depend on what it may read in `ml`.
 * @param id tells this grant from the identity's others; it becomes part of the policy's address
 * @throws PlinthError `wide-permission` for an action `*` or a resource `*` without a reason, `policy-too-large` beyond IAM's limit
 */
export function grant(to: IGrantable, resource: IConstruct, id: string, permissions: readonly Permission[]): void {
  const { identity } = to;
  for (const { actions, resources, why } of permissions) {
    const wide = actions.find((action) => action === '*' || action.endsWith(':*'));
    const anywhere = resources.includes('*') && why === undefined;
    if (wide === undefined && !anywhere) continue;
    fail(resource, {
      code: 'wide-permission',
      what: `the grant '${id}' allows ${wide === undefined ? `${actions.join(', ')} on every resource` : wide}`,
      why: 'a role may do only what it needs, on what it needs it for',
      cure: wide === undefined ? "name the resources, or say in 'why' that the action knows none" : 'name the actions',
    });
  }
  const user = componentAround(identity);
  const used = componentAround(resource);
  if (user !== undefined && used !== undefined && user !== used) user.platform.uses(user, used);
  const size = (sizes.get(identity) ?? 0) + JSON.stringify(permissions).length;
  sizes.set(identity, size);
  if (size > inlineLimit) {
    fail(identity, {
      code: 'policy-too-large',
      what: `its grants add up to ${size} characters`,
      why: `IAM allows ${inlineLimit} for all inline policies of a role`,
      cure: 'grant on prefixes or whole buckets in place of many single objects, or split the workload in two',
    });
  }
  const home = homeOf(identity, resource);
  const policyId = home === identity ? id : `${localPath(identity)}-${id}`;
  if (home.node.tryFindChild(policyId) !== undefined) return;
  new IamRolePolicy(home, policyId, {
    name: policyId.replace(/[^\w+=,.@-]/g, '-').slice(0, 128),
    role: identity.roleName,
    policy: policyDocument(permissions),
  });
}

/** Inside the identity where that is possible, so that whatever waits for the identity waits for its permissions too. */
function homeOf(identity: IIdentity, resource: IConstruct): Construct {
  const own = TerraformStack.of(identity);
  const stack = laterStack(own, TerraformStack.of(resource));
  if (stack === own) return identity as IConstruct as Construct;
  return (stack.node.tryFindChild('grants') as Construct | undefined) ?? new Construct(stack, 'grants');
}

/** Of two stacks the one that is deployed after the other; the first where they do not know each other. */
export function laterStack(a: TerraformStack, b: TerraformStack): TerraformStack {
  return b.dependsOn(a) ? b : a;
}

function localPath(construct: IConstruct): string {
  const stack = TerraformStack.of(construct);
  return construct.node.path.slice(stack.node.path.length + 1).replaceAll('/', '-');
}
