/**
 * The risk around a point, for pictures: R(θ + Σ a_k d_k) in doubles. Parameters may have thousands of bits and may cancel one another, so
 * doubles are trusted only where they give the exact risks at points where those are known; else everything is computed
 * in fixed point by the kernel's own evaluation, at fewer points.
 */
import { bitLength } from '../kernel/arithmetic/gcd.js';
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { DenseValues, Network, Parameters } from '../kernel/model/network.js';
import type { Problem, SummedProblem } from '../kernel/statement.js';
import { Refusal } from '../kernel/verdict.js';
import { exactDyadic } from '../numerics/exact-dyadic.js';
import { floatLoss } from '../numerics/float-loss.js';
import { cut, type FloatLayer, floatLayer, floatNetwork, productsOf } from '../numerics/float-realization.js';
import { floatGaussianRisk } from '../numerics/gaussian-risk.js';
import { type Node, nodesOn } from '../numerics/quadrature.js';
import { combined, riskAt } from './motion.js';
import { toFloat } from './numbers.js';

/** A point where the risk is known. */
export interface KnownRisk {
  readonly at: readonly number[];
  readonly risk: Rational;
}

/** Doubles must agree with known risks up to this share of the largest of them. */
const trusted = 1e-7;
const guardBits = 160;
/** How many times a product an enclosure of a function costs, about. */
const enclosureCost = 20;
/** Products that an exact integral over a box takes, roughly. */
const integralCost = 10_000;
/** The same for a pair of units under a Gaussian. */
const pairCost = 4;
/** The same for a node of an integral in doubles, its products left out. */
const nodeCost = 60;

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
    const nodes = nodesOf(problem);
    this.#evaluateFloat =
      problem.type === 'gaussian-teacher' ? floatGaussianRisk(problem.data) : floatRisk(problem, nodes);
    // Networks on boxes are small, and a node costs more than its products.
    const overhead = problem.type === 'box' ? nodeCost : 1;
    const pairs = network.stages[0]?.units ?? 0;
    this.cost =
      problem.type === 'gaussian-teacher'
        ? pairs * pairs * network.inputs * pairCost
        : nodes.length * (productsOf(network) + overhead);
    const longest = Math.max(...[this.#base, ...this.#directions].flat().map(longestBits));
    // On a box a precise risk is one exact integral, whatever the number of nodes in doubles.
    const enclosing = isSmooth(problem) || problem.type === 'gaussian-teacher' ? enclosureCost : 1;
    this.preciseCost = problem.type === 'box' ? integralCost : this.cost * (1 + (longest / 512) ** 2) * enclosing;
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

  /**
   * In fixed point with many guard bits; the answer is exact for a point extremely near the wanted one. On a box there are points whose
   * hinges are not parallel: there it is the sum over the nodes, in doubles.
   */
  precise(at: readonly number[]): Rational {
    const added = this.#directions.map((values, k) => ({ values, factor: exactDyadic(at[k] as number) }));
    try {
      return riskAt(this.problem, combined(this.problem.network, this.#base, added));
    } catch (error) {
      if (this.problem.type !== 'box' || !(error instanceof Refusal)) throw error;
      return exactDyadic(this.float(at));
    }
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

/** Whether precise risks need enclosures of functions. */
function isSmooth({ network, loss }: Problem): boolean {
  return loss.family === 'smooth' || network.stages.some(({ activation }) => activation.smooth !== null);
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

function nodesOf(problem: Problem): readonly Node[] {
  switch (problem.type) {
    case 'box':
      return nodesOn(problem.data);
    case 'gaussian-teacher':
      return [];
    case 'parametrized-target':
      throw new RangeError('Cannot draw a landscape: the risk is known only up to the integral of the squared target');
    case 'samples':
    case 'decayed-samples':
      return samplesAsNodes(problem);
  }
}

function samplesAsNodes({ data }: SummedProblem): readonly Node[] {
  return data.inputs.rows.map((row, i) => ({
    x: Float64Array.from(row, (x) => cut(toFloat(x, data.inputs.denominator))),
    y: Float64Array.from(data.targets.rows[i] as readonly bigint[], (y) => cut(toFloat(y, data.targets.denominator))),
    weight: toFloat(data.weights.values[i] as bigint, data.weights.denominator),
  }));
}

/** @returns the risk in doubles */
function floatRisk(problem: Problem, nodes: readonly Node[]): (layers: readonly FloatLayer[]) => number {
  const { network, loss } = problem;
  const realization = floatNetwork(network);
  const { value: lossOf } = floatLoss(loss);
  const decay = problem.type === 'decayed-samples' ? toFloat(problem.decay.num, problem.decay.den) : 0;
  return (layers) => {
    let total = decay * squaresOf(network, layers);
    for (const { x, y, weight } of nodes) total += weight * lossOf(realization(layers, x).map(cut), y);
    return total;
  };
}

/** |θ|² over the free parameters */
function squaresOf({ stages }: Network, layers: readonly FloatLayer[]): number {
  let sum = 0;
  layers.forEach(({ weights, bias }, s) => {
    if (stages[s]?.fixed !== null) return;
    for (const row of bias === null ? weights : [...weights, bias]) for (const w of row) sum += w * w;
  });
  return sum;
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
