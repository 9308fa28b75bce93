import type { TestFacts } from './facts.js';

/**
 * A one-sided test that may be looked at after every observation, and be stopped by what one sees, and still rejects a true
 * null hypothesis with probability at most `level`, however long it runs.
 *
 * The null hypothesis is that observations have a mean of at most `bound`, whatever went before. Against it one bets: with
 * stake s the capital is multiplied by 1 + s(x - bound), which under the null hypothesis is a supermartingale, so it ever
 * exceeds 1/level with probability at most `level` (Ville's inequality). The evidence is the average over several stakes:
 * the mixture of the mSPRT (Robbins 1970; Johari, Koomen, Pekelis and Walsh, "Always valid inference", Operations Research
 * 70(3), 2022) over the bets of Waudby-Smith and Ramdas ("Estimating means of bounded random variables by betting",
 * JRSS B 86(1), 2024), which assume no distribution, only bounds. Of the capital, 1/(n(n+1)) is held back until the n-th
 * bet, so that what goes bad after a long good time is still found soon.
 */
export class SequentialTest {
  /** Observations so far. */
  count = 0;
  private readonly stakes: readonly number[];
  /** Of each stake, what the bets made so far have left. */
  private readonly capitals: Float64Array;
  private sum = 0;

  /**
   * @param lowest the smallest value that an observation can have
   * @param level the probability of rejecting a true null hypothesis
   */
  constructor(
    private readonly bound: number,
    lowest: number,
    readonly level: number,
  ) {
    // At the largest stake the worst observation leaves a tenth of the capital, never nothing.
    this.stakes = shares.map((share) => share / Math.max(bound - lowest, 0.05));
    this.capitals = new Float64Array(shares.length);
  }

  add(observation: number): void {
    const n = ++this.count;
    const entering = 1 / (n * (n + 1));
    const gain = observation - this.bound;
    this.sum = 0;
    for (let i = 0; i < shares.length; i++) {
      const capital = ((this.capitals[i] ?? 0) + entering) * (1 + (this.stakes[i] ?? 0) * gain);
      // Beyond this it is no evidence any more but a number that does not fit.
      this.sum += this.capitals[i] = Math.min(capital, 1e300);
    }
  }

  /** How strongly the observations speak against the null hypothesis: 1 is not at all, 1/level is enough. */
  get evidence(): number {
    return this.sum / shares.length + 1 / (this.count + 1);
  }

  get rejected(): boolean {
    return this.evidence >= 1 / this.level;
  }
}

/** Stakes as shares of the largest that leaves some capital: large ones see great differences fast, small ones small ones at all. */
const shares = [0.9, 0.5, 0.25, 0.12, 0.06, 0.03, 0.015] as const;

/** Requests of each arm whose latency says nothing yet. */
const warmUpRequests = 50;

/** What one arm did with a request. */
export interface Observation {
  readonly failed: boolean;
  readonly milliseconds: number;
}

export const canaryMetrics = ['errors', 'latency', 'disagreement'] as const;
export type CanaryMetric = (typeof canaryMetrics)[number];

/** That a challenger is worse, and by which metric. */
export interface Verdict {
  readonly metric: CanaryMetric;
  /** The evidence, and what it had to reach. */
  readonly evidence: number;
  readonly needed: number;
  /** Comparisons that it rests on. */
  readonly comparisons: number;
  /** Share of failed requests, share of compared requests that were slower, or share of disagreement, as far as measured. */
  readonly challenger: number;
  /** The champion's share of failed requests; undefined where the metric compares both already. */
  readonly champion?: number;
}

/**
 * Judges a challenger by its champion. Each request of the challenger is compared with one of the champion that was
 * answered just before or just after it, in turn, so that what happens to both (load, an outage behind) is no difference.
 * Latency is compared by who was slower, so single outliers mean little. Where the challenger gets all requests there is
 * nothing to compare it with.
 */
export class CanaryTest {
  private readonly tests: Readonly<Record<CanaryMetric, SequentialTest>>;
  private readonly sums = { championFailed: 0, challengerFailed: 0, slower: 0, disagreed: 0 };
  private readonly answered = { champion: 0, challenger: 0 };
  private champion: Observation | undefined;
  private challenger: Observation | undefined;
  private before = true;

  constructor(private readonly facts: TestFacts) {
    const level = facts.alpha / (facts.replicas * canaryMetrics.length);
    this.tests = {
      errors: new SequentialTest(facts.errors, -1, level),
      latency: new SequentialTest(0, -0.5, level),
      disagreement: new SequentialTest(facts.disagreement, 0, level),
    };
  }

  observeChampion(observation: Observation): void {
    this.answered.champion++;
    if (this.challenger === undefined) {
      this.champion = observation;
      return;
    }
    this.compare(observation, this.challenger);
    this.challenger = undefined;
  }

  observeChallenger(observation: Observation): void {
    this.answered.challenger++;
    if (this.before && this.champion !== undefined) {
      this.compare(this.champion, observation);
      this.champion = undefined;
      this.before = false;
    } else if (this.challenger === undefined) {
      this.challenger = observation;
      // It waits for a later one, so an earlier one is of no use any more.
      this.champion = undefined;
      this.before = true;
    }
  }

  /** The same request in both arms. @param disagreement from 0 to 1; undefined where an arm failed */
  observeBoth(failed: { champion: boolean; challenger: boolean }, disagreement: number | undefined): void {
    this.compareFailures(failed.champion, failed.challenger);
    if (disagreement === undefined) return;
    this.sums.disagreed += disagreement;
    this.tests.disagreement.add(disagreement);
  }

  private compare(champion: Observation, challenger: Observation): void {
    this.compareFailures(champion.failed, challenger.failed);
    if (champion.failed || challenger.failed) return;
    // A version that was just loaded is still finding its lane and its memory.
    if (this.answered.champion < warmUpRequests || this.answered.challenger < warmUpRequests) return;
    const { latency, latencyMs } = this.facts;
    const allowed = Math.max(champion.milliseconds * (1 + latency), champion.milliseconds + latencyMs);
    const slower = challenger.milliseconds > allowed;
    if (slower) this.sums.slower++;
    this.tests.latency.add(slower ? 0.5 : -0.5);
  }

  private compareFailures(champion: boolean, challenger: boolean): void {
    if (champion) this.sums.championFailed++;
    if (challenger) this.sums.challengerFailed++;
    this.tests.errors.add(Number(challenger) - Number(champion));
  }

  /** Why the challenger must go; undefined as long as nothing shows that it is worse. */
  get verdict(): Verdict | undefined {
    for (const metric of canaryMetrics) {
      const test = this.tests[metric];
      if (!test.rejected || test.count < this.facts.minRequests) continue;
      const { count, evidence, level } = test;
      const { championFailed, challengerFailed, slower, disagreed } = this.sums;
      const counted = { errors: challengerFailed, latency: slower, disagreement: disagreed }[metric];
      return {
        metric,
        evidence,
        needed: 1 / level,
        comparisons: count,
        challenger: counted / count,
        ...(metric === 'errors' ? { champion: championFailed / count } : {}),
      };
    }
    return undefined;
  }
}
