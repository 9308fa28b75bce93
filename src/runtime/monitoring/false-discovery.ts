/**
 * Adjusts the p-values of a family of tests so that rejecting those at most `alpha` keeps the expected share of false
 * rejections at `alpha`. Order and length are kept. Y. Benjamini and Y. Hochberg, JRSS B 57 (1995) 289-300; it holds for
 * independent and for positively dependent tests.
 */
export function adjustPValues(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[b]! - pValues[a]!);
  const adjusted = new Array<number>(pValues.length);
  let smallest = 1;
  order.forEach((index, place) => {
    const rank = pValues.length - place;
    smallest = Math.min(smallest, (pValues[index]! * pValues.length) / rank);
    adjusted[index] = smallest;
  });
  return adjusted;
}
