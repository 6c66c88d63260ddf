import type { PiecewiseAffine } from '../kernel/model/activation.js';
import type { PolynomialLoss } from '../kernel/model/loss.js';
import { ratio } from '../numerics/floats.js';
import type { FloatSamples } from './float-samples.js';

/**
 * f(z) = c + A z + Σ_j v_j h(w_j·z + b_j) in doubles, in the coordinates of FloatSamples. The affine part A z is there only while
 * the units that will carry it are not made yet.
 */
export interface FloatNetwork {
  readonly units: number;
  readonly carrier: boolean;
  /** c (k), then A (k × r) with a carrier, then for every unit w (r), b, v (k) */
  readonly theta: Float64Array;
}

export interface FloatActivation {
  readonly breakpoints: readonly number[];
  readonly slopes: readonly number[];
  readonly intercepts: readonly number[];
}

export function floatActivation(h: PiecewiseAffine): FloatActivation {
  return {
    breakpoints: h.breakpoints.map((t) => ratio(t, h.breakpointDenominator)),
    slopes: h.slopes.map((s) => ratio(s, h.denominator)),
    intercepts: h.intercepts.map((c) => ratio(c, h.denominator)),
  };
}

export function pieceAt({ breakpoints }: FloatActivation, t: number): number {
  let piece = 0;
  while (piece < breakpoints.length && t > (breakpoints[piece] as number)) piece++;
  return piece;
}

export function applyActivation(h: FloatActivation, t: number): number {
  const piece = pieceAt(h, t);
  return (h.slopes[piece] as number) * t + (h.intercepts[piece] as number);
}

/** The risk of a FloatNetwork, divided by the sum of the weights. */
export class FloatRisk {
  readonly #lossBreakpoints: readonly number[];
  readonly #lossPieces: readonly (readonly number[])[];

  constructor(
    readonly samples: FloatSamples,
    readonly activation: FloatActivation,
    loss: PolynomialLoss,
    readonly hiddenBias: boolean,
    readonly outputBias: boolean,
  ) {
    this.#lossBreakpoints = loss.breakpoints.map((t) => ratio(t, loss.breakpointDenominator));
    this.#lossPieces = loss.pieces.map((piece) => piece.map((c) => ratio(c, loss.denominator)));
  }

  /** the work of one evaluation, in multiplications */
  workOf(units: number): number {
    return 4 * this.samples.n * (this.samples.dimension + 2) * (units + this.samples.outputs);
  }

  blank(units: number, carrier: boolean): FloatNetwork {
    const { outputs: k, dimension: r } = this.samples;
    return { units, carrier, theta: new Float64Array(k + (carrier ? k * r : 0) + units * (r + 1 + k)) };
  }

  unitOffset({ carrier }: FloatNetwork, j: number): number {
    const { outputs: k, dimension: r } = this.samples;
    return k + (carrier ? k * r : 0) + j * (r + 1 + k);
  }

  /** @returns the network with one more unit, which does nothing yet */
  withUnit({ units, carrier, theta }: FloatNetwork): FloatNetwork {
    const next = this.blank(units + 1, carrier);
    next.theta.set(theta);
    return next;
  }

  /**
   * @param gradient    where the gradient in theta goes, or null
   * @param residuals   where p − y goes (n × k), or null
   * @param slopes      where μ ∂ℓ goes (n × k), or null
   */
  evaluate(
    { units, carrier, theta }: Pick<FloatNetwork, 'units' | 'carrier' | 'theta'>,
    gradient: Float64Array | null,
    residuals: Float64Array | null = null,
    slopes: Float64Array | null = null,
  ): number {
    const { Z, Y, weights, n, outputs: k, dimension: r } = this.samples;
    const h = this.activation;
    const first = k + (carrier ? k * r : 0);
    const stride = r + 1 + k;
    gradient?.fill(0);
    const [values, rates, back] = [new Float64Array(units), new Float64Array(units), new Float64Array(k)];
    let risk = 0;
    for (let i = 0; i < n; i++) {
      const row = i * r;
      for (let j = 0; j < units; j++) {
        const at = first + j * stride;
        let t = theta[at + r] as number;
        for (let s = 0; s < r; s++) t += (theta[at + s] as number) * (Z[row + s] as number);
        const piece = pieceAt(h, t);
        rates[j] = h.slopes[piece] as number;
        values[j] = (h.slopes[piece] as number) * t + (h.intercepts[piece] as number);
      }
      const mu = weights[i] as number;
      for (let c = 0; c < k; c++) {
        let p = theta[c] as number;
        if (carrier) {
          const at = k + c * r;
          for (let s = 0; s < r; s++) p += (theta[at + s] as number) * (Z[row + s] as number);
        }
        for (let j = 0; j < units; j++) p += (theta[first + j * stride + r + 1 + c] as number) * (values[j] as number);
        const residual = p - (Y[i * k + c] as number);
        const piece = this.#lossPieceAt(residual);
        let [value, slope] = [0, 0];
        for (let q = piece.length - 1; q >= 0; q--) {
          slope = slope * residual + value;
          value = value * residual + (piece[q] as number);
        }
        risk += mu * value;
        back[c] = mu * slope;
        if (residuals !== null) residuals[i * k + c] = residual;
        if (slopes !== null) slopes[i * k + c] = mu * slope;
      }
      if (gradient === null) continue;
      for (let c = 0; c < k; c++) {
        const g = back[c] as number;
        if (this.outputBias) gradient[c] = (gradient[c] as number) + g;
        if (!carrier) continue;
        const at = k + c * r;
        for (let s = 0; s < r; s++) gradient[at + s] = (gradient[at + s] as number) + g * (Z[row + s] as number);
      }
      for (let j = 0; j < units; j++) {
        const at = first + j * stride;
        let through = 0;
        for (let c = 0; c < k; c++) {
          const g = back[c] as number;
          through += g * (theta[at + r + 1 + c] as number);
          gradient[at + r + 1 + c] = (gradient[at + r + 1 + c] as number) + g * (values[j] as number);
        }
        through *= rates[j] as number;
        if (through === 0) continue;
        for (let s = 0; s < r; s++) gradient[at + s] = (gradient[at + s] as number) + through * (Z[row + s] as number);
        if (this.hiddenBias) gradient[at + r] = (gradient[at + r] as number) + through;
      }
    }
    return risk;
  }

  #lossPieceAt(residual: number): readonly number[] {
    let piece = 0;
    while (piece < this.#lossBreakpoints.length && residual > (this.#lossBreakpoints[piece] as number)) piece++;
    return this.#lossPieces[piece] as readonly number[];
  }
}

/**
 * Weighted least squares in doubles for a few columns, by Gram–Schmidt done twice; a column that depends on those before gets
 * coefficient 0.
 *
 * @param columns  each of length n
 * @param target   k values for each of n samples
 * @returns        one row of k coefficients a column
 */
export function fitColumns(
  columns: readonly Float64Array[],
  target: Float64Array,
  weights: Float64Array,
): Float64Array[] {
  const n = weights.length;
  const k = target.length / n;
  const inner = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (weights[i] as number) * (a[i] as number) * (b[i] as number);
    return sum;
  };
  const basis: { readonly q: Float64Array; readonly column: number; readonly R: number[] }[] = [];
  for (const [column, values] of columns.entries()) {
    const q = Float64Array.from(values);
    const size = Math.sqrt(inner(q, q));
    const R = new Array<number>(basis.length).fill(0);
    for (let pass = 0; pass < 2; pass++) {
      for (const [t, { q: before }] of basis.entries()) {
        const share = inner(before, q);
        R[t] = (R[t] as number) + share;
        for (let i = 0; i < n; i++) q[i] = (q[i] as number) - share * (before[i] as number);
      }
    }
    const left = Math.sqrt(inner(q, q));
    if (!(left > 1e-9 * size)) continue;
    for (let i = 0; i < n; i++) q[i] = (q[i] as number) / left;
    basis.push({ q, column, R: [...R, left] });
  }
  const coefficients = columns.map(() => new Float64Array(k));
  const y = new Float64Array(n);
  for (let c = 0; c < k; c++) {
    for (let i = 0; i < n; i++) y[i] = target[i * k + c] as number;
    const shares = basis.map(({ q }) => inner(q, y));
    for (let t = basis.length - 1; t >= 0; t--) {
      const { column, R } = basis[t] as (typeof basis)[number];
      const coefficient = (shares[t] as number) / (R[t] as number);
      (coefficients[column] as Float64Array)[c] = coefficient;
      for (let s = 0; s < t; s++) shares[s] = (shares[s] as number) - (R[s] as number) * coefficient;
    }
  }
  return coefficients;
}
