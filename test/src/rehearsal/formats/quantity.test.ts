import { amountOf, quantity } from '../../../../src/rehearsal/formats/quantity';

// The texts of TestQuantityParse in k8s.io/apimachinery/pkg/api/resource/quantity_test.go, in part.
it.each(['0', '0n', '1', '1.', '.5', '+1', '-1Ki', '100m', '1.5Gi', '1e3', '1E-3', '10E', '12Ei', '5u', '20k'])(
  'accepts %s',
  (text) => expect(quantity(text)).toBeUndefined(),
);

it.each([
  ['10GB', '"10GB" is no quantity of Kubernetes; write 10G'],
  ['5gib', '"5gib" is no quantity of Kubernetes; write 5Gi'],
  ['10K', '"10K" is no quantity of Kubernetes; write 10k'],
  ['512mb', '"512mb" is no quantity of Kubernetes; write 512M'],
  ['2 Gi', '"2 Gi" is no quantity of Kubernetes; write 2Gi'],
  ['', '"" is no quantity of Kubernetes; write 500m or 2Gi'],
  ['1.1.1', '"1.1.1" is no quantity of Kubernetes; write 500m or 2Gi'],
  ['half', '"half" is no quantity of Kubernetes; write 500m or 2Gi'],
  ['3mi', '"3mi" is no quantity of Kubernetes; write 3Mi'],
])('refuses %s', (text, says) => expect(quantity(text)).toBe(says));

it.each([
  ['1', 1],
  ['500m', 0.5],
  ['2Ki', 2048],
  ['1.5Gi', 1.5 * 1024 ** 3],
  ['1e3', 1000],
  ['3k', 3000],
  ['2E', 2e18],
  ['1u', 1e-6],
  ['1GB', undefined],
])('knows how much %s is', (text, amount) => {
  if (amount === undefined) expect(amountOf(text)).toBeUndefined();
  else expect(amountOf(text)).toBeCloseTo(amount, 9);
});
