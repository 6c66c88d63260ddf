import { add, divide, multiply, negate, one, type Rational, rational, zero } from '../kernel/arithmetic/rational.js';
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
  type Stopped,
  targetSettings,
  theTarget,
  type Unit,
  unitTypes,
} from './affine-target.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { fails } from './training-problem.js';

/** Types with which the constant is a local minimum: inactive, or bending at an end and only adding to the risk. */
const rising = ['inactive', 'lower-end', 'upper-end'] as const;
/** One of these makes it a saddle. */
const falling = [
  'lower-end-falling',
  'upper-end-falling',
  'lower-end-flat',
  'upper-end-flat',
  'semi-active-flat',
  'degenerate-flat',
] as const;
const withoutKinks = [...rising, ...falling];
/** Beside kinks: a unit of outgoing weight 0 at the first kink, and one that takes half of its height. */
const besideKinks = [...withoutKinks, 'kinked-flat', 'kinked-twin'] as const;
type UnitType = (typeof besideKinks)[number];

const evenKinks = {
  name: 'an even number of kinks',
  text: 'a critical point with kinks that is not global has an even number of places of kinks (kind=even-kinks)',
} as const;

export const cheriditoJentzenRossmannek2022Relu: Construction = {
  id: 'cheridito-jentzen-rossmannek-2022-relu',
  title:
    'Critical points of relu networks for an affine target on an interval: spurious local minima with units that are off, and saddles',
  source:
    'Cheridito, Jentzen, Rossmannek, Landscape analysis for shallow neural networks: complete classification of critical points for affine target functions, Journal of Nonlinear Science, 2022',
  bibtex: `@article{cheridito2022landscape,
  title   = {Landscape analysis for shallow neural networks: complete classification of critical points for affine target functions},
  author  = {Cheridito, Patrick and Jentzen, Arnulf and Rossmannek, Florian},
  journal = {Journal of Nonlinear Science},
  volume  = {32},
  number  = {64},
  year    = {2022},
  eprint  = {2103.10922},
  archivePrefix = {arXiv}
}`,
  hypotheses: [notConstant, enoughUnits, unitTypes, evenKinks],
  settings: [
    ...targetSettings,
    {
      name: 'kind',
      type: 'choice',
      default: 'constant',
      text: 'constant: the best constant, a spurious local minimum or a saddle by the types of the units; even-kinks: a saddle with equidistant kinks; global: the target itself',
    },
    { name: 'N', type: 'integer', default: '', text: 'the number of hidden units (default: as few as the rest needs)' },
    { name: 'n', type: 'integer', default: '2', text: 'the number of kinks, even (kind=even-kinks)' },
    {
      name: 'types',
      type: 'choice',
      default: 'inactive',
      text: `types of the units (beside the kinks) between commas, the last one repeated: ${rising.join(', ')}; with a saddle also ${falling.join(', ')}; beside kinks also kinked-flat, kinked-twin`,
    },
  ],
  build: async (input) => build(input),
};

const relu = { function: 'relu' };

function build(input: ConstructionInput): Built {
  if (input.activation['function'] !== 'relu') return { kind: 'usage', message: 'the theorem is about relu' };
  const target = readTarget(input, cheriditoJentzenRossmannek2022Relu);
  if ('kind' in target) return target;
  const kind = input.settings['kind'] ?? 'constant';
  switch (kind) {
    case 'constant':
      return constantPoint(input, target);
    case 'even-kinks':
      return kinkedSaddle(input, target);
    case 'global': {
      const N = readCount(input, 'N', 1);
      if (typeof N === 'object') return N;
      const construction = cheriditoJentzenRossmannek2022Relu;
      return proveRealized(input, construction, relu, target, theTargetWith(target, N), { kind: 'global-minimum' });
    }
    default:
      return { kind: 'usage', message: 'the setting "kind" must be constant, even-kinks or global' };
  }
}

function constantPoint(input: ConstructionInput, target: AffineTarget): Built {
  const N = widthOf(input);
  if (typeof N === 'object' && N !== null) return N;
  const types = readTypes(input, withoutKinks, 'inactive', N);
  if ('kind' in types) return types;
  const units = types.map((type) => unitOf(type, target));
  const isMinimum = types.every((type) => (rising as readonly string[]).includes(type));
  const better = theTargetWith(target, units.length);
  return proveRealized(
    input,
    cheriditoJentzenRossmannek2022Relu,
    relu,
    target,
    { units, c: centerOf(target) },
    isMinimum ? { kind: 'spurious-local-minimum', better } : { kind: 'saddle' },
  );
}

/** Kinks at a + i (b − a)/(n + 1) with sign w = (−1)^(i+1) and v w = 2α/(n + 1), i = 1, …, n. */
function kinkedSaddle(input: ConstructionInput, target: AffineTarget): Built {
  const n = readCount(input, 'n', 2);
  if (typeof n === 'object') return n;
  if (n % 2 !== 0) return fails(evenKinks, `n is ${n}`);
  const N = widthOf(input);
  if (typeof N === 'object' && N !== null) return N;
  if (N !== null && N < n) return fails(enoughUnits, `${n} kinks need ${n} units, found ${N}`);
  const given = (input.settings['types'] ?? '') !== '';
  const types = readTypes(input, besideKinks, 'inactive', N === null ? (given ? null : 0) : N - n);
  if ('kind' in types) return types;
  const parts = rational(BigInt(n + 1));
  const height = divide(multiply(rational(2n), target.alpha), parts);
  const kinks = Array.from({ length: n }, (_, i): Unit => {
    const q = add(target.a, multiply(lengthOf(target), divide(rational(BigInt(i + 1)), parts)));
    const w = rational(i % 2 === 0 ? 1n : -1n);
    return { w, b: negate(multiply(w, q)), v: multiply(w, height) };
  });
  const [first, ...others] = kinks as [Unit, ...Unit[]];
  const twins = types.filter((type) => type === 'kinked-twin').length;
  const shared = { ...first, v: divide(first.v, rational(BigInt(1 + twins))) };
  const beside = types.map((type): Unit => {
    if (type === 'kinked-twin') return shared;
    return type === 'kinked-flat' ? { ...first, v: zero } : unitOf(type, target);
  });
  const realized = { units: [shared, ...others, ...beside], c: centerOf(target) };
  return proveRealized(input, cheriditoJentzenRossmannek2022Relu, relu, target, realized, { kind: 'saddle' });
}

function widthOf(input: ConstructionInput): number | null | Stopped {
  if (input.settings['N'] === undefined) return null;
  return readCount(input, 'N', 1);
}

function theTargetWith(target: AffineTarget, count: number): Realized {
  return theTarget(
    target,
    Array.from({ length: count - 1 }, () => unitOf('inactive', target)),
  );
}

function unitOf(type: Exclude<UnitType, 'kinked-flat' | 'kinked-twin'>, { a, b, alpha }: AffineTarget): Unit {
  const sign: Rational = rational(alpha.num < 0n ? -1n : 1n);
  const lower = { w: negate(one), b: a };
  const upper = { w: one, b: negate(b) };
  switch (type) {
    case 'inactive':
      return { w: one, b: negate(add(b, one)), v: one };
    case 'lower-end':
      return { ...lower, v: sign };
    case 'upper-end':
      return { ...upper, v: negate(sign) };
    case 'lower-end-falling':
      return { ...lower, v: negate(sign) };
    case 'upper-end-falling':
      return { ...upper, v: sign };
    case 'lower-end-flat':
      return { ...lower, v: zero };
    case 'upper-end-flat':
      return { ...upper, v: zero };
    case 'semi-active-flat':
      return { w: zero, b: one, v: zero };
    case 'degenerate-flat':
      return { w: zero, b: zero, v: zero };
  }
}
