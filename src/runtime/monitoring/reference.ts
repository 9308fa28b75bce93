import { PlinthError, referenceProfile, type ReferenceProfile } from '@plinth/contract';
import { countBins } from './psi.js';

/** A feature of the reference, ready to be compared with. */
export interface ReferenceFeature {
  readonly name: string;
  /** Inner edges of the bins, ascending. */
  readonly edges: readonly number[];
  /** Training rows in each of the `edges.length + 1` bins. */
  readonly counts: readonly number[];
  /** Training values, ascending. */
  readonly sample: Float64Array;
}

/** What training data looked like, in the precision of the model's input. */
export interface Reference {
  readonly model: string;
  readonly version: string;
  readonly input: string;
  readonly datatype: ReferenceProfile['datatype'];
  /** Training rows behind the counts. */
  readonly rows: number;
  readonly features: readonly ReferenceFeature[];
  /** Rounds a number to the datatype: 17.99 as FP32 is 17.989999771118164, and must tie with itself. */
  readonly round: (value: number) => number;
}

/**
 * Reads a reference profile.
 * @param where the profile's location, for messages.
 * @throws PlinthError `profile-invalid` when the text is no profile, or its numbers contradict each other.
 */
export function readReference(text: string, where: string): Reference {
  const profile = parse(text, where);
  const round = profile.datatype === 'FP32' ? Math.fround : (value: number) => value;
  const features = profile.features.map((feature) => {
    const wrong = contradiction(feature);
    if (wrong !== undefined) throw invalid(`feature '${feature.name}' has ${wrong}`, where);
    const sample = Float64Array.from(feature.sample, round).sort();
    const edges = feature.edges.map(round);
    if (sample[0] !== sample[sample.length - 1]) {
      return { name: feature.name, edges, counts: feature.shares.map((share) => share * profile.rows), sample };
    }
    // One quantile bin would hold everything that comes: a constant gets a bin of its own, between all else.
    const around = [justBelow(sample[0]!), sample[0]!];
    const scale = profile.rows / sample.length;
    return { name: feature.name, edges: around, counts: countBins(sample, around).map((n) => n * scale), sample };
  });
  const { model, version, input, datatype, rows } = profile;
  return { model, version, input, datatype, rows, features, round };
}

function parse(text: string, where: string): ReferenceProfile {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw invalid(`it is no JSON (${(error as Error).message})`, where);
  }
  const result = referenceProfile.safeParse(document);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw invalid(`${issue.path.join('.') || 'it'} is wrong (${issue.message})`, where);
}

type ProfileFeature = ReferenceProfile['features'][number];

function contradiction({ edges, shares, sample }: ProfileFeature): string | undefined {
  if (shares.length !== edges.length + 1) return `${edges.length} edges and ${shares.length} shares`;
  if (edges.some((edge, index) => index > 0 && edge <= edges[index - 1]!)) return 'edges that do not ascend';
  const sum = shares.reduce((a, b) => a + b, 0);
  if (Math.abs(sum - 1) > 1e-6) return `shares that sum to ${sum}`;
  if (sample.length === 0) return 'an empty sample';
  return undefined;
}

const invalid = (why: string, where: string): PlinthError =>
  new PlinthError({
    code: 'profile-invalid',
    what: 'the reference profile cannot be used',
    where,
    why,
    cure: "write it again from the training data, in the shape of `referenceProfile` in '@plinth/contract'",
  });

/** The largest number below `value`, or close enough that no value of the datatype lies between. */
const justBelow = (value: number): number =>
  value === 0 ? -Number.MIN_VALUE : value - Math.abs(value) * Number.EPSILON;
