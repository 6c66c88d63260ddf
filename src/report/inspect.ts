/** What a point makes of the data: the activation regions, the affine function on each, kinks, dead units, margins. */
import type { Location } from '../kernel/arithmetic/ordered.js';
import { negate, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { type PiecewiseAffine, pieceOf } from '../kernel/model/activation.js';
import { exactRisk } from '../kernel/model/evaluation.js';
import type { Point, Problem } from '../kernel/statement.js';
import { architecture, countingNote, parameterCount, riskWords } from './architecture.js';
import {
  type Block,
  type Format,
  type Formula,
  formula,
  heading,
  type Inline,
  joined,
  list,
  paragraph,
  print,
  table,
} from './document.js';
import { latexOf, regionFormulas } from './formulas.js';
import { smallestMargin } from './margins.js';
import { decimal, exactly, fraction } from './numbers.js';
import { type AffineMap, affineMap, type Region, ranges, regionsOf, type UnitState, unitStates } from './regions.js';

/** Shown in full up to here; beyond, the first ones and how many more there are. */
const mostInputs = 8;
const mostRegions = 12;
const mostUnits = 16;
const mostOutputs = 4;
const longestFormula = 600;

/** @returns the page; nerdamer is loaded when it is first called */
export async function inspect(
  problem: Problem,
  point: Point,
  { format }: { readonly format: Format },
): Promise<string> {
  const { network, data, loss } = problem;
  const found = regionsOf(problem, point);
  const { regions, evaluation } = found;
  const risk = exactRisk(evaluation, loss, data, new Meter(defaultLimits));
  const { formula: riskFormula, where } = riskWords(problem);
  const n = data.inputs.rows.length;
  const margin = smallestMargin(network, evaluation, () => true);
  const blocks: Block[] = [
    heading(1, 'Activation regions'),
    paragraph(
      'Network ',
      architecture(problem),
      ` (${parameterCount(problem)}), risk `,
      riskFormula,
      ...where.flatMap((words): Inline[] => [', ', words]),
      '. At this point ',
      joined(formula('R(θ) = ', 'R(\\theta) = '), exactly(risk)),
      `. ${countingNote}`,
    ),
    ...namesOf(problem),
    paragraph(
      `The ${plural(n, 'sample')} lie${n === 1 ? 's' : ''} in ${plural(regions.length, 'region')}: on each, all units keep their pieces, and the network is one affine function of x.`,
    ),
  ];
  const shown = regions.slice(0, mostRegions);
  for (const [r, region] of shown.entries()) blocks.push(...(await regionBlocks(problem, point, region, r, format)));
  if (shown.length < regions.length) {
    const rest = regions.slice(mostRegions);
    blocks.push(
      paragraph(
        `… and ${plural(rest.length, 'more region')} with ${plural(
          rest.reduce((sum, { samples }) => sum + samples.length, 0),
          'sample',
        )}.`,
      ),
    );
  }
  blocks.push(heading(2, 'Units and kinks'), ...unitBlocks(unitStates(network, found), n));
  blocks.push(
    paragraph(
      ...(margin === null
        ? ['No preactivation can come nearer to a kink: there is none that it is not on.']
        : [
            'Smallest distance of a preactivation to a kink that it is not on: ',
            exactly(margin.distance),
            `, of unit ${margin.unit + 1} of layer ${margin.stage + 1} at sample ${margin.sample + 1}, to the kink at `,
            fraction(margin.breakpoint),
            '.',
          ]),
    ),
  );
  return print(blocks, format);
}

/** Names of layers come from the file. */
function namesOf({ written }: Problem): readonly Block[] {
  const named = written.network.layers.flatMap((layer, i) =>
    layer.name === undefined ? [] : [{ i, name: layer.name }],
  );
  if (named.length === 0) return [];
  return [
    paragraph(
      'Layers named in the file (names are not checked): ',
      ...named.flatMap(({ i, name }, k): Inline[] => [
        `${k === 0 ? '' : ', '}$.network.layers[${i}] is “`,
        { claimed: name },
        '”',
      ]),
      '.',
    ),
  ];
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

async function regionBlocks(
  problem: Problem,
  point: Point,
  { samples, locations }: Region,
  r: number,
  format: Format,
): Promise<readonly Block[]> {
  const { network } = problem;
  const map = affineMap(network, point, locations);
  const outputs = Math.min(network.outputs, mostOutputs);
  const output = (c: number): Formula =>
    network.outputs === 1 ? formula('N(x)', 'N(x)') : formula(`N(x)_${c + 1}`, `N(x)_{${c + 1}}`);
  const items: Inline[][] = locations.map((row, s) => [`layer ${s + 1}: `, pieceWords(problem, s, row)]);
  for (let c = 0; c < outputs; c++) items.push([joined(output(c), affineText(map, c))]);
  if (network.inputs <= mostInputs) {
    const formulas = regionFormulas(network, locations, longestFormula).slice(0, outputs);
    const latex = await latexOf(formulas.map((text) => text ?? '0'));
    formulas.forEach((text, c) => {
      const typeset = latex[c] as string;
      if (text === null)
        items.push([output(c), ` in the parameters is a formula of more than ${longestFormula} characters`]);
      else {
        items.push(['in the parameters: ', joined(output(c), formula(` = ${text}`, ` = ${typeset}`))]);
        items.push(format === 'text' ? ['LaTeX: ', { code: typeset }] : ['as text: ', { code: text }]);
      }
    });
  }
  if (outputs < network.outputs) items.push([`… and ${plural(network.outputs - outputs, 'more output')}`]);
  return [heading(3, `Region ${r + 1}: ${plural(samples.length, 'sample')} (${ranges(samples)})`), list(...items)];
}

/** Longer fractions say less than their decimals. */
const longestCoefficient = 24;

/** "= A x + b" with exact numbers, or "≈ …" with decimals where the numbers are long; beyond 8 terms only the first ones. */
function affineText({ A, b }: AffineMap, c: number): Formula {
  const terms = (A[c] as AffineMap['b']).flatMap((a, j) => (a.num === 0n ? [] : [{ a, j }]));
  const shift = b[c] as Rational;
  const shown = terms.slice(0, mostInputs);
  const all = [...shown.map(({ a }) => a), shift];
  const isExact = all.every((a) => fraction(a).unicode.length <= longestCoefficient);
  const text = (a: Rational): Formula => (isExact ? fraction(a) : decimal(a));
  const parts: (Formula | string)[] = [];
  const sign = (a: Rational): Formula | string => {
    if (parts.length === 0) return a.num < 0n ? formula('−', '-') : '';
    return a.num < 0n ? formula(' − ', ' - ') : ' + ';
  };
  const size = (a: Rational): Rational => (a.num < 0n ? negate(a) : a);
  for (const { a, j } of shown) {
    const isOne = a.den === 1n && (a.num === 1n || a.num === -1n);
    const factor = isOne ? '' : joined(text(size(a)), formula('·', ' \\cdot '));
    parts.push(joined(sign(a), factor, formula(`x${j + 1}`, `x_{${j + 1}}`)));
  }
  const more = terms.length - shown.length;
  if (more > 0) parts.push(formula(` + … (${more} more)`, ` + \\ldots\\ (${more}\\text{ more})`));
  if (shift.num !== 0n || parts.length === 0) parts.push(joined(sign(shift), text(size(shift))));
  return joined(isExact ? ' = ' : formula(' ≈ ', ' \\approx '), ...parts);
}

/** The pieces of a layer's units, units with the same piece together. */
export function pieceWords({ network, written }: Problem, stage: number, locations: readonly Location[]): string {
  const { activation, layer } = network.stages[stage] as Problem['network']['stages'][number];
  const name = written.network.layers[layer + 1];
  const isRelu = name?.type === 'activation' && name.function === 'relu';
  const groups = new Map<string, number[]>();
  locations.forEach(({ lower, upper }, u) => {
    const words = lower === upper ? onePiece(activation, lower, isRelu) : onKink(activation, lower);
    const group = groups.get(words);
    if (group === undefined) groups.set(words, [u]);
    else group.push(u);
  });
  return [...groups]
    .map(([words, units]) => `unit${units.length === 1 ? '' : 's'} ${ranges(units, mostUnits)} ${words}`)
    .join('; ');
}

function onePiece(activation: PiecewiseAffine, j: number, isRelu: boolean): string {
  if (isRelu) return j === 0 ? 'off' : 'on';
  const { slope, intercept } = pieceOf(activation, j);
  if (slope.num === 0n) return `constant ${fraction(intercept).unicode}`;
  const linear = slope.num === 1n && slope.den === 1n ? 'z' : `${fraction(slope).unicode}·z`;
  if (intercept.num === 0n) return `on h(z) = ${linear}`;
  const sign = intercept.num < 0n ? '−' : '+';
  return `on h(z) = ${linear} ${sign} ${fraction(intercept.num < 0n ? negate(intercept) : intercept).unicode}`;
}

function onKink({ breakpoints, breakpointDenominator }: PiecewiseAffine, j: number): string {
  const tau = breakpoints[j] as bigint;
  const text = tau === 0n ? '0' : fraction(rational(tau, breakpointDenominator)).unicode;
  return `on the kink at ${text}`;
}

function unitBlocks(states: readonly UnitState[], n: number): readonly Block[] {
  const dead = states.filter((state) => state.dead);
  const kinks = states.filter(({ onKink }) => onKink.length > 0);
  const name = ({ stage, unit }: UnitState): string => `unit ${unit + 1} of layer ${stage + 1}`;
  const blocks: Block[] = [
    paragraph(
      dead.length === 0
        ? 'No unit is dead (constant near this point at every sample).'
        : `Dead (strictly inside a constant piece at all ${plural(n, 'sample')}): ${dead.slice(0, mostUnits).map(name).join(', ')}${dead.length > mostUnits ? `, and ${dead.length - mostUnits} more` : ''}.`,
    ),
  ];
  if (kinks.length === 0) return [...blocks, paragraph('No preactivation is on a kink.')];
  return [
    ...blocks,
    table(
      ['unit on a kink', 'samples'],
      kinks.slice(0, mostUnits).map((state) => [name(state), `${state.onKink.length}: ${ranges(state.onKink)}`]),
    ),
  ];
}
