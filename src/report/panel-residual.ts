/** Residuals at θ and at θ°: p − y by sample, or N(x) − y(x) on an interval. */
import { rational } from '../kernel/arithmetic/rational.js';
import { evaluateEnclosing, evaluateIfRational } from '../kernel/model/enclosing.js';
import { predictions } from '../kernel/model/evaluation.js';
import type { Parameters } from '../kernel/model/network.js';
import type { BoxProblem, SummedProblem } from '../kernel/statement.js';
import { unlimited } from './motion.js';
import { extent, toFloat } from './numbers.js';
import { clip, inputName, kink, type Panel, type PlotRequest } from './panel.js';
import { intervalOf, markedKinks, piecewiseCurve } from './panel-realization.js';
import { axes, colours, line, linearScale, mark, polyline } from './svg.js';

/** One output: p − y. Several: the Euclidean length |p − y|. */
function residualsOf(problem: SummedProblem, theta: Parameters): readonly number[] {
  const { data } = problem;
  const { preactivations, denominator } = predictionsOf(problem, theta);
  const over = data.targets.denominator;
  return preactivations.map((row, i) => {
    const each = row.map((p, c) => {
      const y = data.targets.rows[i]?.[c] as bigint;
      const { num, den } = rational(p * over - y * denominator, denominator * over);
      return toFloat(num, den);
    });
    return each.length === 1 ? (each[0] as number) : Math.hypot(...each);
  });
}

/** Exact, or from below with an error that no picture shows. */
function predictionsOf(problem: SummedProblem, theta: Parameters) {
  const exact = evaluateIfRational(problem, theta, unlimited());
  if (exact !== null) return predictions(exact);
  const { preactivations, denominator } = predictions(
    evaluateEnclosing(problem.network, theta, problem.data, 128, unlimited()),
  );
  return { preactivations: preactivations.map((row) => row.map(({ low }) => low)), denominator: denominator.low };
}

/** Residuals have the unit of the output. */
function residualName({ names }: PlotRequest, of: string): string {
  return names.output === undefined ? `residual  ${of} − target` : `${of} − ${names.output}`;
}

const mostStems = 120;

export function residualPanel(wanted: PlotRequest): Panel {
  const { theorem } = wanted;
  const { problem, point, betterPoint } = theorem.statement;
  if (problem.type !== 'samples' && problem.type !== 'decayed-samples') {
    throw new RangeError('Cannot draw residuals by sample: the data are no samples');
  }
  const n = problem.data.inputs.rows.length;
  const single = problem.network.outputs === 1;
  const at = residualsOf(problem, point.parameters);
  const better = betterPoint === null ? null : residualsOf(problem, betterPoint.parameters);
  return {
    title: 'Residuals by sample',
    legend: [
      { sign: 'point', colour: colours.point, label: 'at θ' },
      ...(better === null ? [] : [{ sign: 'better', colour: colours.better, label: 'at θ°' } as const]),
    ],
    right: 16,
    ...(single ? { shows: ['output'] } : {}),
    draw: (frame) => {
      const all = [0, ...at, ...(better ?? [])];
      const [low, high] = extent(all);
      const pad = 0.07 * (high - low) || 0.5;
      const x = linearScale(0, n + 1, frame.x, frame.x + frame.width, 10);
      const whole = x.ticks.filter(({ at: tick }) => Number.isInteger(tick) && tick >= 1 && tick <= n);
      const y = linearScale(low < 0 ? low - pad : 0, high + pad, frame.y + frame.height, frame.y);
      const spread = better === null ? 0 : Math.min(0.16, (0.16 * 60) / n);
      const size = n <= 60 ? 5 : n <= 300 ? 3.2 : 2;
      const stems = (values: readonly number[], shift: number, colour: string): readonly string[] =>
        n > mostStems
          ? []
          : values.map((r, i) => {
              const px = x.place(i + 1 + shift);
              return line(px, y.place(0), px, y.place(r), {
                stroke: colour,
                'stroke-width': 1.2,
                'stroke-opacity': 0.7,
              });
            });
      return [
        axes(frame, { ...x, ticks: whole }, y, {
          x: 'sample',
          y: single ? residualName(wanted, 'prediction') : 'length of residual  |prediction − target|',
        }),
        line(frame.x, y.place(0), frame.x + frame.width, y.place(0), { stroke: colours.faint }),
        ...stems(at, -spread, colours.point),
        ...(better === null ? [] : stems(better, spread, colours.better)),
        ...at.map((r, i) => mark('point', x.place(i + 1 - spread), y.place(r), size)),
        ...(better ?? []).map((r, i) => mark('better', x.place(i + 1 + spread), y.place(r), size)),
      ].join('');
    },
  };
}

type Curve = readonly (readonly [x: number, y: number])[];

/** @returns a − b at the places of both, linear between the places of each */
export function residualCurve(a: Curve, b: Curve): Curve {
  const places = [...new Set([...a, ...b].map(([x]) => x))].sort((p, q) => p - q);
  const along = (curve: Curve): ((x: number) => number) => {
    let k = 0;
    return (x) => {
      while (k + 2 < curve.length && (curve[k + 1] as readonly [number, number])[0] < x) k++;
      const [[x0, y0], [x1, y1]] = curve.slice(k, k + 2) as unknown as readonly [Curve[number], Curve[number]];
      return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
    };
  };
  const [left, right] = [along(a), along(b)];
  return places.map((x) => [x, left(x) - right(x)] as const);
}

/** @param output  which output is drawn, from 0 */
export function intervalResidualPanel(wanted: PlotRequest, output: number): Panel {
  const { theorem } = wanted;
  const { problem, point, betterPoint } = theorem.statement;
  const { network, data } = problem as BoxProblem;
  const { from, to, over, target } = intervalOf(data, output);
  const curves = [
    { parameters: point.parameters, colour: colours.point, name: 'N_θ − y', dashes: {} },
    ...(betterPoint === null
      ? []
      : [
          {
            ...{ parameters: betterPoint.parameters, colour: colours.better, name: 'N_θ° − y' },
            dashes: { 'stroke-dasharray': '8 4' },
          },
        ]),
  ].map(({ parameters, ...rest }) => {
    const { points, bends } = piecewiseCurve(network, parameters, from, to, over);
    const realization = points[output] as Curve;
    const residual = residualCurve(realization, target);
    const kinks = bends.length > markedKinks ? [] : bends.map((k) => (realization[k] as Curve[number])[0]);
    return { ...rest, residual, kinks: residual.filter(([x]) => kinks.includes(x)) };
  });
  return {
    title: `Residual on the interval${network.outputs === 1 ? '' : `, output ${output + 1}`}`,
    legend: [
      ...curves.map(({ colour, name }, k) => ({ sign: k === 0 ? 'curve' : 'dashed', colour, label: name }) as const),
      ...(curves.some(({ kinks }) => kinks.length > 0)
        ? [{ sign: 'kink', colour: colours.faint, label: 'kinks' } as const]
        : []),
    ],
    right: 16,
    shows: ['input', 'output'],
    draw: (frame, id) => {
      const [low, high] = extent([0, ...curves.flatMap(({ residual }) => residual.map(([, r]) => r))]);
      const pad = 0.07 * (high - low) || 0.5;
      const x = linearScale(toFloat(from, over), toFloat(to, over), frame.x, frame.x + frame.width, 8);
      const y = linearScale(low - pad, high + pad, frame.y + frame.height, frame.y);
      return [
        clip(id, frame),
        axes(frame, x, y, { x: inputName(wanted), y: residualName(wanted, 'realization') }),
        line(frame.x, y.place(0), frame.x + frame.width, y.place(0), { stroke: colours.faint }),
        ...curves.map(({ residual, colour, dashes }) =>
          polyline(
            residual.map(([a, r]) => [x.place(a), y.place(r)] as const),
            { stroke: colour, 'stroke-width': 2.4, 'clip-path': `url(#${id})`, ...dashes },
          ),
        ),
        ...curves.flatMap(({ kinks, colour }) => kinks.map(([a, r]) => kink(x.place(a), y.place(r), colour))),
      ].join('');
    },
  };
}
