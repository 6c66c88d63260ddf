/** Targets on an interval whose pieces are given by rational functions of a parameter: x = X(u), and the target as a second derivative by x (theory.md 5c). */
import type { RationalBox } from '../arithmetic/box-integral.js';
import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import { entry } from '../arithmetic/matrix.js';
import { add as plus, scale } from '../arithmetic/polynomial.js';
import { antiderivative, type Quotient, Quotients } from '../arithmetic/quotients.js';
import { add, compare, multiply, type Rational, rational, shown, subtract, zero } from '../arithmetic/rational.js';
import { signChanges } from '../arithmetic/sign-changes.js';
import type { DecodedFunction } from '../format.js';
import type { Meter } from '../limits.js';
import { decline, reject } from '../verdict.js';
import { boxBetween, fromCoefficients, interpretDensity, listOf, type TermList, type WrittenBox } from './box.js';
import { type FamilyFunction, interpretFunction, type ParameterSpace, spaceOnInterval } from './family.js';
import type { Loss } from './loss.js';
import type { Network } from './network.js';

/** x = X(u) and G, with d²G/dx² the target. */
export interface WrittenParametrization {
  readonly from: Rational;
  readonly to: Rational;
  readonly x: DecodedFunction;
  readonly doubleIntegral: DecodedFunction;
}

/**
 * One piece of a target f: u ↦ (X(u), f) on from ≤ u ≤ to, with F = ∫f dx and G = ∫F dx as functions of u, free of poles there. X is strictly monotone. A piece
 * that is a polynomial has X(u) = u.
 */
export interface TargetPiece {
  /** in what form it was written */
  readonly written:
    | { readonly form: 'polynomial'; readonly polynomial: TermList }
    | { readonly form: 'parametrized'; readonly x: FamilyFunction; readonly doubleIntegral: FamilyFunction };
  readonly from: Rational;
  readonly to: Rational;
  /** whether X increases */
  readonly rises: boolean;
  readonly X: Quotient;
  readonly G: Quotient;
  readonly F: Quotient;
  readonly f: Quotient;
}

/** A continuous target f on [a, b], its pieces from a to b; the density is 1. */
export interface ParametrizedData {
  /** [a, b] */
  readonly domain: RationalBox;
  /** strictly between a and b: where pieces meet */
  readonly breakpoints: readonly Rational[];
  readonly pieces: readonly TargetPiece[];
}

/** @returns a, the breakpoints, b */
export function jointsOf({ domain, breakpoints }: ParametrizedData): readonly Rational[] {
  const [a, b] = [domain.lower, domain.upper].map(([n]) => rational(n as bigint, domain.denominator)) as [
    Rational,
    Rational,
  ];
  return [a, ...breakpoints, b];
}

/** Whether a target of the data has a parametrized piece. */
export function isParametrized({ targets }: WrittenBox): boolean {
  return targets.some(({ pieces }) => pieces?.some(({ parametrized }) => parametrized !== undefined) === true);
}

/**
 * Checks one target on an interval: that the pieces tile it, and that they meet continuously.
 *
 * For a piece given by X and G on from ≤ u ≤ to it is checked that neither has a pole and that X′ has no zero there, ends included. Then X is
 * a bijection onto an interval of x, F = G′/X′ and f = F′/X′ have no pole either, F is an integral of f, and G of F.
 *
 * @throws Refusal (declined) for another density than 1, or more outputs than one
 */
export function interpretParametrized(
  data: WrittenBox,
  { inputs, outputs }: Network,
  meter: Meter,
  path: string,
): ParametrizedData {
  for (const key of ['lower', 'upper'] as const) {
    const found = data[key].values.length;
    if (found !== inputs) reject('wrong-shape', `${path}.${key}`, `expected ${inputs} entries, found ${found}`);
  }
  if (inputs !== 1 || outputs !== 1 || data.targets.length !== 1) {
    decline('unsupported-data', `${path}.targets`, 'parametrized targets have rules for one input and one output only');
  }
  const [a, b] = [entry(data.lower, 0), entry(data.upper, 0)];
  if (compare(a, b) >= 0)
    reject('out-of-range', `${path}.upper[0]`, `expected more than ${shown(a)}, found ${shown(b)}`);
  const domain = boxBetween(data.lower, data.upper, meter);
  const { terms, denominator } = listOf(interpretDensity(data.density, domain, meter, `${path}.density`));
  const [only] = terms;
  if (terms.length !== 1 || only?.exponents[0] !== 0 || only.coefficient !== denominator) {
    decline('unsupported-data', `${path}.density`, 'with parametrized targets only the density 1 has a rule');
  }
  const at = `${path}.targets[0]`;
  const [target] = data.targets;
  if (target?.terms !== undefined) reject('unknown-key', `${at}.terms`, 'expected no "terms" beside "pieces"');
  const { breakpoints: written, pieces: list } = target ?? {};
  if (written === undefined || list === undefined) return reject('missing-key', at, 'expected the key "breakpoints"');
  if (list.length !== written.values.length + 1) {
    reject('wrong-shape', `${at}.pieces`, `expected ${written.values.length + 1} pieces, found ${list.length}`);
  }
  const breakpoints = written.values.map((_, j) => entry(written, j));
  const joints = [a, ...breakpoints, b];
  breakpoints.forEach((point, j) => {
    if (compare(joints[j] as Rational, point) >= 0 || compare(point, b) >= 0) {
      const wanted = `expected a number between ${shown(joints[j] as Rational)} and ${shown(b)}`;
      reject('unordered-breakpoints', `${at}.breakpoints[${j}]`, `${wanted}, found ${shown(point)}`);
    }
  });
  const pieces = list.map((piece, j) => {
    const [lower, upper] = [joints[j], joints[j + 1]] as [Rational, Rational];
    const here = `${at}.pieces[${j}]`;
    const { polynomial, parametrized } = piece;
    if (parametrized === undefined) {
      if (polynomial === undefined) return reject('missing-key', here, 'expected "polynomial" or "parametrized"');
      const list = listOf(fromCoefficients(polynomial, meter, `${here}.polynomial`));
      return polynomialPiece(list, lower, upper, meter);
    }
    if (polynomial !== undefined) {
      reject('unknown-key', `${here}.polynomial`, 'expected no "polynomial" beside "parametrized"');
    }
    return interpretPiece(parametrized, lower, upper, meter, `${here}.parametrized`);
  });
  expectContinuous(pieces, breakpoints, meter, at);
  return { domain, breakpoints, pieces };
}

function polynomialPiece(polynomial: TermList, lower: Rational, upper: Rational, meter: Meter): TargetPiece {
  const coefficients: bigint[] = [];
  for (const { exponents, coefficient } of polynomial.terms) {
    while (coefficients.length < (exponents[0] as number)) coefficients.push(0n);
    coefficients.push(coefficient);
  }
  const f = new Quotients(meter).of(coefficients, [polynomial.denominator]);
  const F = antiderivative(f, meter);
  return {
    written: { form: 'polynomial', polynomial },
    from: lower,
    to: upper,
    rises: true,
    X: { numerator: [0n, 1n], denominator: [1n] },
    G: antiderivative(F, meter),
    F,
    f,
  };
}

/** Second derivatives of quotients have several times their degrees, and their greatest common divisors take long. */
const mostDegree = 12;

function interpretPiece(
  { from, to, x, doubleIntegral }: WrittenParametrization,
  lower: Rational,
  upper: Rational,
  meter: Meter,
  path: string,
): TargetPiece {
  if (compare(from, to) >= 0) {
    reject('empty-range', path, `expected an interval with inner points, found from ${shown(from)} to ${shown(to)}`);
  }
  expectDegree(x, `${path}.x`);
  expectDegree(doubleIntegral, `${path}.doubleIntegral`);
  const space = spaceOnInterval({ from, to }, meter);
  const quotients = new Quotients(meter);
  const written = {
    form: 'parametrized',
    // Neither has a pole on the closed interval.
    x: interpretFunction(space, x, meter, `${path}.x`),
    doubleIntegral: interpretFunction(space, doubleIntegral, meter, `${path}.doubleIntegral`),
  } as const;
  const [X, G] = [written.x, written.doubleIntegral].map((f) => quotientOf(space, quotients, f)) as [
    Quotient,
    Quotient,
  ];
  const slope = quotients.derivative(X);
  const sign = space.ring.sign(slope.numerator);
  if (sign !== 1 && sign !== -1) {
    reject('not-a-parametrization', `${path}.x`, "expected X' ≠ 0 on the whole range, ends included");
  }
  const [first, last] = [quotients.valueAt(X, from), quotients.valueAt(X, to)];
  const rises = compare(first, last) < 0;
  const [least, most] = rises ? [first, last] : [last, first];
  if (compare(least, lower) !== 0 || compare(most, upper) !== 0) {
    const image = `the image [${shown(lower)}, ${shown(upper)}], found [${shown(least)}, ${shown(most)}]`;
    reject('not-a-parametrization', `${path}.x`, `expected ${image}`);
  }
  const F = quotients.divide(quotients.derivative(G), slope);
  return { written, from, to, rises, X, G, F, f: quotients.divide(quotients.derivative(F), slope) };
}

function expectDegree(f: DecodedFunction, path: string): void {
  const exponents =
    f.form === 'constant' ? [] : [...f.numerator, ...(f.denominator ?? [])].map((term) => term.exponents);
  const degree = exponents.reduce((most, list) => list.reduce((a, b) => (b > a ? b : a), most), 0);
  if (degree <= mostDegree) return;
  decline('limit-degree', path, `expected degrees of at most ${mostDegree}, found ${degree}`);
}

function quotientOf(
  { polynomial }: ParameterSpace<readonly bigint[]>,
  quotients: Quotients,
  { numerator, denominator }: FamilyFunction,
): Quotient {
  return quotients.of(polynomial(numerator), polynomial(denominator));
}

function expectContinuous(
  pieces: readonly TargetPiece[],
  breakpoints: readonly Rational[],
  meter: Meter,
  path: string,
): void {
  const quotients = new Quotients(meter);
  breakpoints.forEach((at, j) => {
    const [before, after] = [pieces[j], pieces[j + 1]] as [TargetPiece, TargetPiece];
    const [left, right] = [
      quotients.valueAt(before.f, parameterAtEnd(before, 'upper')),
      quotients.valueAt(after.f, parameterAtEnd(after, 'lower')),
    ];
    if (compare(left, right) !== 0) {
      reject(
        'discontinuous',
        `${path}.pieces[${j + 1}]`,
        `jumps from ${shown(left)} to ${shown(right)} at ${shown(at)}`,
      );
    }
  });
}

/** @returns the parameter of the piece's lower or upper end in x */
function parameterAtEnd({ from, to, rises }: TargetPiece, end: 'lower' | 'upper'): Rational {
  return rises === (end === 'lower') ? from : to;
}

/** ∫ f and ∫ f x over a part of [a, b]: numbers, or functions of the parameter on which an end depends. */
export interface TargetMoments<V> {
  readonly zeroth: V;
  readonly first: V;
}

/** Exact integrals of a target: over one piece ∫ f = [F], ∫ f x = [x F − G]. */
export class TargetIntegrals {
  readonly #quotients: Quotients;
  readonly #joints: readonly Rational[];
  /** ∫ f and ∫ f x over each piece */
  readonly #parts: readonly TargetMoments<Rational>[];

  constructor(
    readonly data: ParametrizedData,
    readonly meter: Meter,
  ) {
    this.#quotients = new Quotients(meter);
    this.#joints = jointsOf(data);
    this.#parts = data.pieces.map((piece) =>
      this.#between(piece, parameterAtEnd(piece, 'lower'), parameterAtEnd(piece, 'upper')),
    );
  }

  /** over [a, b] */
  whole(): TargetMoments<Rational> {
    return this.#total(this.#parts);
  }

  /** over [a, X(u)], for u in the range of piece j, as functions of u */
  upToMoving(j: number): TargetMoments<Quotient> {
    const q = this.#quotients;
    const piece = this.data.pieces[j] as TargetPiece;
    const { X, F, G } = piece;
    const start = this.#antiderivatives(piece, parameterAtEnd(piece, 'lower'));
    const before = this.#total(this.#parts.slice(0, j));
    return {
      zeroth: q.sum(F, q.constant(subtract(before.zeroth, start.zeroth))),
      first: q.sum(q.subtract(q.product(X, F), G), q.constant(subtract(before.first, start.first))),
    };
  }

  /**
   * over [a, x]
   *
   * @throws Refusal (declined) where x is X(u) for an irrational u
   */
  upTo(x: Rational): TargetMoments<Rational> {
    const last = this.#joints.length - 1;
    const after = this.#joints.findIndex((joint, k) => k === last || compare(x, joint) <= 0);
    if (after === 0) return { zeroth: zero, first: zero };
    const piece = this.data.pieces[after - 1] as TargetPiece;
    const u = this.#parameterOf(piece, x, this.#joints[after] as Rational);
    const here = this.#between(piece, parameterAtEnd(piece, 'lower'), u);
    return this.#total([...this.#parts.slice(0, after - 1), here]);
  }

  /** @param upper  the piece's upper end; x is above its lower end */
  #parameterOf(piece: TargetPiece, x: Rational, upper: Rational): Rational {
    if (compare(x, upper) === 0) return parameterAtEnd(piece, 'upper');
    const { X, from, to } = piece;
    const size = integers.mostBits([...X.numerator, ...X.denominator]);
    this.meter.charge(2 * (X.numerator.length + X.denominator.length), size, bitLength(x.num) + bitLength(x.den));
    // X(u) = x where this is 0; X is strictly monotone and X′ ≠ 0, so there is one root, at which the sign changes.
    const root = signChanges(plus(scale(X.numerator, x.den), scale(X.denominator, -x.num)), from, to, this.meter);
    const [u] = root ?? [];
    if (u === undefined) {
      return decline(
        'irrational-value',
        '$.statement.problem.data',
        `the parameter of the target's piece at x = ${shown(x)} is irrational, and so may be integrals up to there`,
      );
    }
    return u;
  }

  #antiderivatives({ X, F, G }: TargetPiece, u: Rational): TargetMoments<Rational> {
    const q = this.#quotients;
    const [x, FThere, GThere] = [q.valueAt(X, u), q.valueAt(F, u), q.valueAt(G, u)];
    this.#chargeFor([x, FThere, GThere]);
    return { zeroth: FThere, first: subtract(multiply(x, FThere), GThere) };
  }

  #between(piece: TargetPiece, from: Rational, to: Rational): TargetMoments<Rational> {
    const [start, end] = [this.#antiderivatives(piece, from), this.#antiderivatives(piece, to)];
    this.#chargeFor([start.zeroth, start.first, end.zeroth, end.first]);
    return { zeroth: subtract(end.zeroth, start.zeroth), first: subtract(end.first, start.first) };
  }

  #total(parts: readonly TargetMoments<Rational>[]): TargetMoments<Rational> {
    return parts.reduce(
      (sum, part) => {
        this.#chargeFor([sum.zeroth, sum.first, part.zeroth, part.first]);
        return { zeroth: add(sum.zeroth, part.zeroth), first: add(sum.first, part.first) };
      },
      { zeroth: zero, first: zero },
    );
  }

  /** Sums and products of these, and lowest terms. */
  #chargeFor(values: readonly Rational[]): void {
    const size = values.reduce((sum, { num, den }) => sum + bitLength(num) + bitLength(den), 1);
    this.meter.charge(12, size, size);
  }
}

/** @returns λ of the loss λ(p − y)² @throws Refusal (declined) for another loss */
export function squareFactor(loss: Loss, path: string): Rational {
  if (loss.family === 'polynomial' && loss.breakpoints.length === 0) {
    const [constant, linear, square, ...more] = loss.pieces[0] as readonly bigint[];
    if (constant === 0n && linear === 0n && square !== undefined && square > 0n && more.length === 0) {
      return rational(square, loss.denominator);
    }
  }
  return decline('unsupported-loss', path, 'with parametrized targets only the squared loss has a rule');
}
