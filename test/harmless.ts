/** Changes after which a certificate may still prove the same theorem, each with its excuse. Matched against "path what". */
const classes: readonly { readonly change: RegExp; readonly why: string }[] = [
  { change: /^\$\.about/, why: 'the claimed source is not checked, and shown as such' },
  { change: /^\$ without about$/, why: 'the claimed source is optional' },
  { change: /^\$\.statement\.problem\.loss without factor$/, why: 'a factor of 1 is the default' },
  {
    change: /^\$\.proof\.(each\[\d+\]\.)?\w+\.(direction|coefficients)/,
    why: 'another direction or curve along which the risk falls (rises) proves it too',
  },
  {
    change: /^\$\.proof\.\w+\.units/,
    why: 'multipliers, trees and radii are hints: another valid one proves the same',
  },
  {
    change: /^\$\.proof\.localMinimum\.(center|ballRadius|modulus)\b/,
    why: 'a ball with room: another centre, radius or modulus that passes proves the same',
  },
  {
    change: /^\$\.proof\.globalMinimum\.(tree|combinations)\b/,
    why: 'other predictions and multipliers that bound the risk as well prove the same',
  },
  {
    change: /^\$\.proof\.globalMinimum\.(threshold|excess)\b/,
    why: 'any number between the eigenvalues separates them, with an excess that covers the lower ones',
  },
  {
    change: /^\$\.proof\.localMinimum\.logit\b/,
    why: 'adding one number to all outputs changes nothing: any of them may stay',
  },
  {
    change: /^\$\.proof\.localMinimum\.gauge\b/,
    why: 'any incoming parameter of a unit that is not 0 fixes its scale, and units may be named in any order',
  },
  {
    change: /^\$\.proof\.localMinimum\.(halfWidth|vectors|solveFor)\b/,
    why: 'a box with room, and other vectors or another parameter that make the prediction exact, prove the same',
  },
  {
    change: /\.data\.(density|targets\[\d+\])\.terms with its first two entries swapped$/,
    why: 'the terms of a polynomial have no order',
  },
  { change: /^\$\.proof\.\w+\.bits /, why: 'another precision encloses the same numbers' },
  { change: /^\$\.proof\.localMinimum without ballRadius$/, why: 'the ball is the radius of the statement by default' },
  { change: /^\$\.proof\.\w+ without bits$/, why: 'the precision has a default' },
  { change: /^\$\.statement\.family\.parameters\[\d+\]\.name /, why: 'names of parameters say nothing' },
  { change: /\.field\.name /, why: 'the name of a number says nothing' },
  { change: /\.field\.root\[[01]\] /, why: 'any two numbers that isolate a root say which one it is' },
  {
    change: /^\$\.statement\.family\.layers.*\.(numerator|denominator) with its first two entries swapped$/,
    why: 'terms of a sum have no order',
  },
  {
    change: /^\$\.proof\.injective\.(coordinates|predictions)/,
    why: 'another strictly monotone coordinate (or prediction) tells the members apart too',
  },
];

/** @returns the excuse for a change that leaves the theorem as it was, or null */
export function excuse(path: string, what: string): string | null {
  return classes.find(({ change }) => change.test(`${path} ${what}`))?.why ?? null;
}
