/** Certificates about boxes for tests, in few words. */
import { type Fields, type Quantity, type Row, row, type Value } from '../../certificate.js';

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
