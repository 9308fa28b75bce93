/** Weight of the newest measurement: what is dear is noticed at once and forgotten slowly, since it may come again. */
const weight = { dearer: 0.2, cheaper: 0.05 };

/**
 * What a run costs, learned from the runs so far. Requests of similar size share a class (powers of two of the number of
 * values), since the cost of a model is seldom proportional to its rows.
 */
export class CostModel {
  /** Nanoseconds; 0 where nothing was measured yet. */
  private readonly byClass = new Float64Array(54);

  private classOf(size: number): number {
    return Math.ceil(Math.log2(Math.max(1, size)));
  }

  /** @param size number of values in the request */
  learn(size: number, nanoseconds: number): void {
    const at = this.classOf(size);
    const known = this.byClass[at] ?? 0;
    const difference = nanoseconds - known;
    this.byClass[at] =
      known === 0 ? nanoseconds : known + (difference > 0 ? weight.dearer : weight.cheaper) * difference;
  }

  /**
   * Nanoseconds that a run of this size is expected to take. A size never seen is reckoned from the next smaller one in
   * proportion, which errs on the dear side; Infinity where nothing smaller was seen.
   */
  expect(size: number): number {
    const at = this.classOf(size);
    for (let lower = at; lower >= 0; lower--) {
      const known = this.byClass[lower] ?? 0;
      if (known > 0) return known * 2 ** (at - lower);
    }
    return Infinity;
  }
}
