/**
 * Fast enclosures of the gradient over a box of parameters, in floats, by the interval-arithmetic package. They guide a search for a radius;
 * nothing here is evidence (the kernel encloses again, in integers).
 */
import intervals from 'interval-arithmetic';
import type { Breakpoints, Location } from '../kernel/arithmetic/ordered.js';
import type { PiecewiseAffine } from '../kernel/model/activation.js';
import { polynomialLoss } from '../kernel/model/loss.js';
import type { DenseValues } from '../kernel/model/network.js';
import type { Point, SampleProblem } from '../kernel/statement.js';
import { ratio } from './floats.js';

type Box = ReturnType<typeof intervals.add>;

const between = (lo: number, hi: number): Box => new intervals.Interval(lo, hi);
const exactly = (n: bigint, d: bigint): Box => {
  const value = ratio(n, d);
  const slack = Math.abs(value) * 2 ** -50;
  return between(value - slack, value + slack);
};

function piecesMet({ breakpoints, breakpointDenominator }: Breakpoints, z: Box): Location {
  let lower = 0;
  let upper = 0;
  for (const at of breakpoints) {
    const tau = ratio(at, breakpointDenominator);
    if (z.lo > tau) lower++;
    if (z.hi >= tau) upper++;
  }
  return { lower, upper };
}

function hullOf(count: Location, of: (piece: number) => Box): Box {
  let box = of(count.lower);
  for (let j = count.lower + 1; j <= count.upper; j++) box = intervals.hull(box, of(j));
  return box;
}

/**
 * How far the best partial derivative of the risk stays from 0 over the box |θ' − θ|_∞ ≤ radius.
 *
 * @returns the largest distance of an enclosure from 0; 0 where every enclosure contains 0
 */
export function gradientMargin({ network, loss: given, data }: SampleProblem, point: Point, radius: number): number {
  const loss = polynomialLoss(given);
  const around = (stage: number, n: bigint, { denominator }: DenseValues): Box => {
    const center = exactly(n, denominator);
    return network.stages[stage]?.fixed === null ? intervals.add(center, between(-radius, radius)) : center;
  };
  const layers = point.parameters.map((values, s) => ({
    weights: values.weights.map((row) => row.map((w) => around(s, w, values))),
    bias: values.bias?.map((b) => around(s, b, values)) ?? null,
  }));
  const sums = layers.map(({ weights, bias }) => ({
    weights: weights.map((row) => row.map(() => between(0, 0))),
    bias: bias?.map(() => between(0, 0)) ?? null,
  }));
  const derivative = (piece: number, r: number): number =>
    (loss.pieces[piece] as readonly bigint[]).reduceRight(
      (sum, c, k) => (k === 0 ? sum : sum * r + k * ratio(c, loss.denominator)),
      0,
    );
  for (const [i, x] of data.inputs.rows.entries()) {
    let values = x.map((n) => exactly(n, data.inputs.denominator));
    const inputs: Box[][] = [];
    const slopes: Box[][] = [];
    for (const [s, { weights, bias }] of layers.entries()) {
      inputs.push(values);
      const z = weights.map((row, u) =>
        row.reduce((sum, w, j) => intervals.add(sum, intervals.mul(w, values[j] as Box)), bias?.[u] ?? between(0, 0)),
      );
      const h = network.stages[s]?.activation as PiecewiseAffine;
      const slope = (j: number): Box => exactly(h.slopes[j] as bigint, h.denominator);
      slopes.push(z.map((box) => hullOf(piecesMet(h, box), slope)));
      values = z.map((box) =>
        hullOf(piecesMet(h, box), (j) =>
          intervals.add(intervals.mul(slope(j), box), exactly(h.intercepts[j] as bigint, h.denominator)),
        ),
      );
    }
    const mu = exactly(data.weights.values[i] as bigint, data.weights.denominator);
    // L' grows, since L is convex: its values at the ends enclose it.
    let deltas = values.map((p, c) => {
      const r = intervals.sub(p, exactly(data.targets.rows[i]?.[c] as bigint, data.targets.denominator));
      const { lower, upper } = piecesMet(loss, r);
      return intervals.mul(mu, between(derivative(lower, r.lo), derivative(upper, r.hi)));
    });
    for (let s = layers.length - 1; s >= 0; s--) {
      const { weights, bias } = sums[s] as (typeof sums)[number];
      deltas.forEach((delta, u) => {
        if (bias !== null) bias[u] = intervals.add(bias[u] as Box, delta);
        const row = weights[u] as Box[];
        for (let j = 0; j < row.length; j++) {
          row[j] = intervals.add(row[j] as Box, intervals.mul(delta, inputs[s]?.[j] as Box));
        }
      });
      if (s === 0) break;
      deltas = (slopes[s - 1] as Box[]).map((slope, j) =>
        intervals.mul(
          slope,
          deltas.reduce(
            (sum, delta, u) => intervals.add(sum, intervals.mul(layers[s]?.weights[u]?.[j] as Box, delta)),
            between(0, 0),
          ),
        ),
      );
    }
  }
  const boxes = sums.flatMap(({ weights, bias }, s) =>
    network.stages[s]?.fixed === null ? [...weights.flat(), ...(bias ?? [])] : [],
  );
  return boxes.reduce((margin, { lo, hi }) => Math.max(margin, lo, -hi), 0);
}
