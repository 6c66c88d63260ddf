/**
 * Signs of polynomials in several variables on a box with rational ends, by Bernstein coefficients and halving.
 *
 * With s_j + v_j = 1 the point x_j = from_j v_j + to_j s_j runs through the box, and p(x), times a positive integer, is a form
 * Σ_I c_I Π_j s_j^(i_j) v_j^(n_j − i_j). All these products are ≥ 0, so if no c_I is negative, p ≥ 0; if the c_I at the corners,
 * i_j ∈ {0, n_j}, are positive too, p > 0. (The c_I are the Bernstein coefficients times binomial coefficients: the same signs.)
 *
 * @see proofs/rules/polynomials.md
 */
import type { Meter } from '../limits.js';
import { integers } from './integers.js';
import { degree, isZero, type MultiPolynomial, terms } from './multivariate.js';
import type { Sign } from './ordered.js';
import { compare, type Rational } from './rational.js';

/** A closed interval for each variable; from ≤ to. */
export type Bounds = readonly { readonly from: Rational; readonly to: Rational }[];

interface Form {
  /** n_j */
  readonly degrees: readonly number[];
  /** c_I, the last index running fastest */
  readonly coefficients: readonly bigint[];
  /** the variable to halve next */
  readonly axis: number;
}

/** A binary form a·s + b·v to put in the place of a variable. */
type Linear = readonly [s: bigint, v: bigint];

/** So many boxes are looked at before the answer is "undecided". */
const mostBoxes = 4096;

/**
 * @returns 0 if p is 0 everywhere, 1 or −1 only if p has that sign on the whole closed box, undefined if it has not, or if this is not found out
 * @throws RangeError if the bounds do not fit p or are out of order
 */
export function signOnBox(p: MultiPolynomial, bounds: Bounds, meter: Meter): Sign | undefined {
  const form = formOn(p, bounds, meter);
  if (form === null) return 0;
  const sign = integers.sign(form.coefficients[0] as bigint) as Sign;
  if (sign === 0) return undefined;
  const decided = everywhere(form, meter, ({ least, most, leastCorner, mostCorner }) => {
    if (sign === 1) return leastCorner <= 0n ? 'fails' : least >= 0n ? 'holds' : 'open';
    return mostCorner >= 0n ? 'fails' : most <= 0n ? 'holds' : 'open';
  });
  return decided ? sign : undefined;
}

/**
 * @returns true only if p ≥ 0 on the whole closed box; false if it is not, or if this is not found out
 * @throws RangeError if the bounds do not fit p or are out of order
 */
export function nonnegativeOnBox(p: MultiPolynomial, bounds: Bounds, meter: Meter): boolean {
  const form = formOn(p, bounds, meter);
  if (form === null) return true;
  return everywhere(form, meter, ({ least, leastCorner }) =>
    leastCorner < 0n ? 'fails' : least >= 0n ? 'holds' : 'open',
  );
}

/** The ranges of the coefficients, and of those at the corners, which are values of p times a positive number. */
interface Ranges {
  readonly least: bigint;
  readonly most: bigint;
  readonly leastCorner: bigint;
  readonly mostCorner: bigint;
}

/** @returns true if the test holds on boxes that cover the box; false if it fails on one, or after too many */
function everywhere(form: Form, meter: Meter, test: (ranges: Ranges) => 'holds' | 'fails' | 'open'): boolean {
  // Breadth first, so that one hard place does not use up the boxes before the others have been looked at.
  const open = [form];
  for (let b = 0; b < open.length; b++) {
    if (b >= mostBoxes) return false;
    const box = open[b] as Form;
    const answer = test(rangesOf(box, meter));
    if (answer === 'fails') return false;
    if (answer === 'open') open.push(...halves(box, meter));
  }
  return true;
}

/** @returns p as a form on the box, or null for the polynomial 0 */
function formOn(p: MultiPolynomial, bounds: Bounds, meter: Meter): Form | null {
  for (const { from, to } of bounds) {
    if (compare(from, to) > 0) throw new RangeError('Cannot look at a box: one of its first ends is above the second');
  }
  for (const { exponents } of terms(p)) {
    if (exponents.length !== bounds.length) {
      throw new RangeError(`Cannot look at a box: expected ${exponents.length} intervals, found ${bounds.length}`);
    }
  }
  if (isZero(p)) return null;
  const degrees = bounds.map((_, j) => degree(p, j));
  const cells = degrees.reduce((product, n) => product * (n + 1), 1);
  meter.hold(cells, integers.mostBits([...p.values()]), '$.statement');
  const coefficients = new Array<bigint>(cells).fill(0n);
  for (const { exponents, coefficient } of terms(p)) {
    const at = exponents.reduce((index, e, j) => index * ((degrees[j] as number) + 1) + e, 0);
    coefficients[at] = coefficient;
  }
  let form: Form = { degrees, coefficients, axis: 0 };
  bounds.forEach(({ from, to }, j) => {
    // D x_j = (D from) v + (D to) s, and D·1 = D v + D s.
    const D = from.den * to.den;
    form = substituted(form, j, [to.num * from.den, from.num * to.den], [D, D], meter);
  });
  return form;
}

/** Puts linear forms in the places of s_axis and v_axis. */
function substituted({ degrees, coefficients, axis }: Form, at: number, s: Linear, v: Linear, meter: Meter): Form {
  const n = degrees[at] as number;
  const size = integers.mostBits([...s, ...v]) + 1;
  const sizeAfter = integers.mostBits(coefficients) + (n + 1) * size;
  meter.hold(coefficients.length, sizeAfter, '$.statement');
  meter.charge(3 * coefficients.length * (n + 1), sizeAfter, n * size);
  const stride = degrees.slice(at + 1).reduce((product, m) => product * (m + 1), 1);
  const powers: bigint[][] = [[1n]];
  for (let k = 0; k < n; k++) powers.push(times(powers[k] as bigint[], v));
  const result = [...coefficients];
  for (let block = 0; block < coefficients.length; block += stride * (n + 1)) {
    for (let start = block; start < block + stride; start++) {
      // Σ_k c_k s^k v^(n−k), by Horner in s; lists run through the powers of the new s.
      let line = [coefficients[start + n * stride] as bigint];
      for (let k = n - 1; k >= 0; k--) {
        const c = coefficients[start + k * stride] as bigint;
        line = times(line, s);
        if (c === 0n) continue;
        const power = powers[n - k] as bigint[];
        line = line.map((sum, i) => sum + c * (power[i] as bigint));
      }
      for (let k = 0; k <= n; k++) result[start + k * stride] = line[k] as bigint;
    }
  }
  return { degrees, coefficients: result, axis };
}

function times(form: readonly bigint[], [s, v]: Linear): bigint[] {
  const product = new Array<bigint>(form.length + 1).fill(0n);
  form.forEach((c, i) => {
    product[i] = (product[i] as bigint) + c * v;
    product[i + 1] = c * s;
  });
  return product;
}

/** The form on the two halves of the box along its axis: 2s = σ, 2v = σ + 2ν, and 2s = 2σ + ν, 2v = ν. */
function halves(form: Form, meter: Meter): readonly Form[] {
  const { degrees, axis } = form;
  // Some degree is positive: a constant is never open.
  let at = axis;
  while (degrees[at] === 0) at = (at + 1) % degrees.length;
  const next = { ...form, axis: (at + 1) % degrees.length };
  return [substituted(next, at, [1n, 0n], [1n, 2n], meter), substituted(next, at, [2n, 1n], [0n, 1n], meter)];
}

function rangesOf({ degrees, coefficients }: Form, meter: Meter): Ranges {
  meter.charge(coefficients.length, 1, 1);
  let [least, most] = [coefficients[0] as bigint, coefficients[0] as bigint];
  for (const c of coefficients) {
    if (c < least) least = c;
    if (c > most) most = c;
  }
  let corners = [0];
  for (const n of degrees) corners = corners.flatMap((at) => (n === 0 ? [at] : [at * (n + 1), at * (n + 1) + n]));
  let [leastCorner, mostCorner] = [coefficients[0] as bigint, coefficients[0] as bigint];
  for (const at of corners) {
    const c = coefficients[at] as bigint;
    if (c < leastCorner) leastCorner = c;
    if (c > mostCorner) mostCorner = c;
  }
  return { least, most, leastCorner, mostCorner };
}
