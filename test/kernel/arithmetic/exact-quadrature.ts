/**
 * Exact integrals over boxes of functions that are polynomials between parallel hyperplanes: slow, and with nothing in common with
 * box-integral.ts. One coordinate at a time, on the intervals between the places where a hyperplane passes a vertex of the rest of
 * the box, the integral over the rest is a polynomial of known degree, so an interpolating quadrature is exact.
 */
import {
  add,
  compare,
  divide,
  multiply,
  type Rational,
  rational,
  subtract,
} from '../../../src/kernel/arithmetic/rational.js';

export const q = (n: bigint | number, d: bigint | number = 1n): Rational => rational(BigInt(n), BigInt(d));
export const sumOf = (list: readonly Rational[]): Rational => list.reduce(add, q(0));

/** Weights of the rule on [0,1] with nodes (i+1)/(n+2), i = 0 … n, exact for degree n: integrals of the Lagrange polynomials. */
function weightsOf(n: number): readonly Rational[] {
  const node = (i: number) => q(i + 1, n + 2);
  return Array.from({ length: n + 1 }, (_, i) => {
    let p: Rational[] = [q(1)];
    for (let k = 0; k <= n; k++) {
      if (k === i) continue;
      const gap = subtract(node(i), node(k));
      // times (x − node k) / gap
      p = [...p, q(0)].map((c, e) =>
        divide(subtract(e > 0 ? (p[e - 1] as Rational) : q(0), multiply(node(k), e < p.length ? c : q(0))), gap),
      );
    }
    return sumOf(p.map((c, e) => divide(c, q(e + 1))));
  });
}

/**
 * @param f       of degree at most `degree` between the hyperplanes w·x ∈ cuts
 * @param inside  which part counts, told by w·x
 */
export function quadrature(
  f: (x: readonly Rational[]) => Rational,
  degree: number,
  lower: readonly Rational[],
  upper: readonly Rational[],
  w: readonly Rational[],
  cuts: readonly Rational[],
  inside: (z: Rational) => boolean = () => true,
): Rational {
  const d = lower.length;
  const rules = Array.from({ length: d }, (_, j) => weightsOf(degree + d - 1 - j));
  const integrate = (x: readonly Rational[], z: Rational): Rational => {
    const j = x.length;
    if (j === d) return inside(z) ? f(x) : q(0);
    const [a, b, c] = [lower[j], upper[j], w[j]] as [Rational, Rational, Rational];
    let rest = [z];
    for (let i = j + 1; i < d; i++) {
      rest = rest.flatMap((s) =>
        [lower[i], upper[i]].map((end) => add(s, multiply(w[i] as Rational, end as Rational))),
      );
    }
    const kinks = c.num === 0n ? [] : cuts.flatMap((t) => rest.map((s) => divide(subtract(t, s), c)));
    const ends = [a, ...kinks.filter((x) => compare(a, x) < 0 && compare(x, b) < 0), b].sort(compare);
    const rule = rules[j] as readonly Rational[];
    return sumOf(
      ends.slice(1).map((to, i) => {
        const from = ends[i] as Rational;
        const length = subtract(to, from);
        if (length.num === 0n) return q(0);
        const values = rule.map((weight, k) => {
          const at = add(from, multiply(length, q(k + 1, rule.length + 1)));
          return multiply(weight, integrate([...x, at], add(z, multiply(c, at))));
        });
        return multiply(length, sumOf(values));
      }),
    );
  };
  return integrate([], q(0));
}
