/** The risk on a plane through θ, as filled contours. */

import { contours } from 'd3-contour';
import type { Rational } from '../kernel/arithmetic/rational.js';
import { negate } from '../kernel/arithmetic/rational.js';
import type { Risk } from '../kernel/model/enclosing.js';
import type { Parameters } from '../kernel/model/network.js';
import { freeParameters } from '../kernel/model/network.js';
import { exactDyadic } from '../numerics/exact-dyadic.js';
import { inner, Landscape, lengthOf, scaledBy } from './landscape.js';
import { combined } from './motion.js';
import { middle, toFloat } from './numbers.js';
import { clip, type Panel, type PlotRequest } from './panel.js';
import { knownRisks, type Line, lineOf, seededDirection, short } from './panel-segment.js';
import { pointRisk } from './risk-string.js';
import { minimumName } from './statement.js';
import {
  axes,
  type Box,
  colours,
  coordinate,
  element,
  labelled,
  line,
  linearScale,
  mark,
  shortNumber,
  text,
} from './svg.js';

const side = 161;
const leastSide = 25;
const floatProducts = 60_000_000;
const preciseProducts = 2_000_000;
const bands = 14;

/** A part of the plane, in units of its two directions from θ. */
export interface Window {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** A plane through θ, and the risk on it. */
export interface Plane {
  readonly along: Line;
  /** of the second direction, orthogonal to the line */
  readonly length: number;
  readonly landscape: Landscape;
  readonly precisely: boolean;
  /** what shows θ, and θ° where there is one */
  readonly window: Window;
}

/** @returns null where θ has one free parameter: there is no plane */
export function planeOf(wanted: PlotRequest): Plane | null {
  const { theorem } = wanted;
  const { problem, point } = theorem.statement;
  if (freeParameters(problem.network) < 2) return null;
  const along = lineOf(wanted);
  const across = orthogonal(wanted, along);
  if (across === null) return null;
  const directions = [along.direction, across.direction];
  const landscape = new Landscape(problem, point.parameters, directions, knownRisks(wanted, along, 2));
  const precisely = !landscape.isFloatTrusted && preciseProducts / landscape.preciseCost >= leastSide ** 2;
  const [left, right] = along.kind === 'better' ? [-0.45, 1.45] : [along.from, along.to];
  const half = (right - left) / 2;
  return { along, length: across.length, landscape, precisely, window: { left, right, bottom: -half, top: half } };
}

/** @returns null where there is no plane */
export function slicePanel(wanted: PlotRequest): Panel | null {
  const plane = planeOf(wanted);
  return plane === null ? null : panelOf(wanted, plane, plane.window);
}

/** @param mostSide  the risk is computed at no more than so many points squared */
export function panelOf(wanted: PlotRequest, plane: Plane, window: Window, mostSide: number = side): Panel {
  const { theorem } = wanted;
  const { along, landscape, precisely } = plane;
  const { left, right, bottom, top } = window;
  const affordable = Math.floor(
    Math.sqrt(precisely ? preciseProducts / landscape.preciseCost : floatProducts / landscape.cost),
  );
  const n = Math.max(leastSide, Math.min(mostSide, affordable));
  const values = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      // Rows run downward on the page, so the first is the highest.
      const a = left + ((right - left) * column) / (n - 1);
      const b = top - ((top - bottom) * row) / (n - 1);
      values[row * n + column] = landscape.change([a, b], precisely);
    }
  }
  const risk = floatOf(middle(pointRisk(theorem)));
  const better = along.kind === 'better' ? floatOf(middle(theorem.risk.better as Risk)) : null;
  const { levels, shift } = levelsOf(values, risk);
  return {
    title: along.kind === 'better' ? 'Risk on a plane through θ and θ°' : 'Risk on a plane through θ',
    legend: [
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
    right: 84,
    draw: (frame, id) => {
      const x = linearScale(left, right, frame.x, frame.x + frame.width, 5);
      const y = linearScale(bottom, top, frame.y + frame.height, frame.y, 5);
      return [
        clip(id, frame),
        element('g', { 'clip-path': `url(#${id})` }, bandPaths(values, n, levels, frame)),
        axes(frame, x, y, labelsOf(along, wanted.planeSeed, plane.length), false),
        isIn(window, 0) ? mark('point', x.place(0), y.place(0), 7) : '',
        better !== null && isIn(window, 1) ? mark('better', x.place(1), y.place(0), 7) : '',
        colourBar(levels, values, frame, shift === 0 ? 'R − R(θ)' : 'risk R'),
      ].join('');
    },
  };
}

/** Whether (a, 0) is seen. */
const isIn = ({ left, right, bottom, top }: Window, a: number): boolean =>
  left <= a && a <= right && bottom <= 0 && 0 <= top;

const floatOf = ({ num, den }: Rational): number => toFloat(num, den);

function labelsOf({ kind, label }: Line, seed: number, length: number): { readonly x: string; readonly y: string } {
  const unit = shortNumber(Number(length.toPrecision(2)));
  if (kind === 'better') {
    return { x: 'towards θ°  (θ at 0, θ° at 1)', y: `seeded direction (seed ${seed}), in units of ${unit}` };
  }
  return { x: label, y: length === 1 ? `distance, seeded direction` : `seeded direction, in units of ${unit}` };
}

/**
 * A seeded direction made orthogonal to the line, in doubles. It starts as long as the line's and is halved until the risk rises
 * about as high on the plane as on the line: a random direction of that length often dwarfs everything between θ and θ°.
 */
function orthogonal(
  wanted: PlotRequest,
  along: Line,
): { readonly direction: Parameters; readonly length: number } | null {
  const { theorem } = wanted;
  const { problem, point } = theorem.statement;
  const { network } = problem;
  const { direction, from, to } = along;
  const other = seededDirection(wanted, 1);
  const squared = inner(network, direction, direction);
  if (!(squared > 0)) return null;
  const share = exactDyadic(inner(network, other, direction) / squared);
  const rest = combined(network, other, [{ values: direction, factor: negate(share) }]);
  const size = lengthOf(network, rest);
  if (!(size > 1e-9 * lengthOf(network, other))) return null;
  const unit = scaledBy(network, rest, 1 / size);
  const landscape = new Landscape(problem, point.parameters, [direction, unit], []);
  const along9 = Array.from({ length: 9 }, (_, k) => from + ((to - from) * k) / 8);
  const highest = Math.max(...along9.map((t) => landscape.float([t, 0])));
  let length = along.length;
  for (let halvings = 0; halvings < 40; halvings++) {
    const reach = (length * (to - from)) / 2;
    const sides = along9.flatMap((t) => [landscape.float([t, reach]), landscape.float([t, -reach])]);
    if (Math.max(...sides) <= 8 * highest) break;
    length /= 2;
  }
  return { direction: scaledBy(network, unit, length), length };
}

/**
 * Rising risks, close together where the risk is low: equal steps of log(1 + (R − least)/unit). `values` are changes from R(θ) and become
 * risks, unless they are too small beside R(θ) to tell them apart by risks.
 */
function levelsOf(values: Float64Array, risk: number): { readonly levels: readonly number[]; readonly shift: number } {
  const sorted = values.toSorted();
  const least = Math.min(sorted[0] as number, 0);
  const most = sorted[Math.floor(sorted.length * 0.995)] as number;
  const span = Math.max(most - least, Number.MIN_VALUE);
  const shift = span < 0.02 * risk ? 0 : risk;
  const unit = Math.max(-least * 0.5, span * 1e-3);
  const top = Math.log1p(span / unit);
  const levels = Array.from(
    { length: bands },
    (_, k) => shift + least + unit * Math.expm1((top * (k + 1)) / (bands + 1)),
  );
  values.forEach((change, k) => {
    values[k] = change + shift;
  });
  // Two digits are enough to read, where they keep the levels apart.
  const short = levels.map((level) => Number(level.toPrecision(2)));
  return { levels: new Set(short).size === bands ? short : levels, shift };
}

/** From nearly white (low) to the blue of the curves (high): one hue, so lightness alone tells. */
function shade(k: number): string {
  const share = k / bands;
  const mix = (light: number, dark: number): string =>
    Math.round(light + (dark - light) * share)
      .toString(16)
      .padStart(2, '0');
  return `#${mix(0xfb, 0x00)}${mix(0xfc, 0x4a)}${mix(0xfe, 0x80)}`;
}

function bandPaths(values: Float64Array, n: number, levels: readonly number[], frame: Box): string {
  const drawn = contours()
    .size([n, n])
    .thresholds([...levels])(Array.from(values));
  const place = ([gx, gy]: readonly number[]): string => {
    const x = frame.x + (((gx as number) - 0.5) / (n - 1)) * frame.width;
    const y = frame.y + (((gy as number) - 0.5) / (n - 1)) * frame.height;
    return `${coordinate(x)},${coordinate(y)}`;
  };
  const paths = drawn.map(({ coordinates }, k) => {
    const d = coordinates
      .flatMap((polygon) => polygon.map((ring) => `M${ring.slice(0, -1).map(place).join('L')}Z`))
      .join('');
    return d === ''
      ? ''
      : element('path', { d, fill: shade(k + 1), stroke: '#FFFFFF', 'stroke-width': 0.6, 'stroke-opacity': 0.7 });
  });
  return [element('rect', { ...frame, fill: shade(0) }), ...paths].join('');
}

function colourBar(levels: readonly number[], values: Float64Array, frame: Box, name: string): string {
  const x = frame.x + frame.width + 14;
  const step = frame.height / (bands + 1);
  const parts = Array.from({ length: bands + 1 }, (_, k) =>
    element('rect', { x, y: frame.y + frame.height - (k + 1) * step, width: 12, height: step + 0.3, fill: shade(k) }),
  );
  const least = values.reduce((a, b) => Math.min(a, b));
  const named = labelled([least, ...levels.filter((_, k) => k % 2 === 0)], 3);
  named.forEach(({ label }, k) => {
    const y = k === 0 ? frame.y + frame.height : frame.y + frame.height - (2 * k - 1) * step;
    if (k > 0) parts.push(line(x + 12, y, x + 15, y, { stroke: colours.faint }));
    parts.push(text(x + 18, y + 4, label, { size: 10.5 }));
  });
  parts.push(element('rect', { x, y: frame.y, width: 12, height: frame.height, fill: 'none', stroke: colours.faint }));
  parts.push(text(x, frame.y - 8, name, { size: 11 }));
  return parts.join('');
}
