import { bitLength } from '../arithmetic/gcd.js';
import { type Germ, germs, lowestTerm } from '../arithmetic/germ.js';
import { integers } from '../arithmetic/integers.js';
import { type Rational, rational } from '../arithmetic/rational.js';
import type { BoxInstance } from '../model/box-instance.js';
import { riskAlong } from '../model/curve-on-interval.js';
import type { DenseValues, Parameters, Stage } from '../model/network.js';
import { type Ledger, reject } from '../verdict.js';
import { expectSlope, type Slope } from './curve.js';

const ring = germs(null);

/** R(θ(t)) − R(θ) = coefficient · t^order + higher powers, for small t > 0 */
export interface Change {
  readonly order: number;
  readonly coefficient: Rational;
}

/** @returns the lowest term of R(θ(t)) − R(θ), a rational function of t; null where it is 0 */
export function changeAlong(instance: BoxInstance, coefficients: readonly Parameters[], path: string): Change | null {
  const { problem, parameters, meter, risk } = instance;
  const { numerator, denominator } = riskAlong(problem, parameters, coefficients, meter, path);
  meter.charge(
    2 * (numerator.length + denominator.length) + 2,
    integers.mostBits([...numerator, ...denominator]) + bitLength(risk.den),
    integers.mostBits([...numerator, ...denominator, risk.num, risk.den]),
  );
  const difference: Germ = ring.add(ring.scale(numerator, risk.den), ring.scale(denominator, -risk.num));
  const [change, size] = [lowestTerm(difference), lowestTerm(denominator)];
  if (size === null) throw new Error('Cannot happen: a denominator is > 0 on (0, ε)');
  if (change === null) return null;
  const coefficient = rational(change.coefficient, size.coefficient * risk.den);
  return { order: change.order - size.order, coefficient };
}

/**
 * Rules `descent-curve` and `ascent-curve` on an interval: the lowest term of R(θ(t)) − R(θ), a rational function of t on some (0, ε), has a
 * coefficient < 0 (> 0).
 *
 * @param coefficients  c_1, c_2, …, each with the shape of a point (untrusted)
 * @see theory.md 7; proofs/rules/descent-curve.md
 */
export function checkCurveOnInterval(
  instance: BoxInstance,
  coefficients: readonly Parameters[],
  slope: Slope,
  path: string,
  ledger: Ledger,
): void {
  const change = changeAlong(instance, coefficients, `${path}.coefficients`);
  expectSlope(change?.coefficient.num ?? 0n, slope, `${path}.coefficients`, 'the lowest coefficient of R(θ(t)) − R(θ)');
  ledger.discharge(`${slope}-curve`);
}

/**
 * Rule `zero-gradient` on an interval: R is differentiable at θ, since no unit that anything goes out of stays on a breakpoint all over the interval, and
 * its derivative in every free parameter is 0.
 *
 * @see theory.md 7; proofs/rules/zero-gradient.md
 */
export function checkZeroGradientOnInterval(instance: BoxInstance, path: string, ledger: Ledger): void {
  const { problem, parameters } = instance;
  const { stages } = problem.network;
  expectDifferentiable(instance);
  parameters.forEach((values, s) => {
    const { fixed, layer } = stages[s] as Stage;
    if (fixed !== null) return;
    for (const direction of unitDirections(values)) {
      const xi = parameters.map((other, r) => (r === s ? direction : still(other)));
      const change = changeAlong(instance, [xi], path);
      if (change !== null && change.order < 2) {
        reject('nonzero-gradient', instance.path, `some derivative of the risk in layer ${layer} is not 0`);
      }
      ledger.discharge('partial-derivative');
    }
  });
  // A network of frozen layers only has nothing to differentiate by.
  ledger.discharge('critical');
}

/** A unit on a breakpoint at all x with outgoing weights that are not all 0 makes R a function with a kink. */
function expectDifferentiable({ problem, parameters, path }: BoxInstance): void {
  const [stage] = problem.network.stages as readonly [Stage];
  const [hidden, output] = parameters as readonly [DenseValues, DenseValues | undefined];
  if (output === undefined) return;
  const { breakpoints, breakpointDenominator } = stage.activation;
  hidden.weights.forEach((row, j) => {
    if (row.some((w) => w !== 0n) || output.weights.every((out) => out[j] === 0n)) return;
    const b = (hidden.bias?.[j] ?? 0n) * breakpointDenominator;
    if (!breakpoints.some((tau) => tau * hidden.denominator === b)) return;
    reject('not-differentiable', path, `unit ${j} stays on a breakpoint all over the interval`);
  });
}

function still({ weights, bias }: DenseValues): DenseValues {
  return {
    weights: weights.map((row) => row.map(() => 0n)),
    bias: bias?.map(() => 0n) ?? null,
    denominator: 1n,
    bits: 1,
  };
}

function* unitDirections(values: DenseValues): Generator<DenseValues> {
  const zero = still(values);
  for (const [u, row] of zero.weights.entries()) {
    for (const j of row.keys()) yield { ...zero, weights: zero.weights.with(u, row.with(j, 1n)) };
    if (zero.bias !== null) yield { ...zero, bias: zero.bias.with(u, 1n) };
  }
}
