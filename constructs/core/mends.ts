import { IAspect, Aspects, TerraformProvider, TerraformResource, TerraformStack } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { checkAtSynth } from './findings';
import { graphOf } from './graph';

// What cdktf 0.21 (and cdktn 0.24) get wrong, mended once for every stack that holds a piece of Plinth,
// whoever made that stack.

const mended = new WeakSet<TerraformStack>();

/** Mends the stack in which a construct stands. Doing it again changes nothing. */
export function mend(construct: IConstruct): void {
  const stack = TerraformStack.of(construct);
  if (mended.has(stack)) return;
  mended.add(stack);
  Aspects.of(stack).add(new DependencyAspect());
  checkAtSynth(stack, () => doubledProviders(stack));
  checkAtSynth(stack, () => doubledNames(stack));
  // Barriers are constructs, and cdktf forbids an aspect to make any: this is the last moment at which they can be made.
  const prepare = stack.prepareStack.bind(stack);
  stack.prepareStack = () => {
    makeBarriers(stack);
    withoutTraces(prepare);
    stack.addOverride('//.plinth', graphOf(stack));
  };
  const write = stack.toTerraform.bind(stack);
  stack.toTerraform = () => withoutTraces(write);
}

/**
 * cdktf captures the whole stack for every token that it makes while it resolves and writes: a third of a synth, for
 * traces that nobody reads. Errors that are thrown keep theirs.
 */
function withoutTraces<T>(work: () => T): T {
  const capture = Error.captureStackTrace;
  Error.captureStackTrace = () => {};
  try {
    return work();
  } finally {
    Error.captureStackTrace = capture;
  }
}

const barrierId = 'all';

/** `construct.node.addDependency(other)`, which cdktf drops: for each `other` one terraform_data that waits for all of it. */
function makeBarriers(stack: TerraformStack): void {
  for (const construct of stack.node.findAll()) {
    for (const target of dependenciesOf(construct)) {
      const targetStack = TerraformStack.of(target);
      if (targetStack !== stack) stack.addDependency(targetStack);
      else if (barrierOf(target) === undefined && resourcesIn(target).length > 0) {
        new TerraformResource(target as Construct, barrierId, {
          terraformResourceType: 'terraform_data',
          terraformGeneratorMetadata: { providerName: 'terraform' },
        });
      }
    }
  }
}

/** Resources without one of their own among those that a dependency names. A resource is its own barrier. */
function barrierOf(target: IConstruct): TerraformResource | undefined {
  if (TerraformResource.isTerraformResource(target)) return target;
  const child = target.node.tryFindChild(barrierId);
  return child !== undefined && TerraformResource.isTerraformResource(child) ? child : undefined;
}

function dependenciesOf(construct: IConstruct): readonly IConstruct[] {
  return construct.node.dependencies;
}

function resourcesIn(construct: IConstruct): TerraformResource[] {
  return construct.node
    .findAll()
    .filter((node): node is TerraformResource => TerraformResource.isTerraformResource(node))
    .filter((resource) => resource.node.id !== barrierId);
}

class DependencyAspect implements IAspect {
  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node)) return;
    if (node.node.id === barrierId && node.terraformResourceType === 'terraform_data') {
      const whole = node.node.scope as IConstruct;
      addDependsOn(node, resourcesIn(whole));
      return;
    }
    for (const scope of node.node.scopes) {
      for (const target of dependenciesOf(scope)) {
        const barrier = barrierOf(target);
        const inside = node.node.scopes.includes(target);
        if (barrier !== undefined && !inside && TerraformStack.of(target) === TerraformStack.of(node)) {
          addDependsOn(node, [barrier]);
        }
      }
    }
  }
}

function addDependsOn(resource: TerraformResource, targets: readonly TerraformResource[]): void {
  const addresses = targets.map((target) => `${target.terraformResourceType}.${target.friendlyUniqueId}`);
  resource.dependsOn = [...new Set([...(resource.dependsOn ?? []), ...addresses])];
}

function doubledProviders(stack: TerraformStack) {
  const seen = new Map<string, TerraformProvider>();
  return stack.node.findAll().flatMap((node) => {
    if (!TerraformProvider.isTerraformProvider(node)) return [];
    const key = `${node.terraformResourceType}/${node.alias ?? ''}`;
    const first = seen.get(key);
    seen.set(key, first ?? node);
    if (first === undefined) return [];
    return [
      {
        code: 'provider-twice',
        what: `the provider '${node.terraformResourceType}' stands twice without an alias, at ${first.node.path} and ${node.node.path}`,
        why: 'Terraform would refuse the second configuration, and only when it plans',
        cure: "give one of them an 'alias', or use the first for both",
      },
    ];
  });
}

function doubledNames(stack: TerraformStack) {
  const same = stack.node.root.node
    .findAll()
    .filter((node) => TerraformStack.isStack(node) && node !== stack && node.node.id === stack.node.id);
  return same.map((other) => ({
    code: 'stack-twice',
    what: `two stacks are called '${stack.node.id}', here and at ${other.node.path}`,
    why: 'a stack writes to a folder named by its id, so one would overwrite the other',
    cure: 'give the platforms, or the stacks, different names',
  }));
}
