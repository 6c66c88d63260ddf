import { quoted } from '../formats/quoted.js';
import { type Fields, quantity } from '../formats/write.js';
import {
  add,
  compare,
  divide,
  formatRational,
  multiply,
  negate,
  one,
  type Rational,
  rational,
  subtract,
  zero,
} from '../kernel/arithmetic/rational.js';
import { floorRoot } from '../kernel/arithmetic/roots.js';
import { readCount } from './affine-target.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { proveBuilt } from './prove-built.js';
import { fails, parseQuantity, unknownSetting } from './training-problem.js';

const interval = { name: 'interval', text: 'a < b' } as const;
const positive = { name: 'delta', text: 'δ > 0' } as const;
const units = { name: 'units', text: 'there are H ≥ 2 hidden units' } as const;
const inside = {
  name: 'kinks',
  text: 'from < to are strictly between 1/2 and 2 (target=two-units), between 1/3 and 1 (target=one-unit)',
} as const;

export const ibragimovJentzenKroegerRiekert2022: Construction = {
  id: 'ibragimov-jentzen-kroeger-riekert-2022-theorem-1-1',
  title:
    'A Lipschitz target on an interval for which uncountably many different realizations are spurious local minima, each worse than another point by more than δ',
  source:
    "Shokhrukh Ibragimov, Arnulf Jentzen, Timo Kröger, Adrian Riekert: On the existence of infinitely many realization functions of non-global local minima in the training of artificial neural networks with ReLU activation, 2022, arXiv:2202.11481, Theorem 1.1 (the target and its minima are others than the paper's)",
  bibtex:
    '@article{ibragimov2022existence, title={On the existence of infinitely many realization functions of non-global local minima in the training of artificial neural networks with {ReLU} activation}, author={Ibragimov, Shokhrukh and Jentzen, Arnulf and Kr{\\"o}ger, Timo and Riekert, Adrian}, journal={arXiv preprint arXiv:2202.11481}, year={2022}}',
  hypotheses: [interval, positive, units, inside],
  settings: [
    { name: 'a', type: 'quantity', default: '0', text: 'the lower end of the interval' },
    { name: 'b', type: 'quantity', default: '1', text: 'the upper end' },
    {
      name: 'delta',
      type: 'quantity',
      default: '1',
      text: 'every minimum is worse than the better point by more than δ',
    },
    { name: 'H', type: 'integer', default: '2', text: 'the number of hidden units' },
    {
      name: 'target',
      type: 'choice',
      default: 'two-units',
      text: 'two-units: the minima have an affine unit and one with a kink; one-unit: one unit with a kink, and inactive ones',
    },
    { name: 'from', type: 'quantity', default: '', text: 'the first parameter u of the family (default: 5/9, or 2/5)' },
    { name: 'to', type: 'quantity', default: '', text: 'the last one (default: 9/5, or 9/10)' },
  ],
  build: async (input) => build(input),
};

type Stopped = Exclude<Built, { kind: 'built' }>;

/** c₀ + c₁u + … */
type Coefficients = readonly Rational[];
/** without a denominator: over 1 */
type Entry = Rational | { readonly numerator: Coefficients; readonly denominator?: Coefficients };

/** A target on [a, b], a family of minima and a better point, all of them linear in t but for what bends. */
interface Instance {
  /** R(θ(u)) − R(θ°) for t = 1, λ = 1 and b − a = 1 */
  readonly gap: Rational;
  /** the open range of u in which the family may be */
  readonly range: readonly [Rational, Rational];
  /** where it is if nothing is said */
  readonly usual: readonly [Rational, Rational];
  readonly make: (place: Place, from: Rational, to: Rational) => Made;
}

interface Place {
  readonly a: Rational;
  readonly b: Rational;
  /** the factor of the target */
  readonly t: Rational;
}

interface Unit<E> {
  readonly w: Rational;
  readonly b: E;
  readonly v: E;
}

interface Made {
  readonly breakpoints: readonly Rational[];
  readonly pieces: readonly Fields[];
  readonly family: { readonly units: readonly Unit<Entry>[]; readonly c: Entry };
  readonly better: { readonly units: readonly Unit<Rational>[]; readonly c: Rational };
  /** which unit's kink moves */
  readonly moving: number;
}

const n = (num: number, den = 1): Rational => rational(BigInt(num), BigInt(den));
const times = (factor: Rational, coefficients: Coefficients): Coefficients =>
  coefficients.map((c) => multiply(factor, c));
const numbers = (...list: readonly number[]): Coefficients => list.map((k) => n(k));

/** proofs/sources.md 2, by s = 1/(1 + u²): Q(s) = (s(1 − s))^(3/2) = u³/(1 + u²)³. */
const twoUnits: Instance = {
  gap: n(243, 175),
  range: [n(1, 2), n(2)],
  usual: [n(5, 9), n(9, 5)],
  make({ a, b, t }, from, to) {
    const length = subtract(b, a);
    const at = (share: Rational): Rational => add(a, multiply(share, length));
    const end = [n(63, 8), n(-393, 4), n(1125, 4)] as const;
    const X = { numerator: [b, zero, a], denominator: numbers(1, 0, 1) };
    const scale = divide(t, length);
    const height = divide(multiply(n(240, 7), t), length);
    return {
      breakpoints: [at(n(1, 5)), at(n(4, 5))],
      pieces: [
        polynomialPiece(end, t, a, length),
        parametrized(from, to, X, {
          numerator: times(multiply(t, multiply(length, length)), numbers(0, 0, 0, 1)),
          denominator: numbers(1, 0, 3, 0, 3, 0, 1),
        }),
        polynomialPiece(end, t, b, negate(length)),
      ],
      family: {
        units: [
          { w: one, b: subtract(one, a), v: only(times(scale, numbers(0, -9, 0, -3))) },
          {
            w: one,
            b: { ...X, numerator: X.numerator.map(negate) },
            v: { numerator: times(scale, numbers(3, 0, 9, 0, 9, 0, 3)), denominator: numbers(0, 0, 0, 1) },
          },
        ],
        // 3tu at a, where the active unit is 1
        c: only([zero, add(multiply(n(3), t), multiply(n(9), scale)), zero, multiply(n(3), scale)]),
      },
      better: {
        units: [
          { w: n(-1), b: at(n(1, 5)), v: height },
          { w: one, b: negate(at(n(4, 5))), v: height },
        ],
        c: multiply(n(-48, 35), t),
      },
      moving: 1,
    };
  },
};

/** theory.md 5c, second instance, by s = (1 − u²)/(1 + 3u²). */
const oneUnit: Instance = {
  gap: n(3, 2),
  range: [n(1, 3), one],
  usual: [n(2, 5), n(9, 10)],
  make({ a, b, t }, from, to) {
    const length = subtract(b, a);
    const joint = add(a, multiply(n(2, 3), length));
    const X = {
      numerator: [b, zero, subtract(multiply(n(3), a), length)],
      denominator: numbers(1, 0, 3),
    };
    const scale = divide(t, length);
    return {
      breakpoints: [joint],
      pieces: [
        parametrized(from, to, X, {
          numerator: times(multiply(t, multiply(length, length)), numbers(-1, 0, -6, 16, -9)),
          denominator: numbers(1, 0, 6, 0, 9),
        }),
        polynomialPiece([n(218, 3), n(-204), n(144)], t, a, length),
      ],
      family: {
        units: [
          {
            w: one,
            b: { ...X, numerator: X.numerator.map(negate) },
            v: { numerator: times(divide(scale, n(4)), numbers(3, 0, 18, 0, 27)), denominator: numbers(0, 0, 0, 1) },
          },
          idle,
        ],
        c: only([zero, multiply(n(-6), t)]),
      },
      better: {
        units: [
          { w: one, b: subtract(one, a), v: multiply(n(27, 4), scale) },
          { w: one, b: negate(joint), v: multiply(n(81, 4), scale) },
        ],
        c: subtract(multiply(n(-9, 2), t), multiply(n(27, 4), scale)),
      },
      moving: 0,
    };
  },
};

const idle = { w: zero, b: n(-1), v: zero } as const;
const only = (numerator: Coefficients): Entry => ({ numerator });

/** t·p((x − e)/d), a polynomial of degree 2 */
function polynomialPiece(p: readonly [Rational, Rational, Rational], t: Rational, e: Rational, d: Rational): Fields {
  const [constant, linear, square] = p.map((c) => multiply(c, t)) as [Rational, Rational, Rational];
  const [l, q] = [divide(linear, d), divide(square, multiply(d, d))];
  return {
    polynomial: [
      add(subtract(constant, multiply(l, e)), multiply(q, multiply(e, e))),
      subtract(l, multiply(n(2), multiply(q, e))),
      q,
    ].map(quantity),
  };
}

function parametrized(from: Rational, to: Rational, x: Entry, doubleIntegral: Entry): Fields {
  return {
    parametrized: { from: quantity(from), to: quantity(to), x: cell(x), doubleIntegral: cell(doubleIntegral) },
  };
}

function cell(entry: Entry): string | Fields {
  if ('num' in entry) return quantity(entry);
  const { numerator, denominator } = entry;
  return { numerator: written(numerator), ...(denominator === undefined ? {} : { denominator: written(denominator) }) };
}

/** Without zeros at the end, which depend on a and b. */
function written(coefficients: Coefficients): readonly string[] {
  return coefficients.slice(0, coefficients.findLastIndex(({ num }) => num !== 0n) + 1).map(quantity);
}

function build(input: ConstructionInput): Built {
  const construction = ibragimovJentzenKroegerRiekert2022;
  const unknown = unknownSetting(input, construction.settings);
  if (unknown !== null) return { kind: 'usage', message: unknown };
  if (input.box !== undefined || input.inputs.length > 0) {
    return { kind: 'usage', message: `${construction.id} brings its own target: a, b and delta are settings` };
  }
  if (input.hidden !== null) return { kind: 'usage', message: 'the width is the setting "H"' };
  if (input.loss['function'] !== 'squared') return { kind: 'usage', message: 'the theorem is about the squared loss' };
  if (input.activation['function'] !== 'relu') return { kind: 'usage', message: 'the theorem is about relu' };
  const name = input.settings['target'] ?? 'two-units';
  if (name !== 'two-units' && name !== 'one-unit') {
    return { kind: 'usage', message: 'the setting "target" must be two-units or one-unit' };
  }
  const instance = name === 'two-units' ? twoUnits : oneUnit;
  const [first, last] = instance.usual;
  const read = readQuantities(input, { a: zero, b: one, delta: one, from: first, to: last });
  if ('kind' in read) return read;
  const { a, b, delta, from, to } = read;
  const shown = formatRational;
  if (compare(a, b) >= 0) return fails(interval, `found a = ${shown(a)} and b = ${shown(b)}`);
  if (delta.num <= 0n) return fails(positive, `found ${shown(delta)}`);
  const H = readCount(input, 'H', 2);
  if (typeof H === 'object') return H;
  if (H < 2) return fails(units, 'found 1');
  const [least, most] = instance.range;
  if (compare(least, from) >= 0 || compare(from, to) >= 0 || compare(to, most) >= 0) {
    return fails(inside, `found from ${shown(from)} to ${shown(to)}`);
  }
  const factor = parseQuantity(String(input.loss['factor'] ?? '1')) ?? one;
  // The gap is gap·λ·(b − a)·t², and t the least integer with which it is above δ.
  const unit = multiply(instance.gap, multiply(factor, subtract(b, a)));
  const { num, den } = divide(delta, unit);
  const t = rational(floorRoot(num / den, 2n) + 1n);
  const made = instance.make({ a, b, t }, least, most);
  const layers = [
    { type: 'dense', units: H },
    { type: 'activation', function: 'relu' },
    { type: 'dense', units: 1 },
  ];
  const statement = {
    kind: 'spurious-family',
    problem: {
      network: { input: [1], layers },
      loss: input.loss,
      data: {
        type: 'box',
        lower: [quantity(a)],
        upper: [quantity(b)],
        targets: [{ breakpoints: made.breakpoints.map(quantity), pieces: made.pieces }],
      },
    },
    family: {
      parameters: [{ name: 'u', from: quantity(from), to: quantity(to) }],
      layers: layersOf(made.family, H),
    },
    betterPoint: { layers: layersOf(made.better, H) },
    gap: quantity(multiply(unit, multiply(t, t))),
    realizations: 'distinct',
  };
  const proof = {
    localMinimum: { rule: 'profile-family', parameter: 'u' },
    lowerRisk: { rule: 'lower-risk' },
    injective: { rule: 'strictly-monotone', coordinates: [{ layer: 0, bias: made.moving }] },
  };
  const notes = [`the target is ${shown(t)} times that of proofs/sources.md 2, carried to [${shown(a)}, ${shown(b)}]`];
  return proveBuilt(construction, statement, proof, name === 'two-units' ? notes : []);
}

function layersOf(
  { units, c }: { readonly units: readonly Unit<Entry>[]; readonly c: Entry },
  H: number,
): readonly Fields[] {
  const all = [...units, ...Array.from({ length: H - units.length }, () => idle)];
  return [
    { weights: all.map(({ w }) => [quantity(w)]), bias: all.map(({ b }) => cell(b)) },
    { weights: [all.map(({ v }) => cell(v))], bias: [cell(c)] },
  ];
}

/** @returns the settings by name, or what is wrong with the first that is no number */
function readQuantities<K extends string>(
  { settings }: ConstructionInput,
  usual: Readonly<Record<K, Rational>>,
): Readonly<Record<K, Rational>> | Stopped {
  const read: Record<K, Rational> = { ...usual };
  for (const name of Object.keys(usual) as K[]) {
    const text = settings[name];
    if (text === undefined || text === '') continue;
    const value = parseQuantity(text);
    if (value === null) {
      return { kind: 'usage', message: `the setting ${quoted(name)} must be a number, found ${quoted(text)}` };
    }
    read[name] = value;
  }
  return read;
}
