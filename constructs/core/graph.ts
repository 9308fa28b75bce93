import { TerraformResource, TerraformStack, Token } from 'cdktf';
import { IConstruct } from 'constructs';
import type { Component, Endpoint, Form } from './component';

/** One component as `plinth graph` draws it. */
export interface GraphNode {
  /** Path of the construct inside the stack. */
  readonly path: string;
  readonly system: string;
  readonly form: Form;
  readonly categories: readonly string[];
  readonly chart?: { readonly name: string; readonly version: string };
  readonly endpoints: readonly Pick<Endpoint, 'name' | 'protocol' | 'port' | 'host'>[];
  /** Terraform addresses of what it is made of. */
  readonly resources: readonly string[];
  /** Paths, with the stack's id in front, of the components it uses. */
  readonly uses: readonly string[];
}

/** What a stack says of itself in the synthesized JSON, under `//`.plinth, where Terraform reads nothing. */
export interface StackGraph {
  readonly schemaVersion: 1;
  readonly components: readonly GraphNode[];
}

/** Whether a construct is a component, without loading the class. */
export function isComponent(node: IConstruct): node is Component {
  return 'platform' in node && 'system' in node && 'form' in node;
}

/** The component that a construct is, or is a part of. */
export function componentAround(construct: IConstruct): Component | undefined {
  return [...construct.node.scopes].reverse().find(isComponent);
}

/** The components of a stack, the outermost of each. */
export function graphOf(stack: TerraformStack): StackGraph {
  const components = stack.node.findAll().filter(isComponent);
  return {
    schemaVersion: 1,
    components: components.map((component) => ({
      path: component.node.path,
      system: component.system.name,
      form: component.form,
      categories: component.system.categories,
      ...(component.system.chart && {
        chart: { name: component.system.chart.name, version: component.system.chart.version },
      }),
      endpoints: component.endpoints.map(({ name, protocol, port, host }) => ({
        ...{ name, protocol, port },
        host: Token.isUnresolved(host) ? 'known after apply' : host,
      })),
      resources: component.node
        .findAll()
        .filter((node): node is TerraformResource => TerraformResource.isTerraformResource(node))
        .map((resource) => `${resource.terraformResourceType}.${resource.friendlyUniqueId}`),
      uses: component.platform.usesOf(component),
    })),
  };
}
