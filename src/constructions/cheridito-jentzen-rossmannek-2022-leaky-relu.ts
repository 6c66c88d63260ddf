import type { Fraction } from '../kernel/arithmetic/algebraic.js';
import {
  add,
  compare,
  divide,
  negate,
  one,
  type Rational,
  rational,
  subtract,
  zero,
} from '../kernel/arithmetic/rational.js';
import {
  type AffineTarget,
  asRational,
  centerOf,
  enoughUnits,
  lengthOf,
  notConstant,
  proveRealized,
  proveSaddleInField,
  type RealizedInField,
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
import { constantIn, fieldOfRoots, plus, quotient, times } from './square-roots.js';
import { fails, parseQuantity } from './training-problem.js';

/** All have w = v = 0; the unit is on the side of slope 1, on the other one, or on the breakpoint. */
const known = ['flat-above', 'flat-below', 'degenerate-flat'] as const;
type UnitType = (typeof known)[number];

const bends = {
  name: 'slope of the activation',
  text: 'the slope g on the negative side is positive and not 1',
} as const;

export const cheriditoJentzenRossmannek2022LeakyRelu: Construction = {
  id: 'cheridito-jentzen-rossmannek-2022-leaky-relu',
  title: 'Critical points of leaky relu networks for an affine target on an interval: saddles, constant or with kinks',
  source: cheriditoJentzenRossmannek2022Relu.source,
  bibtex: cheriditoJentzenRossmannek2022Relu.bibtex,
  hypotheses: [notConstant, enoughUnits, unitTypes, bends],
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
    { name: 'N', type: 'integer', default: '', text: 'the number of hidden units (default: as few as the rest needs)' },
    {
      name: 'types',
      type: 'choice',
      default: 'flat-above',
      text: `types of the units (beside the kinks) between commas, the last one repeated: ${known.join(', ')}`,
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
      if (N !== null && N < n) return fails(enoughUnits, `${n} kinks need ${n} units, found ${N}`);
      const given = (input.settings['types'] ?? '') !== '';
      const types = readTypes(input, known, 'flat-above', N === null ? (given ? null : 0) : N - n);
      if ('kind' in types) return types;
      const realized = withUnits(kinked(target, g, n, first === 'positive'), types.map(unitOf));
      const rationally = asRational(realized);
      if (rationally !== null) {
        return proveRealized(input, construction, activation, target, rationally, { kind: 'saddle' });
      }
      return proveSaddleInField(input, construction, activation, target, realized);
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
function kinked(target: AffineTarget, g: Rational, n: number, firstIsPositive: boolean): RealizedInField {
  const { a, alpha, beta } = target;
  const signs = Array.from({ length: n }, (_, i) => (i % 2 === 0) === firstIsPositive);
  const squares: readonly Rational[] = [
    signs[0] ? one : g,
    ...new Array<Rational>(n - 1).fill(add(one, g)),
    signs[n - 1] ? g : one,
  ];
  // Only 1 + g and g, over the first square.
  const field = fieldOfRoots(squares.map((square) => divide(square, squares[0] as Rational)));
  if (field === null) throw new Error('Cannot happen: two square roots at most are independent');
  const { numbers, roots } = field;
  const fixed = (c: Rational): Fraction => constantIn(numbers, c);
  const sum = (list: readonly Fraction[]): Fraction => list.reduce((s, c) => plus(numbers, s, c), fixed(zero));
  const total = sum(roots);
  const h = roots.map((length) => times(numbers, fixed(lengthOf(target)), quotient(numbers, length, total)));
  const inverse = h.map((length) => quotient(numbers, fixed(one), length));
  // v_i w_i = E κ_i, and the slope of the first piece is α + 2E/h_0.
  const kappas = signs.map((positive, i) => {
    const side = rational((i % 2 === 0) === positive ? -2n : 2n);
    const factor = fixed(divide(side, subtract(one, g)));
    return times(numbers, factor, sum([inverse[i] as Fraction, inverse[i + 1] as Fraction]));
  });
  const slopeBefore = signs.map((positive) => fixed(positive ? g : one));
  const slope = sum(kappas.map((kappa, i) => times(numbers, slopeBefore[i] as Fraction, kappa)));
  const less = sum([slope, times(numbers, fixed(rational(-2n)), inverse[0] as Fraction)]);
  const E = quotient(numbers, fixed(alpha), less);
  let q = fixed(a);
  const units = signs.map((positive, i) => {
    q = sum([q, h[i] as Fraction]);
    const w = fixed(rational(positive ? 1n : -1n));
    const b = times(numbers, fixed(rational(positive ? -1n : 1n)), q);
    return { w, b, v: times(numbers, w, times(numbers, E, kappas[i] as Fraction)) };
  });
  // The residual is 0 in the middle of the first piece.
  const middle = sum([fixed(a), times(numbers, fixed(rational(1n, 2n)), h[0] as Fraction)]);
  const there = units.map(({ w, b, v }, i) => {
    const z = sum([times(numbers, w, middle), b]);
    return times(numbers, times(numbers, slopeBefore[i] as Fraction, v), z);
  });
  const wanted = sum([times(numbers, fixed(alpha), middle), fixed(beta)]);
  return { numbers, units, c: sum([wanted, times(numbers, fixed(rational(-1n)), sum(there))]) };
}

function withUnits({ numbers, units, c }: RealizedInField, others: readonly Unit[]): RealizedInField {
  const fixed = (a: Rational): Fraction => constantIn(numbers, a);
  return { numbers, units: [...units, ...others.map(({ w, b, v }) => ({ w: fixed(w), b: fixed(b), v: fixed(v) }))], c };
}

function theTargetWith(target: AffineTarget, count: number): ReturnType<typeof theTarget> {
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
