import { type Rational, shown } from '../arithmetic/rational.js';
import type { BoxInstance } from '../model/box-instance.js';
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
export function checkNeuronDominance1d(instance: BoxInstance, ledger: Ledger): void {
  convexEverywhere(instance.problem.loss);
  const line = new UnitsOnInterval(instance);
  needWhole(line, ledger);
  for (const [j, unit] of line.units.entries()) {
    // First, so that the outgoing weight of a kinked unit is not 0, and its kink is one of the realization.
    needGrowth(line, j, unit, ledger);
    if (unit.type === 'kinked') needStationaryKink(line, j, unit, ledger);
  }
}

/** Condition (i). */
export function needWhole(line: UnitsOnInterval, ledger: Ledger): void {
  const [, output] = line.instance.problem.network.stages;
  const straight = line.movesAffinely();
  const { zeroth, first } = line.whole();
  if (straight || (output?.bias === true && output.fixed === null)) needZero(zeroth, '∫ g', line.instance.path, ledger);
  if (straight) needZero(first, '∫ g x', line.instance.path, ledger);
}

/** Condition (ii) without the sign, for a unit whose outgoing weight is not 0. */
export function needStationaryKink(
  line: UnitsOnInterval,
  j: number,
  unit: Extract<UnitOnInterval, { type: 'kinked' }>,
  ledger: Ledger,
): void {
  const { zeroth, first } = line.ofKinked(unit);
  needZero(zeroth, `the derivative of unit ${j} in its bias`, line.instance.path, ledger);
  needZero(first, `the derivative of unit ${j} in its weight`, line.instance.path, ledger);
}

function needZero(moment: Rational, what: string, path: string, ledger: Ledger): void {
  if (moment.num !== 0n) reject('nonzero-path-moment', path, `${what} is ${shown(moment)}, not 0`);
  ledger.discharge('moment');
}

/** The signs of (ii) and (iii). */
export function needGrowth(line: UnitsOnInterval, j: number, unit: UnitOnInterval, ledger: Ledger): void {
  switch (unit.type) {
    case 'straight':
      ledger.discharge('strict-piece');
      return;
    case 'degenerate':
      return decline(
        'degenerate-unit',
        line.instance.path,
        `unit ${j} is 0 on the whole interval, where no rule has a proof`,
      );
    case 'boundary':
    case 'kinked': {
      const at = unit.type === 'kinked' ? unit.kink : unit.end;
      if (line.bend(j, at).num <= 0n) {
        const where = `at x = ${shown(at)}, where unit ${j} bends`;
        reject('bends-downward', line.instance.path, `v (s⁺ − s⁻) g is not > 0 ${where}`);
      }
      ledger.discharge('bend-upward');
    }
  }
}
