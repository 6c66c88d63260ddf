import {
  integrateOverBox,
  integrateOverSlab,
  type RationalBox,
  type RationalPolynomial,
  termBits,
  termCost,
  totalDegree,
} from '../arithmetic/box-integral.js';
import { bitLength, lcm } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import {
  add,
  addMany,
  bits,
  constantPolynomial,
  type MultiPolynomial,
  monomial,
  multiply,
  negate,
  scale,
} from '../arithmetic/multivariate.js';
import { compare, add as plus, type Rational, zero } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { type BoxData, polynomialOf, type Target } from './box.js';
import type { PolynomialLoss } from './loss.js';
import { type Realization, type SlabMap, slabOf } from './ridge.js';

/** Where one output is one polynomial: a part of the box, the piece of its realization and that of its target. */
interface Cell {
  readonly map: SlabMap;
  /** index of the slab */
  readonly slab: number;
  readonly target: RationalPolynomial;
  readonly integrate: (P: RationalPolynomial) => Rational;
}

/** The cells of output c; together they cover the box, and they overlap in null sets only. */
function cellsOf({ domain, targets }: BoxData, c: number, realization: Realization, meter: Meter): readonly Cell[] {
  const { direction, nodes, maps } = realization;
  const { breakpoints, pieces: lists } = targets[c] as Target;
  const pieces = lists.map(polynomialOf);
  return maps.flatMap((map, slab): readonly Cell[] => {
    if (domain.lower.length > 1) {
      const integrate = (P: RationalPolynomial): Rational =>
        direction === null
          ? integrateOverBox(P, domain, meter)
          : integrateOverSlab(P, domain, direction, slabOf(realization, slab), meter);
      return [{ map, slab, target: pieces[0] as RationalPolynomial, integrate }];
    }
    // In one dimension a slab is an interval, cut at the breakpoints of the target inside it.
    const [from, to] = [nodes[slab] as Rational, nodes[slab + 1] as Rational];
    const size = bitLength(from.num) + bitLength(from.den) + bitLength(to.num) + bitLength(to.den);
    meter.charge(6 * breakpoints.length, size, 64);
    const cuts = breakpoints.filter((at) => compare(from, at) < 0 && compare(at, to) < 0);
    const ends = [from, ...cuts, to];
    const first = breakpoints.filter((at) => compare(at, from) <= 0).length;
    return ends.slice(1).map((end, i) => {
      const interval = intervalBetween(ends[i] as Rational, end, meter);
      const integrate = (P: RationalPolynomial): Rational => integrateOverBox(P, interval, meter);
      return { map, slab, target: pieces[first + i] as RationalPolynomial, integrate };
    });
  });
}

function intervalBetween(from: Rational, to: Rational, meter: Meter): RationalBox {
  const size = bitLength(from.den) + bitLength(to.den);
  meter.charge(3, size, size);
  const denominator = lcm(from.den, to.den);
  return {
    lower: [from.num * (denominator / from.den)],
    upper: [to.num * (denominator / to.den)],
    denominator,
  };
}

/** @returns p_c − y_c on a cell, a polynomial in x */
function residualOn(
  { map, target }: Cell,
  c: number,
  { direction, denominator }: Realization,
  meter: Meter,
): RationalPolynomial {
  const row = map.linear[c] as readonly bigint[];
  const d = row.length;
  const affine = addMany([constantPolynomial(d, map.constants[c] as bigint), linearForm(row)]);
  const prediction = add(affine, powersOf(map.powers[c] as readonly bigint[], direction, d, meter));
  meter.charge(2, bits(prediction) + bitLength(denominator), bits(target.numerator) + bitLength(target.denominator));
  return {
    numerator: add(scale(prediction, target.denominator), negate(scale(target.numerator, denominator))),
    denominator: denominator * target.denominator,
  };
}

/** @returns w·x */
function linearForm(w: readonly bigint[]): MultiPolynomial {
  return addMany(w.map((c, j) => monomial(new Array<number>(w.length).fill(0).with(j, 1), c)));
}

/** @returns Σ_k c_k z^(k+2) as a polynomial in x, z = w·x, by Horner's rule */
function powersOf(
  coefficients: readonly bigint[],
  direction: readonly bigint[] | null,
  d: number,
  meter: Meter,
): MultiPolynomial {
  if (coefficients.length === 0) return new Map();
  if (direction === null) throw new Error('Cannot happen: a power of w·x without a direction w');
  const z = linearForm(direction);
  let value: MultiPolynomial = new Map();
  for (const c of [...coefficients].reverse()) {
    value = add(product(value, z, d, meter), constantPolynomial(d, c));
  }
  return product(product(value, z, d, meter), z, d, meter);
}

/**
 * ρ · Σ_k c_k r^k, by Horner.
 *
 * @param coefficients  c_k over `over`, lowest degree first
 */
function weighted(
  rho: RationalPolynomial,
  coefficients: readonly bigint[],
  over: bigint,
  { numerator: r, denominator: E }: RationalPolynomial,
  d: number,
  meter: Meter,
): RationalPolynomial {
  const n = coefficients.length - 1;
  meter.charge(n + 1, (n + 1) * bitLength(E), bitLength(E) + integers.mostBits(coefficients));
  let value: MultiPolynomial = new Map();
  let power = 1n;
  for (let k = n; k >= 0; k--) {
    value = add(product(value, r, d, meter), constantPolynomial(d, (coefficients[k] as bigint) * power));
    if (k > 0) power *= E;
  }
  return { numerator: product(value, rho.numerator, d, meter), denominator: over * power * rho.denominator };
}

/** p · q in d variables. What takes time is the exponents of each pair of terms (measured), and what takes room is their texts. */
function product(p: MultiPolynomial, q: MultiPolynomial, d: number, meter: Meter): MultiPolynomial {
  const [left, right] = [bits(p), bits(q)];
  meter.charge(termCost * (d + 1), left, right);
  const cells = smaller(p.size * q.size, monomialsUpTo(totalDegree(p) + totalDegree(q), d));
  meter.hold(cells, termBits + left / (p.size + 1) + right / (q.size + 1), '$.statement');
  return multiply(p, q);
}

/** @returns how many monomials in d variables have degree at most n: n + d choose d */
function monomialsUpTo(n: number, d: number): number {
  let count = 1;
  for (let j = 1; j <= d; j++) count *= (n + j) / j;
  return count;
}

function smaller(a: number, b: number): number {
  return a < b ? a : b;
}

/**
 * The risk R(θ) = ∫ Σ_c L(N_θ(x)_c − y_c(x)) ρ(x) dx, exactly; not divided by the volume.
 *
 * @param loss  of one polynomial piece (`expectPolynomialLoss`)
 */
export function boxRisk(data: BoxData, realization: Realization, loss: PolynomialLoss, meter: Meter): Rational {
  const d = data.domain.lower.length;
  const density = polynomialOf(data.density);
  const parts = data.targets.flatMap((_, c) =>
    cellsOf(data, c, realization, meter).map((cell) => {
      const residual = residualOn(cell, c, realization, meter);
      return cell.integrate(weighted(density, pieceOf(loss), loss.denominator, residual, d, meter));
    }),
  );
  return total(parts, meter);
}

function pieceOf({ pieces, breakpoints }: PolynomialLoss): readonly bigint[] {
  if (breakpoints.length > 0) throw new RangeError('Cannot integrate a loss of several pieces');
  return pieces[0] as readonly bigint[];
}

/** ∫ g ⊗ x (k × d) and ∫ g (length k), g = ρ ∂ℓ(N_θ(x), y(x)): what Σ g_i ⊗ x_i and Σ g_i are for samples. */
export interface BoxMoments {
  readonly first: readonly (readonly Rational[])[];
  readonly zeroth: readonly Rational[];
}

/** @returns the moments over each slab of the realization; with one slab, those of the whole box */
export function boxMoments(
  data: BoxData,
  realization: Realization,
  loss: PolynomialLoss,
  meter: Meter,
): readonly BoxMoments[] {
  const d = data.domain.lower.length;
  const density = polynomialOf(data.density);
  const slope = pieceOf(loss)
    .slice(1)
    .map((c, k) => c * BigInt(k + 1));
  const moments = realization.maps.map(() => ({ first: [] as Rational[][], zeroth: [] as Rational[] }));
  data.targets.forEach((_, c) => {
    const integrals = moments.map(() => Array.from({ length: d + 1 }, () => [] as Rational[]));
    for (const cell of cellsOf(data, c, realization, meter)) {
      const residual = residualOn(cell, c, realization, meter);
      const { numerator, denominator } = weighted(density, slope, loss.denominator, residual, d, meter);
      const here = integrals[cell.slab] as Rational[][];
      for (let j = 0; j <= d; j++) {
        // x_j, and 1 for j = d
        const factor = monomial(
          new Array<number>(d).fill(0).map((_, i) => (i === j ? 1 : 0)),
          1n,
        );
        (here[j] as Rational[]).push(cell.integrate({ numerator: product(numerator, factor, d, meter), denominator }));
      }
    }
    moments.forEach(({ first, zeroth }, s) => {
      const sums = (integrals[s] as Rational[][]).map((list) => total(list, meter));
      zeroth.push(sums.pop() as Rational);
      first.push(sums);
    });
  });
  return moments;
}

/** @returns the sum, by halves: denominators stay short until the end */
function total(addends: readonly Rational[], meter: Meter): Rational {
  let level = addends;
  while (level.length > 1) {
    level = Array.from({ length: (level.length + 1) >> 1 }, (_, i) => {
      const [a, b] = [level[2 * i] as Rational, level[2 * i + 1]];
      if (b === undefined) return a;
      const size = bitLength(a.den) + bitLength(b.den);
      meter.charge(4, size, size);
      return plus(a, b);
    });
  }
  return level[0] ?? zero;
}
