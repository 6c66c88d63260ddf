import {
  add,
  compare,
  divide,
  multiply,
  negate,
  one,
  type Rational,
  rational,
  subtract,
  zero,
} from '../kernel/arithmetic/rational.js';
import {
  type AffineTarget,
  centerOf,
  enoughUnits,
  lengthOf,
  notConstant,
  proveRealized,
  type Realized,
  readCount,
  readTarget,
  readTypes,
  targetSettings,
  theTarget,
  type Unit,
  unitTypes,
} from './affine-target.js';
import { cheriditoJentzenRossmannek2022Relu } from './cheridito-jentzen-rossmannek-2022-relu.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { shown } from './figures.js';
import { fails, parseQuantity } from './training-problem.js';

/** All have w = v = 0; the unit is on the side of slope 1, on the other one, or on the breakpoint. */
const known = ['flat-above', 'flat-below', 'degenerate-flat'] as const;
type UnitType = (typeof known)[number];

const rationalSpacing = {
  name: 'rational spacing',
  text: 'the kinks are at rational places: the square roots of the slope g and of 1 + g that the spacing needs are rational (kind=kinks)',
} as const;
const bends = {
  name: 'slope of the activation',
  text: 'the slope g on the negative side is positive and not 1',
} as const;

export const cheriditoJentzenRossmannek2022LeakyRelu: Construction = {
  id: 'cheridito-jentzen-rossmannek-2022-leaky-relu',
  title: 'Critical points of leaky relu networks for an affine target on an interval: saddles, constant or with kinks',
  source: cheriditoJentzenRossmannek2022Relu.source,
  bibtex: cheriditoJentzenRossmannek2022Relu.bibtex,
  hypotheses: [notConstant, enoughUnits, unitTypes, bends, rationalSpacing],
  settings: [
    ...targetSettings,
    { name: 'slope', type: 'quantity', default: '1/4', text: 'the slope g of the activation on the negative side' },
    {
      name: 'kind',
      type: 'choice',
      default: 'constant',
      text: 'constant: the best constant, a saddle; kinks: a saddle with kinks; global: the target itself',
    },
    { name: 'n', type: 'integer', default: '1', text: 'the number of kinks, one a unit (kind=kinks)' },
    {
      name: 'first',
      type: 'choice',
      default: 'positive',
      text: 'sign of the weight of the unit whose kink is the first: positive or negative (kind=kinks)',
    },
    { name: 'N', type: 'integer', default: '', text: 'the number of hidden units, for the other kinds' },
    {
      name: 'types',
      type: 'choice',
      default: 'flat-above',
      text: `types of the units between commas, the last one repeated: ${known.join(', ')} (kind=constant)`,
    },
  ],
  build: async (input) => build(input),
};

function build(input: ConstructionInput): Built {
  const construction = cheriditoJentzenRossmannek2022LeakyRelu;
  // The command line says relu where nothing was said.
  if (!['relu', 'leaky-relu'].includes(input.activation['function'] as string) || 'slope' in input.activation) {
    return { kind: 'usage', message: 'the activation is leaky relu; its slope is the setting "slope"' };
  }
  const target = readTarget(input, construction);
  if ('kind' in target) return target;
  const text = input.settings['slope'] ?? '1/4';
  const g = parseQuantity(text);
  if (g === null) return { kind: 'usage', message: `the setting "slope" must be a number, found "${text}"` };
  if (g.num <= 0n || compare(g, one) === 0) return fails(bends, `it is ${shown(g)}`);
  const activation = { function: 'leaky-relu', slope: `${g.num}/${g.den}` };
  const N = input.settings['N'] === undefined ? null : readCount(input, 'N', 1);
  if (typeof N === 'object' && N !== null) return N;
  switch (input.settings['kind'] ?? 'constant') {
    case 'constant': {
      const types = readTypes(input, known, 'flat-above', N);
      if ('kind' in types) return types;
      const realized = { units: types.map(unitOf), c: centerOf(target) };
      return proveRealized(input, construction, activation, target, realized, { kind: 'saddle' });
    }
    case 'kinks': {
      const n = readCount(input, 'n', 1);
      if (typeof n === 'object') return n;
      const first = input.settings['first'] ?? 'positive';
      if (first !== 'positive' && first !== 'negative') {
        return { kind: 'usage', message: 'the setting "first" must be positive or negative' };
      }
      const realized = kinked(target, g, n, first === 'positive');
      if (realized === null) return fails(rationalSpacing, `for ${n} kinks and g = ${shown(g)} it is irrational`);
      return proveRealized(input, construction, activation, target, realized, { kind: 'saddle' });
    }
    case 'global':
      return proveRealized(input, construction, activation, target, theTargetWith(target, N ?? 1), {
        kind: 'global-minimum',
      });
    default:
      return { kind: 'usage', message: 'the setting "kind" must be constant, kinks or global' };
  }
}

/**
 * The orientations of the kinks alternate, and the residual is odd about the middle of every piece, with equal heights E of both signs at the
 * kinks. Inner pieces have the length √(1 + g), those beside an end 1 where the unit of their kink is on the side of slope g, √g where it is on the
 * other one; all up to one factor.
 */
function kinked(target: AffineTarget, g: Rational, n: number, firstIsPositive: boolean): Realized | null {
  const { a, alpha, beta } = target;
  const signs = Array.from({ length: n }, (_, i) => (i % 2 === 0) === firstIsPositive);
  const squares: readonly Rational[] = [
    signs[0] ? one : g,
    ...new Array<Rational>(n - 1).fill(add(one, g)),
    signs[n - 1] ? g : one,
  ];
  const relative: Rational[] = [];
  for (const square of squares) {
    const root = squareRoot(divide(square, squares[0] as Rational));
    if (root === null) return null;
    relative.push(root);
  }
  const total = relative.reduce(add, zero);
  const h = relative.map((length) => multiply(lengthOf(target), divide(length, total)));
  const inverse = h.map((length) => divide(one, length));
  // v_i w_i = E κ_i, and the slope of the first piece is α + 2E/h_0.
  const kappas = signs.map((positive, i) => {
    const bend = multiply(rational(2n), add(inverse[i] as Rational, inverse[i + 1] as Rational));
    const side = (i % 2 === 0) === positive ? -1n : 1n;
    return divide(multiply(rational(side), bend), subtract(one, g));
  });
  const slopeBefore = signs.map((positive) => (positive ? g : one));
  const slope = kappas.map((kappa, i) => multiply(slopeBefore[i] as Rational, kappa)).reduce(add, zero);
  const E = divide(alpha, subtract(slope, multiply(rational(2n), inverse[0] as Rational)));
  let q = a;
  const units = signs.map((positive, i): Unit => {
    q = add(q, h[i] as Rational);
    const w = rational(positive ? 1n : -1n);
    return { w, b: negate(multiply(w, q)), v: multiply(w, multiply(E, kappas[i] as Rational)) };
  });
  // The residual is 0 in the middle of the first piece.
  const middle = add(a, divide(h[0] as Rational, rational(2n)));
  const there = units
    .map(({ w, b, v }, i) => multiply(multiply(slopeBefore[i] as Rational, v), add(multiply(w, middle), b)))
    .reduce(add, zero);
  return { units, c: subtract(add(multiply(alpha, middle), beta), there) };
}

/** @returns √a, or null where it is irrational */
function squareRoot(a: Rational): Rational | null {
  const [num, den] = [integerRoot(a.num), integerRoot(a.den)];
  return num * num === a.num && den * den === a.den ? rational(num, den) : null;
}

/** ⌊√n⌋ by Newton's method from above */
function integerRoot(n: bigint): bigint {
  let root = n + 1n;
  for (let next = (root + n / root) / 2n; next < root; next = (root + n / root) / 2n) root = next;
  return root;
}

function theTargetWith(target: AffineTarget, count: number): Realized {
  return theTarget(
    target,
    Array.from({ length: count - 1 }, () => unitOf('flat-above')),
  );
}

function unitOf(type: UnitType): Unit {
  switch (type) {
    case 'flat-above':
      return { w: zero, b: one, v: zero };
    case 'flat-below':
      return { w: zero, b: negate(one), v: zero };
    case 'degenerate-flat':
      return { w: zero, b: zero, v: zero };
  }
}
