/** A family of spurious minima: the risk along it, and for one input a fan of its realizations. */
import { add, multiply, type Rational, rational, subtract } from '../kernel/arithmetic/rational.js';
import type { Risk } from '../kernel/model/enclosing.js';
import { middleOfRange } from '../kernel/model/family.js';
import type { Parameters } from '../kernel/model/network.js';
import { type FamilyClaim, memberOf, type Problem } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';
import { riskAt, unlimited } from './motion.js';
import { extent, middle, toFloat } from './numbers.js';
import { clip, datum, inputName, outputName, type Panel, type PlotRequest } from './panel.js';
import { profilePanel } from './panel-profile.js';
import { piecewiseCurve, shownOf } from './panel-realization.js';
import { short } from './panel-segment.js';
import { pointRisk } from './risk-string.js';
import { axes, colours, line, linearScale, mark, polyline } from './svg.js';

const shares = (count: number): readonly Rational[] =>
  Array.from({ length: count + 1 }, (_, k) => rational(BigInt(k), BigInt(count)));
const members = 24;
const drawn = 6;

/** The member at a share of the first parameter's range, the others in the middle of theirs. */
function memberAlong(problem: Problem, family: FamilyClaim, share: Rational): { t: Rational; parameters: Parameters } {
  const [first] = family.parameters as readonly [FamilyClaim['parameters'][number]];
  const t = add(first.from, multiply(share, subtract(first.to, first.from)));
  const at = middleOfRange(family).with(0, t);
  return { t, parameters: memberOf(problem, family, at, unlimited(), '$').parameters };
}

/** @throws RangeError where the theorem is about no family */
export function familyPanels(wanted: PlotRequest): readonly Panel[] {
  const { problem, family } = wanted.theorem.statement;
  if (family === null) throw new RangeError('Cannot draw a family: the theorem is about a point');
  if (problem.type === 'parametrized-target') return [fanPanel(wanted, family), profilePanel(wanted, problem)];
  const isLine = problem.network.inputs === 1 && problem.type === 'samples';
  return [riskPanel(wanted, family), ...(isLine ? [fanPanel(wanted, family)] : [])];
}

const float = ({ num, den }: Rational): number => toFloat(num, den);

function riskPanel({ theorem }: PlotRequest, family: FamilyClaim): Panel {
  const { problem } = theorem.statement;
  const { better } = theorem.risk;
  const point = pointRisk(theorem);
  const curve = shares(members).map((share) => {
    const { t, parameters } = memberAlong(problem, family, share);
    return [float(t), float(riskAt(problem, parameters))] as const;
  });
  const [risk, lower] = [point, better as Risk].map((r) => float(middle(r))) as [number, number];
  const name = family.parameters.length === 1 ? 't' : 't₁';
  return {
    title: 'Risk along the family',
    legend: [
      { sign: 'curve', colour: colours.point, label: `R(θ(t)) ${short(point)}` },
      { sign: 'better', colour: colours.better, label: `θ°: R ${short(better as Risk)}` },
    ],
    right: 16,
    draw: (frame, id) => {
      const [from, to] = [curve[0]?.[0] as number, curve[curve.length - 1]?.[0] as number];
      const x = linearScale(from, to, frame.x, frame.x + frame.width);
      const span = risk - lower;
      const y = linearScale(Math.max(0, lower - 0.25 * span), risk + 0.35 * span, frame.y + frame.height, frame.y);
      const level = y.place(lower);
      return [
        clip(id, frame),
        axes(frame, x, y, { x: `parameter ${name} of the family`, y: 'risk R' }),
        line(frame.x, level, frame.x + frame.width, level, { stroke: colours.better, 'stroke-dasharray': '6 4' }),
        polyline(
          curve.map(([t, r]) => [x.place(t), y.place(r)] as const),
          { stroke: colours.point, 'stroke-width': 2.4, 'clip-path': `url(#${id})` },
        ),
        mark('better', frame.x + frame.width / 2, level),
      ].join('');
    },
  };
}

/** Inputs at which the proof tells functions apart are worth seeing, too. */
function withHints({ steps }: Theorem, from: bigint, to: bigint, over: bigint): readonly [bigint, bigint] {
  const node = steps['injective'];
  const hints = node?.rule === 'strictly-monotone' ? (node.predictions ?? []) : [];
  const places = hints.flatMap(({ input }) =>
    input === undefined ? [] : [((input.values[0] as bigint) * over) / input.denominator],
  );
  const least = places.reduce((a, b) => (b < a ? b : a), from);
  const most = places.reduce((a, b) => (b > a ? b : a), to);
  return [least, most];
}

function fanPanel(wanted: PlotRequest, family: FamilyClaim): Panel {
  const { theorem } = wanted;
  const { problem, betterPoint } = theorem.statement;
  const { network } = problem;
  const { over, points, target, ...stretch } = shownOf(problem, 0);
  const [from, to] = withHints(theorem, stretch.from, stretch.to, over);
  const fan = shares(drawn).map((share) => memberAlong(problem, family, share).parameters);
  const lines = [
    ...fan.map((parameters, k) => ({
      parameters,
      colour: colours.point,
      opacity: 0.35 + (0.6 * k) / drawn,
      dashes: '',
    })),
    { parameters: betterPoint?.parameters as Parameters, colour: colours.better, opacity: 1, dashes: '8 4' },
  ].map((drawing) => ({
    ...drawing,
    curve: piecewiseCurve(network, drawing.parameters, from, to, over).points[0] ?? [],
  }));
  return {
    title: `${target === null ? 'Data' : 'Target'} and realizations of members`,
    legend: [
      target === null
        ? { sign: 'datum', colour: colours.data, label: 'data' }
        : { sign: 'curve', colour: colours.data, label: 'target y' },
      { sign: 'curve', colour: colours.point, label: 'N_{θ(t)}' },
      { sign: 'dashed', colour: colours.better, label: 'N_θ°' },
    ],
    right: 16,
    shows: ['input', 'output'],
    draw: (frame, id) => {
      const heights = [...points, ...(target ?? [])]
        .map(([, b]) => b)
        .concat(lines.flatMap(({ curve }) => curve.map(([, b]) => b)));
      const [low, high] = extent(heights);
      const pad = 0.07 * (high - low) || 0.5;
      const x = linearScale(toFloat(from, over), toFloat(to, over), frame.x, frame.x + frame.width, 8);
      const y = linearScale(low - pad, high + pad, frame.y + frame.height, frame.y);
      return [
        clip(id, frame),
        axes(frame, x, y, { x: inputName(wanted), y: outputName(wanted, 0) }),
        target === null
          ? ''
          : polyline(
              target.map(([a, b]) => [x.place(a), y.place(b)] as const),
              { stroke: colours.data, 'stroke-width': 1.8, 'clip-path': `url(#${id})` },
            ),
        ...lines.map(({ curve, colour, opacity, dashes }) =>
          polyline(
            curve.map(([a, b]) => [x.place(a), y.place(b)] as const),
            {
              stroke: colour,
              'stroke-width': 2,
              'stroke-opacity': opacity,
              'clip-path': `url(#${id})`,
              ...(dashes === '' ? {} : { 'stroke-dasharray': dashes }),
            },
          ),
        ),
        ...points.map(([a, b]) => datum(x.place(a), y.place(b))),
      ].join('');
    },
  };
}
