/** One input: the data, and the functions that the network is at θ and θ°. */

import { bitLength } from '../kernel/arithmetic/gcd.js';
import { compare, negate, type Rational, subtract } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import type { BoxData, Target } from '../kernel/model/box.js';
import type { Samples } from '../kernel/model/data.js';
import { evaluateExactly } from '../kernel/model/evaluation.js';
import type { Network, Parameters } from '../kernel/model/network.js';
import type { ParametrizedData } from '../kernel/model/parametrized-target.js';
import type { AnyStatement, Problem, SampleProblem } from '../kernel/statement.js';
import { cut, floatLayer, floatNetwork } from '../numerics/float-realization.js';
import { targetCurve } from '../numerics/float-target.js';
import { floatPolynomial } from '../numerics/quadrature.js';
import { predictionsAt } from './argue-enumeration.js';
import { extent, toFloat } from './numbers.js';
import { clip, datum, inputName, kink, outputName, type Panel, type PlotRequest } from './panel.js';
import { axes, colours, line, linearScale, polyline } from './svg.js';

/** Kinks of a picture: more of them are drawn as a line without marks. */
const mostKinks = 400;
export const markedKinks = 24;
/** Places on the x axis are multiples of 2^−fineness of its length. */
const fineness = 60n;

export interface PiecewiseCurve {
  /** (x, N(x)_c) at both ends and at every kink, by output */
  readonly points: readonly (readonly (readonly [number, number])[])[];
  /** indices of the inner points at which some output really bends */
  readonly bends: readonly number[];
}

/**
 * The realization of a network with one input between two x: kinks are found layer by layer with the kernel's own evaluation, since
 * between the kinks found so far every preactivation is affine.
 *
 * @param from, to  numerators over denominator
 */
export function piecewiseCurve(
  network: Network,
  theta: Parameters,
  from: bigint,
  to: bigint,
  denominator: bigint,
): PiecewiseCurve {
  // Where a smooth piece or another maximum takes over is not looked for.
  if (network.stages.some(({ kind, activation }) => kind === 'maximum' || activation.smooth !== null)) {
    return smoothCurve(network, theta, toFloat(from, denominator), toFloat(to, denominator));
  }
  const scale = 1n << fineness;
  const over = denominator * scale;
  let places = [from * scale, to * scale];
  for (const [s, { activation }] of network.stages.slice(0, -1).entries()) {
    const { preactivations, denominator: D } = evaluated(network, theta, places, over).stages[s] as ReturnType<
      typeof evaluated
    >['stages'][number];
    const found = new Set<bigint>(places);
    for (let k = 0; k + 1 < places.length; k++) {
      const [a, b] = [places[k] as bigint, places[k + 1] as bigint];
      preactivations[k]?.forEach((za, u) => {
        const zb = preactivations[k + 1]?.[u] as bigint;
        for (const tau of activation.breakpoints) {
          const level = tau * D;
          const [p, q] = [za * activation.breakpointDenominator - level, zb * activation.breakpointDenominator - level];
          if (p < 0n !== q < 0n && p !== 0n && q !== 0n) found.add(a + ((b - a) * p) / (p - q));
        }
      });
    }
    places = [...found].sort((a, b) => (a < b ? -1 : 1));
    if (places.length > mostKinks) break;
  }
  const { preactivations, denominator: D } = evaluated(network, theta, places, over).stages.at(-1) as ReturnType<
    typeof evaluated
  >['stages'][number];
  const points = Array.from({ length: network.outputs }, (_, c) =>
    places.map((x, k) => [toFloat(x, over), toFloat(preactivations[k]?.[c] as bigint, D)] as const),
  );
  const bends = places.slice(1, -1).flatMap((_, k) => (points.some((row) => isBend(row, k + 1)) ? [k + 1] : []));
  return { points, bends };
}

/** In doubles, at many places: smooth pieces have no corners to be found. */
function smoothCurve(network: Network, theta: Parameters, from: number, to: number): PiecewiseCurve {
  const realization = floatNetwork(network);
  const layers = theta.map(floatLayer);
  const values = Array.from({ length: mostKinks + 1 }, (_, k) => {
    const x = from + ((to - from) * k) / mostKinks;
    return [x, realization(layers, Float64Array.of(x)).map(cut)] as const;
  });
  const points = Array.from({ length: network.outputs }, (_, c) =>
    values.map(([x, row]) => [x, row[c] as number] as const),
  );
  return { points, bends: [] };
}

function isBend(row: readonly (readonly [number, number])[], k: number): boolean {
  const [[x0, y0], [x1, y1], [x2, y2]] = row.slice(k - 1, k + 2) as [
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
  ];
  const heights = row.map(([, y]) => y);
  const expected = y0 + ((y2 - y0) * (x1 - x0)) / (x2 - x0);
  return Math.abs(y1 - expected) > 1e-9 * (Math.max(...heights) - Math.min(...heights));
}

function evaluated(network: Network, theta: Parameters, places: readonly bigint[], denominator: bigint) {
  const inputs = { rows: places.map((x) => [x]), denominator, bits: bitLength(denominator) + 64 };
  const none = { rows: [], denominator: 1n, bits: 1 };
  const data: Samples = { inputs, targets: none, weights: { values: [], denominator: 1n, bits: 1 } };
  return evaluateExactly(network, theta, data, new Meter({ ...defaultLimits, operations: Number.MAX_VALUE }));
}

/** What a picture has beside the curves: the stretch of x, as numerators over one denominator, and data or a target. */
interface Setting {
  readonly from: bigint;
  readonly to: bigint;
  readonly over: bigint;
  readonly points: readonly (readonly [number, number])[];
  readonly target: TargetCurve | null;
}

type TargetCurve = readonly (readonly [number, number])[];

function stretchOf({ inputs, targets }: Samples, output: number): Setting {
  const sorted = inputs.rows.map(([x]) => x as bigint).sort((a, b) => (a < b ? -1 : 1));
  const [first, last] = [sorted[0] as bigint, sorted[sorted.length - 1] as bigint];
  // A tenth of the range at both ends, or 1 where there is a single x.
  const margin = last > first ? last - first : 10n * inputs.denominator;
  const points = inputs.rows.map(
    ([x], i) =>
      [
        toFloat(x as bigint, inputs.denominator),
        toFloat(targets.rows[i]?.[output] as bigint, targets.denominator),
      ] as const,
  );
  const [from, to] = [10n * first - margin, 10n * last + margin];
  return { from, to, over: 10n * inputs.denominator, points, target: null };
}

/** Points of a target that is drawn as a curve. */
const targetSteps = 400;

export function intervalOf({ domain, targets }: BoxData, output: number): Setting & { readonly target: TargetCurve } {
  const [from, to, over] = [domain.lower[0] as bigint, domain.upper[0] as bigint, domain.denominator];
  const { breakpoints, pieces } = targets[output] as Target;
  const breaks = breakpoints.map(({ num, den }) => toFloat(num, den));
  const functions = pieces.map(floatPolynomial);
  const [a, b] = [toFloat(from, over), toFloat(to, over)];
  const steps = Array.from({ length: targetSteps + 1 }, (_, k) => a + ((b - a) * k) / targetSteps);
  const places = [...steps, ...breaks.filter((at) => at > a && at < b)].sort((p, q) => p - q);
  const target = places.map((x) => {
    const f = functions[breaks.filter((at) => at <= x).length] as (x: Float64Array) => number;
    return [x, f(Float64Array.of(x))] as const;
  });
  return { from, to, over, points: [], target };
}

/** Where the predictions of two global minima are farthest apart, as vertical strokes between them. */
function widestGaps(
  { point, other }: AnyStatement,
  problem: SampleProblem,
): readonly { readonly x: number; readonly from: number; readonly to: number }[] {
  if (other === null) return [];
  const { inputs } = problem.data;
  const [p, q] = [predictionsAt(problem, point.parameters), predictionsAt(problem, other.point.parameters)];
  const sizes = p.map((value, i) => {
    const difference = subtract(value, q[i] as Rational);
    return difference.num < 0n ? negate(difference) : difference;
  });
  const most = sizes.reduce((a, b) => (compare(a, b) < 0 ? b : a));
  return sizes.flatMap((size, i) => {
    if (compare(size, most) < 0) return [];
    const [from, to] = [p[i] as Rational, q[i] as Rational].map(({ num, den }) => toFloat(num, den)) as [
      number,
      number,
    ];
    return [{ x: toFloat(inputs.rows[i]?.[0] as bigint, inputs.denominator), from, to }];
  });
}

function parametrizedInterval(data: ParametrizedData): Setting {
  const { lower, upper, denominator: over } = data.domain;
  const target = targetCurve(data, targetSteps);
  return { from: lower[0] as bigint, to: upper[0] as bigint, over, points: [], target };
}

/** @throws RangeError where the data are neither samples nor on an interval */
export function shownOf(problem: Problem, output: number): Setting {
  switch (problem.type) {
    case 'gaussian-teacher':
      throw new RangeError('Cannot draw a realization: the data are a Gaussian');
    case 'box':
      return intervalOf(problem.data, output);
    case 'parametrized-target':
      return parametrizedInterval(problem.data);
    case 'samples':
    case 'decayed-samples':
      return stretchOf(problem.data, output);
  }
}

/** @param output  which output is drawn, from 0 */
export function realizationPanel(wanted: PlotRequest, output: number): Panel {
  const { theorem } = wanted;
  const { problem, point, betterPoint, other } = theorem.statement;
  const { network } = problem;
  const { from, to, over, points, target } = shownOf(problem, output);
  const curves = [
    { parameters: point.parameters, colour: colours.point, name: 'N_θ', dashes: false },
    ...(betterPoint === null
      ? []
      : [{ parameters: betterPoint.parameters, colour: colours.better, name: 'N_θ°', dashes: true }]),
    ...(other === null
      ? []
      : [{ parameters: other.point.parameters, colour: colours.better, name: 'N_{θ₂}', dashes: true }]),
  ].map((curve) => ({ ...curve, ...piecewiseCurve(network, curve.parameters, from, to, over) }));
  const jumps = problem.type === 'samples' ? widestGaps(theorem.statement, problem) : [];
  const hasBends = curves.some(({ bends }) => bends.length > 0 && bends.length <= markedKinks);
  return {
    title: `${target === null ? 'Data' : 'Target'} and realizations${network.outputs === 1 ? '' : `, output ${output + 1}`}`,
    legend: [
      target === null
        ? { sign: 'datum', colour: colours.data, label: 'data' }
        : { sign: 'curve', colour: colours.data, label: 'target y' },
      ...curves.map(
        ({ colour, name, dashes }) => ({ sign: dashes ? 'dashed' : 'curve', colour, label: name }) as const,
      ),
      ...(jumps.length > 0 ? [{ sign: 'curve', colour: colours.jump, label: 'jump' } as const] : []),
      ...(hasBends ? [{ sign: 'kink', colour: colours.faint, label: 'kinks' } as const] : []),
    ],
    right: 16,
    shows: ['input', 'output'],
    draw: (frame, id) => {
      const heights = [
        ...points.map(([, y]) => y),
        ...(target ?? []).map(([, y]) => y),
        ...curves.flatMap((curve) => (curve.points[output] ?? []).map(([, y]) => y)),
      ];
      const [low, high] = extent(heights);
      const pad = 0.07 * (high - low) || 0.5;
      const x = linearScale(toFloat(from, over), toFloat(to, over), frame.x, frame.x + frame.width, 8);
      const y = linearScale(low - pad, high + pad, frame.y + frame.height, frame.y);
      return [
        clip(id, frame),
        axes(frame, x, y, { x: inputName(wanted), y: outputName(wanted, output) }),
        target === null
          ? ''
          : polyline(
              target.map(([a, b]) => [x.place(a), y.place(b)] as const),
              { stroke: colours.data, 'stroke-width': 1.8, 'clip-path': `url(#${id})` },
            ),
        ...jumps.map(({ x: at, from: low, to: high }) =>
          line(x.place(at), y.place(low), x.place(at), y.place(high), { stroke: colours.jump, 'stroke-width': 5 }),
        ),
        ...curves.map((curve) =>
          polyline(
            (curve.points[output] ?? []).map(([a, b]) => [x.place(a), y.place(b)] as const),
            {
              stroke: curve.colour,
              'stroke-width': 2.4,
              'clip-path': `url(#${id})`,
              ...(curve.dashes ? { 'stroke-dasharray': '8 4' } : {}),
            },
          ),
        ),
        ...curves.flatMap(({ bends, colour, points: drawn }) =>
          bends.length > markedKinks
            ? []
            : bends.flatMap((k) =>
                (drawn[output] ?? []).slice(k, k + 1).map(([a, b]) => kink(x.place(a), y.place(b), colour)),
              ),
        ),
        ...points.map(([a, b]) => datum(x.place(a), y.place(b))),
      ].join('');
    },
  };
}
