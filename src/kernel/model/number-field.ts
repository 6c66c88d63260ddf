/** Points whose entries are numbers of one field Q(a) (proofs/format.md 6), read over integers. */
import { type Algebraic, algebraicNumbers, fromInteger, type NumberField } from '../arithmetic/algebraic.js';
import { bitLength, lcm } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import { entry, type Matrix } from '../arithmetic/matrix.js';
import {
  commonDivisor,
  derivative,
  type Polynomial,
  polynomial,
  primitivePart,
  scale,
  signAt,
} from '../arithmetic/polynomial.js';
import { compare, type Rational, rational, shown } from '../arithmetic/rational.js';
import { rootCounter } from '../arithmetic/sturm.js';
import type { DecodedAlgebraicPoint, DecodedPoint, NestedQuantities } from '../format.js';
import type { Meter } from '../limits.js';
import { decline, reject } from '../verdict.js';
import {
  type DenseIn,
  type DenseValues,
  interpretDirection,
  liftedTo,
  type Network,
  type Parameters,
  type ParametersIn,
} from './network.js';

type DecodedField = DecodedAlgebraicPoint['field'];
type DecodedAnyPoint = DecodedPoint | DecodedAlgebraicPoint;

/** Chains of remainders of higher degree take minutes. */
const mostDegree = 32;

/**
 * Checks that the polynomial is square-free, and that exactly one of its roots is in the open interval; the ends are none.
 *
 * @see proofs/rules/algebraic.md
 */
export function interpretField(field: DecodedField, meter: Meter, path: string): NumberField {
  const { values, bits } = field.polynomial;
  const degree = polynomial(values).length - 1;
  if (degree < 1) reject('not-isolating', `${path}.polynomial`, 'a constant has no root, or every number is one');
  if (degree > mostDegree) {
    decline('limit-degree', `${path}.polynomial`, `expected a degree of at most ${mostDegree}, found ${degree}`);
  }
  meter.charge(degree + 1, bits, bits);
  const p = withPositiveLead(primitivePart(polynomial(values), meter));
  if (commonDivisor(p, derivative(p), meter).length > 1) {
    reject('not-square-free', `${path}.polynomial`, 'the polynomial has a multiple root');
  }
  const { root } = field;
  if (root.values.length !== 2) {
    reject('wrong-shape', `${path}.root`, `expected two ends, found ${root.values.length}`);
  }
  const [from, to] = [entry(root, 0), entry(root, 1)];
  if (compare(from, to) >= 0) {
    reject(
      'empty-range',
      `${path}.root`,
      `expected an interval with inner points, found from ${shown(from)} to ${shown(to)}`,
    );
  }
  for (const end of [from, to]) {
    if (signAt(p, end, meter) === 0) reject('not-isolating', `${path}.root`, `the end ${shown(end)} is a root itself`);
  }
  const count = rootCounter(p, meter);
  const inside = count(from, to, 'neither');
  if (inside !== 1) reject('not-isolating', `${path}.root`, `expected one root between the ends, found ${inside}`);
  const below = lowerBound(p);
  return { polynomial: p, from, to, index: compare(below, from) < 0 ? count(below, from, 'neither') : 0 };
}

/** Less than every real root, by Cauchy's bound. */
function lowerBound(p: Polynomial): Rational {
  const lead = p[p.length - 1] as bigint;
  const largest = p.reduce((most, c) => (c > most ? c : -c > most ? -c : most), 0n);
  return rational(-(largest / lead) - 2n);
}

function withPositiveLead(p: Polynomial): Polynomial {
  return (p[p.length - 1] as bigint) < 0n ? scale(p, -1n) : p;
}

/** Coefficients of 1, a, a², … */
export type Coefficients = readonly Rational[];

/** The entries of one layer that is not frozen, as they are written. */
export interface WrittenLayer {
  /** what stands under each first index, laid flat in C order */
  readonly weights: readonly (readonly Coefficients[])[];
  readonly shape: readonly number[];
  readonly bias: readonly Coefficients[] | null;
}

/** A point, and the field of its entries. */
export interface AlgebraicPoint {
  readonly field: NumberField;
  readonly layers: readonly WrittenLayer[];
  /** the values of all stages, in powers of c·a (arithmetic/algebraic.ts) */
  readonly parameters: ParametersIn<Algebraic>;
}

/** Checks shapes against the network: an entry is a quantity, or a list of at most as many as the field has degrees. */
export function interpretAlgebraicPoint(
  network: Network,
  point: DecodedAlgebraicPoint,
  meter: Meter,
  path: string,
): AlgebraicPoint {
  const field = interpretField(point.field, meter, `${path}.field`);
  const free = network.stages.filter(({ entry: at }) => at !== null).length;
  if (point.layers.length !== free) {
    const expected = `expected ${free} entries (layers that are not fixed), found ${point.layers.length}`;
    reject('wrong-shape', `${path}.layers`, expected);
  }
  const degree = field.polynomial.length - 1;
  const layers: WrittenLayer[] = [];
  const parameters = network.stages.map((stage): DenseIn<Algebraic> => {
    if (stage.fixed !== null) return liftedTo({ fromInteger }, [stage.fixed])[0] as DenseIn<Algebraic>;
    const at = stage.entry as number;
    const { weights, bias } = point.layers[at] as DecodedAlgebraicPoint['layers'][number];
    const here = `${path}.layers[${at}]`;
    if (bias === undefined && stage.bias) reject('missing-key', here, 'expected the key "bias"');
    if (bias !== undefined && !stage.bias) reject('unknown-key', `${here}.bias`, 'this layer has no bias');
    const [units, ...rest] = stage.weightShape as readonly [number, ...number[]];
    const layer: WrittenLayer = {
      weights: listOf(weights, units, `${here}.weights`).map((row, u) =>
        numbersIn(row, rest, degree, `${here}.weights[${u}]`),
      ),
      shape: stage.weightShape,
      bias: bias === undefined ? null : numbersIn(bias, [units], degree, `${here}.bias`),
    };
    layers.push(layer);
    return overIntegers(field, layer, meter, here);
  });
  return { field, layers, parameters };
}

function listOf(nested: NestedQuantities, length: number, path: string): readonly NestedQuantities[] {
  if (!isList(nested)) return reject('wrong-type', path, `expected a list of ${length} entries, found a quantity`);
  if (nested.length !== length) reject('wrong-shape', path, `expected ${length} entries, found ${nested.length}`);
  return nested;
}

function isList(nested: NestedQuantities): nested is readonly NestedQuantities[] {
  return Array.isArray(nested);
}

/** @returns the entries of nested lists of this shape, laid flat in C order */
function numbersIn(
  nested: NestedQuantities,
  shape: readonly number[],
  degree: number,
  path: string,
): readonly Coefficients[] {
  const [extent, ...inner] = shape;
  if (extent !== undefined) {
    return listOf(nested, extent, path).flatMap((part, i) => numbersIn(part, inner, degree, `${path}[${i}]`));
  }
  if (!isList(nested)) return [[nested]];
  if (nested.length === 0 || nested.length > degree) {
    reject('wrong-shape', path, `expected from 1 to ${degree} coefficients, found ${nested.length}`);
  }
  return [
    nested.map((coefficient, k) =>
      isList(coefficient) ? reject('wrong-type', `${path}[${k}]`, 'expected a quantity, found a list') : coefficient,
    ),
  ];
}

/** A matrix of numbers, as numerators over one positive denominator. */
export interface MatrixOver<T> {
  readonly rows: readonly (readonly T[])[];
  readonly denominator: bigint;
  /** an upper bound of the bits of every numerator and of the denominator, for the meter */
  readonly bits: number;
}

/** Checks a number, or a matrix, at a rational point. */
export function interpretRationals(written: Matrix | NestedQuantities, path: string): MatrixOver<bigint> {
  if ('rows' in written) return written;
  if (isList(written)) return reject('different-field', path, 'the point has no field');
  return { rows: [[written.num]], denominator: written.den, bits: integers.mostBits([written.num, written.den]) };
}

/** Checks a matrix at an algebraic point: of quantities, or of numbers of its field. */
export function interpretNumbers(
  field: NumberField,
  written: Matrix | NestedQuantities,
  shape: readonly [number, number],
  meter: Meter,
  path: string,
): MatrixOver<Algebraic> {
  if ('rows' in written) return { ...written, rows: written.rows.map((row) => row.map(fromInteger)) };
  const [rows, columns] = shape;
  const degree = field.polynomial.length - 1;
  const weights = listOf(written, rows, path).map((row, i) => numbersIn(row, [columns], degree, `${path}[${i}]`));
  const { weights: entries, denominator, bits } = overIntegers(field, { weights, shape, bias: null }, meter, path);
  return { rows: entries, denominator, bits };
}

/** Checks a number at an algebraic point: a quantity, or a number of its field. */
export function interpretScalar(
  field: NumberField,
  written: NestedQuantities,
  meter: Meter,
  path: string,
): MatrixOver<Algebraic> {
  const weights = [numbersIn(written, [], field.polynomial.length - 1, path)];
  const { weights: rows, denominator, bits } = overIntegers(field, { weights, shape: [], bias: null }, meter, path);
  return { rows, denominator, bits };
}

/** With b = c·a, c the leading coefficient: Σ c_k a^k = Σ (c_k / c^k) b^k. */
function overIntegers(
  { polynomial: p }: NumberField,
  { weights, bias }: WrittenLayer,
  meter: Meter,
  path: string,
): DenseIn<Algebraic> {
  const highest = p.length - 2;
  const lead = p[p.length - 1] as bigint;
  const cells = [...weights.flat(), ...(bias ?? [])];
  const count = cells.reduce((sum, cell) => sum + cell.length, 1);
  const sizeOfLead = highest * bitLength(lead);
  let common = 1n;
  let longest = 1;
  for (const { num, den } of cells.flat()) {
    meter.charge(1, bitLength(common), bitLength(den));
    common = lcm(common, den);
    const size = integers.mostBits([num, den]);
    if (size > longest) longest = size;
    meter.hold(count, bitLength(common) + longest + sizeOfLead, path);
  }
  const bits = bitLength(common) + longest + sizeOfLead;
  meter.charge(4 * count + highest, bits, bits);
  const powers = Array.from({ length: highest + 1 }, (_, k) => lead ** BigInt(highest - k));
  const over = (cell: Coefficients): Algebraic =>
    polynomial(cell.map(({ num, den }, k) => num * (common / den) * (powers[k] as bigint)));
  const bitsOfCell = (bits + 64) * (highest + 1) + 1;
  return {
    weights: weights.map((row) => row.map(over)),
    bias: bias?.map(over) ?? null,
    denominator: common * (powers[0] as bigint),
    bits: bitsOfCell,
  };
}

/** How far from a point the rational one may be that stands for it in pictures. */
const roundedBits = 64;

/** @returns a rational point near an algebraic one: entries that are seen to be rational are kept */
export function roundedPoint({ field, parameters }: AlgebraicPoint, meter: Meter): Parameters {
  const { enclosed } = algebraicNumbers(field, meter);
  return parameters.map(({ weights, bias, denominator }): DenseValues => {
    const round = (row: readonly Algebraic[]): readonly Rational[] =>
      row.map((a) => enclosed(a, fromInteger(denominator), roundedBits).lower);
    const [rows, constants] = [weights.map(round), bias === null ? null : round(bias)];
    let common = 1n;
    let longest = 1;
    for (const { num, den } of [...rows, constants ?? []].flat()) {
      meter.charge(4, bitLength(common), bitLength(den));
      common = lcm(common, den);
      const size = integers.mostBits([num, den]);
      if (size > longest) longest = size;
    }
    const over = (row: readonly Rational[]): readonly bigint[] => row.map(({ num, den }) => num * (common / den));
    const bits = bitLength(common) + longest;
    return { weights: rows.map(over), bias: constants === null ? null : over(constants), denominator: common, bits };
  });
}

/** Checks the coefficients of a curve at a rational point. */
export function interpretCurve(
  network: Network,
  coefficients: readonly DecodedAnyPoint[],
  meter: Meter,
  path: string,
): readonly Parameters[] {
  return coefficients.map((written, k) => {
    const at = `${path}[${k}]`;
    if (isAlgebraic(written)) return reject('different-field', `${at}.field`, 'the point has no field');
    return interpretDirection(network, written, meter, at);
  });
}

/** Checks the coefficients of a curve at an algebraic point: rational ones, or in the same field. */
export function interpretAlgebraicCurve(
  network: Network,
  field: NumberField,
  coefficients: readonly DecodedAnyPoint[],
  meter: Meter,
  path: string,
): readonly ParametersIn<Algebraic>[] {
  return coefficients.map((written, k) => {
    const at = `${path}[${k}]`;
    if (!isAlgebraic(written)) return liftedTo({ fromInteger }, interpretDirection(network, written, meter, at));
    const found = interpretAlgebraicPoint(network, written, meter, at);
    const { polynomial: p, index } = found.field;
    const same = p.length === field.polynomial.length && p.every((c, j) => c === field.polynomial[j]);
    if (!same || index !== field.index) reject('different-field', `${at}.field`, "the field is not the point's");
    return found.parameters.map((values, s) => (network.stages[s]?.fixed === null ? values : stillLayer(values)));
  });
}

export function isAlgebraic(point: DecodedAnyPoint): point is DecodedAlgebraicPoint {
  return 'field' in point;
}

function stillLayer({ weights, bias }: DenseIn<Algebraic>): DenseIn<Algebraic> {
  const still = (row: readonly Algebraic[]): Algebraic[] => row.map(() => []);
  return { weights: weights.map(still), bias: bias === null ? null : still(bias), denominator: 1n, bits: 1 };
}
