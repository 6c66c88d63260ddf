/** Rule `neuron-dominance`, told with the numbers of one instance (theory.md 2). */
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { UnitHint } from '../kernel/format.js';
import { locationOf } from '../kernel/model/evaluation.js';
import { type HiddenLayer, hiddenChannels, hiddenLayer, oneSidedDerivative } from '../kernel/model/hidden-layer.js';
import type { DenseValues } from '../kernel/model/network.js';
import { firstOrderBound, neighbourhoodBlocks } from './argue-affine-span.js';
import { type Block, display, type Formula, formula, type Inline, joined, list, paragraph, table } from './document.js';
import { plural } from './inspect.js';
import { cell, fraction } from './numbers.js';
import { dominanceNeighbourhood } from './radius.js';
import { ranges } from './regions.js';
import type { Subject } from './subject.js';

const mostUnits = 16;
const mostMultipliers = 8;

interface UnitFacts {
  readonly unit: number;
  readonly outgoing: readonly Rational[];
  readonly onKink: readonly number[];
  readonly merged: number;
  readonly convex: number;
  readonly concave: number;
  readonly how: string;
}

export function arguesNeuronDominance(subject: Subject): readonly Block[] {
  const { theta, instance } = subject;
  // The hidden layer stands before a dense output layer, or before the flattening of its channels.
  if (subject.problem.network.stages.at(-2)?.kind !== 'dense') return arguesForChannels(subject);
  const layer = hiddenLayer(instance);
  const { hidden, output } = layer;
  const hints = hintsOf(subject);
  const units = Array.from({ length: hidden.units }, (_, j) => factsOf(subject, layer, j, hints?.[j] ?? null));
  const scalar = output.units === 1;
  const radii = units.map((_, j) => hints?.[j]?.radius ?? null);
  const { neighbourhood, sign } = dominanceNeighbourhood(instance, theta, radii);
  return [
    ...firstOrderBound(subject.problem),
    paragraph(
      'With one hidden layer, ',
      formula('N_θ(x) = c + Σ_j v_j h(w_j·x̃)', 'N_\\theta(x) = c + \\sum_j v_j\\, h(w_j \\cdot \\tilde x)'),
      hidden.bias ? ', x̃ = (x, 1)' : ', x̃ = x',
      ', the right-hand side splits into one term a unit. Let ',
      formula('ψ(w) = Σ_i g_i h(w·x̃_i)', '\\psi(w) = \\sum_i g_i\\, h(w \\cdot \\tilde x_i)'),
      ', a piecewise affine function. The kernel has found, exactly:',
    ),
    list(
      ...(output.bias && output.fixed === null
        ? [[formula('Σ_i g_i = 0', '\\sum_i g_i = 0'), ', so the output bias adds nothing;'] as const]
        : []),
      ...(output.fixed === null
        ? [
            [
              formula('ψ(w_j) = 0', '\\psi(w_j) = 0'),
              hidden.units === 1 ? ' for the unit;' : ` for each of the ${hidden.units} units;`,
            ] as const,
          ]
        : []),
      [
        scalar
          ? formula('v_j ψ′(w_j; e) ≥ 0', "v_j\\, \\psi'(w_j; e) \\ge 0")
          : formula('⟨u, ψ′(w_j; e)⟩ ≥ 0', "\\langle u, \\psi'(w_j; e) \\rangle \\ge 0"),
        scalar
          ? ' for every direction e, for each unit; where v_j = 0, even ψ′(w_j; ·) = 0.'
          : ` for every direction e and every vertex u of a cross-polytope around v_j ∈ R^${output.units}, for each unit.`,
      ],
    ),
    paragraph('Near θ, ψ(w_j + e) = ψ(w_j) + ψ′(w_j; e), and v′_j stays on the side of v_j. Therefore'),
    display(
      formula(
        'R(θ′) − R(θ) ≥ Σ_j v′_j ψ′(w_j; w′_j − w_j) ≥ 0',
        "R(\\theta') - R(\\theta) \\ \\ge\\ \\sum_j v'_j\\, \\psi'(w_j;\\, w'_j - w_j) \\ \\ge\\ 0",
      ),
    ),
    paragraph(
      'How the second inequality is shown. In direction e the one-sided derivative is ',
      formula('M·e + Σ κ_i max(e·x̃_i, 0)', 'M \\cdot e + \\sum \\kappa_i \\max(e \\cdot \\tilde x_i, 0)'),
      ', the sum over the samples at which the unit is on a kink (samples whose x̃ are parallel are merged into one term). ',
      'P holds the terms with κ > 0, Q those with κ < 0. ',
      ...(units.some(({ concave }) => concave > 0)
        ? [
            'Where Q is not empty, the certificate cuts the space of directions into cones on which every term of Q has one sign, or covers the terms of Q by shares of those of P; on each cone multipliers as below exist. ',
          ]
        : []),
      'Multipliers ',
      formula('0 ≤ λ_i ≤ κ_i', '0 \\le \\lambda_i \\le \\kappa_i'),
      ' on P with ',
      formula('M + Σ_P λ_i x̃_i = 0', 'M + \\sum_P \\lambda_i \\tilde x_i = 0'),
      ' give ',
      formula(
        'M·e + Σ κ_i max(e·x̃_i, 0) ≥ M·e + Σ λ_i e·x̃_i = 0',
        'M \\cdot e + \\sum \\kappa_i \\max(e \\cdot \\tilde x_i, 0) \\ge M \\cdot e + \\sum \\lambda_i\\, e \\cdot \\tilde x_i = 0',
      ),
      '.',
    ),
    unitTable(units, scalar),
    ...multiplierBlocks(subject, layer, hints),
    ...neighbourhoodBlocks(neighbourhood, 'The preactivation that reaches a further kink first', scalar ? sign : null),
  ];
}

/** The same for a convolution, told without the numbers of its channels. */
function arguesForChannels(subject: Subject): readonly Block[] {
  const { hidden, output, windows } = hiddenChannels(subject.instance);
  const components = output.units * windows.length;
  return [
    ...firstOrderBound(subject.problem),
    paragraph(
      `The one free hidden layer is a convolution: a channel meets ${plural(hidden.positions, 'patch').replace('patchs', 'patches')} x̃_ip of every sample, and the output reads ${windows.length === 1 ? 'one number' : `${windows.length} numbers`} of each channel: `,
      formula(
        'N_θ(x_i) = c + Σ_j Σ_q v_jq · mean_{p∈q} h(w_j·x̃_ip)',
        'N_\\theta(x_i) = c + \\sum_j \\sum_q v_{jq}\\, \\operatorname{mean}_{p \\in q} h(w_j \\cdot \\tilde x_{ip})',
      ),
      '. With ',
      formula(
        'Ψ_aq(w) = Σ_i g_ia · mean_{p∈q} h(w·x̃_ip)',
        '\\Psi_{aq}(w) = \\sum_i g_{ia} \\operatorname{mean}_{p \\in q} h(w \\cdot \\tilde x_{ip})',
      ),
      ' for output a and entry q of a channel, the kernel has found, exactly:',
    ),
    list(
      ...(output.bias && output.fixed === null
        ? [[formula('Σ_i g_i = 0', '\\sum_i g_i = 0'), ', so the output bias adds nothing;'] as const]
        : []),
      ...(output.fixed === null
        ? [[formula('Ψ_aq(w_j) = 0', '\\Psi_{aq}(w_j) = 0'), ' for all a, q and channels j;'] as const]
        : []),
      components === 1
        ? [
            formula('v_j Ψ′(w_j; e) ≥ 0', "v_j\\, \\Psi'(w_j; e) \\ge 0"),
            ' for every direction e, for each channel; where v_j = 0, even Ψ′(w_j; ·) = 0.',
          ]
        : [
            formula('⟨u, Ψ′(w_j; e)⟩ ≥ 0', "\\langle u, \\Psi'(w_j; e) \\rangle \\ge 0"),
            ` for every direction e and every vertex u of a cross-polytope around v_j ∈ R^${components}, for each channel.`,
          ],
    ),
    paragraph(
      'The inequalities in e are shown by the multipliers of the certificate, on patches at which a channel is on a kink. Near θ, Ψ(w_j + e) = Ψ(w_j) + Ψ′(w_j; e), so the right-hand side of the bound is ≥ 0. No explicit radius is computed for convolutions; the theorem claims that there is one.',
    ),
  ];
}

function hintsOf({ steps }: Subject): readonly UnitHint[] | null {
  const node = steps['localMinimum'];
  return node?.rule === 'neuron-dominance' ? node.units : null;
}

function outgoingOf({ theta }: Subject, j: number): readonly Rational[] {
  const { weights, denominator } = theta[theta.length - 1] as DenseValues;
  return weights.map((row) => rational(row[j] as bigint, denominator));
}

/** The derivative with ⟨v_j, g_i⟩ for g_i; where v_j = 0, with g_i itself (first output). */
function derivativeOf(subject: Subject, layer: HiddenLayer<bigint>, j: number) {
  const { instance } = subject;
  const outgoing = outgoingOf(subject, j);
  const zero = outgoing.every(({ num }) => num === 0n);
  const { rows, denominator } = instance.gradients;
  const single = outgoing.length === 1;
  const sign = single && (outgoing[0]?.num ?? 0n) < 0n ? -1n : 1n;
  const { weights, denominator: over } = subject.theta[subject.theta.length - 1] as DenseValues;
  const gammas = rows.map((row) => {
    if (single || zero) return sign * (row[0] as bigint);
    return row.reduce((sum, g, c) => sum + g * (weights[c]?.[j] as bigint), 0n);
  });
  return oneSidedDerivative(instance, layer, j, gammas, single || zero ? denominator : denominator * over);
}

function factsOf(subject: Subject, layer: HiddenLayer<bigint>, j: number, hint: UnitHint | null): UnitFacts {
  const { hidden, values } = layer;
  const outgoing = outgoingOf(subject, j);
  const onKink = values.preactivations.flatMap((_, i) => {
    const { lower, upper } = locationOf(hidden.activation, values.locations, i, j);
    return lower === upper ? [] : [i];
  });
  const { kinks } = derivativeOf(subject, layer, j);
  const concave = kinks.filter(({ kappa }) => kappa < 0n).length;
  const convex = kinks.filter(({ kappa }) => kappa > 0n).length;
  return {
    unit: j,
    outgoing,
    onKink,
    merged: kinks.length,
    convex,
    concave,
    how: howShown(subject, outgoing, kinks.length, concave, hint),
  };
}

function howShown(
  { problem: { network } }: Subject,
  outgoing: UnitFacts['outgoing'],
  merged: number,
  concave: number,
  hint: UnitHint | null,
): string {
  const hidden = network.stages[network.stages.length - 2];
  if (hidden !== undefined && hidden.fixed !== null) return 'frozen: it does not move';
  if (hint?.vertices !== undefined)
    return `${hint.vertices.length} vertices, radius ${fraction(hint.radius ?? rational(0n)).unicode}`;
  if (outgoing.length === 1 && outgoing[0]?.num === 0n) return 'v = 0: every κ and M are 0';
  if (merged === 0) return 'on no kink: M = 0';
  if (hint?.transport !== undefined) return 'terms of Q carried by those of P';
  if (hint?.sample !== undefined) return `split into ${plural(leaves(hint), 'cone')}, multipliers on each`;
  return concave > 0 ? 'cones or transport, with multipliers' : 'multipliers λ on P';
}

function leaves(hint: UnitHint): number {
  if (hint.sample === undefined) return 1;
  return [hint.nonnegative, hint.nonpositive].reduce(
    (sum, child) => sum + (child === undefined ? 0 : leaves(child)),
    0,
  );
}

function unitTable(units: readonly UnitFacts[], scalar: boolean): Block {
  const shown = units.slice(0, mostUnits);
  const rows = shown.map(({ unit, outgoing, onKink, merged, convex, concave, how }): readonly Inline[] => [
    `${unit + 1}`,
    ...(scalar ? [shortest(outgoing[0] as Rational)] : []),
    onKink.length === 0 ? '0' : `${onKink.length} (${ranges(onKink, 4)})`,
    `${merged}`,
    `${convex}`,
    `${concave}`,
    how,
  ]);
  if (units.length > shown.length) {
    rows.push([`… ${units.length - shown.length} more`, ...(scalar ? [''] : []), '', '', '', '', '']);
  }
  return table(
    ['unit', ...(scalar ? [formula('v_j')] : []), 'samples on a kink', 'merged', 'in P', 'in Q', 'shown by'],
    rows,
  );
}

function shortest(a: Rational): Formula {
  const exact = fraction(a);
  return exact.unicode.length <= 16 ? exact : cell(a, 4);
}

/** The multipliers of units with Q = ∅, each tested again: 0 ≤ λ ≤ κ and M + Σ λ x̃ = 0. */
function multiplierBlocks(
  subject: Subject,
  layer: HiddenLayer<bigint>,
  hints: readonly UnitHint[] | null,
): readonly Block[] {
  if (hints === null || layer.output.units > 1) return [];
  const items = hints.flatMap((hint, j): readonly (readonly Inline[])[] => {
    const { multipliers } = hint;
    if (multipliers === undefined || multipliers.values.length === 0 || hint.sample !== undefined) return [];
    const { kinks, M, scale } = derivativeOf(subject, layer, j);
    const P = kinks.filter(({ kappa }) => kappa > 0n);
    if (hint.transport !== undefined || P.length !== multipliers.values.length) return [];
    const holds =
      P.every(({ kappa }, p) => {
        const lambda = multipliers.values[p] as bigint;
        return lambda >= 0n && lambda * scale <= kappa * multipliers.denominator;
      }) &&
      M.every((m, a) => {
        const sum = P.reduce((total, { row }, p) => total + (multipliers.values[p] as bigint) * (row[a] as bigint), 0n);
        return m * multipliers.denominator + scale * sum === 0n;
      });
    if (!holds) return [];
    const shown = P.slice(0, mostMultipliers).flatMap(({ sample, kappa }, p): Inline[] => [
      p === 0 ? '' : '; ',
      `sample ${sample + 1}: `,
      joined(
        formula('λ = ', '\\lambda = '),
        shortest(rational(multipliers.values[p] as bigint, multipliers.denominator)),
        formula(' ≤ κ = ', ' \\le \\kappa = '),
        shortest(rational(kappa, scale)),
      ),
    ]);
    return [[`unit ${j + 1}: `, ...shown, P.length > mostMultipliers ? `; … ${P.length - mostMultipliers} more` : '']];
  });
  if (items.length === 0) return [];
  const shown = items.slice(0, mostUnits);
  return [
    paragraph('The multipliers (merged samples under the first of them; x̃ over one denominator):'),
    list(...shown),
  ];
}
