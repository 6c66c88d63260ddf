/** Rule `neuron-dominance` at a point with numbers of a field: its multipliers are rational, so they are looked for where the one-sided derivatives are. */
import type { Fields } from '../formats/write.js';
import type { Algebraic, AlgebraicNumbers } from '../kernel/arithmetic/algebraic.js';
import { lcm } from '../kernel/arithmetic/gcd.js';
import { compare, type Rational } from '../kernel/arithmetic/rational.js';
import {
  hiddenChannels,
  type OneSidedDerivative,
  outgoingDerivative,
  outgoingWeights,
} from '../kernel/model/hidden-layer.js';
import type { Instance } from '../kernel/model/instance.js';
import { Refusal } from '../kernel/verdict.js';
import { decideUnit, type UnitSearch } from './unit-dominance.js';

/** @returns a node for `localMinimum` of a network with one output, or null */
export async function dominanceInField(
  instance: Instance<Algebraic>,
  numbers: AlgebraicNumbers,
  search: UnitSearch,
): Promise<Fields | null> {
  if (instance.problem.network.outputs !== 1) return null;
  try {
    const layer = hiddenChannels(instance);
    const { weights } = instance.evaluation.parameters.at(-1) as {
      readonly weights: readonly (readonly Algebraic[])[];
    };
    const units: Fields[] = [];
    for (let j = 0; j < layer.hidden.units; j++) {
      const [v, ...others] = outgoingWeights(layer, j, weights) as [Algebraic, ...Algebraic[]];
      if (others.length > 0) return null;
      const sign = numbers.sign(v);
      const derivative = outgoingDerivative(
        instance,
        layer,
        j,
        [numbers.fromInteger(BigInt(sign as number))],
        numbers.fromInteger(1n),
      );
      const hint = layer.hidden.fixed !== null || sign === 0 ? {} : await hintFor(derivative, numbers, search);
      if (hint === null) return null;
      units.push(hint);
    }
    return { rule: 'neuron-dominance', units };
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** Multipliers 0 where nothing is left for them to balance; else those of the same derivative over the rationals, where it is rational. */
async function hintFor(
  derivative: OneSidedDerivative<Algebraic>,
  numbers: AlgebraicNumbers,
  search: UnitSearch,
): Promise<Fields | null> {
  const { M, kinks } = derivative;
  const signs = kinks.map(({ kappa }) => numbers.sign(kappa));
  if (M.every((c) => numbers.sign(c) === 0) && !signs.includes(-1)) {
    return { multipliers: signs.filter((sign) => sign === 1).map(() => '0') };
  }
  const rational = overRationals(derivative, numbers);
  const decision = rational === null ? null : await decideUnit(rational, search);
  return decision?.kind === 'dominates' ? decision.hint : null;
}

function overRationals(
  { M, kinks, scale }: OneSidedDerivative<Algebraic>,
  numbers: AlgebraicNumbers,
): OneSidedDerivative<bigint> | null {
  const values = [...M, ...kinks.map(({ kappa }) => kappa)].map((c) => numbers.enclosed(c, scale, 1));
  if (values.some(({ lower, upper }) => compare(lower, upper) !== 0)) return null;
  const common = values.reduce((product, { lower }) => lcm(product, lower.den), 1n);
  const over = ({ num, den }: Rational): bigint => num * (common / den);
  const all = values.map(({ lower }) => over(lower));
  return {
    M: all.slice(0, M.length),
    kinks: kinks.map((kink, at) => ({ ...kink, kappa: all[M.length + at] as bigint })),
    scale: common,
  };
}
