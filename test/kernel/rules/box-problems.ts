/** Certificates about boxes for tests, in few words. */
import { formatRational, rational } from '../../../src/kernel/arithmetic/rational.js';
import { dense, type Fields, point, type Quantity, type Row, relu, row, type Value } from '../../certificate.js';

/** c₀ + c₁ x + …, in one variable */
export const polynomial = (...coefficients: Row): Fields => ({
  terms: coefficients.map((c, e) => ({ coefficient: String(c), exponents: [e] })),
});

/** [coefficient, exponents] */
export const terms = (...list: readonly (readonly [Quantity, readonly number[]])[]): Fields => ({
  terms: list.map(([c, exponents]) => ({ coefficient: String(c), exponents })),
});

/** Breakpoints, and one list of coefficients a piece. */
export const pieces = (breakpoints: Row, ...list: readonly Row[]): Fields => ({
  breakpoints: row(breakpoints),
  pieces: list.map((coefficients) => ({ polynomial: row(coefficients) })),
});

export interface BoxParts {
  readonly layers: readonly Fields[];
  readonly lower: Row;
  readonly upper: Row;
  readonly targets: readonly Value[];
  readonly density?: Fields;
  readonly loss?: Fields;
}

export function boxProblem({ layers, lower, upper, targets, density, loss }: BoxParts): Fields {
  return {
    network: { input: [lower.length], layers },
    loss: loss ?? { function: 'squared' },
    data: {
      type: 'box',
      lower: row(lower),
      upper: row(upper),
      ...(density === undefined ? {} : { density }),
      targets,
    },
  };
}

/** One hidden layer with one input: a unit is (w, b, v), c the output bias. */
export function network(c: Quantity, ...units: readonly (readonly [w: Quantity, b: Quantity, v: Quantity])[]): Fields {
  return point([units.map(([w]) => [w]), units.map(([, b]) => b)], [[units.map(([, , v]) => v)], [c]]);
}

/** One hidden layer of relu units on [0, 1], where nothing else is said. */
export function onInterval(units: number, targets: BoxParts['targets'], rest: Partial<BoxParts> = {}): Fields {
  return boxProblem({ layers: [dense(units), relu, dense(1)], lower: [0], upper: [1], targets, ...rest });
}

/** √2 w, √2 b and v/√2 for every unit: the same realization, whose weights are irrational. */
export function inField(theta: Fields): Fields {
  const [hidden, output] = theta['layers'] as unknown as [Layer, Layer];
  const root2 = { name: 'a', polynomial: ['-2', '0', '1'], root: ['1', '2'] };
  const times = (c: string): readonly string[] => ['0', c];
  const over = (c: string): readonly string[] => ['0', half(c)];
  return {
    field: root2,
    layers: [
      { weights: hidden.weights.map((row) => row.map(times)), bias: hidden.bias.map(times) },
      { weights: output.weights.map((row) => row.map(over)), bias: output.bias },
    ],
  };
}
interface Layer {
  readonly weights: readonly (readonly string[])[];
  readonly bias: readonly string[];
}
function half(c: string): string {
  const [num, den = '1'] = c.split('/') as [string, string?];
  return formatRational(rational(BigInt(num), 2n * BigInt(den)));
}
