/** Integrals over a box in doubles, for searches and pictures: Gauss–Legendre nodes in every coordinate. Nothing here is evidence. */
import type { BoxData, TermList } from '../kernel/model/box.js';
import { ratio } from './floats.js';

export interface Node {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** the weight of the node times the density there */
  readonly weight: number;
}

/** Nodes in all, as a rule. */
const wanted = 1_000;
const mostInARow = 200;
const mostNodes = 20_000;

/** @returns at least one node; few a coordinate where there are many of them */
export function nodesOn({ domain, density, targets }: BoxData): readonly Node[] {
  const d = domain.lower.length;
  let row = Math.max(2, Math.min(mostInARow, Math.floor(wanted ** (1 / d))));
  if (row ** d > mostNodes) row = 1;
  const rule = gaussLegendre(row);
  const ends = domain.lower.map((a, j) => [
    ratio(a, domain.denominator),
    ratio(domain.upper[j] as bigint, domain.denominator),
  ]) as readonly (readonly [number, number])[];
  const rho = floatPolynomial(density);
  const functions = targets.map(({ breakpoints, pieces }) => {
    const breaks = breakpoints.map(({ num, den }) => ratio(num, den));
    const values = pieces.map(floatPolynomial);
    return (x: Float64Array): number => {
      const j = breaks.filter((at) => at <= (x[0] as number)).length;
      return (values[j] as (x: Float64Array) => number)(x);
    };
  });
  return Array.from({ length: row ** d }, (_, n): Node => {
    let [rest, weight] = [n, 1];
    const x = Float64Array.from(ends, ([a, b]) => {
      const { at, share } = rule[rest % row] as (typeof rule)[number];
      rest = Math.floor(rest / row);
      weight *= (share * (b - a)) / 2;
      return a + ((b - a) * (1 + at)) / 2;
    });
    return { x, y: Float64Array.from(functions, (f) => f(x)), weight: weight * rho(x) };
  });
}

export function floatPolynomial({ terms, denominator }: TermList): (x: Float64Array) => number {
  const floats = terms.map(({ exponents, coefficient }) => ({ exponents, c: ratio(coefficient, denominator) }));
  return (x) =>
    floats.reduce(
      (sum, { exponents, c }) => sum + c * exponents.reduce((value, e, j) => value * (x[j] as number) ** e, 1),
      0,
    );
}

/** Nodes in (−1, 1): the roots of the Legendre polynomial, by Newton's method. */
function gaussLegendre(n: number): readonly { readonly at: number; readonly share: number }[] {
  return Array.from({ length: n }, (_, k) => {
    let z = Math.cos((Math.PI * (k + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 60; step++) {
      let [previous, value] = [1, z];
      for (let m = 2; m <= n; m++) [previous, value] = [value, ((2 * m - 1) * z * value - (m - 1) * previous) / m];
      slope = (n * (z * value - previous)) / (z * z - 1);
      const change = value / slope;
      z -= change;
      if (Math.abs(change) < 1e-16) break;
    }
    return { at: z, share: 2 / ((1 - z * z) * slope * slope) };
  });
}
