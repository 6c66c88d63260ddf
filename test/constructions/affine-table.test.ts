/**
 * The table of critical points for affine targets against dense sampling: no point near a local minimum has lower risk, and near a saddle the
 * curves of its proof really fall and rise, by integrals in doubles that share nothing with the kernel's.
 */
import { describe, expect, test } from 'vitest';
import { Chance } from '../landscape.js';
import { library } from '../library.js';

interface Layer {
  readonly weights: readonly (readonly string[])[];
  readonly bias: readonly string[];
}
interface Written {
  readonly statement: {
    readonly kind: string;
    readonly problem: {
      readonly network: { readonly layers: readonly { readonly function?: string; readonly slope?: string }[] };
      readonly data: {
        readonly lower: readonly [string];
        readonly upper: readonly [string];
        readonly targets: readonly [
          { readonly terms: readonly { readonly coefficient: string; readonly exponents: readonly [number] }[] },
        ];
      };
    };
    readonly point: { readonly layers: readonly [Layer, Layer] };
  };
  readonly proof: Readonly<
    Record<string, { readonly coefficients?: readonly { readonly layers: readonly [Layer, Layer] }[] }>
  >;
}

const rows = library()
  .filter(({ name }) => /^cheridito-jentzen-rossmannek-2022\/[a-z-]+-\d-/.test(name) && !name.includes('global'))
  .map(({ name, text }) => [name.replace(/^.*\/|\.cert\.json$/g, ''), JSON.parse(text) as Written] as const)
  // Points in Q(a) have entries that are no numbers.
  .filter(([, written]) => !('field' in written.statement.point));

const numberOf = (text: string): number => {
  const [num, den = '1'] = text.split('/');
  return Number(num) / Number(den);
};
/** w, b, v unit by unit, and c */
const flat = ([hidden, output]: readonly [Layer, Layer]): readonly number[] =>
  [...hidden.weights.flat(), ...hidden.bias, ...output.weights.flat(), ...output.bias].map(numberOf);

/** Boole's rule: exact for polynomials of degree 5, and no integrand between kinks has more than 4. */
const boole = [7, 32, 12, 32, 7] as const;

/** R(θ) by parts between the kinks. */
function riskOf({ statement: { problem } }: Written): (theta: readonly number[]) => number {
  const { network, data } = problem;
  const h = network.layers.find((layer) => layer.function !== undefined);
  const slope = h?.function === 'leaky-relu' ? numberOf(h.slope ?? '') : 0;
  const apply = h?.function === 'quadratic' ? (z: number) => z * z : (z: number) => (z < 0 ? slope * z : z);
  const [a, b] = [numberOf(data.lower[0]), numberOf(data.upper[0])];
  const target = (x: number): number =>
    data.targets[0].terms.reduce((sum, { coefficient, exponents: [k] }) => sum + numberOf(coefficient) * x ** k, 0);
  return (theta) => {
    const N = (theta.length - 1) / 3;
    const unit = (j: number) => [theta[j], theta[N + j], theta[2 * N + j]] as readonly [number, number, number];
    const units = Array.from({ length: N }, (_, j) => unit(j));
    const kinks = units.map(([w, shift]) => -shift / w).filter((q) => q > a && q < b);
    const nodes = [a, ...kinks.sort((p, q) => p - q), b];
    let total = 0;
    for (let k = 1; k < nodes.length; k++) {
      const [from, to] = [nodes[k - 1] as number, nodes[k] as number];
      boole.forEach((weight, i) => {
        const x = from + ((to - from) * i) / 4;
        const value = units.reduce((sum, [w, shift, v]) => sum + v * apply(w * x + shift), theta[3 * N] as number);
        total += ((weight * (to - from)) / 90) * (value - target(x)) ** 2;
      });
    }
    return total;
  };
}

/** Doubles are wrong by less. */
const doubt = 1e-13;

test('the table has a row for every multiset of types, and names what each is', () => {
  const minima = rows.filter(([, { statement }]) => statement.kind === 'spurious-local-minimum').map(([name]) => name);
  // Inactive, or bending at an end in the right direction: 3 types, multisets of 1, 2 and 3 of them.
  expect(minima).toHaveLength(3 + 6 + 10);
  const rising = /^relu-\d-(and-|inactive-?|(lower|upper)-end(?!-f)-?)+$/;
  expect(minima.filter((name) => !rising.test(name))).toEqual([]);
  const saddles = rows.filter(([, { statement }]) => statement.kind === 'saddle');
  expect(minima.length + saddles.length).toBe(rows.length);
  const of = (beginning: string): number => rows.filter(([name]) => name.startsWith(beginning)).length;
  expect([of('relu-1-'), of('relu-2-'), of('relu-3-')]).toEqual([9, 45 + 1, 165 + 11]);
  expect([of('quadratic-1-'), of('quadratic-2-'), of('quadratic-3-')]).toEqual([5, 15, 35]);
});

describe('around every row', () => {
  test('no local minimum has a point of lower risk nearby', () => {
    const chance = new Chance(1);
    for (const [name, written] of rows.filter(([, { statement }]) => statement.kind !== 'saddle')) {
      const risk = riskOf(written);
      const theta = flat(written.statement.point.layers);
      const least = risk(theta) - doubt;
      for (let k = 0; k < 400; k++) {
        const radius = 2 ** -(4 + (k % 12));
        const near = theta.map((entry) => entry + (radius * (chance.below(2001) - 1000)) / 1000);
        expect(risk(near), `${name}, radius ${radius}`).toBeGreaterThanOrEqual(least);
      }
    }
  });

  test('the curves of a saddle fall and rise', () => {
    for (const [name, written] of rows.filter(([, { statement }]) => statement.kind === 'saddle')) {
      const risk = riskOf(written);
      const theta = flat(written.statement.point.layers);
      const at = risk(theta);
      for (const [key, sign] of [
        ['descent', -1],
        ['ascent', 1],
      ] as const) {
        const coefficients = (written.proof[key]?.coefficients ?? []).map(({ layers }) => flat(layers));
        const steps = Array.from({ length: 12 }, (_, k) => 2 ** -(k + 2));
        const changes = steps.map((t) => {
          const moved = theta.map((entry, i) =>
            coefficients.reduce((sum, c, k) => sum + (c[i] as number) * t ** (k + 1), entry),
          );
          return sign * (risk(moved) - at);
        });
        const first = changes.findIndex((change) => change > doubt);
        expect(first, `${name}, ${key}`).toBeGreaterThanOrEqual(0);
        // What holds for a small t holds for smaller ones.
        expect(
          changes.slice(first).filter((change) => change < -doubt),
          `${name}, ${key}`,
        ).toEqual([]);
      }
    }
  });
});
