import { nonnegativeOnBox } from '../arithmetic/bernstein.js';
import type { RationalBox, RationalPolynomial } from '../arithmetic/box-integral.js';
import { bitLength, lcm } from '../arithmetic/gcd.js';
import { entry, type Vector } from '../arithmetic/matrix.js';
import {
  addMany,
  bits,
  constantPolynomial,
  degree,
  isZero,
  monomial,
  type Term,
  terms,
} from '../arithmetic/multivariate.js';
import { polynomial } from '../arithmetic/polynomial.js';
import { compare, type Rational, rational, shown } from '../arithmetic/rational.js';
import { nonnegativeOn } from '../arithmetic/sturm.js';
import type { DecodedProblem } from '../format.js';
import type { Meter } from '../limits.js';
import { type DeclinedCode, decline, reject } from '../verdict.js';
import type { Loss, PolynomialLoss } from './loss.js';
import type { Network } from './network.js';
import type { WrittenParametrization } from './parametrized-target.js';
import { isPiecewisePolynomial } from './piecewise-polynomial.js';

/** A polynomial as the format writes it (proofs/format.md 5): by coefficients in one variable, or by terms in any number. */
export interface WrittenPolynomial {
  readonly polynomial?: Vector;
  readonly terms?: readonly { readonly coefficient: Rational; readonly exponents: readonly number[] }[];
}

/** One output's target: `terms` in any dimension, or `breakpoints` and `pieces` in one. */
export interface WrittenTarget {
  readonly terms?: NonNullable<WrittenPolynomial['terms']>;
  readonly breakpoints?: Vector;
  readonly pieces?: readonly { readonly polynomial?: Vector; readonly parametrized?: WrittenParametrization }[];
}

/** What the decoder hands over for data of type "box". */
export interface WrittenBox {
  readonly lower: Vector;
  readonly upper: Vector;
  /** default: 1 */
  readonly density?: WrittenPolynomial;
  readonly targets: readonly WrittenTarget[];
}

/**
 * A polynomial as its terms over one positive denominator: no coefficient is 0, and terms are sorted by their exponents, the first one
 * first, so equal polynomials have equal terms. A list can be frozen with the theorem that it belongs to; a map cannot.
 */
export interface TermList {
  readonly terms: readonly Term[];
  readonly denominator: bigint;
}

/** A continuous function on the box: one polynomial, or in one dimension k breakpoints and k + 1 pieces. */
export interface Target {
  readonly breakpoints: readonly Rational[];
  readonly pieces: readonly TermList[];
}

/** The data of the true loss, R(θ) = ∫ Σ_c L(N_θ(x)_c − y_c(x)) ρ(x) dx over the box (theory.md 0). */
export interface BoxData {
  readonly domain: RationalBox;
  /** ρ ≥ 0 on the domain, not 0 everywhere */
  readonly density: TermList;
  /** y, one per output */
  readonly targets: readonly Target[];
}

/** Checks shapes, the order of the ends, that the targets are continuous, and that the density is ≥ 0 on the box and not 0. */
export function interpretBox(data: WrittenBox, network: Network, meter: Meter, path: string): BoxData {
  const { inputs: d, outputs } = network;
  for (const key of ['lower', 'upper'] as const) {
    const found = data[key].values.length;
    if (found !== d) reject('wrong-shape', `${path}.${key}`, `expected ${d} entries, found ${found}`);
  }
  for (let j = 0; j < d; j++) {
    const [a, b] = [entry(data.lower, j), entry(data.upper, j)];
    if (compare(a, b) >= 0) {
      reject('out-of-range', `${path}.upper[${j}]`, `expected more than ${shown(a)}, found ${shown(b)}`);
    }
  }
  if (data.targets.length !== outputs) {
    const found = data.targets.length;
    reject('wrong-shape', `${path}.targets`, `expected ${outputs} targets, one an output, found ${found}`);
  }
  const domain = boxBetween(data.lower, data.upper, meter);
  return {
    domain,
    density: listOf(interpretDensity(data.density, domain, meter, `${path}.density`)),
    targets: data.targets.map((target, c) => interpretTarget(target, d, meter, `${path}.targets[${c}]`)),
  };
}

export function listOf({ numerator, denominator }: RationalPolynomial): TermList {
  const sorted = [...terms(numerator)].sort(({ exponents: a }, { exponents: b }) => {
    const j = a.findIndex((e, i) => e !== b[i]);
    return j < 0 ? 0 : (a[j] as number) - (b[j] as number);
  });
  return { terms: sorted, denominator };
}

export function polynomialOf({ terms: list, denominator }: TermList): RationalPolynomial {
  return {
    numerator: addMany(list.map(({ exponents, coefficient }) => monomial(exponents, coefficient))),
    denominator,
  };
}

export function boxBetween(lower: Vector, upper: Vector, meter: Meter): RationalBox {
  meter.charge(1 + lower.values.length + upper.values.length, lower.bits, upper.bits);
  const denominator = lcm(lower.denominator, upper.denominator);
  const over = ({ values, denominator: own }: Vector): readonly bigint[] => {
    const factor = denominator / own;
    return values.map((n) => n * factor);
  };
  return { lower: over(lower), upper: over(upper), denominator };
}

export function interpretDensity(
  density: WrittenPolynomial | undefined,
  domain: RationalBox,
  meter: Meter,
  path: string,
): RationalPolynomial {
  const d = domain.lower.length;
  if (density === undefined) return { numerator: constantPolynomial(d, 1n), denominator: 1n };
  const rho = interpretPolynomial(density, d, meter, path);
  // A polynomial that is 0 on a box is 0.
  if (isZero(rho.numerator)) reject('out-of-range', path, 'expected a density that is not 0');
  const [from, to] = [domain.lower, domain.upper].map((ends) => ends.map((n) => rational(n, domain.denominator))) as [
    Rational[],
    Rational[],
  ];
  if (d === 1) {
    const coefficients = new Array<bigint>(degree(rho.numerator, 0) + 1).fill(0n);
    for (const { exponents, coefficient } of terms(rho.numerator)) coefficients[exponents[0] as number] = coefficient;
    if (!nonnegativeOn(polynomial(coefficients), from[0] as Rational, to[0] as Rational, meter)) {
      reject('out-of-range', path, 'expected a density ≥ 0 on the whole interval');
    }
    return rho;
  }
  const bounds = from.map((a, j) => ({ from: a, to: to[j] as Rational }));
  if (!nonnegativeOnBox(rho.numerator, bounds, meter)) {
    decline('unsupported-data', path, 'this kernel cannot show that the density is ≥ 0 on the whole box');
  }
  return rho;
}

function interpretPolynomial(written: WrittenPolynomial, d: number, meter: Meter, path: string): RationalPolynomial {
  if (written.terms !== undefined) {
    if (written.polynomial !== undefined)
      reject('unknown-key', `${path}.polynomial`, 'expected no "polynomial" beside "terms"');
    return fromTerms(written.terms, d, meter, `${path}.terms`);
  }
  if (written.polynomial === undefined) {
    return reject('missing-key', path, `expected the key "terms"${d === 1 ? ' or "polynomial"' : ''}`);
  }
  if (d !== 1) {
    reject('wrong-shape', `${path}.polynomial`, `expected "terms", since the box has ${d} dimensions`);
  }
  return fromCoefficients(written.polynomial, meter, `${path}.polynomial`);
}

export function fromCoefficients({ values, denominator }: Vector, meter: Meter, path: string): RationalPolynomial {
  if (values.length === 0) reject('empty-list', path, 'expected at least 1 coefficient, found 0');
  if (values.length - 1 > meter.limits.degree) {
    decline('limit-degree', path, `expected a degree of at most ${meter.limits.degree}`);
  }
  return { numerator: addMany(values.map((c, k) => monomial([k], c))), denominator };
}

/** Terms with the same exponents are added up. */
function fromTerms(
  written: NonNullable<WrittenPolynomial['terms']>,
  d: number,
  meter: Meter,
  path: string,
): RationalPolynomial {
  let denominator = 1n;
  for (const [i, { coefficient, exponents }] of written.entries()) {
    if (exponents.length !== d) {
      reject('wrong-shape', `${path}[${i}].exponents`, `expected ${d} entries, found ${exponents.length}`);
    }
    if (!(exponents.reduce((sum, e) => sum + e, 0) <= meter.limits.degree)) {
      decline('limit-degree', `${path}[${i}].exponents`, `expected a degree of at most ${meter.limits.degree}`);
    }
    meter.charge(2, bitLength(denominator), bitLength(coefficient.den));
    meter.hold(written.length, bitLength(denominator) + bitLength(coefficient.den), path);
    denominator = lcm(denominator, coefficient.den);
  }
  meter.charge(written.length, bitLength(denominator), bitLength(denominator));
  const numerator = addMany(
    written.map(({ coefficient: { num, den }, exponents }) => monomial(exponents, num * (denominator / den))),
  );
  return { numerator, denominator };
}

function interpretTarget(target: WrittenTarget, d: number, meter: Meter, path: string): Target {
  if (target.terms !== undefined) {
    for (const key of ['breakpoints', 'pieces'] as const) {
      if (target[key] !== undefined) reject('unknown-key', `${path}.${key}`, `expected no "${key}" beside "terms"`);
    }
    return { breakpoints: [], pieces: [listOf(fromTerms(target.terms, d, meter, `${path}.terms`))] };
  }
  const { breakpoints: written, pieces: list } = target;
  if (written === undefined || list === undefined) {
    const what =
      written === undefined && list === undefined ? '"terms"' : written === undefined ? '"breakpoints"' : '"pieces"';
    return reject('missing-key', path, `expected the key ${what}`);
  }
  if (d !== 1) reject('wrong-shape', `${path}.pieces`, `expected "terms", since the box has ${d} dimensions`);
  if (list.length !== written.values.length + 1) {
    reject('wrong-shape', `${path}.pieces`, `expected ${written.values.length + 1} pieces, found ${list.length}`);
  }
  const pieces = list.map(({ polynomial }, j) => {
    const at = `${path}.pieces[${j}]`;
    if (polynomial === undefined) return reject('missing-key', at, 'expected the key "polynomial"');
    return fromCoefficients(polynomial, meter, `${at}.polynomial`);
  });
  const breakpoints = written.values.map((_, j) => entry(written, j));
  for (const [j, at] of breakpoints.entries()) {
    const before = breakpoints[j - 1];
    if (before !== undefined && compare(before, at) >= 0) {
      const found = `expected more than ${shown(before)}, found ${shown(at)}`;
      reject('unordered-breakpoints', `${path}.breakpoints[${j}]`, found);
    }
    const [from, to] = [pieces[j], pieces[j + 1]].map((piece) => valueAt(piece as RationalPolynomial, at, meter)) as [
      Rational,
      Rational,
    ];
    if (compare(from, to) !== 0) {
      reject('discontinuous', `${path}.pieces[${j + 1}]`, `jumps from ${shown(from)} to ${shown(to)} at ${shown(at)}`);
    }
  }
  return { breakpoints, pieces: pieces.map(listOf) };
}

/** @returns a polynomial in one variable at x */
export function valueAt(
  { numerator, denominator }: RationalPolynomial,
  { num, den }: Rational,
  meter: Meter,
): Rational {
  const n = degree(numerator, 0);
  const size = n * (bitLength(num) + bitLength(den));
  meter.charge(3, bits(numerator), size);
  // Powers, and lowest terms, which cost more than products.
  const whole = size + bits(numerator) + bitLength(denominator);
  meter.charge(2 + numerator.size, whole, whole);
  let value = 0n;
  for (const { exponents, coefficient } of terms(numerator)) {
    const e = exponents[0] as number;
    value += coefficient * num ** BigInt(e) * den ** BigInt(n - e);
  }
  return rational(value, denominator * den ** BigInt(n));
}

/**
 * Checks that a problem is one whose integrals over a box are exact: dense layers, piecewise polynomial activations, and a loss of one
 * polynomial. What is not is declined by name.
 */
export function expectIntegrable(written: DecodedProblem, network: Network, loss: Loss, path: string): PolynomialLoss {
  const unpaired = (code: DeclinedCode, at: string, name: string, wanted: string): never =>
    decline(code, `${path}.${at}`, `the pair (${name}, box) has no rule in this version: on a box only ${wanted}`);
  const { layers } = written.network;
  for (const [i, layer] of layers.entries()) {
    // What is flat stays as it is when it is flattened.
    const isDense = layer.type === 'dense' || (layer.type === 'flatten' && written.network.input.length === 1);
    if (!isDense && layer.type !== 'activation') {
      unpaired('unsupported-combination', `network.layers[${i}]`, layer.type, 'dense layers');
    }
  }
  for (const { activation, layer } of network.stages) {
    if (isPiecewisePolynomial(activation)) continue;
    const at = layers.findIndex(({ type }, i) => i > layer && type === 'activation');
    const { function: name } = layers[at] as Extract<(typeof layers)[number], { type: 'activation' }>;
    unpaired('unsupported-activation', `network.layers[${at}]`, name, 'piecewise polynomial activations');
  }
  if (loss.family === 'smooth' || loss.breakpoints.length > 0) {
    unpaired('unsupported-loss', 'loss', lossName(written.loss), 'squared loss, even powers and polynomials');
  }
  return expectPolynomialLoss(loss, `${path}.loss`);
}

function lossName(loss: DecodedProblem['loss']): string {
  return loss.function === 'power' ? `power ${shown(loss.exponent)}` : loss.function;
}

/** Checks that a loss is one polynomial in p − y, as exact integrals over a box need it. */
export function expectPolynomialLoss(loss: Loss, path: string): PolynomialLoss {
  if (loss.family === 'smooth' || loss.breakpoints.length > 0) {
    decline('unsupported-loss', path, 'on a box only squared loss and even powers have a rule in this version');
  }
  return loss;
}
