/** Rational functions of a family's parameters as formulas. */
import { rational } from '../kernel/arithmetic/rational.js';
import type { FamilyFunction, Term } from '../kernel/model/family.js';
import { type Formula, formula, joined } from './document.js';
import { fraction, superscript } from './numbers.js';

const subscripts = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];
const subscript = (n: number): string => [...String(n)].map((digit) => subscripts[Number(digit)]).join('');

/** @param name  of the parameters; with several of them they are t₁, t₂, … */
export function functionFormula({ numerator, denominator }: FamilyFunction, dimension: number, name = 't'): Formula {
  const [only, ...others] = denominator;
  if (only !== undefined && others.length === 0 && only.exponents.every((e) => e === 0)) {
    return polynomialFormula(numerator, only.coefficient, dimension, name);
  }
  const [top, bottom] = [numerator, denominator].map((terms) => polynomialFormula(terms, 1n, dimension, name)) as [
    Formula,
    Formula,
  ];
  const inner = ({ unicode }: Formula): string => (/[ +−]/.test(unicode) ? `(${unicode})` : unicode);
  return formula(`${inner(top)} / ${inner(bottom)}`, `\\frac{${top.latex}}{${bottom.latex}}`);
}

function polynomialFormula(terms: readonly Term[], over: bigint, dimension: number, name: string): Formula {
  if (terms.length === 0) return formula('0');
  const parts = terms.map(({ coefficient, exponents }, k) => {
    const size = coefficient < 0n ? -coefficient : coefficient;
    const powers = exponents.flatMap((e, j) => (e === 0 ? [] : [power(j, e, dimension, name)]));
    const sign = coefficient < 0n ? (k === 0 ? '−' : ' − ') : k === 0 ? '' : ' + ';
    const isOne = size === over && powers.length > 0;
    return joined(
      sign,
      isOne ? '' : fraction(rational(size, over)),
      isOne || powers.length === 0 ? '' : ' ',
      ...powers,
    );
  });
  return joined(...parts);
}

function power(j: number, e: number, dimension: number, letter: string): Formula {
  const [name, latex] = dimension === 1 ? [letter, letter] : [`${letter}${subscript(j + 1)}`, `${letter}_{${j + 1}}`];
  return e === 1 ? formula(name, latex) : formula(`${name}${superscript(e)}`, `${latex}^{${e}}`);
}
