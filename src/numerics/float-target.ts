/** Parametrized targets and the risks of best fits with one kink in doubles, for pictures. Nothing here is evidence. */
import type { Quotient } from '../kernel/arithmetic/quotients.js';
import { jointsOf, type ParametrizedData, type TargetPiece } from '../kernel/model/parametrized-target.js';
import { ratio, toFloats } from './floats.js';

type Curve = (u: number) => number;

interface FloatPiece {
  readonly from: number;
  readonly to: number;
  readonly X: Curve;
  readonly F: Curve;
  readonly G: Curve;
  readonly f: Curve;
  readonly rises: boolean;
}

function floatQuotient({ numerator, denominator }: Quotient): Curve {
  const all = toFloats([...numerator, ...denominator]);
  const [top, bottom] = [all.subarray(0, numerator.length), all.subarray(numerator.length)];
  const at = (coefficients: Float64Array, u: number): number => coefficients.reduceRight((sum, c) => sum * u + c, 0);
  return (u) => at(top, u) / at(bottom, u);
}

const floatPiece = ({ from, to, X, F, G, f, rises }: TargetPiece): FloatPiece => ({
  from: ratio(from.num, from.den),
  to: ratio(to.num, to.den),
  ...{ X: floatQuotient(X), F: floatQuotient(F), G: floatQuotient(G), f: floatQuotient(f), rises },
});

/** @returns points of the graph of the target from left to right */
export function targetCurve({ pieces }: ParametrizedData, steps: number): readonly (readonly [number, number])[] {
  return pieces.map(floatPiece).flatMap(({ from, to, X, f, rises }) => {
    const graph = Array.from({ length: steps + 1 }, (_, k) => from + ((to - from) * k) / steps).map(
      (u) => [X(u), f(u)] as const,
    );
    return rises ? graph : graph.reverse();
  });
}

/** A realization that may move beside its kink: the slopes left and right of it, and whether it tilts, too. */
export interface KinkShape {
  readonly left: number;
  readonly right: number;
  readonly tilts: boolean;
}

/** @returns q ↦ ∫ f N for the best fit N with its kink at q: the risk of the best fit is λ(∫f² − ∫f N) */
export function explainedBy(data: ParametrizedData, { left, right, tilts }: KinkShape): (q: number) => number {
  const joints = jointsOf(data).map(({ num, den }) => ratio(num, den));
  const [a, b] = [joints[0] as number, joints[joints.length - 1] as number];
  const pieces = data.pieces.map(floatPiece);
  /** ∫ f and ∫ f x over a piece up to x */
  const upTo = ({ from, to, X, F, G, rises }: FloatPiece, x: number): readonly [number, number] => {
    let [low, high] = rises ? [from, to] : [to, from];
    const start = low;
    for (let k = 0; k < 60; k++) {
      const middle = (low + high) / 2;
      if (X(middle) < x) low = middle;
      else high = middle;
    }
    const first = (u: number): number => X(u) * F(u) - G(u);
    return [F(low) - F(start), first(low) - first(start)];
  };
  const moments = (x: number): readonly [number, number] => {
    const parts = pieces.flatMap((piece, j) =>
      (joints[j] as number) < x ? [upTo(piece, Math.min(x, joints[j + 1] as number))] : [],
    );
    return [parts.reduce((sum, [m]) => sum + m, 0), parts.reduce((sum, [, m]) => sum + m, 0)];
  };
  const [whole, wholeFirst] = moments(b);
  return (q) => {
    const [before, beforeFirst] = moments(q);
    // 1, (x,) and the kink as slope and constant on both sides of q
    const basis = [
      ...[{ left: [0, 1], right: [0, 1] }],
      ...(tilts ? [{ left: [1, 0], right: [1, 0] }] : []),
      ...[{ left: [left, -left * q], right: [right, -right * q] }],
    ] as const;
    const products = (p: readonly number[], r: readonly number[], from: number, to: number): number => {
      const [m, n] = [(p[0] as number) * (r[0] as number), (p[1] as number) * (r[1] as number)];
      const mixed = (p[0] as number) * (r[1] as number) + (p[1] as number) * (r[0] as number);
      return (m * (to ** 3 - from ** 3)) / 3 + (mixed * (to ** 2 - from ** 2)) / 2 + n * (to - from);
    };
    const gram = basis.map((p) => basis.map((r) => products(p.left, r.left, a, q) + products(p.right, r.right, q, b)));
    const against = basis.map(
      (p) =>
        (p.left[0] as number) * beforeFirst +
        (p.left[1] as number) * before +
        (p.right[0] as number) * (wholeFirst - beforeFirst) +
        (p.right[1] as number) * (whole - before),
    );
    return solved(gram, against).reduce((sum, c, i) => sum + c * (against[i] as number), 0);
  };
}

/** Gaussian elimination of a positive definite system. */
function solved(gram: readonly (readonly number[])[], against: readonly number[]): readonly number[] {
  const rows = gram.map((row, i) => [...row, against[i] as number]);
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    const pivot = rows[k] as number[];
    for (let i = 0; i < n; i++) {
      const row = rows[i] as number[];
      const factor = i === k ? 0 : (row[k] as number) / (pivot[k] as number);
      for (let j = k; j <= n; j++) row[j] = (row[j] as number) - factor * (pivot[j] as number);
    }
  }
  return rows.map((row, k) => (row[n] as number) / (row[k] as number));
}
