import { nearest, type Finding } from '@plinth/contract';
import { z } from 'zod';

const share = z.number().min(0).max(1);
const alias = z.string().regex(/^[\w-]+$/, 'an alias has letters, digits, "_" and "-" only');
const version = z
  .union([z.string(), z.int().transform(String)])
  .pipe(z.string().regex(/^[1-9]\d*$/, 'a version is a whole number from 1'));

/** When a canary is held to be worse than the champion. */
const test = z
  .strictObject({
    /** Probability of rolling back a challenger that is no worse, however long and often one looks, over all replicas. */
    alpha: z.number().gt(0).lt(1).default(0.05),
    /** The most replicas that may test at once: each tests at alpha divided by them. */
    replicas: z.int().positive().default(4),
    /** Requests that the challenger must have answered before anything is decided. */
    minRequests: z.int().positive().default(20),
    /** How much larger than the champion's the challenger's share of failed requests may be. */
    errors: share.default(0.005),
    /** How much slower than the champion the challenger may be: 0.2 is a fifth. */
    latency: z.number().min(0).default(0.2),
    /** Milliseconds by which it may be slower in any case: what nobody feels is no reason. */
    latencyMs: z.number().min(0).default(2),
    /** Share of shadowed requests in which the arms may disagree. */
    disagreement: share.default(0.1),
    /** Relative difference up to which two numbers agree. */
    tolerance: z.number().min(0).default(0.01),
  })
  .readonly();

/**
 * Where the traffic of a model goes. In a folder or a bucket it stands in `<model>/traffic.json`, in MLflow in the aliases
 * and tags of the registered model.
 */
export const trafficDocument = z.strictObject({
  /** The version that each alias points to. */
  aliases: z.record(alias, version).default({}),
  canary: z
    .strictObject({ alias: alias.default('challenger'), weight: share })
    .readonly()
    .optional(),
  shadow: z
    .strictObject({ alias: alias.default('challenger'), share })
    .readonly()
    .optional(),
  test: test.prefault({}),
});

export type TestFacts = z.output<typeof test>;

/** Where the traffic of a model goes. */
export interface TrafficFacts {
  /** Alias to version. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Share of the requests for the default alias that goes where another alias points. */
  readonly canary?: { readonly alias: string; readonly weight: number } | undefined;
  /** Share of the requests that are computed a second time where another alias points, and the answers compared. */
  readonly shadow?: { readonly alias: string; readonly share: number } | undefined;
  readonly test: TestFacts;
  /** What could not be understood; what it was meant to set is left out, so that no request goes where nobody sent it. */
  readonly findings: readonly Finding[];
}

/** The alias to which a request goes that names none. */
export const defaultAlias = 'champion';

type Path = readonly [section: 'canary' | 'shadow' | 'test', key: string];

const tagPaths: Readonly<Record<string, Path>> = {
  'plinth.canary.alias': ['canary', 'alias'],
  'plinth.canary.weight': ['canary', 'weight'],
  'plinth.canary.alpha': ['test', 'alpha'],
  'plinth.canary.replicas': ['test', 'replicas'],
  'plinth.canary.minRequests': ['test', 'minRequests'],
  'plinth.canary.errors': ['test', 'errors'],
  'plinth.canary.latency': ['test', 'latency'],
  'plinth.canary.latencyMs': ['test', 'latencyMs'],
  'plinth.canary.disagreement': ['test', 'disagreement'],
  'plinth.canary.tolerance': ['test', 'tolerance'],
  'plinth.shadow.alias': ['shadow', 'alias'],
  'plinth.shadow.share': ['shadow', 'share'],
};

/** Tags on a registered model or a version of it that are Plinth's and say nothing of where traffic goes. */
export const otherTags = { digest: 'plinth.sha256', audit: 'plinth.audit' } as const;
/** The tag by which a canary is given its share of the traffic. */
export const weightTag = 'plinth.canary.weight';

const knownTags: readonly string[] = [...Object.keys(tagPaths), ...Object.values(otherTags)];

/** Facts from a `traffic.json`. @param where the file, for the findings */
export function trafficFromJson(text: string, where: string): TrafficFacts {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const finding = misunderstood(where, 'it is not JSON', (error as Error).message, 'write it as JSON');
    return { ...empty(), findings: [finding] };
  }
  return read(document, (path) => (path.length === 0 ? where : `${where}, ${path.join('.')}`));
}

/** Facts from the aliases and tags of a registered model. @param where the model, for the findings */
export function trafficFromTags(
  aliases: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>>,
  where: string,
): TrafficFacts {
  const findings: Finding[] = [];
  const document: Record<string, Record<string, unknown>> = { aliases: { ...aliases } };
  for (const [tag, text] of Object.entries(tags)) {
    if (!tag.startsWith('plinth.') || knownTags.includes(tag)) {
      const path = tagPaths[tag];
      if (path === undefined) continue;
      const number = text.trim() === '' ? NaN : Number(text);
      (document[path[0]] ??= {})[path[1]] = path[1] === 'alias' || Number.isNaN(number) ? text : number;
      continue;
    }
    const near = nearest(tag, knownTags);
    const cure = near === undefined ? `Plinth's tags are ${knownTags.join(', ')}` : `did you mean ${near}`;
    findings.push(misunderstood(`${where}, tag ${tag}`, 'the tag is not understood', 'there is no such tag', cure));
  }
  // A name without a weight is a canary that has not begun.
  for (const [section, needed] of [
    ['canary', 'weight'],
    ['shadow', 'share'],
  ] as const)
    if (document[section] !== undefined && !(needed in document[section])) delete document[section];
  const facts = read(document, (path) => {
    const tag = Object.entries(tagPaths).find(([, own]) => own[0] === path[0] && own[1] === path[1])?.[0];
    return tag === undefined ? `${where}, ${path.join('.')}` : `${where}, tag ${tag}`;
  });
  return { ...facts, findings: [...findings, ...facts.findings] };
}

const sections = ['aliases', 'canary', 'shadow', 'test'] as const;

function empty(): Omit<TrafficFacts, 'findings'> {
  return trafficDocument.parse({});
}

/** Understands what it can: a section with a mistake is left out; a test with a mistake leaves out the canary that it guards. */
function read(document: unknown, where: (path: readonly string[]) => string): TrafficFacts {
  const whole = trafficDocument.safeParse(document);
  if (whole.success) return withSense({ ...whole.data, findings: [] }, where);
  const findings = whole.error.issues.map((issue) => {
    const path = issue.path.map(String);
    const cure = issue.code === 'unrecognized_keys' ? 'take it away, or correct its name' : 'correct it';
    return misunderstood(where(path), 'it is not understood', lower(issue.message), cure);
  });
  const bad = new Set(whole.error.issues.map(({ path }) => path[0]));
  if (bad.has('test')) bad.add('canary').add('shadow');
  const source = typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
  const good = sections.filter((section) => !bad.has(section) && source[section] !== undefined);
  const facts = trafficDocument.parse(Object.fromEntries(good.map((section) => [section, source[section]])));
  return withSense({ ...facts, findings }, where);
}

/** A canary or shadow whose alias points nowhere does nothing, which somebody should know. */
function withSense(facts: TrafficFacts, where: (path: readonly string[]) => string): TrafficFacts {
  const findings = [...facts.findings];
  for (const section of ['canary', 'shadow'] as const) {
    const name = facts[section]?.alias;
    if (name === undefined || facts.aliases[name] !== undefined) continue;
    if ((section === 'canary' ? facts.canary?.weight : facts.shadow?.share) === 0) continue;
    findings.push(
      misunderstood(
        where([section, 'alias']),
        `no request goes to the alias ${name}`,
        'it points to no version',
        `point ${name} to a version`,
      ),
    );
  }
  return { ...facts, findings };
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function misunderstood(where: string, what: string, why: string, cure: string): Finding {
  return { code: 'traffic-not-understood', what, where, why, cure };
}
