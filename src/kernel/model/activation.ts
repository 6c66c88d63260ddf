import { bitLength, lcm } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import { entry } from '../arithmetic/matrix.js';
import type { Breakpoints } from '../arithmetic/ordered.js';
import {
  add,
  compare,
  divide,
  multiply,
  negate,
  one,
  type Rational,
  rational,
  shown,
  zero,
} from '../arithmetic/rational.js';
import type { Layer } from '../format.js';
import { deepFreeze } from '../freeze.js';
import { quote } from '../json.js';
import type { Meter } from '../limits.js';
import { decline, reject, unreachable } from '../verdict.js';

/**
 * A continuous piecewise affine function on the line: breakpoints τ_1 < … < τ_k and k+1 affine pieces, neighbours different.
 * Breakpoints are numerators over one positive denominator; slopes and intercepts over another.
 */
export interface PiecewiseAffine extends Breakpoints {
  readonly slopes: readonly bigint[];
  readonly intercepts: readonly bigint[];
  readonly denominator: bigint;
  readonly smooth: null;
}

/**
 * The same with some smooth pieces. Slope and intercept of these are null: arithmetic with them throws, and they equal no number, so
 * that a rule which has not been told of smooth pieces can prove nothing about them.
 */
export interface PartlyAffine extends Breakpoints {
  readonly slopes: readonly (bigint | null)[];
  readonly intercepts: readonly (bigint | null)[];
  readonly denominator: bigint;
  /** by piece; null where it is affine */
  readonly smooth: readonly (SmoothPiece | null)[];
}

export type Activation = PiecewiseAffine | PartlyAffine;

/** Functions that pieces of a table may name. */
type TableName = 'exp' | 'tanh' | 'sigmoid' | 'atan' | 'sin' | 'softplus' | 'erf' | 'isru';

/** silu is z·sigmoid(z), and gelu z·Φ(z) with the distribution function Φ of the standard normal law. */
export type SmoothName = TableName | 'silu' | 'gelu';

/** offset + scale·f(rate·t + shift) with f one of the names, or a polynomial in t. */
export type SmoothPiece =
  | {
      readonly function: SmoothName;
      readonly scale: Rational;
      readonly rate: Rational;
      readonly shift: Rational;
      readonly offset: Rational;
      /** α of isru(z) = z/√(1 + αz²); 1 for the others */
      readonly alpha: Rational;
    }
  | { readonly function: 'polynomial'; readonly coefficients: readonly Rational[] };

export interface AffinePiece {
  readonly slope: Rational;
  readonly intercept: Rational;
}

type ActivationLayer = Extract<Layer, { type: 'activation' }>;

/** @returns the identity, which stands where two affine layers follow each other */
export const identity: PiecewiseAffine = deepFreeze({
  breakpoints: [],
  breakpointDenominator: 1n,
  slopes: [1n],
  intercepts: [0n],
  denominator: 1n,
  smooth: null,
});

export function isIdentity({ breakpoints, slopes, intercepts, denominator }: Activation): boolean {
  return breakpoints.length === 0 && slopes[0] === denominator && intercepts[0] === 0n;
}

const integer = (n: bigint): Rational => rational(n);
const constant = (c: Rational): AffinePiece => ({ slope: zero, intercept: c });
const through = (slope: Rational): AffinePiece => ({ slope, intercept: zero });

type Piece = AffinePiece | SmoothPiece;

/** The breakpoints and pieces of a layer of the format (proofs/format.md 3), before anything is checked. */
function tableOf(
  layer: ActivationLayer,
  meter: Meter,
  path: string,
): { breakpoints: readonly Rational[]; pieces: readonly Piece[] } {
  switch (layer.function) {
    case 'relu':
      return { breakpoints: [zero], pieces: [constant(zero), through(one)] };
    case 'identity':
      return { breakpoints: [], pieces: [through(one)] };
    case 'abs':
      return { breakpoints: [zero], pieces: [through(integer(-1n)), through(one)] };
    case 'leaky-relu':
      return { breakpoints: [zero], pieces: [through(layer.slope ?? rational(1n, 100n)), through(one)] };
    case 'prelu':
      return { breakpoints: [zero], pieces: [through(layer.slope), through(one)] };
    case 'hardtanh':
      return { breakpoints: [integer(-1n), one], pieces: [constant(integer(-1n)), through(one), constant(one)] };
    case 'relu6':
      return { breakpoints: [zero, integer(6n)], pieces: [constant(zero), through(one), constant(integer(6n))] };
    case 'hard-sigmoid':
      return {
        breakpoints: [integer(-3n), integer(3n)],
        pieces: [constant(zero), { slope: rational(1n, 6n), intercept: rational(1n, 2n) }, constant(one)],
      };
    case 'softshrink': {
      const threshold = layer.threshold ?? rational(1n, 2n);
      if (threshold.num < 0n) {
        reject('out-of-range', `${path}.threshold`, `expected a threshold ≥ 0, found ${shown(threshold)}`);
      }
      const outer = [
        { slope: one, intercept: threshold },
        { slope: one, intercept: negate(threshold) },
      ] as const;
      if (threshold.num === 0n) return { breakpoints: [], pieces: [outer[0]] };
      return { breakpoints: [negate(threshold), threshold], pieces: [outer[0], constant(zero), outer[1]] };
    }
    case 'elu': {
      const alpha = positive(layer.alpha ?? one, `${path}.alpha`);
      return { breakpoints: [zero], pieces: [exponential(alpha, one), through(one)] };
    }
    case 'celu': {
      const alpha = positive(layer.alpha ?? one, `${path}.alpha`);
      return { breakpoints: [zero], pieces: [exponential(alpha, divide(one, alpha)), through(one)] };
    }
    case 'selu': {
      const alpha = positive(layer.alpha ?? seluAlpha, `${path}.alpha`);
      const scale = positive(layer.scale ?? seluScale, `${path}.scale`);
      return { breakpoints: [zero], pieces: [exponential(multiply(scale, alpha), one), through(scale)] };
    }
    case 'isrlu': {
      const alpha = positive(layer.alpha ?? one, `${path}.alpha`);
      const isru = { function: 'isru', scale: one, rate: one, shift: zero, offset: zero, alpha } as const;
      return { breakpoints: [zero], pieces: [isru, through(one)] };
    }
    case 'hardswish':
      return {
        breakpoints: [integer(-3n), integer(3n)],
        pieces: [
          constant(zero),
          { function: 'polynomial', coefficients: [zero, rational(1n, 2n), rational(1n, 6n)] },
          through(one),
        ],
      };
    case 'sigmoid':
    case 'tanh':
    case 'atan':
    case 'softplus':
    case 'silu':
    case 'gelu':
    case 'sin':
      return { breakpoints: [], pieces: [named(layer.function)] };
    case 'quadratic':
      return { breakpoints: [], pieces: [{ function: 'polynomial', coefficients: [zero, zero, one] }] };
    case 'piecewise':
      return {
        breakpoints: layer.breakpoints.values.map((_, j) => entry(layer.breakpoints, j)),
        pieces: layer.pieces.map((piece, j) => pieceOfTable(piece, meter, `${path}.pieces[${j}]`)),
      };
    default:
      return unreachable(layer);
  }
}

export const seluAlpha = rational(16732632423543772848170429916717n, 10n ** 31n);
export const seluScale = rational(10507009873554804934193349852946n, 10n ** 31n);

/** α(e^(rate·t) − 1) */
function exponential(alpha: Rational, rate: Rational): SmoothPiece {
  return { function: 'exp', scale: alpha, rate, shift: zero, offset: negate(alpha), alpha: one };
}

/** f(t) itself */
function named(name: SmoothName): SmoothPiece {
  return { function: name, scale: one, rate: one, shift: zero, offset: zero, alpha: one };
}

function positive(a: Rational, path: string): Rational {
  if (a.num <= 0n) reject('out-of-range', path, `expected a number > 0, found ${shown(a)}`);
  return a;
}

function pieceOfTable(
  piece: Extract<ActivationLayer, { function: 'piecewise' }>['pieces'][number],
  meter: Meter,
  path: string,
): Piece {
  if (piece.polynomial !== undefined) {
    const { polynomial } = piece;
    for (const key of ['function', 'scale', 'rate', 'shift', 'offset'] as const) {
      if (piece[key] !== undefined) reject('unknown-key', `${path}.${key}`, 'a polynomial piece has no such key');
    }
    if (polynomial.values.length === 0) {
      reject('empty-list', `${path}.polynomial`, 'expected at least 1 coefficient, found 0');
    }
    if (polynomial.values.length > meter.limits.degree + 1) {
      decline('limit-degree', `${path}.polynomial`, `expected a degree of at most ${meter.limits.degree}`);
    }
    const coefficients = polynomial.values.map((_, k) => entry(polynomial, k));
    while (coefficients.length > 1 && coefficients[coefficients.length - 1]?.num === 0n) coefficients.pop();
    if (coefficients.length > 2) return { function: 'polynomial', coefficients };
    return { intercept: coefficients[0] as Rational, slope: coefficients[1] ?? zero };
  }
  const { function: name } = piece;
  if (name === undefined) reject('missing-key', path, 'expected the key "polynomial" or "function"');
  const number = (key: 'scale' | 'rate' | 'shift' | 'offset'): Rational => {
    const value = piece[key];
    if (value === undefined) return reject('missing-key', path, `expected the key "${key}"`);
    return value;
  };
  const smooth = smoothNames.find((known) => known === name);
  if (smooth === undefined) {
    return reject('unknown-name', `${path}.function`, `unknown name ${quote(name)}`, { name, known: smoothNames });
  }
  const found = {
    ...{
      function: smooth,
      scale: number('scale'),
      rate: number('rate'),
      shift: number('shift'),
      offset: number('offset'),
    },
    alpha: one,
  };
  if (found.scale.num === 0n || found.rate.num === 0n) {
    decline('unsupported-activation', path, 'a constant has to be written as a polynomial');
  }
  return found;
}

const smoothNames: readonly TableName[] = ['exp', 'tanh', 'sigmoid', 'atan', 'sin', 'softplus', 'erf', 'isru'];

/** @returns the piece's exact value at t; null where it is not known to be rational */
function exactValue(piece: Piece, t: Rational, meter: Meter): Rational | null {
  if (!('function' in piece)) return add(multiply(piece.slope, t), piece.intercept);
  if (piece.function === 'polynomial') {
    return piece.coefficients.reduceRight((value, c) => {
      // In lowest terms after every step, which costs more than the products.
      const bits = integers.mostBits([value.num, value.den]) + integers.mostBits([c.num, c.den, t.num, t.den]);
      meter.charge(4, bits, bits);
      return add(multiply(value, t), c);
    }, zero);
  }
  const { function: name, scale, rate, shift, offset } = piece;
  // Nothing else is claimed to be rational: most are irrational everywhere but at 0, softplus there as well.
  if (add(multiply(rate, t), shift).num !== 0n || name === 'softplus') return null;
  const atZero = name === 'exp' ? one : name === 'sigmoid' ? rational(1n, 2n) : zero;
  return add(offset, multiply(scale, atZero));
}

/** @returns the piece's exact derivative at t; null where it is not known to be rational */
export function exactSlope(piece: Piece, t: Rational, meter: Meter): Rational | null {
  if (!('function' in piece)) return piece.slope;
  if (piece.function === 'polynomial') {
    const coefficients = piece.coefficients.slice(1).map((c, k) => multiply(c, rational(BigInt(k + 1))));
    return exactValue({ function: 'polynomial', coefficients }, t, meter);
  }
  const { function: name, scale, rate, shift } = piece;
  if (add(multiply(rate, t), shift).num !== 0n) return null;
  const atZero = slopesAtZero[name];
  return atZero === null ? null : multiply(multiply(scale, rate), atZero);
}

const slopesAtZero: Readonly<Record<SmoothName, Rational | null>> = {
  ...{ exp: one, tanh: one, atan: one, sin: one, isru: one },
  ...{ sigmoid: rational(1n, 4n), softplus: rational(1n, 2n), silu: rational(1n, 2n), gelu: rational(1n, 2n) },
  // 2/√π
  erf: null,
};

/** @returns whether h has certainly one derivative at its breakpoint j: the slopes of both sides are rational and equal */
export function isDifferentiableAt(h: Activation, j: number, meter: Meter): boolean {
  const at = rational(h.breakpoints[j] as bigint, h.breakpointDenominator);
  const slope = (k: number): Rational | null =>
    exactSlope(h.smooth?.[k] ?? (affinePieceOf(h, k) as AffinePiece), at, meter);
  const [left, right] = [slope(j), slope(j + 1)];
  return left !== null && right !== null && compare(left, right) === 0;
}

/** @returns whether h(tz) = t·h(z) for all t > 0: every piece passes through the origin, with its only breakpoint there */
export function isPositivelyHomogeneous({ breakpoints, intercepts, smooth }: Activation): boolean {
  return smooth === null && breakpoints.every((b) => b === 0n) && intercepts.every((c) => c === 0n);
}

/**
 * Reads an activation, checks that its pieces tile the line and meet continuously, and merges neighbours that are the same
 * affine function (theory.md 0): a breakpoint that is none would make a point look as if it were on a kink.
 */
export function interpretActivation(layer: ActivationLayer, meter: Meter, path: string): Activation {
  const { breakpoints, pieces } = tableOf(layer, meter, path);
  if (pieces.length !== breakpoints.length + 1) {
    reject('wrong-shape', `${path}.pieces`, `expected ${breakpoints.length + 1} pieces, found ${pieces.length}`);
  }
  const kept: Rational[] = [];
  const merged: Piece[] = [pieces[0] as Piece];
  for (let j = 0; j < breakpoints.length; j++) {
    const at = breakpoints[j] as Rational;
    const before = breakpoints[j - 1];
    if (before !== undefined && compare(before, at) >= 0) {
      reject(
        'unordered-breakpoints',
        `${path}.breakpoints[${j}]`,
        `expected more than ${shown(before)}, found ${shown(at)}`,
      );
    }
    const [left, right] = [pieces[j] as Piece, pieces[j + 1] as Piece];
    const [from, to] = [exactValue(left, at, meter), exactValue(right, at, meter)];
    if (from === null || to === null) {
      return decline(
        'continuity-undecided',
        `${path}.pieces[${from === null ? j : j + 1}]`,
        `its value at ${shown(at)} is not known to be rational`,
      );
    }
    if (compare(from, to) !== 0) {
      reject('discontinuous', `${path}.pieces[${j + 1}]`, `jumps from ${shown(from)} to ${shown(to)} at ${shown(at)}`);
    }
    // Continuity and equal slopes make two affine pieces one.
    if (!('function' in left) && !('function' in right) && compare(left.slope, right.slope) === 0) continue;
    kept.push(at);
    merged.push(right);
  }
  const breakpointDenominator = commonDenominator(kept, meter, path);
  const affine = merged.filter((piece): piece is AffinePiece => !('function' in piece));
  const coefficients = affine.flatMap(({ slope, intercept }) => [slope, intercept]);
  const denominator = commonDenominator(coefficients, meter, path);
  // polynomialTable brings all polynomials to one denominator.
  const others = merged.flatMap((piece) =>
    'function' in piece && piece.function === 'polynomial' ? piece.coefficients : [],
  );
  if (others.length > 0) commonDenominator([...coefficients, ...others], meter, path);
  const over = ({ num, den }: Rational): bigint => num * (denominator / den);
  const table = {
    breakpoints: kept.map(({ num, den }) => num * (breakpointDenominator / den)),
    ...{ breakpointDenominator, denominator },
  };
  if (affine.length === merged.length) {
    return {
      ...table,
      slopes: affine.map(({ slope }) => over(slope)),
      intercepts: affine.map(({ intercept }) => over(intercept)),
      smooth: null,
    };
  }
  return {
    ...table,
    slopes: merged.map((piece) => ('function' in piece ? null : over(piece.slope))),
    intercepts: merged.map((piece) => ('function' in piece ? null : over(piece.intercept))),
    smooth: merged.map((piece) => ('function' in piece ? piece : null)),
  };
}

/** @returns the common denominator, where all numbers over it can be held: it may be as long as all theirs together */
function commonDenominator(numbers: readonly Rational[], meter: Meter, path: string): bigint {
  let common = 1n;
  for (const { den } of numbers) {
    if (den === 1n) continue;
    meter.charge(4, bitLength(common) + bitLength(den), bitLength(den));
    common = lcm(common, den);
    meter.hold(numbers.length, bitLength(common), path);
  }
  return common;
}

/** @throws Refusal (declined) where the activation has a smooth piece */
export function piecewiseAffine(activation: Activation, path: string): PiecewiseAffine {
  if (activation.smooth !== null)
    decline('unsupported-activation', path, 'smooth pieces have no rule here in this version');
  return activation;
}

/** @returns piece j with its true slope and intercept; null where it is smooth */
export function affinePieceOf(h: Activation, j: number): AffinePiece | null {
  const [slope, intercept] = [h.slopes[j], h.intercepts[j]];
  if (slope === undefined || slope === null || intercept === undefined || intercept === null) return null;
  const over = rational(h.denominator);
  return { slope: divide(rational(slope), over), intercept: divide(rational(intercept), over) };
}

export function pieceOf(h: PiecewiseAffine, j: number): AffinePiece {
  return affinePieceOf(h, j) as AffinePiece;
}
