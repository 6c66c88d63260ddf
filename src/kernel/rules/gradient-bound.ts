import { Enclosures } from '../arithmetic/enclosure.js';
import type { Interval } from '../arithmetic/interval.js';
import type { Rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { boundFirstOrder } from '../model/enclosed-gradient.js';
import { boxAround, evaluateBox } from '../model/evaluation.js';
import { gradient, slopeHull } from '../model/gradient.js';
import { Instance } from '../model/instance.js';
import type { Parameters } from '../model/network.js';
import { sliceOf } from '../model/slice.js';
import { Recorder } from '../model/tape.js';
import type { SampleProblem, SummedProblem } from '../statement.js';
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
  problem: SummedProblem,
  theta: Parameters,
  radius: Rational,
  bits: number,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  if (!isPiecewise(problem)) {
    return needNonzero(gradientOverBall(problem, theta, radius, bits, path, meter), path, ledger);
  }
  const box = boxAround(problem.network, theta, radius, bits);
  const instance = new Instance(problem, evaluateBox(problem.network, box, problem.data, meter), meter);
  const layers = gradient(instance, (i, s, u) => slopeHull(instance, i, s, u));
  const enclosures = layers.flatMap((layer) => (layer === null ? [] : [...layer.weights, layer.bias ?? []].flat()));
  needNonzero(enclosures, path, ledger);
}

/** Whether all values are piecewise polynomial in θ with affine activations, so that kinks may be crossed. */
export function isPiecewise(problem: SummedProblem): problem is SampleProblem {
  const { type, network, loss } = problem;
  return (
    type === 'samples' &&
    loss.family === 'polynomial' &&
    network.stages.every(({ activation }) => activation.smooth === null)
  );
}

/**
 * The gradient of a risk with smooth activations, a smooth loss or weight decay, over a box around the ball: over 2^bits, in all free
 * parameters, stage by stage and unit by unit. The risk is C¹ there, so a local minimum in the ball would have the gradient 0.
 *
 * @throws Refusal (rejected) where a preactivation may cross a breakpoint at which its activation is not C¹, or a pool has no strict winner
 */
export function gradientOverBall(
  problem: SummedProblem,
  theta: Parameters,
  radius: Rational,
  bits: number,
  path: string,
  meter: Meter,
): readonly Interval[] {
  const { network } = problem;
  const e = new Enclosures(bits);
  const slice = sliceOf(network, () => false);
  const ball = new Recorder(network, theta, slice, e.of(radius.num, radius.den).high, e, meter);
  return boundFirstOrder(problem, slice, ball, path).gradient;
}

/** Checks that some partial derivative is nowhere 0. */
export function needNonzero(gradient: readonly Interval[], path: string, ledger: Ledger): void {
  if (!gradient.some(({ low, high }) => low > 0n || high < 0n)) {
    reject('gradient-may-vanish', path, 'every partial derivative of the risk has an enclosure that contains 0');
  }
  ledger.discharge('gradient-bound');
}
