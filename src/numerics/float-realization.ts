/** The realization in doubles, for pictures: plain loops, since a slice asks for it thousands of times. Nothing here is evidence. */
import { type Activation, affinePieceOf, type SmoothPiece } from '../kernel/model/activation.js';
import { patchesOf } from '../kernel/model/evaluation.js';
import type { DenseValues, Network, Stage } from '../kernel/model/network.js';
import { ratio } from './floats.js';

export interface FloatLayer {
  readonly weights: readonly Float64Array[];
  readonly bias: Float64Array | null;
}

/** Beyond this, doubles are cut, so that no infinity arises. */
const largest = 1e90;
export const cut = (x: number): number => Math.max(-largest, Math.min(largest, x));

export function floatLayer({ weights, bias, denominator }: DenseValues): FloatLayer {
  const convert = (row: readonly bigint[]): Float64Array => Float64Array.from(row, (w) => cut(ratio(w, denominator)));
  return { weights: weights.map(convert), bias: bias === null ? null : convert(bias) };
}

/** @returns the network as a function of its layers and one input row */
export function floatNetwork(network: Network): (layers: readonly FloatLayer[], x: Float64Array) => Float64Array {
  const steps = network.stages.map((stage) => ({ mix: mixing(stage), bend: bendingAll(stage.activation), stage }));
  return (layers, x) => {
    const forks: Float64Array[] = [];
    let values = x;
    for (const [s, { mix, bend, stage }] of steps.entries()) {
      if (stage.kind === 'fork') forks.push(values);
      const mixed =
        stage.kind === 'join' ? added(values, forks.pop() as Float64Array) : mix(layers[s] as FloatLayer, values);
      values = bend === null ? mixed : bend(mixed);
    }
    return values;
  };
}

/** @returns about how many products one evaluation takes: weights of a convolution count once for every position */
export function productsOf({ stages }: Network): number {
  return stages.reduce((sum, { kind, units, positions, inputs, places, size }) => {
    const window = kind === 'average' || kind === 'maximum' ? (places[0] as readonly number[]).length : 1;
    return sum + (inputs > 0 ? units * positions * (inputs + 1) : size * window);
  }, 0);
}

function added(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((z, e) => z + (b[e] as number));
}

function mixing(stage: Stage): (layer: FloatLayer, x: Float64Array) => Float64Array {
  const { kind, units, positions, inputPositions, places, inputs, size } = stage;
  switch (kind) {
    case 'dense':
      return ({ weights, bias }, x) => {
        const out = new Float64Array(units);
        for (let u = 0; u < units; u++) {
          const row = weights[u] as Float64Array;
          let z = bias === null ? 0 : (bias[u] as number);
          for (let j = 0; j < row.length; j++) z += (row[j] as number) * (x[j] as number);
          out[u] = z;
        }
        return out;
      };
    case 'convolution': {
      const patches = patchesOf(inputs, positions, inputPositions, places).map((patch) => Int32Array.from(patch));
      return ({ weights, bias }, x) => {
        const out = new Float64Array(size);
        for (let u = 0; u < units; u++) {
          const row = weights[u] as Float64Array;
          for (let p = 0; p < positions; p++) {
            const patch = patches[p] as Int32Array;
            let z = bias === null ? 0 : (bias[u] as number);
            for (let k = 0; k < row.length; k++) {
              const at = patch[k] as number;
              if (at >= 0) z += (row[k] as number) * (x[at] as number);
            }
            out[u * positions + p] = z;
          }
        }
        return out;
      };
    }
    case 'average':
    case 'maximum':
      return (_, x) => {
        const out = new Float64Array(size);
        for (let e = 0; e < size; e++) {
          const from = Math.floor(e / positions) * inputPositions;
          const window = places[e % positions] as readonly number[];
          let value = kind === 'maximum' ? Number.NEGATIVE_INFINITY : 0;
          for (const q of window) {
            const z = x[from + q] as number;
            value = kind === 'maximum' ? Math.max(value, z) : value + z;
          }
          out[e] = kind === 'maximum' ? value : value / window.length;
        }
        return out;
      };
    default:
      return (_, x) => x;
  }
}

/** @returns the activation in doubles */
export function floatActivationOf(activation: Activation): (z: number) => number {
  return bending(activation) ?? ((z) => z);
}

/** null for the identity */
function bending(activation: Activation): ((z: number) => number) | null {
  const { breakpoints, breakpointDenominator, slopes } = activation;
  const pieces = slopes.map((_, j): ((z: number) => number) => {
    const affine = affinePieceOf(activation, j);
    if (affine === null) return smoothPiece(activation.smooth?.[j] as SmoothPiece);
    const [a, b] = [ratio(affine.slope.num, affine.slope.den), ratio(affine.intercept.num, affine.intercept.den)];
    return (z) => a * z + b;
  });
  if (pieces.length === 1 && slopes[0] === activation.denominator && activation.intercepts[0] === 0n) return null;
  const breaks = breakpoints.map((tau) => ratio(tau, breakpointDenominator));
  return (z) => {
    let j = 0;
    while (j < breaks.length && z > (breaks[j] as number)) j++;
    return (pieces[j] as (z: number) => number)(z);
  };
}

/** The same for all entries at once; tables where all pieces are affine, since closures are slow here. */
function bendingAll(activation: Activation): ((z: Float64Array) => Float64Array) | null {
  const bend = bending(activation);
  if (bend === null) return null;
  const pieces = activation.slopes.flatMap((_, j) => affinePieceOf(activation, j) ?? []);
  if (pieces.length < activation.slopes.length) return (z) => z.map((at) => bend(cut(at)));
  const breaks = Float64Array.from(activation.breakpoints, (tau) => ratio(tau, activation.breakpointDenominator));
  const slopes = Float64Array.from(pieces, ({ slope }) => ratio(slope.num, slope.den));
  const intercepts = Float64Array.from(pieces, ({ intercept }) => ratio(intercept.num, intercept.den));
  return (z) => {
    const out = new Float64Array(z.length);
    for (let e = 0; e < z.length; e++) {
      const given = z[e] as number;
      const at = given > largest ? largest : given < -largest ? -largest : given;
      let j = 0;
      while (j < breaks.length && at > (breaks[j] as number)) j++;
      out[e] = (slopes[j] as number) * at + (intercepts[j] as number);
    }
    return out;
  };
}

export function smoothPiece(piece: SmoothPiece): (t: number) => number {
  if (piece.function === 'polynomial') {
    const coefficients = piece.coefficients.map(({ num, den }) => ratio(num, den));
    return (t) => coefficients.reduceRight((value, c) => value * t + c, 0);
  }
  const [scale, rate, shift, offset, alpha] = (['scale', 'rate', 'shift', 'offset', 'alpha'] as const).map((key) =>
    ratio(piece[key].num, piece[key].den),
  ) as [number, number, number, number, number];
  const f = smoothFunctions(alpha)[piece.function];
  return (t) => cut(offset + scale * f(rate * t + shift));
}

const smoothFunctions = (alpha: number) => ({
  exp: Math.exp,
  tanh: Math.tanh,
  sigmoid: (z: number) => 1 / (1 + Math.exp(-z)),
  atan: Math.atan,
  sin: Math.sin,
  softplus: (z: number) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  erf: errorFunction,
  isru: (z: number) => z / Math.sqrt(1 + alpha * z * z),
  silu: (z: number) => z / (1 + Math.exp(-z)),
  gelu: (z: number) => (z / 2) * (1 + errorFunction(z * Math.SQRT1_2)),
});

/** By the series of Abramowitz and Stegun 7.1.5 near 0, and the continued fraction 7.1.14 of its complement beyond. */
function errorFunction(z: number): number {
  if (z < 0) return -errorFunction(-z);
  if (z < 3) {
    let [term, sum] = [z, z];
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 200; n++) {
      term *= (-z * z) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = z;
  for (let k = 60; k > 0; k--) fraction = z + k / 2 / fraction;
  return 1 - Math.exp(-z * z) / (Math.sqrt(Math.PI) * fraction);
}
