/** Pictures of a theorem as SVG: no script, no font, no file from outside; the same bytes for the same theorem. */

import { match } from 'ts-pattern';
import { escaped } from '../formats/quoted.js';
import type { Risk } from '../kernel/model/enclosing.js';
import type { Theorem } from '../kernel/theorem.js';
import { architecture, parameterCount, riskWords } from './architecture.js';
import { forXml } from './escape.js';
import { plural } from './inspect.js';
import { type Amount, exactAmount, exactly, fraction, roughly, share } from './numbers.js';
import { type Panel, type PlotRequest, placed, type Shown } from './panel.js';
import { familyPanels } from './panel-family.js';
import { listPanels } from './panel-list.js';
import { realizationPanel } from './panel-realization.js';
import { intervalResidualPanel, residualPanel } from './panel-residual.js';
import { segmentPanel } from './panel-segment.js';
import { slicePanel } from './panel-slice.js';
import { picture } from './picture.js';
import { minimumName } from './statement.js';
import { brokenLines, element, fontFamily, text } from './svg.js';

export const views = ['segment', 'slice', 'realization', 'residual', 'family'] as const;
/**
 * What a picture shows: the risk on the segment between two points or on a plane, the network as a function, residuals, a family.
 */
export type View = (typeof views)[number];

/** What to draw. */
export interface PlotOptions {
  /** without it: for one input the realization, on an interval with its residual; else segment and slice side by side */
  readonly view?: View;
  /** chooses the second direction of a slice, and the first where the theorem names none */
  readonly planeSeed?: number;
  /** what the axis of the input is called, with its unit, such as "petal length (cm)"; no markup, in one line */
  readonly inputName?: string;
  /** what the axis of the outputs is called */
  readonly outputName?: string;
}

/** Outputs that have a panel of their own. */
const mostOutputs = 3;
const wide = { width: 640, height: 400 };
const narrow = { width: 520, height: 400 };
const headHeight = 42;

/** An axis is named that the picture has not. */
export class NoSuchAxis extends RangeError {
  constructor(readonly what: Shown) {
    super(`Cannot name the ${what}: the picture has no axis of it`);
  }
}

/**
 * @throws RangeError where a view is asked that the theorem has not, such as a realization of a network with several inputs; NoSuchAxis where the
 * picture has no axis for a name
 */
export function plot(theorem: Theorem, options: PlotOptions = {}): string {
  const panels = panelsOf(theorem, options);
  const unnamed = unnamedAxis(panels, options);
  if (unnamed !== null) throw new NoSuchAxis(unnamed);
  return figure(theorem, panels);
}

/** @returns what has a name and is on no axis of the picture, or null */
function unnamedAxis(panels: readonly Panel[], { inputName, outputName }: PlotOptions): Shown | null {
  const isShown = (what: Shown): boolean => panels.some(({ shows }) => shows?.includes(what) === true);
  if (inputName !== undefined && !isShown('input')) return 'input';
  return outputName !== undefined && !isShown('output') ? 'output' : null;
}

/** What the data are where they are no samples. */
const notSamples = {
  ...{ samples: 'samples', 'decayed-samples': 'samples', box: 'a box' },
  ...{ 'gaussian-teacher': 'a Gaussian teacher', 'parametrized-target': 'a parametrized target' },
} as const;

/** @returns what a theorem must have for this view and has not, or null */
export function lacking({ statement: { problem, family, list } }: Theorem, view: View): string | null {
  const { type, network } = problem;
  const isSum = type === 'samples' || type === 'decayed-samples';
  if (view === 'realization' && network.inputs !== 1) {
    return `needs a network with one input, found ${network.inputs}`;
  }
  if (
    (view === 'residual' && !isSum && !(type === 'box' && network.inputs === 1)) ||
    (view === 'realization' && type === 'gaussian-teacher')
  ) {
    return `needs samples or an interval, found ${notSamples[type]}`;
  }
  if (view === 'residual' && list !== null) return 'needs a certificate about a point, found a list';
  if (type === 'parametrized-target' && (view === 'segment' || view === 'slice')) {
    return 'needs risks, which are known only up to a common number here';
  }
  return view === 'family' && family === null ? 'needs a certificate about a family' : null;
}

/** @returns the views that show something of the theorem; around the first point of a list, where no plane is told, that is nothing */
export function tellingViews(theorem: Theorem): readonly View[] {
  return views.filter(
    (view) => lacking(theorem, view) === null && (theorem.statement.list === null || view === 'realization'),
  );
}

function panelsOf(theorem: Theorem, { view, planeSeed = 1, inputName, outputName }: PlotOptions): readonly Panel[] {
  const missing = view === undefined ? null : lacking(theorem, view);
  if (missing !== null) throw new RangeError(`Cannot draw the ${view}: it ${missing}`);
  const names = {
    ...(inputName === undefined ? {} : { input: inputName }),
    ...(outputName === undefined ? {} : { output: outputName }),
  };
  const wanted: PlotRequest = { theorem, planeSeed, names };
  const { problem, list } = theorem.statement;
  const { network, type } = problem;
  const onInterval = type === 'box' && network.inputs === 1 && list === null;
  const outputs = Array.from({ length: Math.min(network.outputs, mostOutputs) }, (_, c) => c);
  const realizations = (): readonly Panel[] =>
    problem.type === 'box' && list !== null
      ? listPanels(problem, list, wanted)
      : outputs.map((c) => realizationPanel(wanted, c));
  const slices = (): readonly Panel[] => {
    const slice = slicePanel(wanted);
    return slice === null ? [] : [slice];
  };
  return match(view)
    .returnType<readonly Panel[]>()
    .with('segment', () => [segmentPanel(wanted)])
    .with('slice', () => {
      const found = slices();
      return found.length === 0 ? [segmentPanel(wanted)] : found;
    })
    .with('realization', realizations)
    .with('residual', () =>
      onInterval ? outputs.map((c) => intervalResidualPanel(wanted, c)) : [residualPanel(wanted)],
    )
    .with('family', () => familyPanels(wanted))
    .with(undefined, () =>
      type === 'parametrized-target' && theorem.statement.family !== null
        ? familyPanels(wanted)
        : network.inputs !== 1 || type === 'gaussian-teacher'
          ? [segmentPanel(wanted), ...slices()]
          : [...realizations(), ...(onInterval && network.outputs === 1 ? [intervalResidualPanel(wanted, 0)] : [])],
    )
    .exhaustive();
}

/** The panels of a view one by one, without the title and the caption of a figure, for pages that say these in words. */
export function pictures(theorem: Theorem, view: View): readonly string[] {
  return panelsOf(theorem, { view }).map((panel, p) => picture(panel, `${view}-${p + 1}`).svg);
}

function figure(theorem: Theorem, panels: readonly Panel[]): string {
  const size = panels.length === 1 ? wide : narrow;
  const width = panels.length * size.width;
  const caption = captionOf(theorem).flatMap(({ words, rich }) =>
    brokenLines(words, width - 48, 12).map((row) => ({ words: row, rich })),
  );
  const height = headHeight + size.height + 14 + caption.length * 17 + 12;
  const title = titleOf(theorem);
  const drawn = panels.map(
    (panel, p) => placed(panel, { x: p * size.width, y: headHeight, ...size }, `frame-${p + 1}`).drawn,
  );
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'font-family': fontFamily,
    },
    element('title', {}, forXml(title)),
    element(
      'desc',
      {},
      forXml(
        captionOf(theorem)
          .map(({ words }) => words)
          .join(' '),
      ),
    ),
    element('rect', { x: 0, y: 0, width, height, fill: '#FFFFFF' }),
    text(24, 28, title, { size: 17, weight: 'bold' }),
    ...drawn,
    ...caption.map(({ words, rich }, k) =>
      text(24, headHeight + size.height + 22 + k * 17, words, { size: 12, fill: '#444444', rich }),
    ),
  )}\n`;
}

function titleOf({ statement: { kind, radius } }: Theorem): string {
  return match(kind)
    .returnType<string>()
    .with('local-minimum', () => 'θ is a local minimum')
    .with('spurious-local-minimum', () => 'θ is a spurious local minimum; θ° is better')
    .with('global-minimum', () => 'θ is a global minimum')
    .with('not-global-minimum', () => 'θ is not a global minimum; θ° is better')
    .with('not-local-minimum', () => 'θ is not a local minimum')
    .with('saddle', () => 'θ is a saddle point')
    .with('local-minimum-near', () => 'A local minimum is near θ')
    .with('spurious-local-minimum-near', () => 'A spurious local minimum is near θ; θ° is better')
    .with(
      'no-local-minimum-near',
      () => `No local minimum within ${radius === null ? '' : fraction(radius).unicode} of θ`,
    )
    .with('ill-posed-best-approximation', () => 'Best approximation is ill-posed: θ and θ₂ are both global minima')
    .with('spurious-family', () => 'Every θ(t) is a spurious local minimum; θ° is better')
    .with('complete-critical-realizations', () => 'All critical realizations')
    .exhaustive();
}

const longestSource = 400;

interface CaptionLine {
  readonly words: string;
  readonly rich: boolean;
}

/** The fraction where it is short, else the decimal alone. */
function brief(a: Amount): string {
  if (exactAmount(a) === null) return roughly(a, 6).unicode;
  const whole = fraction(a).unicode;
  return whole.length <= 24 ? `= ${exactly(a).unicode}` : roughly(a, 6).unicode;
}

/** What the theorem says of the picture, and what nobody has checked. */
function captionOf({ statement: { kind, problem, point: at, list }, risk, about }: Theorem): readonly CaptionLine[] {
  const { point, better, gap } = risk;
  const { formula, where } = riskWords(problem);
  const name = kind === 'spurious-family' ? 'θ(t)' : minimumName(kind);
  const own = (words: string): CaptionLine => ({ words, rich: true });
  const part = gap === null || point === null ? null : share(gap, point);
  const risks =
    point === null
      ? `R(${name}) − R(θ°) ${brief(gap as Risk)}.`
      : better === null || gap === null
        ? `${list === null ? `R(${name})` : `the list of ${list.length} is complete; min R`} ${brief(point)}.`
        : `R(${name}) ${brief(point)}; R(θ°) ${brief(better)}, lower by ${brief(gap).replace(/^= /, 'exactly ')}${part === null ? '' : ` (${part.unicode} of R(${name}))`}.`;
  const claimed = about === null ? undefined : (about.source ?? about.theorem ?? about.text);
  const samples =
    problem.type === 'box'
      ? `a box of dimension ${problem.network.inputs}`
      : problem.type === 'parametrized-target'
        ? 'a target on an interval'
        : problem.type === 'gaussian-teacher'
          ? `${plural(problem.data.teacher.rows.length, 'teacher unit')}`
          : plural(problem.data.inputs.rows.length, 'sample');
  return [
    own(`Proved in exact arithmetic: ${risks}`),
    own(`Network ${architecture(problem).unicode}, ${parameterCount(problem)}, ${samples}.`),
    own(`${[formula, ...where].map(({ unicode }) => unbroken(unicode)).join(', ')}.`),
    ...(at.algebraic === null
      ? []
      : [own('θ has irrational entries; it is drawn at rational ones within 2⁻⁶⁴ of them.')]),
    own('The theorem is checked; the picture illustrates it and is no part of the proof.'),
    ...(claimed === undefined
      ? []
      : [{ words: `Claimed source (not checked): ${escaped(claimed, longestSource)}`, rich: false }]),
  ];
}

/** The limits of the sum are said by the number of samples; a subscript is not broken over lines, and stands under no exponent. */
function unbroken(words: string): string {
  return words.replace(/_\{i=1\.\.\d+\}/, '_i').replaceAll('e^p', 'exp p');
}
