/**
 * Survival function of the chi-squared distribution: the probability of a value of at least `x` with `degrees` degrees
 * of freedom (a whole number from 1). `Q(k + 2) = Q(k) + (x/2)^(k/2) exp(-x/2) / Γ(k/2 + 1)`: Abramowitz and Stegun, 26.4.8.
 */
export function chiSquaredTail(x: number, degrees: number): number {
  if (x <= 0) return 1;
  const half = x / 2;
  const even = degrees % 2 === 0;
  let tail = even ? Math.exp(-half) : complementaryError(Math.sqrt(half));
  let term = even ? half * Math.exp(-half) : 2 * Math.sqrt(half / Math.PI) * Math.exp(-half);
  for (let k = even ? 2 : 1; k < degrees; k += 2) {
    tail += term;
    term *= half / (k / 2 + 1);
  }
  return Math.min(1, tail);
}

/** erfc for x >= 0: the Taylor series of erf below 2, Lentz's continued fraction above (Abramowitz and Stegun, 7.1.5 and 7.1.14). */
function complementaryError(x: number): number {
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let k = 1; k < 60; k++) {
      term *= -(x * x) / k;
      sum += term / (2 * k + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = x;
  for (let k = 60; k > 0; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}
