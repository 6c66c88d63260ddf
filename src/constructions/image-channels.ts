/** A convolution, its activation and a pool, computed exactly on the data: what the dense layers behind them read. */

import { bitLength, lcm } from '../kernel/arithmetic/gcd.js';
import type { Matrix } from '../kernel/arithmetic/matrix.js';
import type { Rational } from '../kernel/arithmetic/rational.js';
import type { Activation } from '../kernel/model/activation.js';
import type { DenseValues } from '../kernel/model/network.js';
import { denseOf } from '../provers/dense-of.js';
import { commonDenominator, numerators } from './training-problem.js';

export type Pool = 'average' | 'max' | 'none';

/** Sizes of the layers in front of the dense ones; stride 1, no padding. */
export interface Front {
  /** channels and extents of the input */
  readonly channels: number;
  readonly extents: readonly number[];
  /** alike in all directions */
  readonly kernel: number;
  readonly pool: Pool;
  /** extents of the windows; 1 each without a pool */
  readonly window: readonly number[];
}

export interface Channel {
  /** by tap, in the order of the format: input channel, row, column */
  readonly kernel: readonly Rational[];
  readonly bias: Rational;
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, n) => all * n, 1);

/** All multi-indices below the extents, in C order. */
function places(extents: readonly number[]): readonly (readonly number[])[] {
  return extents.reduce<readonly (readonly number[])[]>(
    (found, n) => found.flatMap((index) => Array.from({ length: n }, (_, a) => [...index, a])),
    [[]],
  );
}

function flat(index: readonly number[], extents: readonly number[]): number {
  return index.reduce((place, a, axis) => place * (extents[axis] as number) + a, 0);
}

/** Which inputs the taps meet. */
export class FrontLayout {
  readonly taps: number;
  /** extents behind the convolution */
  readonly convolved: readonly number[];
  /** windows of the pool */
  readonly windows: number;
  /** by position behind the convolution: the inputs that the taps meet */
  readonly patches: readonly (readonly number[])[];
  /** by window: the positions in it */
  readonly members: readonly (readonly number[])[];

  constructor(readonly front: Front) {
    const { channels, extents, kernel, window } = front;
    const kernels = extents.map(() => kernel);
    this.taps = channels * product(kernels);
    this.convolved = extents.map((n) => n - kernel + 1);
    const pooled = this.convolved.map((n, axis) => Math.floor(n / (window[axis] as number)));
    this.windows = product(pooled);
    this.patches = places(this.convolved).map((position) =>
      Array.from({ length: channels }, (_, c) => c).flatMap((c) =>
        places(kernels).map(
          (tap) =>
            c * product(extents) +
            flat(
              position.map((p, axis) => p + (tap[axis] as number)),
              extents,
            ),
        ),
      ),
    );
    this.members = places(pooled).map((index) =>
      places(window).map((offset) =>
        flat(
          index.map((p, axis) => p * (window[axis] as number) + (offset[axis] as number)),
          this.convolved,
        ),
      ),
    );
  }

  /** @returns the values behind the pool, window by window, for one channel; numerators over one denominator */
  pooled(h: Activation, { kernel, bias }: Channel, { rows, denominator }: Matrix): Matrix {
    const common = commonDenominator([...kernel, bias]);
    const weights = numerators(kernel, common);
    const support = weights.flatMap((w, t) => (w === 0n ? [] : [t]));
    const shift = (numerators([bias], common)[0] as bigint) * denominator;
    const over = common * denominator;
    const { pool } = this.front;
    const average = pool === 'average' ? BigInt((this.members[0] as readonly number[]).length) : 1n;
    const values = rows.map((x) => {
      const bent = this.patches.map((patch) => {
        const z = support.reduce((sum, t) => sum + (weights[t] as bigint) * (x[patch[t] as number] as bigint), shift);
        let piece = 0;
        while (piece < h.breakpoints.length && z * h.breakpointDenominator > (h.breakpoints[piece] as bigint) * over)
          piece++;
        return (h.slopes[piece] as bigint) * z + (h.intercepts[piece] as bigint) * over;
      });
      return this.members.map((members) => {
        const window = members.map((p) => bent[p] as bigint);
        return pool === 'max'
          ? window.reduce((most, value) => (value > most ? value : most))
          : window.reduce((sum, value) => sum + value);
      });
    });
    return matrixOf(values, over * h.denominator * average);
  }

  /** @returns what the dense layers read: the channels one after the other */
  features(h: Activation, channels: readonly Channel[], data: Matrix): Matrix {
    const parts = channels.map((channel) => this.pooled(h, channel, data));
    const common = parts.reduce((all, { denominator }) => lcm(all, denominator), 1n);
    const factors = parts.map(({ denominator }) => common / denominator);
    return matrixOf(
      data.rows.map((_, i) =>
        parts.flatMap(({ rows }, c) => (rows[i] as readonly bigint[]).map((v) => v * (factors[c] as bigint))),
      ),
      common,
    );
  }
}

function matrixOf(rows: readonly (readonly bigint[])[], denominator: bigint): Matrix {
  let bits = bitLength(denominator);
  for (const row of rows) for (const v of row) bits = Math.max(bits, bitLength(v));
  return { rows, denominator, bits };
}

/** @returns the convolution's layer, in the order of the format */
export function convolutionOf(channels: readonly Channel[]): DenseValues {
  const common = channels.reduce((all, { kernel, bias }) => commonDenominator([...kernel, bias], all), 1n);
  return denseOf(
    channels.map(({ kernel }) => numerators(kernel, common)),
    channels.map(({ bias }) => numerators([bias], common)[0] as bigint),
    common,
  );
}
