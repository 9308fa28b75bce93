/** The share of runs that cost no more than what is expected. */
const quantile = 0.75;
/** How far one measurement moves the expectation, as a share of it. */
const step = 0.1;
/** A run of this many nanoseconds would hold up a health probe noticeably. */
const stallNanoseconds = 10_000_000;
/** Runs for which a stall is remembered. */
const stallMemory = 10_000;
/** Runs that one stall keeps away: it may have been the garbage collector, or another program. */
const firstPenalty = 32;
const longestPenalty = 1000;

/**
 * What a run costs, learned from the runs so far. Requests of similar size share a class (powers of two of the number of
 * values), since the cost of a model is seldom proportional to its rows. The upper quartile is followed and not the mean: a
 * thread that the operating system put aside for a while measures that while, too. A stall, though, counts by itself,
 * because a model whose cost depends on values is dear as soon as it sometimes is; each one that comes while another is
 * remembered counts four times as much as that one, up to the whole memory.
 */
export class CostModel {
  /** Nanoseconds; 0 where nothing was measured yet. */
  private readonly byClass = new Float64Array(54);
  private sinceStall = stallMemory;
  private penalty = 0;

  private classOf(size: number): number {
    return Math.ceil(Math.log2(Math.max(1, size)));
  }

  /**
   * @param size number of values in the request
   * @param inline whether the run held the event loop up; where it did not, it may only have been waiting for a core
   */
  learn(size: number, nanoseconds: number, inline = true): void {
    const at = this.classOf(size);
    const known = this.byClass[at] ?? 0;
    const shift = nanoseconds > known ? quantile : quantile - 1;
    this.byClass[at] = known === 0 ? nanoseconds : known * (1 + step * shift);
    if (nanoseconds < stallNanoseconds) {
      if (++this.sinceStall === stallMemory) this.penalty = 0;
      return;
    }
    const again = inline && this.sinceStall < stallMemory;
    this.penalty = again ? Math.min(4 * this.penalty, longestPenalty) : Math.max(this.penalty, firstPenalty);
    this.sinceStall = 0;
  }

  /**
   * Nanoseconds that a run of this size is expected to take at most, three times of four. A size never seen is reckoned from
   * the next smaller one in proportion, which errs on the dear side. Infinity where nothing smaller was seen, and after a stall.
   */
  expect(size: number): number {
    if (this.sinceStall < this.penalty) return Infinity;
    const at = this.classOf(size);
    for (let lower = at; lower >= 0; lower--) {
      const known = this.byClass[lower] ?? 0;
      if (known > 0) return known * 2 ** (at - lower);
    }
    return Infinity;
  }
}
