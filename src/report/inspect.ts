/** What a point makes of the data: the activation regions, the affine function on each, kinks, dead units, margins. */
import type { Location } from '../kernel/arithmetic/ordered.js';
import { negate, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { type Activation, affinePieceOf, type SmoothPiece } from '../kernel/model/activation.js';
import type { Network, Stage } from '../kernel/model/network.js';
import type { Point, SampleProblem } from '../kernel/statement.js';
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
import { isDense, latexOf, regionFormulas } from './formulas.js';
import { entryName, inWords, layerName, positionsNote, unitWord } from './layers.js';
import { smallestMargin } from './margins.js';
import { riskAt } from './motion.js';
import { decimal, exactly, fraction, roughly, superscript } from './numbers.js';
import {
  type AffineFunction,
  affineMap,
  type EntryState,
  entryStates,
  hasSmooth,
  type Region,
  ranges,
  regionsOf,
} from './regions.js';

/** Shown in full up to here; beyond, the first ones and how many more there are. */
const mostInputs = 8;
const mostRegions = 12;
const mostUnits = 16;
const mostOutputs = 4;
const mostPositions = 8;
const longestFormula = 600;

/** @returns the page; nerdamer is loaded when it is first called */
export async function inspect(
  problem: SampleProblem,
  point: Point,
  { format }: { readonly format: Format },
): Promise<string> {
  const { network, data } = problem;
  const found = regionsOf(problem, point);
  const { regions, evaluation, isExact } = found;
  const risk = riskAt(problem, point.parameters);
  const { formula: riskFormula, where } = riskWords(problem);
  const n = data.inputs.rows.length;
  const margin = smallestMargin(network, evaluation, () => true);
  const isExactRisk = isExact && problem.loss.family === 'polynomial';
  const blocks: Block[] = [
    heading(1, 'Activation regions'),
    paragraph(
      'Network ',
      architecture(problem),
      ` (${parameterCount(problem)}), risk `,
      riskFormula,
      ...where.flatMap((words): Inline[] => [', ', words]),
      '. At this point ',
      joined(
        formula(isExactRisk ? 'R(θ) = ' : 'R(θ) ', isExactRisk ? 'R(\\theta) = ' : 'R(\\theta) '),
        isExactRisk ? exactly(risk) : roughly(risk),
      ),
      `. ${countingNote}${positionsNote(network)}`,
    ),
    ...namesOf(problem),
    paragraph(
      `The ${plural(n, 'sample')} lie${n === 1 ? 's' : ''} in ${plural(regions.length, 'region')}: ${regionWords(problem, regions)}`,
    ),
    ...(isExact
      ? []
      : [
          paragraph(
            'Smooth activations have irrational values at this point: pieces are read from narrow enclosures, and what is marked ≈ is rounded.',
          ),
        ]),
    ...(isDense(network)
      ? []
      : [paragraph('Formulas in the parameters are written for networks of dense layers only, not for this one.')]),
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
  blocks.push(heading(2, 'Units and kinks'), ...unitBlocks(network, entryStates(network, found), n));
  blocks.push(
    paragraph(
      ...(margin === null
        ? ['No preactivation can come nearer to a kink: there is none that it is not on.']
        : [
            'Smallest distance of a preactivation to a kink that it is not on: ',
            isExact ? exactly(margin.distance) : roughly(margin.distance),
            `, of ${margin.name} at sample ${margin.sample + 1}, to the kink at `,
            fraction(margin.breakpoint),
            '.',
          ]),
    ),
  );
  return print(blocks, format);
}

/** What the samples of a region have in common. */
function regionWords({ network }: SampleProblem, regions: readonly Region[]): string {
  const hasPools = network.stages.some(({ kind }) => kind === 'maximum');
  const smooth = regions.filter((region) => hasSmooth(network, region)).length;
  const isOnEdge = regions.some(({ locations, winners }) =>
    [
      locations.some((row) => row.some(({ lower, upper }) => lower < upper)),
      winners.some((row) => row.some(({ length }) => length > 1)),
    ].includes(true),
  );
  const edge = isOnEdge
    ? ' Where an entry is on a kink or maxima tie, one of the pieces or winners is taken: at these samples all give the same value.'
    : '';
  const keeps = `on each, all units keep their pieces${hasPools ? ' and all maximum pools their winners' : ''}`;
  if (smooth === 0) return `${keeps}, and the network is one affine function of x.${edge}`;
  if (smooth === regions.length) return `${keeps}, and some unit is in a smooth piece.${edge}`;
  return `${keeps}. On ${smooth} of them some unit is in a smooth piece; on the others the network is one affine function of x.${edge}`;
}

/** Names of layers come from the file. */
function namesOf({ written }: SampleProblem): readonly Block[] {
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
  problem: SampleProblem,
  point: Point,
  region: Region,
  r: number,
  format: Format,
): Promise<readonly Block[]> {
  const { network } = problem;
  const { samples, locations, winners } = region;
  const map = affineMap(network, point, region);
  const outputs = Math.min(network.outputs, mostOutputs);
  const output = (c: number): Formula =>
    network.outputs === 1 ? formula('N(x)', 'N(x)') : formula(`N(x)_${c + 1}`, `N(x)_{${c + 1}}`);
  const items: Inline[][] = takenWords(network, locations, winners).map((words) => [words]);
  for (let c = 0; c < outputs; c++) {
    const affine = map[c] ?? null;
    items.push(
      affine === null
        ? [output(c), ' depends on smooth pieces here, and is no affine function of x']
        : [joined(output(c), affineText(affine))],
    );
  }
  if (network.inputs <= mostInputs && isDense(network)) {
    const formulas = regionFormulas(network, locations, longestFormula).slice(0, outputs);
    const latex = await latexOf(formulas.map((text) => (typeof text === 'string' ? text : '0')));
    formulas.forEach((text, c) => {
      const typeset = latex[c] as string;
      if (typeof text === 'string') {
        items.push(['in the parameters: ', joined(output(c), formula(` = ${text}`, ` = ${typeset}`))]);
        items.push(format === 'text' ? ['LaTeX: ', { code: typeset }] : ['as text: ', { code: text }]);
      } else if (text.unwritten === 'long') {
        items.push([output(c), ` in the parameters is a formula of more than ${longestFormula} characters`]);
      }
    });
  }
  if (outputs < network.outputs) items.push([`… and ${plural(network.outputs - outputs, 'more output')}`]);
  return [heading(3, `Region ${r + 1}: ${plural(samples.length, 'sample')} (${ranges(samples)})`), list(...items)];
}

/** Longer fractions say less than their decimals. */
const longestCoefficient = 24;

/** "= A x + b" with exact numbers, or "≈ …" with decimals where the numbers are long; beyond 8 terms only the first ones. */
function affineText({ a: coefficients, b: shift }: AffineFunction): Formula {
  const terms = coefficients.flatMap((a, j) => (a.num === 0n ? [] : [{ a, j }]));
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

/**
 * What every layer does, one string a layer; layers that only pass on what they read are left out.
 *
 * @param locations  by stage but the last one, and entry; null where nothing depends on the entry
 * @param winners  by stage; of a maximum pool, for each entry the entries that attain it, none where nothing depends on it
 */
export function takenWords(
  network: Network,
  locations: readonly (readonly (Location | null)[])[],
  winners: readonly (readonly (readonly number[])[])[],
): readonly string[] {
  return locations.flatMap((row, s): readonly string[] => {
    const stage = network.stages[s] as Stage;
    const { activation, kind } = stage;
    const isStraight = activation.smooth === null && activation.breakpoints.length === 0 && kind !== 'dense';
    const said = [
      ...(kind === 'maximum' ? [winnerWords(stage, winners[s] ?? [])] : []),
      ...(isStraight ? [] : [pieceWords(stage, row)]),
    ];
    return said.length === 0 ? [] : [`${layerName(network, s)}: ${said.join('; ')}`];
  });
}

const mostWinners = 16;

function winnerWords({ units, positions, inputPositions }: Stage, winners: readonly (readonly number[])[]): string {
  const asked = winners.filter(({ length }) => length > 0);
  const tied = asked.filter(({ length }) => length > 1).length;
  const unasked = winners.length - asked.length;
  const notAsked = unasked === 0 ? '' : `, ${unasked} not asked`;
  if (tied > 0)
    return `${tied} of ${plural(winners.length, 'maximum').replace('maximums', 'maxima')} attained twice or more${notAsked}`;
  if (winners.length > mostWinners || unasked > 0) {
    return `one winner for ${unasked === 0 ? 'each' : asked.length} of ${winners.length} maxima${notAsked}`;
  }
  const ofChannel = Array.from({ length: units }, (_, u) => {
    const won = winners.slice(u * positions, (u + 1) * positions).map(([entry]) => (entry as number) % inputPositions);
    return `channel ${u + 1} from position${won.length === 1 ? '' : 's'} ${won.map((q) => q + 1).join(', ')}`;
  });
  return `maxima of ${ofChannel.join('; ')}`;
}

/** The pieces of a layer's entries, entries with the same piece together. */
function pieceWords(stage: Stage, locations: readonly (Location | null)[]): string {
  const { activation } = stage;
  return inWords(
    stage,
    locations.map((location) => {
      if (location === null) return 'not asked';
      const { lower, upper } = location;
      return lower === upper ? onePiece(activation, lower) : onKink(activation, lower);
    }),
  );
}

function isRelu({ breakpoints, slopes, intercepts, denominator, smooth }: Activation): boolean {
  return (
    smooth === null &&
    breakpoints.length === 1 &&
    breakpoints[0] === 0n &&
    slopes[0] === 0n &&
    slopes[1] === denominator &&
    intercepts[0] === 0n
  );
}

function onePiece(activation: Activation, j: number): string {
  if (isRelu(activation)) return j === 0 ? 'off' : 'on';
  const piece = affinePieceOf(activation, j);
  if (piece === null) return `on the smooth piece h(z) = ${smoothText(activation.smooth?.[j] as SmoothPiece)}`;
  const { slope, intercept } = piece;
  if (slope.num === 0n) return `constant ${fraction(intercept).unicode}`;
  return `on h(z) = ${sumText([
    [slope, 'z'],
    [intercept, ''],
  ])}`;
}

/** "1/6·z² + 1/2·z" or "2·tanh(3·z − 1) + 1" */
function smoothText(piece: SmoothPiece): string {
  if (piece.function === 'polynomial') {
    return sumText(
      piece.coefficients.map((c, k) => [c, k === 0 ? '' : k === 1 ? 'z' : `z${superscript(k)}`] as const).reverse(),
    );
  }
  const { function: name, scale, rate, shift, offset, alpha } = piece;
  const argument = sumText([
    [rate, 'z'],
    [shift, ''],
  ]);
  const own = name === 'isru' ? `isru(${argument}; α = ${fraction(alpha).unicode})` : `${name}(${argument})`;
  return sumText([
    [scale, own],
    [offset, ''],
  ]);
}

/** Σ c·text, without the terms with c = 0 */
function sumText(terms: readonly (readonly [Rational, string])[]): string {
  let sum = '';
  for (const [c, text] of terms) {
    if (c.num === 0n) continue;
    const size = c.num < 0n ? negate(c) : c;
    const isOne = size.num === 1n && size.den === 1n;
    const term = text === '' ? fraction(size).unicode : isOne ? text : `${fraction(size).unicode}·${text}`;
    if (sum === '') sum = c.num < 0n ? `−${term}` : term;
    else sum += c.num < 0n ? ` − ${term}` : ` + ${term}`;
  }
  return sum === '' ? '0' : sum;
}

function onKink({ breakpoints, breakpointDenominator }: Activation, j: number): string {
  const tau = breakpoints[j] as bigint;
  const text = tau === 0n ? '0' : fraction(rational(tau, breakpointDenominator)).unicode;
  return `on the kink at ${text}`;
}

function unitBlocks(network: Network, states: readonly EntryState[], n: number): readonly Block[] {
  const blocks: Block[] = [deadBlock(network, states, n)];
  const kinks = states.filter(({ onKink }) => onKink.length > 0);
  if (kinks.length === 0) blocks.push(paragraph('No preactivation is on a kink.'));
  else blocks.push(...samplesBlocks(network, 'on a kink', kinks, ({ onKink }) => onKink));
  if (network.stages.some(({ kind }) => kind === 'maximum')) {
    const tied = states.filter((state) => state.tied.length > 0);
    if (tied.length === 0) blocks.push(paragraph('Every maximum has one winner at every sample.'));
    else blocks.push(...samplesBlocks(network, 'attained twice or more', tied, (state) => state.tied));
  }
  return blocks;
}

/** Channels that are dead at all positions are named once. */
function deadBlock(network: Network, states: readonly EntryState[], n: number): Block {
  const dead = states.filter((state) => state.dead);
  if (dead.length === 0) return paragraph('No unit is dead (constant near this point at every sample).');
  const byUnit = new Map<string, EntryState[]>();
  for (const state of dead) {
    const { positions } = network.stages[state.stage] as Stage;
    const key = `${state.stage} ${Math.floor(state.entry / positions)}`;
    byUnit.set(key, [...(byUnit.get(key) ?? []), state]);
  }
  const names = [...byUnit.values()].map((entries) => {
    const { stage, entry } = entries[0] as EntryState;
    const at = network.stages[stage] as Stage;
    const { positions } = at;
    const name = `${unitWord(at)} ${Math.floor(entry / positions) + 1} of ${layerName(network, stage)}`;
    const places = entries.map(({ entry: e }) => e % positions);
    if (places.length === positions) return name;
    return `${name} at position${places.length === 1 ? '' : 's'} ${ranges(places, mostPositions)}`;
  });
  const more = names.length > mostUnits ? `; and ${names.length - mostUnits} more` : '';
  return paragraph(
    `Dead (strictly inside a constant piece at all ${plural(n, 'sample')}): ${names.slice(0, mostUnits).join('; ')}${more}.`,
  );
}

function samplesBlocks(
  network: Network,
  what: string,
  states: readonly EntryState[],
  samples: (state: EntryState) => readonly number[],
): readonly Block[] {
  const more = states.length - mostUnits;
  const word = network.stages.some(({ positions }) => positions > 1) ? 'entry' : 'unit';
  return [
    table(
      [`${word} ${what}`, 'samples'],
      states
        .slice(0, mostUnits)
        .map((state) => [
          entryName(network, state.stage, state.entry),
          `${samples(state).length}: ${ranges(samples(state))}`,
        ]),
    ),
    ...(more > 0 ? [paragraph(`… and ${more} more.`)] : []),
  ];
}
