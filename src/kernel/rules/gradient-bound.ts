import type { Rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { boxAround, evaluateBox } from '../model/evaluation.js';
import { gradient, slopeHull } from '../model/gradient.js';
import { Instance } from '../model/instance.js';
import type { Parameters } from '../model/network.js';
import type { SampleProblem } from '../statement.js';
import { type Ledger, reject } from '../verdict.js';

/**
 * Shows that no point of the closed ball around θ is a local minimum: some partial derivative of the risk keeps one sign.
 *
 * The ball lies in a box; everything is evaluated in intervals over the box, with hulls of slopes where a preactivation or a residual may
 * cross a breakpoint. At any θ' of the ball, the one-sided derivatives of R along ±(that coordinate) are ± members of the enclosure,
 * so one of them is < 0.
 *
 * @param bits  the box's ends are multiples of 2^−bits (untrusted: any precision only widens the box)
 * @see theory.md 3 (`gradient-bound`); proofs/rules/gradient-bound.md
 */
export function checkGradientBound(
  problem: SampleProblem,
  theta: Parameters,
  radius: Rational,
  bits: number,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  const box = boxAround(problem.network, theta, radius, bits);
  const instance = new Instance(problem, evaluateBox(problem.network, box, problem.data, meter), meter);
  const layers = gradient(instance, (i, s, u) => slopeHull(instance, i, s, u));
  const excludesZero = ({ low, high }: { readonly low: bigint; readonly high: bigint }) => low > 0n || high < 0n;
  if (
    !layers.some(
      (layer) => layer !== null && [...layer.weights, layer.bias ?? []].some((row) => row.some(excludesZero)),
    )
  ) {
    reject('gradient-may-vanish', path, 'every partial derivative of the risk has an enclosure that contains 0');
  }
  ledger.discharge('gradient-bound');
}
