import { divide, negate, one, rational, subtract, zero } from '../kernel/arithmetic/rational.js';
import {
  type AffineTarget,
  centerOf,
  enoughUnits,
  middleOf,
  notConstant,
  proveRealized,
  type Realized,
  readCount,
  readTarget,
  readTypes,
  targetSettings,
  type Unit,
  unitTypes,
} from './affine-target.js';
import { cheriditoJentzenRossmannek2022Relu } from './cheridito-jentzen-rossmannek-2022-relu.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { fails } from './training-problem.js';

/** v = 0 with w = 0 (b = 1 or 0) or with the vertex in the middle of the interval; or w = b = 0 with v = ±1. */
const known = ['flat-constant', 'flat-zero', 'flat-centered', 'zero-positive', 'zero-negative'] as const;
type UnitType = (typeof known)[number];

export const cheriditoJentzenRossmannek2022Quadratic: Construction = {
  id: 'cheridito-jentzen-rossmannek-2022-quadratic',
  title:
    'Critical points of networks with quadratic activation for an affine target on an interval: saddles that are constant',
  source: cheriditoJentzenRossmannek2022Relu.source,
  bibtex: cheriditoJentzenRossmannek2022Relu.bibtex,
  hypotheses: [notConstant, enoughUnits, unitTypes],
  settings: [
    ...targetSettings,
    {
      name: 'kind',
      type: 'choice',
      default: 'constant',
      text: 'constant: the best constant, a saddle; global: the target itself, with two units or more',
    },
    { name: 'N', type: 'integer', default: '', text: 'the number of hidden units (default: as few as the rest needs)' },
    {
      name: 'types',
      type: 'choice',
      default: 'flat-constant',
      text: `types of the units between commas, the last one repeated: ${known.join(', ')} (kind=constant)`,
    },
  ],
  build: async (input) => build(input),
};

function build(input: ConstructionInput): Built {
  const construction = cheriditoJentzenRossmannek2022Quadratic;
  // The command line says relu where nothing was said.
  if (!['relu', 'quadratic'].includes(input.activation['function'] as string)) {
    return { kind: 'usage', message: 'the theorem is about the quadratic activation' };
  }
  const target = readTarget(input, construction);
  if ('kind' in target) return target;
  const kind = input.settings['kind'] ?? 'constant';
  if (kind !== 'constant' && kind !== 'global') {
    return { kind: 'usage', message: 'the setting "kind" must be constant or global' };
  }
  const activation = { function: 'quadratic' };
  const N = input.settings['N'] === undefined ? null : readCount(input, 'N', 2);
  if (typeof N === 'object' && N !== null) return N;
  if (kind === 'global') {
    if (N === 1) return fails(enoughUnits, 'the target needs 2 units, found 1');
    return proveRealized(input, construction, activation, target, exact(target, N ?? 2), { kind: 'global-minimum' });
  }
  const types = readTypes(input, known, 'flat-constant', N);
  if ('kind' in types) return types;
  const units = types.map((type) => unitOf(type, target));
  return proveRealized(input, construction, activation, target, { units, c: centerOf(target) }, { kind: 'saddle' });
}

/** (x + α/4)² − (x − α/4)² + β = α x + β */
function exact(target: AffineTarget, count: number): Realized {
  const shift = divide(target.alpha, rational(4n));
  const squares = [
    { w: one, b: shift, v: one },
    { w: one, b: negate(shift), v: negate(one) },
  ];
  const idle = Array.from({ length: count - 2 }, () => unitOf('flat-zero', target));
  return { units: [...squares, ...idle], c: target.beta };
}

function unitOf(type: UnitType, target: AffineTarget): Unit {
  switch (type) {
    case 'flat-constant':
      return { w: zero, b: one, v: zero };
    case 'flat-zero':
      return { w: zero, b: zero, v: zero };
    case 'flat-centered':
      return { w: one, b: subtract(zero, middleOf(target)), v: zero };
    case 'zero-positive':
      return { w: zero, b: zero, v: one };
    case 'zero-negative':
      return { w: zero, b: zero, v: negate(one) };
  }
}
