/** The rules for boxes, told with the numbers of one instance (theory.md 1 "On a box" and 6; proofs/rules/boxes.md). */

import type { Location } from '../kernel/arithmetic/ordered.js';
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import { withNumbers } from '../kernel/claims/with-numbers.js';
import type { RuleName } from '../kernel/format.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { BoxInstance } from '../kernel/model/box-instance.js';
import type { Risk } from '../kernel/model/enclosing.js';
import { pointOnInterval } from '../kernel/model/interval-point.js';
import type { Stage } from '../kernel/model/network.js';
import type { Realization } from '../kernel/model/ridge.js';
import { neededMoments } from '../kernel/rules/box-affine-span.js';
import type { BoxProblem } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';
import { arguesMotion, lowerRiskBlocks } from './argue-descent.js';
import { arguesOnAnInterval } from './argue-on-an-interval.js';
import { polynomialFormula } from './box-words.js';
import { type Block, display, type Formula, formula, type Inline, joined, paragraph, table } from './document.js';
import { plural } from './inspect.js';
import { unlimited } from './motion.js';
import { exactly, fraction } from './numbers.js';
import { pointRisk } from './risk-string.js';

const mostInputs = 6;
const mostOutputs = 4;
const mostUnits = 16;
const mostNodes = 12;

const lemma0OnABox = formula(
  'R(θ′) − R(θ) ≥ ∫_B ⟨g(x), N_θ′(x) − N_θ(x)⟩ dx',
  "R(\\theta') - R(\\theta) \\ \\ge\\ \\int_B \\langle g(x),\\, N_{\\theta'}(x) - N_\\theta(x) \\rangle\\, dx",
);

export function argumentOnABox(theorem: Theorem, problem: BoxProblem, key: string, rule: RuleName): readonly Block[] {
  const { better, gap } = theorem.risk;
  const moved = { theorem, problem, theta: theorem.statement.point.parameters };
  switch (rule) {
    case 'affine-span':
      return arguesBoxSpan(theorem, problem, false);
    case 'convex-span':
      return arguesBoxSpan(theorem, problem, true);
    case 'neuron-dominance-1d':
    case 'reduced-hessian-1d':
      return withNumbers(problem, theorem.statement.point, unlimited(), ({ numbers, parameters }) =>
        arguesOnAnInterval(pointOnInterval(problem, numbers, parameters, unlimited(), '$'), rule),
      );
    case 'zero-loss':
      return [
        paragraph(
          'The exact integral is ',
          formula('R(θ) = 0', 'R(\\theta) = 0'),
          '. The loss and the density are ≥ 0, so no risk is lower.',
        ),
      ];
    case 'lower-risk':
      return [
        ...lowerRiskBlocks(better as Risk, pointRisk(theorem), gap as Risk, 'θ'),
        ...betterBlocks(theorem, problem),
      ];
    case 'zero-gradient':
      return criticalOnAnInterval(theorem);
    case 'descent-curve':
    case 'negative-curvature':
      return arguesMotion(moved, rule, key, -1);
    case 'ascent-curve':
      return arguesMotion(moved, rule, key, 1);
    default:
      return [paragraph(`Shown by rule ${rule}.`)];
  }
}

function criticalOnAnInterval({ obligations: { by } }: Theorem): readonly Block[] {
  return [
    paragraph(
      'R is differentiable at θ: no unit with an outgoing weight other than 0 is on a breakpoint of its activation on the whole interval, and a breakpoint that is passed at single points x makes no kink in the integral. ',
      `All ${plural(by['partial-derivative'] ?? 0, 'partial derivative')} of R at θ were computed exactly; each is 0.`,
    ),
  ];
}

function instanceAt(problem: BoxProblem, point: Theorem['statement']['point']): BoxInstance {
  return new BoxInstance(problem, point.parameters, new Meter(defaultLimits), '$.statement.point');
}

function arguesBoxSpan({ statement }: Theorem, problem: BoxProblem, everywhere: boolean): readonly Block[] {
  const { stages, outputs } = problem.network;
  const { realization } = instanceAt(problem, statement.point);
  const { zeroth, first } = neededMoments(stages, realization.locations);
  return [
    paragraph(
      'The loss is convex and differentiable, and the density is ≥ 0. With ',
      formula('g(x) = ρ(x) ∂_pℓ(N_θ(x), y(x))', 'g(x) = \\rho(x)\\, \\partial_p \\ell(N_\\theta(x), y(x))'),
      ', a piecewise polynomial of x, every θ′ satisfies',
    ),
    display(lemma0OnABox),
    ...(everywhere
      ? [
          paragraph(
            'No activation has a kink, so for every θ′, near or far, the network is one affine function of x on B:',
          ),
        ]
      : [
          paragraph(
            'At every point of the closed box every hidden preactivation lies strictly inside one affine piece of its activation:',
          ),
          ...pieceTable(stages, realization),
          paragraph(
            'The box is compact, so the same pieces are taken on all of it for every θ′ near θ, and there the network is one affine function of x:',
          ),
        ]),
    display(formula('N_θ′(x) = A(θ′) x + b(θ′)', "N_{\\theta'}(x) = A(\\theta')\\, x + b(\\theta')")),
    paragraph('At θ itself it is'),
    ...affineFunctions(realization, outputs),
    ...momentWords(zeroth, first),
    everywhere
      ? paragraph('Nothing above asked θ′ to be near θ: R(θ′) ≥ R(θ) for every θ′, and θ is a global minimum.')
      : paragraph('for every θ′ near θ, and for θ itself: the right-hand side of the bound is 0.'),
  ];
}

function momentWords(zeroth: boolean, first: boolean): readonly Block[] {
  if (!zeroth && !first) {
    return [
      paragraph('Near θ no term of it has a coefficient that does not vanish: the network is 0 there, and so is'),
    ];
  }
  const [plain, tex] = [zeroth && '∫_B g dx = 0', first && '∫_B g ⊗ x dx = 0'].map((text) => text || '') as [
    string,
    string,
  ];
  const texts = [plain, tex].filter((text) => text !== '');
  const equations = texts.map((text) =>
    formula(text, text.replace('∫_B', '\\int_B').replace('⊗', '\\otimes').replace(' dx', '\\, dx')),
  );
  const shown: Inline[] = equations.flatMap((each, i): Inline[] => (i === 0 ? [each] : [' and ', each]));
  const left =
    first && zeroth
      ? ''
      : first
        ? ' (no layer has a bias and no piece an intercept, so nothing else is asked)'
        : ' (a layer is constant on the box, and stays so near θ, so nothing below it is asked)';
  return [
    paragraph('The integrals were computed exactly: ', ...shown, `${left}. Therefore`),
    display(
      formula(
        '∫_B ⟨g, N_θ′⟩ dx = ⟨∫_B g ⊗ (x, 1) dx, (A, b)(θ′)⟩ = 0',
        "\\int_B \\langle g, N_{\\theta'} \\rangle\\, dx = \\Big\\langle \\int_B g \\otimes (x, 1)\\, dx,\\ (A, b)(\\theta') \\Big\\rangle = 0",
      ),
    ),
  ];
}

function pieceTable(stages: readonly Stage[], { locations }: Realization): readonly Block[] {
  const rows = locations.flatMap((units, s) => {
    const { breakpoints, breakpointDenominator } = (stages[s] as Stage).activation;
    const end = (j: number): Formula | null => {
      const at = breakpoints[j];
      return at === undefined ? null : fraction(rational(at, breakpointDenominator));
    };
    return units.map(({ lower }: Location, u): readonly Inline[] => {
      const [low, high] = [end(lower - 1), end(lower)];
      return [`${s + 1}`, `${u + 1}`, low ?? formula('−∞', '-\\infty'), high ?? formula('∞', '\\infty')];
    });
  });
  const shown = rows.slice(0, mostUnits);
  if (shown.length < rows.length) shown.push(['…', `${rows.length - shown.length} more`, '', '']);
  return [table(['layer', 'unit', 'strictly above', 'strictly below'], shown)];
}

function affineFunctions({ maps, denominator }: Realization, outputs: number): readonly Block[] {
  const [map] = maps;
  if (map === undefined || (map.linear[0]?.length ?? 0) > mostInputs) return [];
  const shown = Math.min(outputs, mostOutputs);
  return Array.from({ length: shown }, (_, c) => {
    const row = map.linear[c] as readonly bigint[];
    const name = outputs === 1 ? formula('N_θ(x) = ', 'N_\\theta(x) = ') : formula(`N_θ(x)_${c + 1} = `);
    return display(joined(name, affineFormula(row, map.constants[c] as bigint, denominator)));
  });
}

function affineFormula(row: readonly bigint[], constant: bigint, denominator: bigint): Formula {
  const d = row.length;
  const unit = (j: number): number[] => Array.from({ length: d }, (_, i) => (i === j ? 1 : 0));
  // From the last coordinate to the first: formulas start with the highest terms.
  const terms = [...row, constant].map((coefficient, j) => ({ coefficient, exponents: unit(j) })).reverse();
  return polynomialFormula({ terms: terms.filter(({ coefficient }) => coefficient !== 0n), denominator }, d);
}

/** Where the better point bends. */
function betterBlocks({ statement: { betterPoint } }: Theorem, problem: BoxProblem): readonly Block[] {
  if (betterPoint === null || betterPoint.algebraic !== null) return [];
  const { direction, nodes, maps } = instanceAt(problem, betterPoint).realization;
  const curves = maps.some(({ powers }) => powers.some((list) => list.length > 0));
  if (direction === null || maps.length === 1) {
    return [
      paragraph(curves ? 'θ° is one polynomial in x on the box.' : 'θ° is one affine function of x on the box, too.'),
    ];
  }
  const z = direction.length === 1 ? formula('x') : affineFormula(direction, 0n, 1n);
  const inner: readonly Rational[] = nodes.slice(1, -1);
  const list = inner
    .slice(0, mostNodes)
    .flatMap((at, i): Inline[] => (i === 0 ? [fraction(at)] : [', ', fraction(at)]));
  return [
    paragraph(
      curves ? 'What bends or curves in it depends on one direction only' : 'Its hinges are parallel',
      `, so the box falls into ${maps.length} slabs on each of which θ° is one `,
      `${curves ? 'polynomial' : 'affine function'}; they meet where `,
      z,
      ' is ',
      ...list,
      inner.length > mostNodes ? ', …' : '',
      '. The risk is the sum of the integrals over them: ',
      exactly(theRisk(problem, betterPoint)),
      '.',
    ),
  ];
}

function theRisk(problem: BoxProblem, point: Theorem['statement']['point']): Rational {
  return instanceAt(problem, point).risk;
}
