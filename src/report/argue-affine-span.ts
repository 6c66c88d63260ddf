/** Rules `affine-span` and `convex-span`, told with the numbers of one instance (theory.md 1 and 6). */
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import { type Group, groupBySignature } from '../kernel/rules/affine-span.js';
import { Ledger } from '../kernel/verdict.js';
import { type Block, display, type Formula, formula, type Inline, joined, paragraph, table } from './document.js';
import { pieceWords, plural } from './inspect.js';
import { cell, exactly, fraction } from './numbers.js';
import { affineSpanNeighbourhood, type Neighbourhood } from './radius.js';
import { ranges } from './regions.js';
import type { Subject } from './subject.js';

const mostGroups = 12;
const mostSamples = 12;
const mostInputs = 3;

export const lemma0: Formula = formula(
  'R(θ′) − R(θ) ≥ Σ_i ⟨g_i, N_θ′(x_i) − N_θ(x_i)⟩',
  "R(\\theta') - R(\\theta) \\ \\ge\\ \\sum_i \\langle g_i,\\, N_{\\theta'}(x_i) - N_\\theta(x_i) \\rangle",
);

/** The first lines of every argument of local minimality. */
export function firstOrderBound(): readonly Block[] {
  return [
    paragraph(
      'The loss is convex and differentiable. With the residual gradients ',
      formula('g_i = μ_i ∂_pℓ(N_θ(x_i), y_i)', 'g_i = \\mu_i\\, \\partial_p \\ell(N_\\theta(x_i), y_i)'),
      ' (exact numbers, computed from the data and θ), every θ′ satisfies',
    ),
    display(lemma0),
    paragraph('so it is enough to show that the right-hand side is ≥ 0.'),
  ];
}

export function arguesAffineSpan(subject: Subject): readonly Block[] {
  const { problem, theta, instance } = subject;
  const groups = groupBySignature(instance, new Ledger());
  const vanishing = groups.filter((group) => momentsVanish(subject, group)).length;
  const hasShadow = groups.some(({ visibleFrom }) => visibleFrom > 0);
  const { inputs, outputs } = problem.network;
  const blocks: Block[] = [
    ...firstOrderBound(),
    paragraph(
      'At every sample every hidden preactivation lies strictly inside one affine piece of its activation',
      hasShadow
        ? ' (units below a layer that is constant at the sample are not asked: the output does not depend on them)'
        : '',
      `. The ${plural(problem.data.inputs.rows.length, 'sample')} fall into ${plural(groups.length, 'group')} by the pieces taken:`,
    ),
    groupTable(subject, groups),
    paragraph(
      'Pieces do not change near θ, so on each group G the network is one affine function of x for every θ′ near θ: ',
      formula('N_θ′(x) = A_G(θ′) x + b_G(θ′)', "N_{\\theta'}(x) = A_G(\\theta')\\, x + b_G(\\theta')"),
      '.',
    ),
    ...moments(groups.length, vanishing, outputs * (inputs + 1)),
    ...sampleTable(subject, groups),
    ...neighbourhoodBlocks(affineSpanNeighbourhood(problem, theta), 'The preactivation nearest to a kink', null),
  ];
  return blocks;
}

export function arguesConvexSpan(subject: Subject): readonly Block[] {
  const groups = groupBySignature(subject.instance, new Ledger());
  const { inputs, outputs } = subject.problem.network;
  const vanishing = groups.filter((group) => momentsVanish(subject, group)).length;
  return [
    ...firstOrderBound(),
    paragraph(
      'No activation has a kink, so for every θ′, near or far, the network is one affine function of x: ',
      formula('N_θ′(x) = A(θ′) x + b(θ′)', "N_{\\theta'}(x) = A(\\theta')\\, x + b(\\theta')"),
      '.',
    ),
    ...moments(groups.length, vanishing, outputs * (inputs + 1)),
    ...sampleTable(subject, groups),
    paragraph('Nothing above asked θ′ to be near θ: R(θ′) ≥ R(θ) for every θ′, and θ is a global minimum.'),
  ];
}

function moments(groups: number, vanishing: number, equations: number): readonly Block[] {
  const whole = display(
    formula(
      'Σ_i ⟨g_i, N_θ′(x_i)⟩ = Σ_G ⟨Σ_{i∈G} g_i ⊗ (x_i, 1), (A_G, b_G)(θ′)⟩ = 0',
      "\\sum_i \\langle g_i, N_{\\theta'}(x_i) \\rangle = \\sum_G \\Big\\langle \\sum_{i \\in G} g_i \\otimes (x_i, 1),\\ (A_G, b_G)(\\theta') \\Big\\rangle = 0",
    ),
  );
  if (vanishing === groups) {
    return [
      paragraph(
        `On ${groups === 1 ? 'this group' : `each of the ${groups} groups`} the ${plural(equations, 'equation')} `,
        formula('Σ_{i∈G} g_i ⊗ (x_i, 1) = 0', '\\sum_{i \\in G} g_i \\otimes (x_i, 1) = 0'),
        ' hold exactly. Therefore',
      ),
      whole,
      paragraph('for every such θ′, and for θ itself: the right-hand side of the bound is 0.'),
    ];
  }
  return [
    paragraph(
      formula('Σ_{i∈G} g_i ⊗ (x_i, 1) = 0', '\\sum_{i \\in G} g_i \\otimes (x_i, 1) = 0'),
      ` holds exactly on ${vanishing} of the ${plural(groups, 'group')}. The others are settled together: `,
      formula('Σ_i ⟨g_i, N_θ′(x_i)⟩', "\\sum_i \\langle g_i, N_{\\theta'}(x_i) \\rangle"),
      ' is a polynomial in θ′ near θ. Following every path from the output back to the inputs, the kernel has found each of its coefficients to be exactly 0 (the path form of the rule). So the right-hand side of the bound is 0.',
    ),
  ];
}

/** Σ_{i∈G} g_i ⊗ (x_i, 1) = 0, tested here again to say which form of the rule was needed. */
function momentsVanish({ problem, instance }: Subject, { samples }: Group): boolean {
  const { rows } = instance.gradients;
  const { inputs: d, outputs: k } = problem.network;
  const one = problem.data.inputs.denominator;
  for (let c = 0; c < k; c++) {
    for (let j = 0; j <= d; j++) {
      const sum = samples.reduce((total, i) => {
        const x = j < d ? (problem.data.inputs.rows[i]?.[j] as bigint) : one;
        return total + (rows[i]?.[c] as bigint) * x;
      }, 0n);
      if (sum !== 0n) return false;
    }
  }
  return true;
}

function groupTable({ problem }: Subject, groups: readonly Group[]): Block {
  const order = [...groups].sort((a, b) => b.samples.length - a.samples.length);
  const shown = order.slice(0, mostGroups);
  const rows = shown.map(({ samples, pieces, visibleFrom }, g): readonly Inline[] => [
    `${g + 1}`,
    `${samples.length}`,
    ranges(samples, 6),
    pieces
      .map((row, s) => {
        const layer = pieces.length > 1 ? `layer ${s + 1}: ` : '';
        if (s < visibleFrom) return `${layer}not asked`;
        return (
          layer +
          pieceWords(
            problem,
            s,
            row.map((piece) => ({ lower: piece, upper: piece })),
          )
        );
      })
      .join(' | '),
  ]);
  if (shown.length < order.length) {
    const rest = order.slice(mostGroups).reduce((sum, { samples }) => sum + samples.length, 0);
    rows.push(['…', `${rest}`, `in ${order.length - shown.length} more groups`, '']);
  }
  return table(['group', 'size', 'samples', 'pieces'], rows);
}

/** Data, predictions and residual gradients, where they fit on a page. */
export function sampleTable({ problem, evaluation, instance }: Subject, groups: readonly Group[]): readonly Block[] {
  const { inputs, targets } = problem.data;
  const { outputs, inputs: d } = problem.network;
  const n = inputs.rows.length;
  if (n > mostSamples || outputs > 1 || d > mostInputs) return [];
  const order = [...groups].sort((a, b) => b.samples.length - a.samples.length);
  const { preactivations, denominator } = evaluation.stages[
    evaluation.stages.length - 1
  ] as (typeof evaluation.stages)[number];
  const { rows, denominator: over } = instance.gradients;
  const header: Inline[] = [
    'sample',
    ...Array.from({ length: d }, (_, j) => formula(`x${d === 1 ? '' : j + 1}`, d === 1 ? 'x' : `x_{${j + 1}}`)),
    formula('y'),
    formula('N_θ(x)', 'N_\\theta(x)'),
    formula('g', 'g'),
    ...(groups.length > 1 ? ['group'] : []),
  ];
  const body = inputs.rows.map((x, i): readonly Inline[] => [
    `${i + 1}`,
    ...x.map((xj) => fraction(rational(xj, inputs.denominator))),
    fraction(rational(targets.rows[i]?.[0] as bigint, targets.denominator)),
    fraction(rational(preactivations[i]?.[0] as bigint, denominator)),
    cellOrFraction(rational(rows[i]?.[0] as bigint, over)),
    ...(groups.length > 1 ? [`${order.findIndex(({ samples }) => samples.includes(i)) + 1}`] : []),
  ]);
  return [paragraph('The exact numbers:'), table(header, body)];
}

function cellOrFraction(a: Rational): Formula {
  const exact = fraction(a);
  return exact.unicode.length <= 24 ? exact : cell(a);
}

/** How far the argument reaches, as a number. */
export function neighbourhoodBlocks(
  neighbourhood: Neighbourhood,
  which: string,
  sign: { readonly unit: number; readonly weight: Rational } | null,
): readonly Block[] {
  if (neighbourhood.kind === 'everywhere') {
    return [paragraph('Nothing bounds the neighbourhood: this holds for every θ′, so θ is even a global minimum.')];
  }
  const { margin } = neighbourhood;
  const nearest: readonly Inline[] =
    margin === null
      ? []
      : [
          `${which}: that of unit ${margin.unit + 1} of layer ${margin.stage + 1} at sample ${margin.sample + 1}, `,
          exactly(margin.distance),
          ' away from the kink at ',
          fraction(margin.breakpoint),
          '. ',
        ];
  if (neighbourhood.kind === 'not-computed') {
    return [paragraph(...nearest, 'No explicit radius is given here; the theorem claims that there is one.')];
  }
  const { radius } = neighbourhood;
  return [
    paragraph(
      ...nearest,
      ...(sign === null
        ? []
        : [`The outgoing weight of unit ${sign.unit + 1} must keep its sign: it is `, exactly(sign.weight), '. ']),
      'How far the argument reaches, in numbers: every θ′ with ',
      joined(formula('max_p |θ′_p − θ_p| ≤ ', "\\max_p \\lvert \\theta'_p - \\theta_p \\rvert \\le "), exactly(radius)),
      ' over the free parameters has ',
      formula('R(θ′) ≥ R(θ)', "R(\\theta') \\ge R(\\theta)"),
      ', in particular every θ′ of the closed Euclidean ball of this radius. (Shown by exact arithmetic in this report, not part of the theorem.)',
    ),
  ];
}
