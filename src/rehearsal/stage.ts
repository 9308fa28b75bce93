import { writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '@plinth/contract';
import { awsKnowledge } from './knowledge-aws';
import { helmKnowledge, kubernetesKnowledge, noKnowledge } from './knowledge-kubernetes';
import { Mirror } from './mirror';
import { randomKnowledge, timeKnowledge, tlsKnowledge } from './knowledge-utility';
import { RehearsedProvider, type Change, type Fail, type Knowledge } from './provider';
import { providerFunctions } from './provider-functions';
import type { TfObject } from './protocol/codec';
import { ProviderServer } from './protocol/server';
import type { AppliedResource } from './report';
import { S3Endpoint } from './s3';
import { s3Objects } from './s3-objects';
import { S3Store } from './s3-store';
import type { Block, ProviderSchema } from './schema/types';
import { BindingSchemas, type UsedTypes } from './schema/provider-schema';
import { overrideStacks, withAddresses } from './state';
import type { StackJson, SynthesizedStack } from './synth';
import { findTerraform } from './terraform';
import { usedProviders } from './used-types';
import { Workplace } from './workplace';
import { World, type Fixture } from './world';

export interface StageOptions {
  /** The user's project, whose bindings tell the schemas. */
  readonly cwd: string;
  readonly fixtures?: readonly Fixture[];
  /** What stands already. */
  readonly standing?: readonly AppliedResource[];
  readonly fail?: Fail | undefined;
  /** Each resource carries its address, so that a fault finds it; Terraform's protocol does not tell it. Default false. */
  readonly addresses?: boolean;
  /** How Terraform finds the providers. Default `reattached`. */
  readonly providers?: ProvidersBy | undefined;
}

/**
 * How Terraform finds the rehearsed providers: `reattached`, by a variable that names their sockets, which is quick; or `mirror`, as
 * executables that it installs, with lock files and version constraints, and starts for itself.
 */
export type ProvidersBy = 'reattached' | 'mirror';

/**
 * Where rehearsals play: a world without a cloud, its providers, its S3, and the variables by which Terraform finds them. Several
 * programs, or several versions of one, can play on the same stage; what one applied, the next one finds.
 */
export class Stage {
  readonly terraform = findTerraform();
  readonly region = process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  readonly place: Workplace;
  readonly world: World;
  readonly store: S3Store;
  private readonly providers: ProviderServer;
  private readonly schemas: BindingSchemas;
  private readonly served = new Map<string, { used: UsedTypes; schema: ProviderSchema }>();
  private readonly folders: string[] = [];
  /** Asked before every change. */
  failing: Fail | undefined;
  private readonly knowledge: Readonly<Record<string, Knowledge>>;

  private constructor(
    private readonly options: StageOptions,
    place: Workplace,
    readonly s3: S3Endpoint,
    store: S3Store,
    providers: ProviderServer,
    private readonly mirror: Mirror | undefined,
  ) {
    this.failing = options.fail;
    this.place = place;
    this.store = store;
    this.world = new World(options.fixtures ?? []);
    for (const { mode, type, values } of options.standing ?? [])
      if (mode === 'managed') this.world.put(this.world.token(), type, values as TfObject);
    this.providers = providers;
    place.onClose(() => providers.close());
    if (mirror !== undefined) place.onClose(() => mirror.close());
    this.schemas = new BindingSchemas(options.cwd);
    const aws = awsKnowledge(s3Objects(store, this.folders));
    this.knowledge = {
      aws,
      kubernetes: kubernetesKnowledge,
      helm: helmKnowledge,
      random: randomKnowledge,
      tls: tlsKnowledge,
      time: timeKnowledge,
    };
  }

  /** @throws PlinthError `terraform-missing` */
  static async open(options: StageOptions): Promise<Stage> {
    const place = new Workplace();
    try {
      const store = new S3Store(join(place.folder, 's3'));
      const s3 = await S3Endpoint.start(store);
      place.onClose(() => s3.close());
      const providers = new ProviderServer(place.folder);
      const mirror =
        options.providers === 'mirror'
          ? await Mirror.open(place.folder, (name, connection) => providers.answer(name, connection))
          : undefined;
      return new Stage(options, place, s3, store, providers, mirror);
    } catch (error) {
      await place.close();
      throw error;
    }
  }

  /**
   * Makes the stage ready for stacks: their providers are served, with the schemas of the types they use, and their states lie in the
   * stage's own S3.
   * @param besides types that no stack uses, but a state holds
   * @throws PlinthError `bindings-missing`, `provider-version-mismatch`
   */
  async serve(stacks: readonly SynthesizedStack[], besides: readonly StackJson[] = []): Promise<void> {
    this.folders.push(...stacks.map(({ folder }) => folder));
    this.schemas.check(stacks);
    for (const { address, name, used } of usedProviders([...stacks.map(({ json }) => json), ...besides])) {
      const known = this.served.get(address);
      const all = known === undefined ? used : union(known.used, used);
      const schema = this.schemas.of(name, all);
      this.served.set(address, { used: all, schema: this.options.addresses === true ? withAddresses(schema) : schema });
      if (known !== undefined) continue;
      const props = {
        schema: () => this.served.get(address)!.schema,
        world: this.world,
        knowledge: this.knowledge[name] ?? noKnowledge,
        functions: providerFunctions[name] ?? {},
        fail: (change: Change) => this.failing?.(change),
      };
      await this.providers.serve(address, () => new RehearsedProvider(props));
      this.mirror?.add(address, this.schemas.version(name, constraintsOn(name, stacks)));
    }
    overrideStacks(stacks, this.region, this.options.addresses === true);
  }

  /** Schemas of the Kubernetes provider's resources, as far as they are used. */
  get kubernetes(): ReadonlyMap<string, Block> {
    return [...this.served].find(([address]) => address.endsWith('/kubernetes'))?.[1].schema.resources ?? new Map();
  }

  /** Schema of a type of resource, if any provider on this stage has it. */
  readonly blocks = (type: string): Block | undefined =>
    [...this.served.values()].map(({ schema }) => schema.resources.get(type)).find((block) => block !== undefined);

  /** Variables for a child process, on top of its own: the providers, the local S3 and its key. */
  env(): Record<string, string> {
    // Nothing of the user's own configuration may lead Terraform or an SDK to a real account.
    const empty = join(this.place.folder, 'empty');
    writeFileSync(empty, '');
    const { url, accessKeyId, secretAccessKey } = this.s3;
    return {
      ...(this.mirror?.env() ?? { TF_REATTACH_PROVIDERS: this.providers.reattach(), TF_CLI_CONFIG_FILE: empty }),
      TF_IN_AUTOMATION: '1',
      CHECKPOINT_DISABLE: '1',
      AWS_ENDPOINT_URL_S3: url,
      AWS_ENDPOINT_URL_STS: url,
      // Terraform asks for http://BUCKET.127.0.0.1:PORT/, a name that nothing resolves: as its proxy we get the request nevertheless.
      HTTP_PROXY: url,
      http_proxy: url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: '',
      AWS_PROFILE: '',
      AWS_REGION: this.region,
      AWS_CONFIG_FILE: empty,
      AWS_SHARED_CREDENTIALS_FILE: empty,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  /** Everything that Terraform needs: what this process has, without the user's habits, and the stage's variables. */
  terraformEnv(): NodeJS.ProcessEnv {
    return { ...unhurried, ...withoutHabits(process.env), ...this.env() };
  }

  /** Ends everything and removes every file. */
  close(): Promise<void> {
    return this.place.close();
  }
}

/** The versions of a provider that stacks ask for. */
function constraintsOn(provider: string, stacks: readonly SynthesizedStack[]): string[] {
  return stacks.flatMap(({ json }) =>
    Object.entries(json.terraform?.required_providers ?? {}).flatMap(([local, { source, version }]) =>
      (source ?? local).split('/').at(-1) === provider && version !== undefined ? [version] : [],
    ),
  );
}

/** A finding about a stack that cannot be rehearsed, since one that it needs does not stand. */
export function leftOut(name: string, missing: readonly string[]): Finding {
  return {
    code: 'stack-left-out',
    what: 'the stack was not rehearsed',
    where: `stack ${name}`,
    why: `it depends on ${missing.join(' and ')}, which could not be applied`,
    cure: 'mend that first',
  };
}

function union(a: UsedTypes, b: UsedTypes): UsedTypes {
  return {
    resources: new Set([...a.resources, ...b.resources]),
    dataSources: new Set([...a.dataSources, ...b.dataSources]),
    ephemeral: new Set([...(a.ephemeral ?? []), ...(b.ephemeral ?? [])]),
  };
}

/**
 * Terraform, a Go program, spends up to a third of its time collecting garbage that its end would free as well; so it collects less
 * often, as long as it stays small beside the machine.
 */
const unhurried = { GOGC: '400', GOMEMLIMIT: `${Math.round(totalmem() / 8 / 2 ** 20)}MiB` };

/** A user's own settings of Terraform that would change where it works or what it prints. */
function withoutHabits(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^TF_(CLI_ARGS|DATA_DIR|LOG|WORKSPACE)/.test(name)),
  );
}
