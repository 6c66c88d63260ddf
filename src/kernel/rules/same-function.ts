import type { RationalFunction } from '../arithmetic/families.js';
import { isPositivelyHomogeneous } from '../model/activation.js';
import type { DenseOver } from '../model/evaluation.js';
import type { ParameterSpace } from '../model/family.js';
import { denseOnly, type Network } from '../model/network.js';
import { decline, type Ledger } from '../verdict.js';

/**
 * Shows that all members of a family are one function on the whole input space: up to positive factors σ_u(t), each unit that is used does
 * the same for all t. From the input on, with σ = 1 there:
 *
 *  (i) A unit is *used* if it is an output, or some used unit of the next layer has a weight from it that is not 0 identically.
 *  (ii) Of a used unit, the weights times the σ of what they read, and the bias, are σ_u(t) times numbers that do not depend on t.
 *  (iii) σ_u = 1 for outputs and for units whose activation is not positively homogeneous; else σ_u > 0 on the whole range.
 *
 * Then by induction every used unit's value at t is σ_u(t) times its value at any other t, over σ_u there: h(σz) = σh(z) for σ > 0.
 *
 * @param over  the family over one positive denominator a layer
 * @see theory.md 9, the gauge of theory.md 3; proofs/rules/spurious-family.md
 */
export function checkSameFunction<T>(
  space: ParameterSpace<T>,
  network: Network,
  over: readonly DenseOver<T>[],
  ledger: Ledger,
): void {
  denseOnly(network);
  const { ring } = space;
  const { stages } = network;
  const used = usedUnits(space, network, over);
  const one = { numerator: ring.fromInteger(1n), denominator: ring.fromInteger(1n) };
  let scales: readonly RationalFunction<T>[] = new Array(network.inputs).fill(one);
  for (const [s, { weights, bias, denominator }] of over.entries()) {
    const { activation } = stages[s] as Network['stages'][number];
    const isLast = s + 1 === stages.length;
    const read = scales;
    scales = weights.map((row, u) => {
      if (used[s]?.[u] !== true) return one;
      const numbers: RationalFunction<T>[] = row.flatMap((w, j) => {
        if (ring.sign(w) === 0) return [];
        const scale = read[j] as RationalFunction<T>;
        return [
          { numerator: ring.multiply(w, scale.numerator), denominator: ring.multiply(denominator, scale.denominator) },
        ];
      });
      const b = bias?.[u];
      if (b !== undefined && ring.sign(b) !== 0) numbers.push({ numerator: b, denominator });
      const scale = isLast || !isPositivelyHomogeneous(activation) ? one : scaleOf(space, numbers);
      for (const number of numbers) {
        const quotient = {
          numerator: ring.multiply(number.numerator, scale.denominator),
          denominator: ring.multiply(number.denominator, scale.numerator),
        };
        if (space.constantQuotient(quotient) === null)
          notShown(`unit ${u} of affine layer ${s} is no multiple of one unit`);
        ledger.discharge('same-up-to-scale');
      }
      return scale;
    });
  }
}

function notShown(what: string): never {
  return decline(
    'unsupported-combination',
    '$.statement.realizations',
    `one function for all parameters is not shown: ${what}`,
  );
}

/** By stage and unit, condition (i). */
function usedUnits<T>(
  { ring }: ParameterSpace<T>,
  { stages, outputs }: Network,
  over: readonly DenseOver<T>[],
): readonly (readonly boolean[])[] {
  const found = new Array<readonly boolean[]>(stages.length);
  let used: readonly boolean[] = new Array<boolean>(outputs).fill(true);
  for (let s = stages.length - 1; s >= 0; s--) {
    found[s] = used;
    const { weights } = over[s] as DenseOver<T>;
    const above = used;
    used = Array.from({ length: (stages[s] as Network['stages'][number]).inputs }, (_, j) =>
      weights.some((row, u) => above[u] === true && ring.sign(row[j] as T) !== 0),
    );
  }
  return found;
}

/** @returns the size of the first number, which is nowhere 0 on the range; 1 where there is none */
function scaleOf<T>({ ring }: ParameterSpace<T>, [first]: readonly RationalFunction<T>[]): RationalFunction<T> {
  if (first === undefined) return { numerator: ring.fromInteger(1n), denominator: ring.fromInteger(1n) };
  const sign = ring.sign(first.numerator);
  if (sign === 1) return first;
  if (sign === -1) return { ...first, numerator: ring.negate(first.numerator) };
  return notShown('a weight is 0 somewhere on the range, or may be');
}
