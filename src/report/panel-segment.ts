/** The risk along a straight line through θ: to θ°, down a direction of descent, or along a seeded direction. */

import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { Risk } from '../kernel/model/enclosing.js';
import type { Parameters } from '../kernel/model/network.js';
import { seeded } from '../provers/random.js';
import { type KnownRisk, Landscape, lengthOf, scaledBy } from './landscape.js';
import { difference, largestStep, motionOf, moved, parametersFrom } from './motion.js';
import { type Amount, decimal, exactAmount, middle, toFloat } from './numbers.js';
import type { Panel, PlotRequest } from './panel.js';
import { clip } from './panel.js';
import { pointRisk } from './risk-string.js';
import { minimumName } from './statement.js';
import {
  axes,
  type Box,
  colours,
  element,
  line,
  linearScale,
  mark,
  polyline,
  type Scale,
  shortNumber,
  symlogScale,
  text,
} from './svg.js';

/** A line through θ, with the stretch of it that is worth showing. */
export interface Line {
  readonly kind: 'better' | 'descent' | 'seeded';
  readonly direction: Parameters;
  readonly from: number;
  readonly to: number;
  readonly length: number;
  readonly label: string;
}

const points = 240;
/** Products that exact points may take, a few seconds at most. */
const mostProducts = 3_000_000;

export function lineOf(wanted: PlotRequest): Line {
  const { theorem, planeSeed } = wanted;
  const { problem, point, betterPoint } = theorem.statement;
  const { network } = problem;
  const theta = point.parameters;
  if (betterPoint !== null) {
    const direction = difference(network, theta, betterPoint.parameters);
    const length = lengthOf(network, direction);
    const label = `position between θ (0) and θ° (1);  |θ° − θ| ${aboutNumber(length)}`;
    return { kind: 'better', direction, from: -0.25, to: 1.25, length, label };
  }
  const motion = motionOf(theorem, 'descent');
  if ((problem.type === 'samples' || problem.type === 'box') && motion !== null) {
    const step = largestStep(problem, theta, motion.coefficients, middle(pointRisk(theorem)), -1);
    const lower = moved(network, theta, motion.coefficients, step?.t ?? rational(1n));
    const direction = difference(network, theta, lower);
    const length = lengthOf(network, direction);
    return {
      kind: 'descent',
      direction: scaledBy(network, direction, 1 / length),
      from: -1.6 * length,
      to: 1.6 * length,
      length: 1,
      label: 'Euclidean distance from θ along a direction of descent',
    };
  }
  const direction = seededDirection(wanted, 0);
  const length = lengthOf(network, direction);
  const unit = length === 0 ? direction : scaledBy(network, direction, 1 / length);
  const reach = calmReach(wanted, unit, Math.max(lengthOf(network, theta) / 2, 1e-3));
  return {
    kind: 'seeded',
    direction: unit,
    from: -reach,
    to: reach,
    length: 1,
    label: `Euclidean distance from θ along a seeded direction (seed ${planeSeed})`,
  };
}

/** Halves the reach until the risk at both ends is at most 20 times R(θ), so that what is near θ can be seen. */
function calmReach({ theorem }: PlotRequest, unit: Parameters, start: number): number {
  const { problem, point } = theorem.statement;
  const landscape = new Landscape(problem, point.parameters, [unit], []);
  const risk = floatOf(middle(pointRisk(theorem)));
  let reach = start;
  for (let halvings = 0; risk > 0 && halvings < 40; halvings++) {
    if (Math.max(landscape.float([reach]), landscape.float([-reach])) <= 20 * risk) break;
    reach /= 2;
  }
  return reach;
}

export function seededDirection({ theorem, planeSeed }: PlotRequest, which: number): Parameters {
  const { problem, point } = theorem.statement;
  const random = seeded(planeSeed * 1_000 + which + 1);
  return parametersFrom(problem.network, point.parameters, () => BigInt(random.integer(-1000, 1000)), 1000n);
}

function aboutNumber(x: number): string {
  return `≈ ${shortNumber(Number(x.toPrecision(3)))}`;
}

export function knownRisks({ theorem }: PlotRequest, line: Line, directions: number): readonly KnownRisk[] {
  const rest = new Array<number>(directions - 1).fill(0);
  return [
    { at: [0, ...rest], risk: middle(pointRisk(theorem)) },
    ...(line.kind === 'better' ? [{ at: [1, ...rest], risk: middle(theorem.risk.better as Risk) }] : []),
  ];
}

export function segmentPanel(wanted: PlotRequest): Panel {
  const { theorem } = wanted;
  const { problem, point } = theorem.statement;
  const along = lineOf(wanted);
  const landscape = new Landscape(problem, point.parameters, [along.direction], knownRisks(wanted, along, 1));
  const affordable = Math.floor(mostProducts / landscape.preciseCost);
  const precisely = affordable >= points || (!landscape.isFloatTrusted && affordable >= 24);
  const count = precisely ? Math.min(points, Math.max(24, affordable)) : points;
  const curve = Array.from({ length: count + 1 }, (_, k): readonly [number, number] => {
    const t = along.from + ((along.to - along.from) * k) / count;
    return [t, landscape.change([t], precisely)];
  });
  const risk = floatOf(middle(pointRisk(theorem)));
  const better = along.kind === 'better' ? floatOf(middle(theorem.risk.better as Risk)) : null;
  const high = Math.max(...curve.map(([, change]) => change), better === null ? 0 : better - risk);
  const low = Math.min(...curve.map(([, change]) => change), better === null ? 0 : better - risk);
  // Changes too small beside R(θ) to be read off an axis of risks get an axis of their own.
  const shift = high - low < 0.02 * risk ? risk : 0;
  const zoom = along.kind === 'descent' || affordable < 200 ? null : zoomWidth(landscape, along);
  return {
    title: titleOf(along),
    legend: [
      { sign: 'curve', colour: colours.curve, label: 'risk R' },
      {
        sign: 'point',
        colour: colours.point,
        label: `${minimumName(theorem.statement.kind)}: R ${short(pointRisk(theorem))}`,
      },
      ...(better === null
        ? []
        : [
            {
              sign: 'better',
              colour: colours.better,
              label: `θ°: R ${short(theorem.risk.better as Risk)}`,
            } as const,
          ]),
    ],
    right: 16,
    draw: (frame, id) => {
      const x = linearScale(along.from, along.to, frame.x, frame.x + frame.width);
      const marks = [risk, ...(better === null ? [] : [better])].map((r) => r - shift);
      const heights = curve.map(([, change]) => change + risk - shift);
      const y = riskScale([...heights, ...marks], marks, frame, shift > 0);
      const placed = curve.map(([t], k) => [x.place(t), y.place(heights[k] as number)] as const);
      const level = y.place(risk - shift);
      return [
        clip(id, frame),
        axes(frame, x, y, { x: along.label, y: shift > 0 ? 'change of risk  R − R(θ)' : 'risk R' }),
        line(frame.x, level, frame.x + frame.width, level, {
          stroke: colours.point,
          'stroke-dasharray': '4 4',
          'stroke-opacity': 0.8,
        }),
        polyline(placed, { stroke: colours.curve, 'stroke-width': 2.2, 'clip-path': `url(#${id})` }),
        zoom === null ? '' : inset(landscape, zoom, frame, placed, [x.place(0), level]),
        mark('point', x.place(0), level),
        better === null ? '' : mark('better', x.place(1), y.place(better - shift)),
      ].join('');
    },
  };
}

function titleOf({ kind }: Line): string {
  if (kind === 'better') return 'Risk along the segment from θ to θ°';
  return kind === 'descent' ? 'Risk along a direction of descent' : 'Risk along a line through θ';
}

const floatOf = ({ num, den }: Rational): number => toFloat(num, den);

export function short(a: Amount): string {
  const { unicode, exact: exactly } = decimal(middle(a), 4);
  const exact = exactly && exactAmount(a) !== null;
  return `${exact ? '=' : '≈'} ${unicode}`;
}

/** Linear where the marked risks can be told apart, else logarithmic above a part of them. */
function riskScale(values: readonly number[], marks: readonly number[], frame: Box, isChange: boolean): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [bottom, top] = [frame.y + frame.height, frame.y];
  const span = high - low || Math.max(high, 1e-3);
  if (isChange) return linearScale(low - 0.08 * span, high + 0.08 * span, bottom, top);
  const apart = Math.max(...marks) - Math.min(...marks);
  const readable = high <= 20 * Math.max(...marks) && (marks.length < 2 || apart >= 0.04 * span);
  if (readable) return linearScale(Math.max(0, low - 0.08 * span), high + 0.08 * span, bottom, top);
  const positive = marks.filter((r) => r > 0);
  const unit =
    10 ** Math.floor(Math.log10(positive.length === 0 ? Math.max(high, 1e-300) * 1e-4 : Math.min(...positive)));
  return symlogScale(Math.min(low, Math.min(...marks)) * 0.7, high * 1.4, unit, bottom, top);
}

/** The widest |t| around θ within which the risk stays at least R(θ), if the main plot is too coarse to show it. */
function zoomWidth(landscape: Landscape, { from, to }: Line): number | null {
  const at = (t: number): number => landscape.change([t], true);
  const scale = Math.abs(floatOf(landscape.precise([0]))) * 1e-18;
  for (let k = 1; k <= 60; k++) {
    const width = (Math.min(-from, to) * 2) / 2 ** k;
    const values = Array.from({ length: 8 }, (_, j) => ((j + 1) / 8) * width).flatMap((t) => [at(t), at(-t)]);
    if (values.some((change) => change < -scale)) continue;
    if (Math.max(...values) <= scale) return null;
    return width > 0.12 * (to - from) ? null : width;
  }
  return null;
}

/** A magnified window on θ, in the corner that the curve leaves free. */
function inset(
  landscape: Landscape,
  width: number,
  frame: Box,
  curve: readonly (readonly [number, number])[],
  theta: readonly [number, number],
): string {
  const size = { width: frame.width * 0.36, height: frame.height * 0.34 };
  const box = freeCorner(frame, size, [...curve, theta]);
  const inner: Box = { x: box.x + 44, y: box.y + 22, width: box.width - 66, height: box.height - 44 };
  const values = Array.from({ length: 65 }, (_, k): readonly [number, number] => {
    const t = ((k - 32) / 32) * width;
    return [t, landscape.change([t], true)];
  });
  const high = Math.max(...values.map(([, change]) => change));
  const x = linearScale(-width, width, inner.x, inner.x + inner.width, 2);
  const y = linearScale(-0.08 * high, 1.1 * high, inner.y + inner.height, inner.y, 3);
  const ticks = [-width, 0, width].map((t) => ({
    at: t,
    label: t === 0 ? '0' : shortNumber(Number(t.toPrecision(2))),
  }));
  const labels = ticks.map(({ at, label }) =>
    text(x.place(at), inner.y + inner.height + 14, label, { size: 10, anchor: 'middle' }),
  );
  const heights = y.ticks
    .filter(({ at }) => at >= 0 && at <= 1.1 * high)
    .map(({ at, label }) => text(inner.x - 5, y.place(at) + 3.5, label, { size: 10, anchor: 'end' }));
  return element(
    'g',
    {},
    line(theta[0], theta[1], nearest(theta[0], box.x, box.width), nearest(theta[1], box.y, box.height), {
      stroke: colours.faint,
      'stroke-width': 1,
    }),
    element('rect', { ...box, fill: '#FFFFFF', stroke: colours.faint }),
    element('rect', { ...inner, fill: '#FAFAFA', stroke: colours.grid }),
    line(inner.x, y.place(0), inner.x + inner.width, y.place(0), { stroke: colours.point, 'stroke-dasharray': '4 4' }),
    polyline(
      values.map(([t, change]) => [x.place(t), y.place(change)] as const),
      { stroke: colours.curve, 'stroke-width': 2 },
    ),
    mark('point', x.place(0), y.place(0), 4.5),
    text(box.x + box.width / 2, box.y + 14, 'zoom at θ: R − R(θ)', { size: 11, anchor: 'middle' }),
    ...labels,
    ...heights,
  );
}

const nearest = (at: number, from: number, size: number): number => Math.max(from, Math.min(from + size, at));

/** Of the places along the top and the bottom the one that covers least of the curve. */
function freeCorner(
  frame: Box,
  size: { readonly width: number; readonly height: number },
  curve: readonly (readonly [number, number])[],
): Box {
  const gap = 10;
  const places: Box[] = [];
  for (const y of [frame.y + gap, frame.y + frame.height - size.height - gap]) {
    for (let k = 0; k <= 6; k++) {
      const x = frame.x + gap + ((frame.width - size.width - 2 * gap) * k) / 6;
      places.push({ x, y, ...size });
    }
  }
  const covered = ({ x, y, width, height }: Box): number =>
    curve.filter(([a, b]) => a > x - 8 && a < x + width + 8 && b > y - 8 && b < y + height + 8).length;
  return places.reduce((best, place) => (covered(place) < covered(best) ? place : best));
}
