/** The two targets of theory.md 5c with their families of best fits, in few words. */
import {
  certificate,
  dense,
  type Fields,
  point,
  type Quantity,
  type Row,
  relu,
  row,
  type Value,
} from '../../certificate.js';
import { boxProblem } from './box-problems.js';

/** Coefficients in u, the lowest degree first. */
export const ratio = (numerator: Row, denominator: Row = [1]): Fields => ({
  numerator: row(numerator),
  denominator: row(denominator),
});

export type Cell = Quantity | Fields;
export type Unit = readonly [w: Cell, b: Cell, v: Cell];

export const polynomialPiece = (...coefficients: Row): Fields => ({ polynomial: row(coefficients) });

export const parametrized = (from: Quantity, to: Quantity, x: Cell, doubleIntegral: Cell): Fields => ({
  parametrized: { from: String(from), to: String(to), x: cell(x), doubleIntegral: cell(doubleIntegral) },
});

const cell = (entry: Cell): Value => (typeof entry === 'object' ? entry : String(entry));

/** One hidden layer with one input, entries in the parameter. */
export function members(from: Quantity, to: Quantity, c: Cell, ...units: readonly Unit[]): Fields {
  return {
    parameters: [{ name: 'u', from: String(from), to: String(to) }],
    layers: [
      { weights: units.map(([w]) => [cell(w)]), bias: units.map(([, b]) => cell(b)) },
      { weights: [units.map(([, , v]) => cell(v))], bias: [cell(c)] },
    ],
  };
}

export interface ProfileParts {
  readonly breakpoints: Row;
  readonly pieces: readonly Value[];
  readonly family: Fields;
  readonly betterPoint: Fields;
  readonly gap: Quantity;
  readonly layers: readonly Fields[];
  readonly loss?: Fields;
  readonly density?: Fields;
  readonly realizations?: string;
  readonly injective?: Fields;
  readonly parameter?: string;
}

export function problemOf({ breakpoints, pieces, layers, loss, density }: ProfileParts): Fields {
  return boxProblem({
    layers,
    lower: [0],
    upper: [1],
    targets: [{ breakpoints: row(breakpoints), pieces }],
    ...(loss === undefined ? {} : { loss }),
    ...(density === undefined ? {} : { density }),
  });
}

export function profile(parts: ProfileParts): Fields {
  const { family, betterPoint, gap, realizations, injective, parameter } = parts;
  return certificate(
    'spurious-family',
    {
      problem: problemOf(parts),
      family,
      betterPoint,
      gap: String(gap),
      realizations: realizations ?? 'distinct',
    },
    {
      localMinimum: { rule: 'profile-family', parameter: parameter ?? 'u' },
      lowerRisk: { rule: 'lower-risk' },
      injective: { rule: 'strictly-monotone', coordinates: [{ layer: 0, bias: 1 }], ...injective },
    },
  );
}

/** 1 + u², its square and its cube */
export const squarePlus1 = [1, 0, 1];
export const cube = [1, 0, 3, 0, 3, 0, 1];
/** the slope and the jump of the best fit with its kink at 1/(1 + u²), and its value at 0 */
export const slope = ratio([0, -9, 0, -3]);
export const jump = ratio([3, 0, 9, 0, 9, 0, 3], [0, 0, 0, 1]);
export const kink = ratio([-1], squarePlus1);
export const middle = parametrized('1/2', 2, ratio([1], squarePlus1), ratio([0, 0, 0, 1], cube));
export const leftEnd = polynomialPiece('63/8', '-393/4', '1125/4');
export const rightEnd = polynomialPiece('1527/8', '-1857/4', '1125/4');
export const active: Unit = [1, 1, slope];
export const moving: Unit = [1, kink, jump];
export const dead: Unit = [0, -1, 0];
/** so that the active unit adds nothing at 0 */
export const constant = ratio([0, 12, 0, 3]);
export const better = point(
  [
    [[-1], [1]],
    ['1/5', '-4/5'],
  ],
  [[['240/7', '240/7']], ['-48/35']],
);

/** An active unit and a moving kink: the risk is ∫f² − 3 for every kink between 1/5 and 4/5. */
export const twoUnits: ProfileParts = {
  breakpoints: ['1/5', '4/5'],
  pieces: [leftEnd, middle, rightEnd],
  layers: [dense(2), relu, dense(1)],
  family: members('5/9', '9/5', constant, active, moving),
  betterPoint: better,
  gap: '243/175',
};

/** One unit with a moving kink and a dead one: the risk is ∫f² − 12 for every kink between 0 and 2/3. */
export const oneUnit: ProfileParts = {
  breakpoints: ['2/3'],
  pieces: [
    parametrized('1/3', 1, ratio([1, 0, -1], [1, 0, 3]), ratio([-1, 0, -6, 16, -9], [1, 0, 6, 0, 9])),
    polynomialPiece('218/3', -204, 144),
  ],
  layers: [dense(2), relu, dense(1)],
  family: members(
    '2/5',
    '9/10',
    ratio([0, -6]),
    [1, ratio([-1, 0, 1], [1, 0, 3]), ratio([12, 0, 72, 0, 108], [0, 0, 0, 16])],
    dead,
  ),
  betterPoint: point(
    [
      [[1], [1]],
      [1, '-2/3'],
    ],
    [[['27/4', '81/4']], ['-45/4']],
  ),
  gap: '3/2',
  injective: { coordinates: [{ layer: 0, bias: 0 }] },
};
