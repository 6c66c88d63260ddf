import { describe, expect, test } from 'vitest';
import { parseExpression, parseTarget } from '../../src/formats/expression.js';

/** "2@1,0" for 2 x1 */
function read(text: string, d = 1): string {
  const found = parseExpression(text, d);
  if (found.kind === 'refused') return found.message;
  const { terms } = found.target as { terms: readonly { coefficient: string; exponents: readonly number[] }[] };
  return terms
    .map(({ coefficient, exponents }) => `${coefficient}@${exponents}`)
    .sort()
    .join(' ');
}

describe('polynomials', () => {
  test.each([
    ['0', 1, ''],
    ['x', 1, '1@1'],
    ['x1', 1, '1@1'],
    ['-x^2', 1, '-1@2'],
    ['−x^2 − 1', 1, '-1@0 -1@2'],
    ['(-x)^2', 1, '1@2'],
    ['2 - 3*x + x', 1, '-2@1 2@0'],
    ['1 - (2 - x)', 1, '-1@0 1@1'],
    ['1 - 2 - 3', 1, '-4@0'],
    ['3/4*x^3', 1, '3/4@3'],
    ['0.25*x', 1, '1/4@1'],
    ['x - x', 1, ''],
    ['(x + 1)^3', 1, '1@0 1@3 3@1 3@2'],
    ['x^0', 1, '1@0'],
    ['x1*x2 - 1/2*x2^2', 2, '-1/2@0,2 1@1,1'],
    ['((x1))', 2, '1@1,0'],
    ['2*(x1 - x3)*(x1 + x3)', 3, '-2@0,0,2 2@2,0,0'],
  ])('%s in %i variables', (text, d, expected) => {
    expect(read(text, d)).toBe(expected);
  });
});

describe('refused, with what was expected', () => {
  test.each([
    ['', 1, 'expected a number, a variable or "(", found the end'],
    ['x +', 1, 'expected a number, a variable or "(", found the end'],
    ['2x', 1, 'expected an operator, found "x"'],
    ['x x', 1, 'expected an operator, found "x"'],
    ['x ** 2', 1, 'expected a number, a variable or "(", found "*"'],
    ['x^-1', 1, 'expected an exponent from 0 to 100, found "-"'],
    ['x^2^2', 1, 'expected an operator, found "^"'],
    ['x^101', 1, 'expected an exponent from 0 to 100, found "101"'],
    ['x^1/2', 1, 'expected an operator, found "/"'],
    ['x/2', 1, 'expected an operator, found "/"'],
    ['1/0', 1, 'expected an integer > 0 below an integer, found "0"'],
    ['1/x', 1, 'expected an integer > 0 below an integer, found "x"'],
    ['1/2/3', 1, 'expected an operator, found "/"'],
    ['0.5/2', 1, 'expected an integer > 0 below an integer, found "2"'],
    ['01', 1, 'expected an operator, found "1"'],
    ['.5', 1, 'expected a number, a variable or "(", found "."'],
    ['1e3', 1, 'expected an operator, found "e3"'],
    ['--x', 1, 'expected a number, a variable or "(", found "-"'],
    ['x * -1', 1, 'expected a number, a variable or "(", found "-"'],
    ['(x', 1, 'expected ")", found the end'],
    ['x)', 1, 'expected an operator, found ")"'],
    ['y', 1, 'expected the variable x, found "y"'],
    ['x2', 1, 'expected the variable x, found "x2"'],
    ['x0', 2, 'expected a variable from x1 to x2, found "x0"'],
    ['x', 2, 'expected a variable from x1 to x2, found "x"'],
    ['x3', 2, 'expected a variable from x1 to x2, found "x3"'],
    ['sin(x)', 1, 'expected the variable x, found "sin"'],
    ['abs(x)', 1, 'expected the variable x, found "abs"'],
    ['x; rm', 1, 'expected an operator, found ";"'],
    ['constructor', 1, 'expected the variable x, found "constructor"'],
    ['(x1+x2+x3+x4+x5+x6)^100', 6, 'more than 2000 terms'],
    ['('.repeat(200), 1, 'expected at most 100 parentheses inside one another'],
    ['1+'.repeat(2000), 1, 'expected at most 2000 characters'],
  ])('%s', (text, d, expected) => {
    expect(read(text, d)).toBe(expected);
  });
});

describe('pieces', () => {
  const pieces = (text: string, d = 1): unknown => {
    const found = parseTarget(text, d);
    return found.kind === 'refused' ? found.message : found.target;
  };
  test('one expression is a polynomial', () => {
    expect(pieces('x^2')).toEqual({ terms: [{ coefficient: '1', exponents: [2] }] });
  });
  test('expressions and breakpoints take turns', () => {
    expect(pieces('x; 1/2; 1 - x; 1; x - x')).toEqual({
      breakpoints: ['1/2', '1'],
      pieces: [{ polynomial: ['0', '1'] }, { polynomial: ['1', '-1'] }, { polynomial: ['0'] }],
    });
  });
  test.each([
    ['x; 1/2', 1, 'expected expressions with breakpoints between them'],
    ['x; x; 1', 1, 'expected a number as a breakpoint, found "x"'],
    ['x; 1/2; y', 1, 'expected the variable x, found "y"'],
    ['x;; 1', 1, 'expected a number, a variable or "(", found the end'],
    ['x1; 1/2; x2', 2, 'pieces are for one dimension, found 2'],
  ])('%s is refused', (text, d, message) => {
    expect(pieces(text, d)).toBe(message);
  });
});
