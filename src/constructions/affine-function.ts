import { gcd, lcm } from '../kernel/arithmetic/gcd.js';
import type { Matrix } from '../kernel/arithmetic/matrix.js';
import { type Rational, rational } from '../kernel/arithmetic/rational.js';

/** x ↦ (a·x + b)/denominator, in lowest common terms. */
export interface AffineFunction {
  readonly a: readonly bigint[];
  readonly b: bigint;
  readonly denominator: bigint;
}

export function affineFunction(a: readonly bigint[], b: bigint, denominator: bigint): AffineFunction {
  let g = gcd(denominator, b);
  for (const c of a) {
    if (g === 1n) break;
    g = gcd(g, c);
  }
  return g === 1n ? { a, b, denominator } : { a: a.map((c) => c / g), b: b / g, denominator: denominator / g };
}

/** @returns Σ factor · f over the terms, of which there is at least one */
export function combination(terms: readonly (readonly [Rational, AffineFunction])[]): AffineFunction {
  const d = terms[0]?.[1].a.length ?? 0;
  const common = terms.reduce((product, [{ den }, { denominator }]) => lcm(product, den * denominator), 1n);
  const a = new Array<bigint>(d).fill(0n);
  let b = 0n;
  for (const [{ num, den }, f] of terms) {
    const factor = num * (common / (den * f.denominator));
    if (factor === 0n) continue;
    f.a.forEach((c, j) => {
      a[j] = (a[j] as bigint) + factor * c;
    });
    b += factor * f.b;
  }
  return affineFunction(a, b, common);
}

/** @returns the numerators of the values at the rows, over one positive denominator */
export function valuesAt(
  { a, b, denominator }: AffineFunction,
  { rows, denominator: over }: Matrix,
): { readonly numerators: readonly bigint[]; readonly denominator: bigint } {
  const support = a.flatMap((c, j) => (c === 0n ? [] : [j]));
  const shift = b * over;
  const numerators = rows.map((x) => support.reduce((sum, j) => sum + (a[j] as bigint) * (x[j] as bigint), shift));
  return { numerators, denominator: denominator * over };
}

/** @returns the smallest and the largest value at the rows */
export function rangeAt(f: AffineFunction, data: Matrix): { readonly least: Rational; readonly most: Rational } {
  const { numerators, denominator } = valuesAt(f, data);
  let [least, most] = [numerators[0] as bigint, numerators[0] as bigint];
  for (const value of numerators) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least: rational(least, denominator), most: rational(most, denominator) };
}
