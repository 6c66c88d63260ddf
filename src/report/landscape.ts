/**
 * The risk around a point, for pictures: R(θ + Σ a_k d_k) in doubles. Parameters may have thousands of bits and may cancel one another, so
 * doubles are trusted only where they give the exact risks at points where those are known; else everything is computed
 * in fixed point by the kernel's own evaluation, at fewer points.
 */
import { bitLength } from '../kernel/arithmetic/gcd.js';
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import { pieceOf } from '../kernel/model/activation.js';
import { type DenseValues, freeParameters, type Network, type Parameters } from '../kernel/model/network.js';
import type { Problem } from '../kernel/statement.js';
import { combined, riskAt } from './motion.js';
import { exactDyadic, toFloat } from './numbers.js';

/** A point where the risk is known. */
export interface KnownRisk {
  readonly at: readonly number[];
  readonly risk: Rational;
}

/** Doubles must agree with known risks up to this share of the largest of them. */
const trusted = 1e-7;
const guardBits = 160;
/** Beyond this size doubles are cut off, so that sums of products stay finite. */
const largest = 1e90;

interface FloatLayer {
  readonly weights: readonly Float64Array[];
  readonly bias: Float64Array | null;
}

export class Landscape {
  readonly #base: Parameters;
  readonly #directions: readonly Parameters[];
  readonly #float: readonly (readonly FloatLayer[])[];
  readonly #evaluateFloat: (layers: readonly FloatLayer[]) => number;
  #floatAtOrigin: number | null = null;
  #preciseAtOrigin: Rational | null = null;
  /** true where doubles reproduce the known risks */
  readonly isFloatTrusted: boolean;
  /** products that one evaluation in doubles takes */
  readonly cost: number;
  /** the same for a precise one, longer numbers counted more */
  readonly preciseCost: number;

  constructor(
    readonly problem: Problem,
    theta: Parameters,
    directions: readonly Parameters[],
    known: readonly KnownRisk[],
  ) {
    const { network } = problem;
    const bits = guardBits + smallestExponent([theta, ...directions]);
    this.#base = theta.map((layer) => rounded(layer, bits));
    this.#directions = directions.map((direction) => direction.map((layer) => rounded(layer, bits)));
    this.#float = [theta, ...directions].map((parameters) => parameters.map(floatLayer));
    this.#evaluateFloat = floatRisk(problem);
    this.cost = problem.data.inputs.rows.length * (freeParameters(network) + 1);
    const longest = Math.max(...[this.#base, ...this.#directions].flat().map(longestBits));
    this.preciseCost = this.cost * (1 + (longest / 512) ** 2);
    const scale = Math.max(...known.map(({ risk }) => toFloat(risk.num, risk.den)), 1e-290);
    this.isFloatTrusted = known.every(
      ({ at, risk }) => Math.abs(this.float(at) - toFloat(risk.num, risk.den)) <= trusted * scale,
    );
  }

  /** In doubles. */
  float(at: readonly number[]): number {
    const [base, ...directions] = this.#float as readonly [readonly FloatLayer[], ...(readonly FloatLayer[])[]];
    const layers = base.map((layer, s): FloatLayer => {
      if (this.problem.network.stages[s]?.fixed !== null) return layer;
      const moving = directions.map((direction) => direction[s] as FloatLayer);
      const mix = (values: Float64Array, added: readonly Float64Array[]): Float64Array => {
        const sum = values.slice();
        added.forEach((row, k) => {
          const a = at[k] as number;
          for (let j = 0; j < sum.length; j++) sum[j] = (sum[j] as number) + a * (row[j] as number);
        });
        return sum;
      };
      return {
        weights: layer.weights.map((row, u) =>
          mix(
            row,
            moving.map(({ weights }) => weights[u] as Float64Array),
          ),
        ),
        bias:
          layer.bias === null
            ? null
            : mix(
                layer.bias,
                moving.map(({ bias }) => bias as Float64Array),
              ),
      };
    });
    const value = this.#evaluateFloat(layers);
    return Number.isFinite(value) ? Math.min(value, 1e300) : 1e300;
  }

  /** In fixed point with many guard bits; the answer is exact for a point extremely near the wanted one. */
  precise(at: readonly number[]): Rational {
    const added = this.#directions.map((values, k) => ({ values, factor: exactDyadic(at[k] as number) }));
    return riskAt(this.problem, combined(this.problem.network, this.#base, added));
  }

  /** R(θ + Σ a_k d_k) − R(θ), subtracted before anything is rounded where it is computed precisely. */
  change(at: readonly number[], precisely: boolean): number {
    const origin = at.map(() => 0);
    if (!precisely) {
      this.#floatAtOrigin ??= this.float(origin);
      return this.float(at) - this.#floatAtOrigin;
    }
    this.#preciseAtOrigin ??= this.precise(origin);
    const [a, b] = [this.precise(at), this.#preciseAtOrigin];
    return toFloat(a.num * b.den - b.num * a.den, a.den * b.den);
  }
}

/** How many bits below the point the smallest nonzero number starts, at least 0. */
function smallestExponent(all: readonly Parameters[]): number {
  let most = 0;
  for (const { weights, bias, denominator } of all.flat()) {
    const size = bitLength(denominator);
    for (const row of bias === null ? weights : [...weights, bias]) {
      for (const w of row) if (w !== 0n) most = Math.max(most, size - bitLength(w));
    }
  }
  return Math.min(most, 4_000);
}

function rounded(layer: DenseValues, bits: number): DenseValues {
  if (bitLength(layer.denominator) <= bits) return layer;
  const round = (w: bigint): bigint => (w << BigInt(bits)) / layer.denominator;
  return {
    weights: layer.weights.map((row) => row.map(round)),
    bias: layer.bias?.map(round) ?? null,
    denominator: 1n << BigInt(bits),
    bits: layer.bits,
  };
}

function longestBits({ weights, bias, denominator }: DenseValues): number {
  let most = bitLength(denominator);
  for (const row of bias === null ? weights : [...weights, bias]) {
    for (const w of row) most = Math.max(most, bitLength(w));
  }
  return most;
}

const cut = (x: number): number => Math.max(-largest, Math.min(largest, x));

function floatLayer({ weights, bias, denominator }: DenseValues): FloatLayer {
  const convert = (row: readonly bigint[]): Float64Array => Float64Array.from(row, (w) => cut(toFloat(w, denominator)));
  return { weights: weights.map(convert), bias: bias === null ? null : convert(bias) };
}

/** @returns the risk in doubles; plain loops, since a slice asks for it thousands of times */
function floatRisk({ network, data, loss }: Problem): (layers: readonly FloatLayer[]) => number {
  const inputs = data.inputs.rows.map((row) => Float64Array.from(row, (x) => cut(toFloat(x, data.inputs.denominator))));
  const targets = data.targets.rows.map((row) =>
    Float64Array.from(row, (y) => cut(toFloat(y, data.targets.denominator))),
  );
  const mu = data.weights.values.map((weight) => toFloat(weight, data.weights.denominator));
  const activations = network.stages.map(({ activation }) => {
    const pieces = activation.slopes.map((_, j) => pieceOf(activation, j));
    return piecewise(
      activation.breakpoints.map((tau) => toFloat(tau, activation.breakpointDenominator)),
      pieces.map(({ slope, intercept }) => [toFloat(intercept.num, intercept.den), toFloat(slope.num, slope.den)]),
    );
  });
  const lossOf = piecewise(
    loss.breakpoints.map((tau) => toFloat(tau, loss.breakpointDenominator)),
    loss.pieces.map((piece) => piece.map((c) => toFloat(c, loss.denominator))),
  );
  const buffers = network.stages.map(({ units }) => new Float64Array(units));
  return (layers) => {
    let total = 0;
    for (let i = 0; i < inputs.length; i++) {
      let values = inputs[i] as Float64Array;
      for (let s = 0; s < layers.length; s++) {
        const { weights, bias } = layers[s] as FloatLayer;
        const h = activations[s] as (z: number) => number;
        const next = buffers[s] as Float64Array;
        for (let u = 0; u < weights.length; u++) {
          const row = weights[u] as Float64Array;
          let z = bias === null ? 0 : (bias[u] as number);
          for (let j = 0; j < row.length; j++) z += (row[j] as number) * (values[j] as number);
          next[u] = h(cut(z));
        }
        values = next;
      }
      const y = targets[i] as Float64Array;
      for (let c = 0; c < y.length; c++)
        total += (mu[i] as number) * lossOf(cut((values[c] as number) - (y[c] as number)));
    }
    return total;
  };
}

/** Polynomial pieces (lowest degree first) between breakpoints. */
function piecewise(breaks: readonly number[], pieces: readonly (readonly number[])[]): (z: number) => number {
  return (z) => {
    let j = 0;
    while (j < breaks.length && z > (breaks[j] as number)) j++;
    const piece = pieces[j] as readonly number[];
    let value = 0;
    for (let k = piece.length - 1; k >= 0; k--) value = value * z + (piece[k] as number);
    return value;
  };
}

/** The Euclidean length over the free parameters, and inner products, in doubles. */
export function inner({ stages }: Network, a: Parameters, b: Parameters): number {
  let sum = 0;
  stages.forEach(({ fixed }, s) => {
    if (fixed !== null) return;
    const [p, q] = [floatLayer(a[s] as DenseValues), floatLayer(b[s] as DenseValues)];
    p.weights.forEach((row, u) => {
      row.forEach((w, j) => {
        sum += w * (q.weights[u]?.[j] as number);
      });
    });
    p.bias?.forEach((w, u) => {
      sum += w * (q.bias?.[u] as number);
    });
  });
  return sum;
}

export const lengthOf = (network: Network, a: Parameters): number => Math.sqrt(inner(network, a, a));

/** @returns factor · values, with the frozen layers of values */
export function scaledBy(network: Network, values: Parameters, factor: number): Parameters {
  const { num, den } = exactDyadic(factor - 1);
  return combined(network, values, [{ values, factor: rational(num, den) }]);
}
