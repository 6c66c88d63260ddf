/** Families θ(t) of points: every coordinate is a rational function of the parameters t, which run through a closed interval or box. */
import { nonnegativeOnBox } from '../arithmetic/bernstein.js';
import {
  commonDenominator,
  commonDenominatorOnBox,
  type OverDenominator,
  overBox,
  overInterval,
  type RationalFunction,
  strictlyMonotone,
  strictlyMonotoneOnBox,
} from '../arithmetic/families.js';
import { bitLength, gcd, lcm } from '../arithmetic/gcd.js';
import type { Matrix } from '../arithmetic/matrix.js';
import * as many from '../arithmetic/multivariate.js';
import type { Ordered } from '../arithmetic/ordered.js';
import * as one from '../arithmetic/polynomial.js';
import { add, compare, divide, multiply, type Rational, rational, shown, zero } from '../arithmetic/rational.js';
import { nonnegativeOn } from '../arithmetic/sturm.js';
import type { DecodedFamily, DecodedFunction, DecodedPoint } from '../format.js';
import { quote } from '../json.js';
import type { Meter } from '../limits.js';
import { decline, reject } from '../verdict.js';
import type { DenseOver, Evaluation, StageValues } from './evaluation.js';
import { interpretPoint, type Network } from './network.js';

/** A monomial; `exponents` has one entry per parameter. */
export interface Term {
  readonly coefficient: bigint;
  readonly exponents: readonly number[];
}

/** A quotient of polynomials with integer coefficients; the denominator is positive on the whole range. Lists of terms, unlike maps, can be frozen. */
export interface FamilyFunction {
  readonly numerator: readonly Term[];
  readonly denominator: readonly Term[];
}

export interface FamilyLayer {
  /** what stands under each first index, laid flat in C order */
  readonly weights: readonly (readonly FamilyFunction[])[];
  readonly shape: readonly number[];
  readonly bias: readonly FamilyFunction[] | null;
}

/** A closed interval with inner points. */
export interface Parameter {
  readonly name: string;
  readonly from: Rational;
  readonly to: Rational;
}

export interface Family {
  readonly parameters: readonly Parameter[];
  /** one per layer that is not frozen */
  readonly layers: readonly FamilyLayer[];
}

/** Polynomials in the parameters, and what can be decided about them on the whole range, ends included. */
export interface ParameterSpace<T> {
  readonly ring: Ordered<T>;
  readonly dimension: number;
  readonly polynomial: (terms: readonly Term[]) => T;
  /** @returns the terms of p by their exponents, the first exponent first */
  readonly terms: (p: T) => readonly Term[];
  /** @returns the same function; in several parameters only common integer factors are taken out */
  readonly inLowestTerms: (f: RationalFunction<T>) => RationalFunction<T>;
  /** @returns undefined if a denominator is not shown to be nowhere 0 */
  readonly overCommon: (fractions: readonly RationalFunction<T>[]) => OverDenominator<T> | undefined;
  /** @returns true only if p ≥ 0 on the whole range; decided for one parameter */
  readonly isNonnegative: (p: T) => boolean;
  /** @returns true only if f is strictly monotone in parameter j, the others held fixed anywhere */
  readonly isMonotone: (f: RationalFunction<T>, j: number) => boolean;
  /** @returns the derivative of p by parameter j */
  readonly derivative: (p: T, j: number) => T;
  /** @returns the number that numerator/denominator is for all parameters, or null where it varies; the denominator is not 0 */
  readonly constantQuotient: (f: RationalFunction<T>) => Rational | null;
  /** @returns the value at one point of the range */
  readonly valueAt: (p: T, at: readonly Rational[]) => Rational;
}

/** Lends the polynomials on the range: in one parameter decided by Sturm's theorem, in several shown by Bernstein coefficients. */
export function withSpace<V>(
  parameters: readonly Parameter[],
  meter: Meter,
  use: <T>(space: ParameterSpace<T>) => V,
): V {
  const [first] = parameters as readonly [Parameter];
  if (parameters.length === 1) return use(spaceOnInterval(first, meter));
  return use(onBox(parameters, meter));
}

/** The polynomials in one parameter, with their signs on its range decided by Sturm's theorem. */
export function spaceOnInterval(
  { from, to }: Pick<Parameter, 'from' | 'to'>,
  meter: Meter,
): ParameterSpace<one.Polynomial> {
  return {
    ring: overInterval(from, to, meter),
    dimension: 1,
    polynomial(terms) {
      const coefficients: bigint[] = [];
      for (const { exponents, coefficient } of terms) {
        const k = exponents[0] as number;
        while (coefficients.length <= k) coefficients.push(0n);
        coefficients[k] = (coefficients[k] as bigint) + coefficient;
      }
      return one.polynomial(coefficients);
    },
    terms: (p) => p.flatMap((coefficient, k) => (coefficient === 0n ? [] : [{ coefficient, exponents: [k] }])),
    inLowestTerms({ numerator, denominator }) {
      const common = one.commonDivisor(numerator, denominator, meter);
      return {
        numerator: one.divideExactly(numerator, common, meter),
        denominator: one.divideExactly(denominator, common, meter),
      };
    },
    overCommon: (fractions) => commonDenominator(fractions, from, to, meter),
    isNonnegative: (p) => nonnegativeOn(p, from, to, meter),
    isMonotone: (f) => strictlyMonotone(f, from, to, meter),
    derivative: (p) => one.derivative(p),
    constantQuotient({ numerator, denominator }) {
      const [lead, over] = [numerator[denominator.length - 1] ?? 0n, denominator[denominator.length - 1] as bigint];
      return one.equal(one.scale(numerator, over), one.scale(denominator, lead)) ? rational(lead, over) : null;
    },
    valueAt(p, [x]) {
      const { den } = x as Rational;
      return rational(one.numeratorAt(p, x as Rational, meter), den ** BigInt(p.length > 1 ? p.length - 1 : 0));
    },
  };
}

function onBox(bounds: readonly Parameter[], meter: Meter): ParameterSpace<many.MultiPolynomial> {
  return {
    ring: overBox(bounds, meter),
    dimension: bounds.length,
    polynomial: (terms) =>
      many.addMany(terms.map(({ exponents, coefficient }) => many.monomial(exponents, coefficient))),
    terms: (p) => [...many.terms(p)].sort((a, b) => compareExponents(a.exponents, b.exponents)),
    inLowestTerms({ numerator, denominator }) {
      let common = 0n;
      for (const p of [numerator, denominator]) {
        for (const c of p.values()) {
          meter.charge(1, bitLength(c), bitLength(c));
          common = gcd(common, c);
        }
      }
      const over = (p: many.MultiPolynomial): many.MultiPolynomial =>
        new Map([...p].map(([key, c]) => [key, c / common]));
      return { numerator: over(numerator), denominator: over(denominator) };
    },
    overCommon: (fractions) => commonDenominatorOnBox(fractions, bounds, meter),
    isNonnegative: (p) => nonnegativeOnBox(p, bounds, meter),
    isMonotone: (f, j) => strictlyMonotoneOnBox(f, j, bounds, meter),
    derivative: many.derivative,
    constantQuotient({ numerator, denominator }) {
      const [found] = [...denominator] as [[string, bigint]];
      const [key, over] = found;
      const lead = numerator.get(key) ?? 0n;
      const same = many.equal(many.scale(numerator, over), many.scale(denominator, lead));
      return same ? rational(lead, over) : null;
    },
    valueAt(p, at) {
      let value = zero;
      for (const { exponents, coefficient } of many.terms(p)) {
        let term = rational(coefficient);
        exponents.forEach((e, j) => {
          const { num, den } = at[j] as Rational;
          meter.charge(2, e * bitLength(num), e * bitLength(den));
          term = multiply(term, rational(num ** BigInt(e), den ** BigInt(e)));
        });
        value = add(value, term);
      }
      return value;
    },
  };
}

/** @returns true only if f does not depend on parameter j: its derivative is 0 identically */
export function isIndependentOf<T>(
  { ring, derivative }: ParameterSpace<T>,
  f: RationalFunction<T>,
  j: number,
): boolean {
  const { numerator: n, denominator: d } = f;
  const [rising, falling] = [ring.multiply(derivative(n, j), d), ring.multiply(n, derivative(d, j))];
  return ring.sign(ring.add(rising, ring.negate(falling))) === 0;
}

/** Checks a family against the network: its shapes, its range, and that no denominator is 0 anywhere on it. */
export function interpretFamily(network: Network, decoded: DecodedFamily, meter: Meter, path: string): Family {
  const names = new Set<string>();
  for (const [j, { name, from, to }] of decoded.parameters.entries()) {
    const at = `${path}.parameters[${j}]`;
    if (names.has(name)) reject('duplicate-name', `${at}.name`, `the name ${quote(name)} stands twice`);
    names.add(name);
    if (compare(from, to) >= 0) {
      reject('empty-range', at, `expected an interval with inner points, found from ${shown(from)} to ${shown(to)}`);
    }
  }
  const { parameters } = decoded;
  expectShapes(network, decoded, meter, path);
  return withSpace(parameters, meter, (space) => ({
    parameters,
    layers: decoded.layers.map(({ weights, bias }, l) => {
      const at = `${path}.layers[${l}]`;
      const read = (f: DecodedFunction, where: string): FamilyFunction => interpretFunction(space, f, meter, where);
      return {
        weights: weights.rows.map((row, u) => row.map((f, j) => read(f, `${at}.weights[${u}][${j}]`))),
        shape: weights.shape,
        bias: bias?.map((f, u) => read(f, `${at}.bias[${u}]`)) ?? null,
      };
    }),
  }));
}

/** A point of zeros has the shape that the family must have. */
function expectShapes(network: Network, { layers }: DecodedFamily, meter: Meter, path: string): void {
  const zeros = layers.map(({ weights, bias }) => ({
    weights: { rows: weights.rows.map((row) => row.map(() => 0n)), denominator: 1n, bits: 1, shape: weights.shape },
    ...(bias === undefined ? {} : { bias: { values: bias.map(() => 0n), denominator: 1n, bits: 1 } }),
  }));
  interpretPoint(network, { layers: zeros }, meter, path);
}

/** To integer coefficients in lowest terms (in several parameters: up to common factors that are no integers), the denominator positive. */
export function interpretFunction<T>(
  space: ParameterSpace<T>,
  f: DecodedFunction,
  meter: Meter,
  path: string,
): FamilyFunction {
  const { dimension } = space;
  const origin = new Array<number>(dimension).fill(0);
  const unit: readonly Term[] = [{ coefficient: 1n, exponents: origin }];
  if (f.form === 'constant') {
    const { num, den } = f.value;
    return {
      numerator: num === 0n ? [] : [{ coefficient: num, exponents: origin }],
      denominator: [{ coefficient: den, exponents: origin }],
    };
  }
  if ((f.form === 'coefficients') !== (dimension === 1)) {
    const wanted =
      dimension === 1 ? 'lists of coefficients for one parameter' : 'lists of terms for several parameters';
    reject('wrong-type', path, `expected ${wanted}`);
  }
  const numerator = overIntegers(f.numerator, dimension, meter, `${path}.numerator`);
  const denominator =
    f.denominator === null
      ? { terms: unit, over: 1n }
      : overIntegers(f.denominator, dimension, meter, `${path}.denominator`);
  const bits = bitLength(numerator.over) + bitLength(denominator.over) + 64;
  meter.charge(numerator.terms.length + denominator.terms.length, bits, bits);
  const n = space.polynomial(numerator.terms.map((term) => scaled(term, denominator.over)));
  const d = space.polynomial(denominator.terms.map((term) => scaled(term, numerator.over)));
  const sign = space.ring.sign(d);
  if (sign !== 1 && sign !== -1) {
    reject(
      'vanishing-denominator',
      `${path}.denominator`,
      'it is not shown to be nowhere 0 on the range, ends included',
    );
  }
  const { numerator: top, denominator: bottom } = space.inLowestTerms({ numerator: n, denominator: d });
  // The factor taken out may have been negative on the range.
  const over = space.ring.sign(bottom) === -1 ? -1n : 1n;
  return {
    numerator: space.terms(top).map((term) => scaled(term, over)),
    denominator: space.terms(bottom).map((term) => scaled(term, over)),
  };
}

const scaled = ({ coefficient, exponents }: Term, n: bigint): Term => ({ coefficient: coefficient * n, exponents });

/** Terms with the same exponents are added up by `polynomial`. */
function overIntegers(
  written: readonly { readonly coefficient: Rational; readonly exponents: readonly number[] }[],
  dimension: number,
  meter: Meter,
  path: string,
): { readonly terms: readonly Term[]; readonly over: bigint } {
  let over = 1n;
  for (const [i, { coefficient, exponents }] of written.entries()) {
    if (exponents.length !== dimension) {
      reject('wrong-shape', `${path}[${i}].exponents`, `expected ${dimension} entries, found ${exponents.length}`);
    }
    if (!(exponents.reduce((sum, e) => sum + e, 0) <= meter.limits.degree)) {
      decline('limit-degree', `${path}[${i}]`, `expected a degree of at most ${meter.limits.degree}`);
    }
    meter.charge(1, bitLength(over), bitLength(coefficient.den));
    meter.hold(written.length, bitLength(over), path);
    over = lcm(over, coefficient.den);
  }
  return {
    terms: written.map(({ coefficient: { num, den }, exponents }) => ({ coefficient: num * (over / den), exponents })),
    over,
  };
}

function compareExponents(a: readonly number[], b: readonly number[]): number {
  const j = a.findIndex((e, i) => e !== b[i]);
  return j < 0 ? 0 : (a[j] as number) - (b[j] as number);
}

/** The family as numerators over one denominator a layer, positive on the whole range. */
export function familyOver<T>(
  { ring, polynomial, overCommon }: ParameterSpace<T>,
  { stages }: Network,
  { layers }: Family,
): readonly DenseOver<T>[] {
  return stages.map(({ fixed, entry }): DenseOver<T> => {
    if (fixed !== null) {
      return {
        weights: fixed.weights.map((row) => row.map(ring.fromInteger)),
        bias: fixed.bias?.map(ring.fromInteger) ?? null,
        denominator: ring.fromInteger(fixed.denominator),
      };
    }
    const { weights, bias } = layers[entry as number] as FamilyLayer;
    const cells = [...weights.flat(), ...(bias ?? [])].map((f) => ({
      numerator: polynomial(f.numerator),
      denominator: polynomial(f.denominator),
    }));
    const over = overCommon(cells);
    // Each denominator is positive on the range, and their products are.
    if (over === undefined) {
      return decline(
        'unsupported-combination',
        '$.statement.family',
        'the sign of a common denominator is not found out',
      );
    }
    const { numerators, denominator } = over;
    let at = 0;
    return {
      weights: weights.map((row) => row.map(() => numerators[at++] as T)),
      bias: bias?.map(() => numerators[at++] as T) ?? null,
      denominator,
    };
  });
}

/** @returns the parameters in the middle of the range */
export function middleOfRange({ parameters }: Family): readonly Rational[] {
  const two = rational(2n);
  return parameters.map(({ from, to }) => divide(add(from, to), two));
}

/** @returns the member at some parameters in the range, as a point of the format */
export function memberAt({ parameters, layers }: Family, at: readonly Rational[], meter: Meter): DecodedPoint {
  return withSpace(parameters, meter, (space) => {
    const value = ({ numerator, denominator }: FamilyFunction): Rational =>
      divide(space.valueAt(space.polynomial(numerator), at), space.valueAt(space.polynomial(denominator), at));
    return {
      layers: layers.map(({ weights, shape, bias }) => {
        const tensor = {
          ...overInteger(
            weights.map((row) => row.map(value)),
            meter,
          ),
          shape,
        };
        if (bias === null) return { weights: tensor };
        const { rows, denominator, bits } = overInteger([bias.map(value)], meter);
        return { weights: tensor, bias: { values: rows[0] as readonly bigint[], denominator, bits } };
      }),
    };
  });
}

function overInteger(values: readonly (readonly Rational[])[], meter: Meter): Matrix {
  const cells = values.flat();
  let common = 1n;
  for (const { den } of cells) {
    meter.charge(1, bitLength(common), bitLength(den));
    meter.hold(cells.length, bitLength(common), '$.statement.family');
    common = lcm(common, den);
  }
  const rows = values.map((row) => row.map(({ num, den }) => num * (common / den)));
  const bits = bitLength(common) + cells.reduce((most, { num }) => (bitLength(num) > most ? bitLength(num) : most), 1);
  return { rows, denominator: common, bits };
}

/**
 * Where every prediction is one number for all parameters, writes it as that number: what is the same function of t over t may be divided.
 *
 * @returns null where a prediction varies
 */
export function withConstantPredictions<T>(
  { ring, constantQuotient }: ParameterSpace<T>,
  evaluation: Evaluation<T>,
): Evaluation<T> | null {
  const last = evaluation.stages[evaluation.stages.length - 1] as StageValues<T>;
  const values: Rational[][] = [];
  for (const row of last.preactivations) {
    const found: Rational[] = [];
    for (const numerator of row) {
      const value = constantQuotient({ numerator, denominator: last.denominator });
      if (value === null) return null;
      found.push(value);
    }
    values.push(found);
  }
  const common = values.flat().reduce((product, { den }) => lcm(product, den), 1n);
  const preactivations = values.map((row) => row.map(({ num, den }) => ring.fromInteger(num * (common / den))));
  const denominator = ring.fromInteger(common);
  const bits = ring.mostBits([...preactivations.flat(), denominator]);
  const constant: StageValues<T> = { ...last, preactivations, denominator, bits };
  return { ...evaluation, stages: [...evaluation.stages.slice(0, -1), constant] };
}
