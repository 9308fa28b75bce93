import { PlinthError } from '@plinth/contract';
import { Construct, IConstruct } from 'constructs';
import type { Component } from './component';
import { checkPlatformName, Names } from './names';
import { Profile } from './profile';
import { GpuPoolInfo, ICluster, IDatabase, ILake, INetwork } from './resources';
import { Role } from './system';

/** What fills a role: its system, and where it listens. */
export interface Provided {
  readonly system: string;
  /** Endpoint name to URL. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** The Kubernetes namespace of its pods, for network policies; absent for what runs elsewhere. */
  readonly namespace?: string;
  /** Present where it stands in this program, absent where the platform was only looked up. */
  readonly component?: Component;
}

/** Where the platform answers to the world. */
export interface DomainInfo {
  readonly name: string;
  readonly zoneId?: string;
  readonly certificateArn?: string;
}

/** A platform as its components see it. */
export interface IPlatform {
  readonly name: string;
  readonly region: string;
  readonly profile: Profile;
  readonly names: Names;
  /** Tags on everything in AWS. */
  readonly tags: Readonly<Record<string, string>>;
  readonly cluster: ICluster;
  readonly network: INetwork;
  readonly lake: ILake;
  readonly database: IDatabase;
  readonly domain: DomainInfo;
  /** The domain, where there is one: for what does without. */
  readonly domainIfAny: DomainInfo | undefined;
  /** Image of the runtime, `registry/name:tag` or with a digest. */
  readonly runtimeImage: string;
  /** Components that stand in this program, in the order of their construction. */
  readonly components: readonly Component[];
  has(role: Role): boolean;
  find(role: Role): Provided | undefined;
  /** Called by every component of itself. */
  register(component: Component): void;
  /** Says that one component uses another: it calls it, or may read what it holds. The graph shows it. */
  uses(user: Component, used: Component): void;
  /** Paths of the components that this one uses, or asks for by a role. */
  usesOf(component: Component): readonly string[];
}

/** The parts of a platform that are made, or brought along, one by one. */
export interface PlatformParts {
  cluster?: ICluster;
  network?: INetwork;
  lake?: ILake;
  database?: IDatabase;
  domain?: DomainInfo;
  runtimeImage?: string;
}

export interface PlatformAttributes extends PlatformParts {
  /** 3 to 20 small letters, digits and hyphens. */
  readonly name: string;
  readonly region: string;
  /** Default production. */
  readonly profile?: Profile;
  /** Tags besides Plinth's own. */
  readonly tags?: Readonly<Record<string, string>>;
  /** What stands on it already, by role. */
  readonly provides?: Partial<Readonly<Record<Role, Omit<Provided, 'component'>>>>;
}

const key = Symbol.for('plinth/platform');

/**
 * A platform: found through the scope, made by the stacks, or given by its attributes.
 * A part that nobody has given is asked for with a sentence.
 */
export class Platform implements IPlatform {
  readonly name: string;
  readonly region: string;
  readonly profile: Profile;
  readonly names: Names;
  readonly tags: Readonly<Record<string, string>>;
  readonly components: Component[] = [];
  private readonly provided = new Map<Role, Provided>();
  private readonly used = new Map<Component, Set<Component>>();
  private readonly parts: PlatformParts;

  /** The platform of the nearest scope that has one. @throws PlinthError `no-platform` */
  static of(construct: IConstruct): IPlatform {
    for (const scope of [...construct.node.scopes].reverse()) {
      const found = (scope as { [key]?: IPlatform })[key];
      if (found !== undefined) return found;
    }
    throw new PlinthError({
      code: 'no-platform',
      where: construct.node.path,
      what: 'it belongs to no platform',
      why: 'neither it nor any scope around it was given one',
      cure: "build it inside a stack of MlopsPlatform, or pass 'platform: Platform.fromName(...)' or 'Platform.fromAttributes(...)'",
    });
  }

  /**
   * A platform that exists already, described by what is known of it. Everything below `scope` belongs to it.
   * @throws PlinthError `name-too-long`, `invalid-name`
   */
  static fromAttributes(scope: Construct, attributes: PlatformAttributes): Platform {
    return new Platform(attributes).adopt(scope);
  }

  constructor(attributes: PlatformAttributes) {
    checkPlatformName(attributes.name);
    this.name = attributes.name;
    this.region = attributes.region;
    this.profile = attributes.profile ?? Profile.production();
    this.names = new Names(this.name);
    this.tags = {
      'plinth:environment': this.name,
      ...(this.profile.ttl && { 'plinth:ttl': this.profile.ttl }),
      ...attributes.tags,
    };
    for (const [role, provided] of Object.entries(attributes.provides ?? {})) this.provided.set(role as Role, provided);
    this.parts = { ...attributes };
  }

  /** Everything below the scope belongs to this platform. */
  adopt(scope: Construct): this {
    (scope as { [key]?: IPlatform })[key] = this;
    return this;
  }

  /** Adds a part when it has been made. */
  provide(parts: PlatformParts): void {
    Object.assign(this.parts, parts);
  }

  get cluster(): ICluster {
    return this.part('cluster', "pass 'cluster: EksCluster.fromAttributes(...)'");
  }
  get network(): INetwork {
    return this.part('network', "pass 'network: Network.fromAttributes(...)'");
  }
  get lake(): ILake {
    return this.part('lake', "pass 'lake: DataLake.fromAttributes(...)'");
  }
  get database(): IDatabase {
    return this.part('database', "pass 'database: Postgres.fromAttributes(...)'");
  }
  get domain(): DomainInfo {
    return this.part('domain', "pass 'domain: Domain.hosted(...)'");
  }
  get runtimeImage(): string {
    return this.part('runtimeImage', "pass 'runtimeImage: RuntimeImage.named(...)'");
  }

  /** The domain's name, where there is one. */
  get knownDomain(): string | undefined {
    return this.parts.domain?.name;
  }
  get domainIfAny(): DomainInfo | undefined {
    return this.parts.domain;
  }
  /** The GPU pools, where there is a cluster. */
  get knownGpuPools(): readonly GpuPoolInfo[] {
    return this.parts.cluster?.gpuPools ?? [];
  }

  has(role: Role): boolean {
    return this.provided.has(role);
  }

  find(role: Role): Provided | undefined {
    return this.provided.get(role);
  }

  /** What stands here, by role; the contract file holds it. */
  get providedRoles(): ReadonlyMap<Role, Provided> {
    return this.provided;
  }

  /** Says that a role is filled by something that is no component of this program, such as a managed add-on. */
  fill(role: Role, provided: Provided): void {
    this.provided.set(role, provided);
  }

  register(component: Component): void {
    this.components.push(component);
    for (const role of component.system.provides ?? []) {
      this.provided.set(role, {
        system: component.system.name,
        component,
        // Endpoints are asked for late: while the base class constructs, the component does not know its own name yet.
        get namespace() {
          return (component as { namespace?: string }).namespace;
        },
        get endpoints() {
          return Object.fromEntries(component.endpoints.map(({ name, url }) => [name, url]));
        },
      });
    }
  }

  uses(user: Component, used: Component): void {
    const set = this.used.get(user) ?? new Set();
    this.used.set(user, set.add(used));
  }

  usesOf(component: Component): readonly string[] {
    const asked = (component.system.requires ?? []).flatMap(({ role }) => this.provided.get(role)?.component ?? []);
    return [...new Set([...(this.used.get(component) ?? []), ...asked])].map((used) => used.node.path);
  }

  private part<K extends keyof PlatformParts>(name: K, cure: string): NonNullable<PlatformParts[K]> {
    const part = this.parts[name];
    if (part === undefined) {
      throw new PlinthError({
        code: 'missing-part',
        where: this.name,
        what: `the platform has no ${name}`,
        why: 'it was described without one, and something asks for it',
        cure,
      });
    }
    return part;
  }
}
