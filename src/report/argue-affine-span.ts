/** Rules `affine-span` and `convex-span`, told with the numbers of one instance (theory.md 1 and 6). */
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import { predictions } from '../kernel/model/evaluation.js';
import type { Loss, SmoothLoss } from '../kernel/model/loss.js';
import { type Group, groupBySignature } from '../kernel/rules/signature-groups.js';
import { Ledger } from '../kernel/verdict.js';
import { exactDyadic } from '../numerics/exact-dyadic.js';
import { floatLoss } from '../numerics/float-loss.js';
import { type Block, display, type Formula, formula, type Inline, joined, paragraph, table } from './document.js';
import { plural, takenWords } from './inspect.js';
import { positionsNote } from './layers.js';
import { cell, exactly, fraction, roughly, toFloat } from './numbers.js';
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
export function firstOrderBound({ loss }: Subject['problem']): readonly Block[] {
  const everywhere = isConvex(loss);
  return [
    paragraph(
      everywhere
        ? 'The loss is convex and differentiable. With the residual gradients '
        : 'The loss is differentiable and, though not shown to be convex everywhere, convex near every residual. With the residual gradients ',
      formula('g_i = μ_i ∂_pℓ(N_θ(x_i), y_i)', 'g_i = \\mu_i\\, \\partial_p \\ell(N_\\theta(x_i), y_i)'),
      loss.family === 'smooth'
        ? ` (${gradientWords(loss)}, which are compared by their exact arguments and never rounded), `
        : ' (exact numbers, computed from the data and θ), ',
      everywhere ? 'every θ′ satisfies' : 'every θ′ near θ satisfies',
    ),
    display(lemma0),
    paragraph('so it is enough to show that the right-hand side is ≥ 0.'),
  ];
}

function isConvex(loss: Loss): boolean {
  return loss.family === 'smooth' || loss.convex;
}

/** What the residual gradients of a smooth loss are sums of. */
function gradientWords({ name }: SmoothLoss): string {
  switch (name) {
    case 'log-cosh':
      return 'multiples of values of tanh';
    case 'logistic':
      return 'sums of rationals and values of tanh';
    case 'cross-entropy':
      return 'sums of rationals and values of softmax';
    case 'power':
      return 'multiples of powers with a broken exponent';
  }
}

export function arguesAffineSpan(subject: Subject): readonly Block[] {
  const { problem, theta, instance } = subject;
  const { inputs, outputs, stages } = problem.network;
  const groups = groupBySignature(instance, new Ledger());
  const vanishing = countVanishing(subject, groups);
  const hasPools = stages.some(({ kind }) => kind === 'maximum');
  const blocks: Block[] = [
    ...firstOrderBound(problem),
    paragraph(
      'At every sample every hidden preactivation lies strictly inside one affine piece of its activation',
      hasPools ? ', and every maximum pool has one winner, or winners that stay equal near θ' : '',
      shadowWords(subject, groups),
      `. The ${plural(problem.data.inputs.rows.length, 'sample')} fall into ${plural(groups.length, 'group')} by the pieces${hasPools ? ' and winners' : ''} taken${positionsNote(problem.network) === '' ? '' : ' (positions of a channel are counted row by row)'}:`,
    ),
    groupTable(subject, groups),
    paragraph(
      `Pieces${hasPools ? ' and winners' : ''} do not change near θ, so on each group G the network is one affine function of x for every θ′ near θ: `,
      formula('N_θ′(x) = A_G(θ′) x + b_G(θ′)', "N_{\\theta'}(x) = A_G(\\theta')\\, x + b_G(\\theta')"),
      '.',
    ),
    ...moments(groups.length, vanishing, outputs * (inputs + 1), 'near'),
    ...sampleTable(subject, groups),
    ...neighbourhoodBlocks(affineSpanNeighbourhood(problem, theta), 'The preactivation nearest to a kink', null),
  ];
  return blocks;
}

/** What is not asked, where there is something. */
function shadowWords({ problem }: Subject, groups: readonly Group[]): string {
  const hidden = problem.network.stages.slice(0, -1);
  const hasShadow = groups.some(({ pieces }) => hidden.some((_, s) => pieces[s]?.includes(-1)));
  if (!hasShadow) return '';
  const isPlain = hidden.every(({ kind }) => kind === 'dense');
  return isPlain
    ? ' (units below a layer that is constant at the sample are not asked: the output does not depend on them)'
    : ' (entries that only feed constant pieces, or lose in a pool, or are not read, are not asked: the output does not depend on them near θ)';
}

export function arguesConvexSpan(subject: Subject): readonly Block[] {
  const groups = groupBySignature(subject.instance, new Ledger());
  const { inputs, outputs, stages } = subject.problem.network;
  const isPlain = stages.every(({ kind }) => kind === 'dense');
  return [
    ...firstOrderBound(subject.problem),
    paragraph(
      `No activation has a kink${isPlain ? '' : ' and no pool takes a maximum'}, so for every θ′, near or far, the network is one affine function of x: `,
      formula('N_θ′(x) = A(θ′) x + b(θ′)', "N_{\\theta'}(x) = A(\\theta')\\, x + b(\\theta')"),
      '.',
    ),
    ...moments(groups.length, countVanishing(subject, groups), outputs * (inputs + 1), 'all'),
    ...sampleTable(subject, groups),
    paragraph('Nothing above asked θ′ to be near θ: R(θ′) ≥ R(θ) for every θ′, and θ is a global minimum.'),
  ];
}

function moments(groups: number, vanishing: number, equations: number, where: 'near' | 'all'): readonly Block[] {
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
      vanishing === 0
        ? `${groups === 1 ? 'This group does not satisfy' : 'No group by itself satisfies'} all of the ${plural(equations, 'equation')} `
        : '',
      formula('Σ_{i∈G} g_i ⊗ (x_i, 1) = 0', '\\sum_{i \\in G} g_i \\otimes (x_i, 1) = 0'),
      vanishing === 0
        ? `, and ${groups === 1 ? 'it need not: near θ this affine function' : 'none has to: near θ these affine functions'} cannot be chosen freely. `
        : ` holds exactly on ${vanishing} of the ${plural(groups, 'group')}. The others are settled together: `,
      formula('Σ_i ⟨g_i, N_θ′(x_i)⟩', "\\sum_i \\langle g_i, N_{\\theta'}(x_i) \\rangle"),
      ` is a polynomial in θ′${where === 'near' ? ' near θ' : ''}. Following every path from the output back to the inputs, the kernel has found each of its coefficients to be exactly 0 (the path form of the rule). So the right-hand side of the bound is 0.`,
    ),
  ];
}

/** @returns on how many groups Σ_{i∈G} g_i ⊗ (x_i, 1) = 0, tested here again to say which form of the rule was needed */
function countVanishing({ problem, instance }: Subject, groups: readonly Group[]): number {
  const { inputs: d, outputs: k } = problem.network;
  let count = 0;
  instance.withFirstOrder(({ numbers, rows }) => {
    for (const { samples } of groups) {
      const vanishes = Array.from({ length: k }, (_, c) => {
        const sums = new Array<typeof numbers.zero>(d + 1).fill(numbers.zero);
        for (const i of samples) {
          const x = problem.data.inputs.rows[i] as readonly bigint[];
          numbers.addMultiples(sums, rows[i]?.[c] as typeof numbers.zero, [...x, 1n]);
        }
        return sums.every(numbers.isZero);
      });
      if (vanishes.every((holds) => holds)) count++;
    }
  });
  return count;
}

function groupTable({ problem: { network } }: Subject, groups: readonly Group[]): Block {
  const order = [...groups].sort((a, b) => b.samples.length - a.samples.length);
  const shown = order.slice(0, mostGroups);
  const rows = shown.map(({ samples, pieces, winners }, g): readonly Inline[] => {
    // The last layer has no activation.
    const locations = pieces
      .slice(0, -1)
      .map((row) => row.map((piece) => (piece < 0 ? null : { lower: piece, upper: piece })));
    const won = winners.map((row) => row.map((entry) => (entry < 0 ? [] : [entry])));
    const words = takenWords(network, locations, won);
    return [
      `${g + 1}`,
      `${samples.length}`,
      ranges(samples, 6),
      words.length === 1 ? (words[0] as string).replace(/^layer 1: /, '') : words.join(' | '),
    ];
  });
  if (shown.length < order.length) {
    const rest = order.slice(mostGroups).reduce((sum, { samples }) => sum + samples.length, 0);
    rows.push(['…', `${rest}`, `in ${plural(order.length - shown.length, 'more group')}`, '']);
  }
  return table(['group', 'size', 'samples', 'pieces'], rows);
}

/** Data, predictions and residual gradients, where they fit on a page. */
function sampleTable({ problem, evaluation, instance }: Subject, groups: readonly Group[]): readonly Block[] {
  const { inputs, targets } = problem.data;
  const { outputs, inputs: d } = problem.network;
  const n = inputs.rows.length;
  if (n > mostSamples || outputs > 1 || d > mostInputs) return [];
  const order = [...groups].sort((a, b) => b.samples.length - a.samples.length);
  const { preactivations, denominator } = predictions(evaluation);
  // Of smooth losses they are irrational, as a rule.
  const gradients = problem.loss.family === 'polynomial' ? instance.gradients : null;
  const approximate = floatLoss(problem.loss).gradient;
  const header: Inline[] = [
    'sample',
    ...Array.from({ length: d }, (_, j) => formula(`x${d === 1 ? '' : j + 1}`, d === 1 ? 'x' : `x_{${j + 1}}`)),
    formula('y'),
    formula('N_θ(x)', 'N_\\theta(x)'),
    formula('g', 'g'),
    ...(groups.length > 1 ? ['group'] : []),
  ];
  const body = inputs.rows.map((x, i): readonly Inline[] => {
    const y = rational(targets.rows[i]?.[0] as bigint, targets.denominator);
    const p = rational(preactivations[i]?.[0] as bigint, denominator);
    const slope = (): number => {
      const [at, target] = [p, y].map(({ num, den }) => Float64Array.of(toFloat(num, den)));
      const mu = toFloat(problem.data.weights.values[i] as bigint, problem.data.weights.denominator);
      return mu * (approximate(at as Float64Array, target as Float64Array)[0] as number);
    };
    return [
      `${i + 1}`,
      ...x.map((xj) => fraction(rational(xj, inputs.denominator))),
      fraction(y),
      fraction(p),
      gradients === null
        ? roughly(exactDyadic(slope()))
        : cellOrFraction(rational(gradients.rows[i]?.[0] as bigint, gradients.denominator)),
      ...(groups.length > 1 ? [`${order.findIndex(({ samples }) => samples.includes(i)) + 1}`] : []),
    ];
  });
  const which = gradients === null ? 'The exact numbers; g is rounded here:' : 'The exact numbers:';
  return [paragraph(which), table(header, body)];
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
          `${which}: that of ${margin.name} at sample ${margin.sample + 1}, `,
          exactly(margin.distance),
          ' away from the kink at ',
          fraction(margin.breakpoint),
          '. ',
        ];
  if (neighbourhood.kind === 'not-computed') {
    const why = {
      layers: 'No explicit radius is computed for convolutions, pools and residual layers; ',
      smooth: 'No explicit radius is computed for activations with smooth pieces; ',
      loss: 'No explicit radius is computed where the loss is not convex everywhere; ',
      size: 'No explicit radius is given here; ',
    }[neighbourhood.why];
    return [paragraph(...nearest, `${why}the theorem claims that there is one.`)];
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
