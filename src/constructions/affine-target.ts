/** Cheridito, Jentzen and Rossmannek: one hidden layer on an interval [a, b], the true squared loss, the target α x + β. */

import { quoted } from '../formats/quoted.js';
import {
  type Certificate,
  type Fields,
  pointInFieldJson,
  pointJson,
  problemJson,
  quantity,
  writeFile,
} from '../formats/write.js';
import type { Algebraic, AlgebraicNumbers, Fraction } from '../kernel/arithmetic/algebraic.js';
import { bitLength, lcm } from '../kernel/arithmetic/gcd.js';
import {
  add,
  compare,
  divide,
  multiply,
  one,
  type Rational,
  rational,
  subtract,
} from '../kernel/arithmetic/rational.js';
import { readProblem } from '../kernel/check.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { pointOnInterval } from '../kernel/model/interval-point.js';
import type { DenseIn, Parameters } from '../kernel/model/network.js';
import type { BoxProblem } from '../kernel/statement.js';
import { findCurveAt, findCurveOnInterval } from '../provers/curves-on-interval.js';
import { denseOf } from '../provers/dense-of.js';
import type { Built, Construction, ConstructionInput, Setting } from './construction.js';
import { type Named, proveBuilt } from './prove-built.js';
import { coefficientsOf } from './square-roots.js';
import { commonDenominator, fails, numerators, parseQuantity, unknownSetting } from './training-problem.js';

export type Stopped = Exclude<Built, { kind: 'built' }>;

/** v h(w x + b) */
export interface Unit {
  readonly w: Rational;
  readonly b: Rational;
  readonly v: Rational;
}

/** The target α x + β on [a, b], α ≠ 0. */
export interface AffineTarget {
  readonly a: Rational;
  readonly b: Rational;
  readonly alpha: Rational;
  readonly beta: Rational;
}

/** c + Σ v_j h(w_j x + b_j) */
export interface Realized {
  readonly units: readonly Unit[];
  readonly c: Rational;
}

/** The same with numbers of a field, whose polynomial has the leading coefficient 1. */
export interface RealizedInField {
  readonly numbers: AlgebraicNumbers;
  readonly units: readonly { readonly w: Fraction; readonly b: Fraction; readonly v: Fraction }[];
  readonly c: Fraction;
}

/** @returns the realization with rational numbers, or null where the field has others */
export function asRational({ numbers, units, c }: RealizedInField): Realized | null {
  if (numbers.field.polynomial.length > 2) return null;
  const plain = (a: Fraction): Rational => coefficientsOf(a)[0] as Rational;
  return { units: units.map(({ w, b, v }) => ({ w: plain(w), b: plain(b), v: plain(v) })), c: plain(c) };
}

export const notConstant = {
  name: 'target not constant',
  text: 'the target α x + β has α ≠ 0',
} as const;
export const enoughUnits = {
  name: 'enough units',
  text: 'there are as many units as the realization needs',
} as const;
export const unitTypes = {
  name: 'unit types',
  text: 'every unit is of a type that the list of critical points has beside this realization',
} as const;

export const targetSettings: readonly Setting[] = [
  { name: 'a', type: 'quantity', default: '0', text: 'the lower end of the interval' },
  { name: 'b', type: 'quantity', default: '1', text: 'the upper end' },
  { name: 'alpha', type: 'quantity', default: '1', text: 'the slope of the target α x + β' },
  { name: 'beta', type: 'quantity', default: '0', text: 'its value at 0' },
];

/** @returns what the settings say, or what is wrong with them or with the other options */
export function readTarget(input: ConstructionInput, { settings, id }: Construction): AffineTarget | Stopped {
  const unknown = unknownSetting(input, settings);
  if (unknown !== null) return { kind: 'usage', message: unknown };
  if (input.box !== undefined || input.inputs.length > 0) {
    return { kind: 'usage', message: `${id} brings its own data: a, b, alpha and beta are settings` };
  }
  if (input.hidden !== null) return { kind: 'usage', message: 'the width is the setting "N"' };
  if (input.loss['function'] !== 'squared') return { kind: 'usage', message: 'the theorem is about the squared loss' };
  const values = targetSettings.map(({ name, default: otherwise }) => {
    const text = input.settings[name] ?? otherwise;
    return { name, text, value: parseQuantity(text) };
  });
  const wrong = values.find(({ value }) => value === null);
  if (wrong !== undefined) {
    return {
      kind: 'usage',
      message: `the setting ${quoted(wrong.name)} must be a number, found ${quoted(wrong.text)}`,
    };
  }
  const [a, b, alpha, beta] = values.map(({ value }) => value) as [Rational, Rational, Rational, Rational];
  if (compare(a, b) >= 0) return { kind: 'usage', message: 'the setting "a" must be less than "b"' };
  if (alpha.num === 0n) return fails(notConstant, 'alpha is 0');
  return { a, b, alpha, beta };
}

/** @returns the setting as a count from 1 to 1000, or a message */
export function readCount({ settings }: ConstructionInput, name: string, otherwise: number): number | Stopped {
  const text = settings[name];
  if (text === undefined) return otherwise;
  const count = Number(text);
  if (/^[1-9][0-9]{0,3}$/.test(text) && count <= 1000) return count;
  return {
    kind: 'usage',
    message: `the setting ${quoted(name)} must be an integer from 1 to 1000, found ${quoted(text)}`,
  };
}

/**
 * Unit types from the setting `types`, a list between commas; units beyond the list are of the last type in it.
 *
 * @param known  the types of the list of critical points
 */
export function readTypes<T extends string>(
  { settings }: ConstructionInput,
  known: readonly T[],
  otherwise: T,
  count: number | null,
): readonly T[] | Stopped {
  const text = settings['types'];
  const given = text === undefined || text === '' ? [] : text.split(',').map((name) => name.trim());
  const types: T[] = [];
  for (const name of given) {
    const type = known.find((candidate) => candidate === name);
    if (type === undefined) {
      return fails(unitTypes, `found ${quoted(name)}; beside this realization are ${known.map(quoted).join(', ')}`);
    }
    types.push(type);
  }
  if (count === null) return types.length === 0 ? [otherwise] : types;
  if (types.length > count)
    return fails(enoughUnits, `${types.length} types for ${count} unit${count === 1 ? '' : 's'}`);
  const last = types.at(-1) ?? otherwise;
  return Array.from({ length: count }, (_, j) => types[j] ?? last);
}

export function middleOf({ a, b }: AffineTarget): Rational {
  return divide(add(a, b), rational(2n));
}

export function lengthOf({ a, b }: AffineTarget): Rational {
  return subtract(b, a);
}

/** α m + β, m the middle of the interval: the value of every critical point without kinks */
export function centerOf(target: AffineTarget): Rational {
  return add(multiply(target.alpha, middleOf(target)), target.beta);
}

/** α (x + 1 − a) + β − α (1 − a), with one unit that is positive on the whole interval, where relu and leaky relu are the identity. */
export function theTarget(target: AffineTarget, beside: readonly Unit[]): Realized {
  const { a, alpha, beta } = target;
  const shift = subtract(one, a);
  return { units: [{ w: one, b: shift, v: alpha }, ...beside], c: subtract(beta, multiply(alpha, shift)) };
}

/** What is claimed of a point, with the rule for a minimum where it is one. */
export type Claimed =
  | { readonly kind: 'global-minimum' }
  | { readonly kind: 'spurious-local-minimum'; readonly better: Realized }
  | { readonly kind: 'saddle' };

/**
 * Writes the certificate, and has the kernel prove it from the text.
 *
 * @param activation  the layer, as the format writes it
 * @throws Error if the kernel rejects it
 */
export function proveRealized(
  input: ConstructionInput,
  construction: Named,
  activation: Fields,
  target: AffineTarget,
  realized: Realized,
  claimed: Claimed,
): Built {
  const posed = poseTarget(input, activation, target, realized.units.length);
  const { network } = posed;
  const theta = parametersOf(realized);
  const statement = (kind: Fields, rest: Fields = {}): Fields => ({
    ...kind,
    problem: problemJson(posed),
    point: pointJson(network, theta),
    ...rest,
  });
  let certificate: Certificate;
  switch (claimed.kind) {
    case 'global-minimum':
      certificate = {
        statement: statement({ kind: claimed.kind }),
        proof: { globalMinimum: { rule: 'zero-loss' } },
      };
      break;
    case 'spurious-local-minimum':
      certificate = {
        statement: statement({ kind: claimed.kind }, { betterPoint: pointJson(network, parametersOf(claimed.better)) }),
        proof: { localMinimum: { rule: 'neuron-dominance-1d' }, lowerRisk: { rule: 'lower-risk' } },
      };
      break;
    case 'saddle': {
      const [descent, ascent] = (['descent', 'ascent'] as const).map((slope) =>
        findCurveOnInterval(posed, { parameters: theta, algebraic: null }, slope),
      );
      if (!descent || !ascent) {
        return { kind: 'gave-up', message: 'no curves along which the risk falls and rises were found' };
      }
      certificate = {
        statement: statement({ kind: claimed.kind }),
        proof: { critical: { rule: 'zero-gradient' }, descent, ascent },
      };
    }
  }
  return proveBuilt(construction, certificate.statement, certificate.proof, []);
}

/** The same for a saddle with irrational numbers: curves along which the risk falls and rises are sought at the point itself. */
export function proveSaddleInField(
  input: ConstructionInput,
  construction: Named,
  activation: Fields,
  target: AffineTarget,
  { numbers, units, c }: RealizedInField,
): Built {
  const problem = poseTarget(input, activation, target, units.length);
  const layers = [
    { weights: units.map(({ w }) => [w]), bias: units.map(({ b }) => b) },
    { weights: [units.map(({ v }) => v)], bias: [c] },
  ];
  const theta = layers.map(({ weights, bias }): DenseIn<Algebraic> => {
    const over = [...weights.flat(), ...bias].reduce((common, { denominator }) => lcm(common, denominator), 1n);
    const numerator = (a: Fraction): Algebraic => numbers.scale(a.numerator, over / a.denominator);
    const [rows, constants] = [weights.map((row) => row.map(numerator)), bias.map(numerator)];
    const bits = [...rows.flat(), ...constants].reduce((sum, a) => sum + numbers.bits(a), bitLength(over));
    return { weights: rows, bias: constants, denominator: over, bits };
  });
  const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
  const at = pointOnInterval(problem, numbers, theta, meter, '$');
  const [descent, ascent] = (['descent', 'ascent'] as const).map((slope) => findCurveAt(at, slope));
  if (!descent || !ascent) {
    return { kind: 'gave-up', message: 'no curves along which the risk falls and rises were found' };
  }
  const point = pointInFieldJson(
    numbers.field,
    layers.map(({ weights, bias }) => ({
      weights: weights.map((row) => row.map(coefficientsOf)),
      bias: bias.map(coefficientsOf),
    })),
  );
  const statement = { kind: 'saddle', problem: problemJson(problem), point };
  return proveBuilt(construction, statement, { critical: { rule: 'zero-gradient' }, descent, ascent }, []);
}

function poseTarget({ loss }: ConstructionInput, activation: Fields, target: AffineTarget, units: number): BoxProblem {
  const { a, b, alpha, beta } = target;
  const terms = [
    ...(beta.num === 0n ? [] : [{ coefficient: quantity(beta), exponents: [0] }]),
    { coefficient: quantity(alpha), exponents: [1] },
  ];
  const layers = [
    { type: 'dense', units },
    { type: 'activation', ...activation },
    { type: 'dense', units: 1 },
  ];
  const read = readProblem(
    writeFile({
      format: 'cairn-problem',
      version: 1,
      network: { input: [1], layers },
      loss,
      data: { type: 'box', lower: [quantity(a)], upper: [quantity(b)], targets: [{ terms }] },
    }),
  );
  if (read.kind !== 'read' || read.value.type !== 'box') throw new Error('Cannot pose an affine target: it is refused');
  return read.value;
}

function parametersOf({ units, c }: Realized): Parameters {
  const rows = units.map(({ w, b }) => [w, b]);
  const over = rows.reduce((common, row) => commonDenominator(row, common), 1n);
  const hidden = rows.map((row) => numerators(row, over) as [bigint, bigint]);
  const outgoing = units.map(({ v }) => v);
  const common = commonDenominator([...outgoing, c]);
  return [
    denseOf(
      hidden.map(([w]) => [w]),
      hidden.map(([, b]) => b),
      over,
    ),
    denseOf([numerators(outgoing, common)], numerators([c], common), common),
  ];
}
