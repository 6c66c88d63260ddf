import type { Numbers } from '../arithmetic/algebraic.js';
import { compare, shown } from '../arithmetic/rational.js';
import type { Quotient } from '../model/hidden-layer-on-interval.js';
import type { IntervalPoint } from '../model/interval-point.js';
import { convexEverywhere } from '../model/loss.js';
import { type UnitOnInterval, UnitsOnInterval } from '../model/units-on-interval.js';
import { decline, type Ledger, reject } from '../verdict.js';

/**
 * Rule `neuron-dominance-1d`: θ is a local minimum of the true loss of one hidden layer on an interval, kinks inside it included.
 *
 * With g = ρ ∂ℓ(N_θ(x), y(x)) and ψ(w, b) = ∫ g h(w x + b), every v'_j ψ(w'_j, b'_j) ≥ v_j ψ(w_j, b_j) = 0 near θ:
 *
 *  (i) `needWhole`: ∫ g = 0 and ∫ g x = 0 where the output bias or a unit that is not flat on the interval asks for it;
 *  (ii) at a kink q: ψ and its derivative in q vanish, and v_j (s⁺ − s⁻) g(q) > 0 makes v_j ψ convex in q;
 *  (iii) at an end e: v_j (s⁺ − s⁻) g(e) > 0, so that what bends inside the interval only adds to the risk.
 *
 * @see theory.md 5a; proofs/rules/neuron-dominance-1d.md
 */
export function checkNeuronDominance1d<T>(point: IntervalPoint<T>, ledger: Ledger): void {
  convexEverywhere(point.problem.loss);
  const line = new UnitsOnInterval(point);
  needWhole(line, ledger);
  for (const [j, unit] of line.units.entries()) {
    // First, so that the outgoing weight of a kinked unit is not 0, and its kink is one of the realization.
    needGrowth(line, j, unit, ledger);
    if (unit.type === 'kinked') needStationaryKink(line, j, unit, ledger);
  }
}

/** Condition (i). */
export function needWhole<T>(line: UnitsOnInterval<T>, ledger: Ledger): void {
  const [, output] = line.point.problem.network.stages;
  const straight = line.movesAffinely();
  const { zeroth, first } = line.whole();
  if (straight || (output?.bias === true && output.fixed === null)) needZero(line, zeroth, '∫ g', ledger);
  if (straight) needZero(line, first, '∫ g x', ledger);
}

/** Condition (ii) without the sign, for a unit whose outgoing weight is not 0. */
export function needStationaryKink<T>(
  line: UnitsOnInterval<T>,
  j: number,
  unit: Extract<UnitOnInterval<T>, { type: 'kinked' }>,
  ledger: Ledger,
): void {
  const { zeroth, first } = line.ofKinked(unit);
  needZero(line, zeroth, `the derivative of unit ${j} in its bias`, ledger);
  needZero(line, first, `the derivative of unit ${j} in its weight`, ledger);
}

function needZero<T>(
  { point: { numbers, path } }: UnitsOnInterval<T>,
  moment: Quotient<T>,
  what: string,
  ledger: Ledger,
): void {
  if (numbers.sign(moment.numerator) !== 0) {
    reject('nonzero-path-moment', path, `${what} is ${inWords(numbers, moment)}, not 0`);
  }
  ledger.discharge('moment');
}

/** The signs of (ii) and (iii). */
export function needGrowth<T>(line: UnitsOnInterval<T>, j: number, unit: UnitOnInterval<T>, ledger: Ledger): void {
  switch (unit.type) {
    case 'straight':
      ledger.discharge('strict-piece');
      return;
    case 'degenerate':
      return decline(
        'degenerate-unit',
        line.point.path,
        `unit ${j} is 0 on the whole interval, where no rule has a proof`,
      );
    case 'boundary':
    case 'kinked': {
      const at = unit.type === 'kinked' ? unit.kink : unit.end;
      if ((line.point.numbers.sign(line.bend(j, at).numerator) as number) <= 0) {
        const where = `at x = ${inWords(line.point.numbers, at)}, where unit ${j} bends`;
        reject('bends-downward', line.point.path, `v (s⁺ − s⁻) g is not > 0 ${where}`);
      }
      ledger.discharge('bend-upward');
    }
  }
}

const bitsInMessages = 32;

/** A rational number, or two that it lies between. */
export function inWords<T>(numbers: Numbers<T>, { numerator, denominator }: Quotient<T>): string {
  const { lower, upper } = numbers.enclosed(numerator, denominator, bitsInMessages);
  return compare(lower, upper) === 0 ? shown(lower) : `between ${shown(lower)} and ${shown(upper)}`;
}
