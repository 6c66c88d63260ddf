/** A box, its density and its targets as formulas. */
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { BoxData, Target, TermList } from '../kernel/model/box.js';
import { jointsOf, type ParametrizedData } from '../kernel/model/parametrized-target.js';
import { type Formula, formula, joined } from './document.js';
import { functionFormula } from './function-formula.js';
import { fraction, superscript } from './numbers.js';

/** Sides, targets, terms and pieces that a sentence lists. */
const listed = 6;
const longest = 120;

/** @returns what B, ρ and y of R(θ) = ∫_B … are, each one a formula */
export function boxWords(data: BoxData): readonly Formula[] {
  const d = data.domain.lower.length;
  const names = data.targets.map((_, c) =>
    data.targets.length === 1 ? formula('y(x)') : formula(`y_${c + 1}(x)`, `y_{${c + 1}}(x)`),
  );
  const targets = data.targets
    .slice(0, listed)
    .map((target, c) => joined(names[c] as Formula, ' = ', targetFormula(target, d)));
  return [
    joined('B = ', sides(data)),
    ...(isUniform(data) ? [] : [joined(formula('ρ(x) = ', '\\rho(x) = '), polynomialFormula(data.density, d))]),
    ...targets,
    ...(data.targets.length > listed ? [formula('…', '\\ldots')] : []),
  ];
}

function isConstant({ terms }: TermList): boolean {
  return terms.every(({ exponents }) => exponents.every((e) => e === 0));
}

/** Whether ρ is the constant 1, which formulas leave out. */
export function isUniform({ density }: BoxData): boolean {
  return isConstant(density) && density.terms[0]?.coefficient === density.denominator;
}

function sides({ domain: { lower, upper, denominator } }: Pick<BoxData, 'domain'>): Formula {
  const side = (j: number): Formula => {
    const [a, b] = [lower[j], upper[j]].map((n) => fraction(rational(n as bigint, denominator))) as [Formula, Formula];
    return joined('[', a, ', ', b, ']');
  };
  const d = lower.length;
  const same = lower.every((a) => a === lower[0]) && upper.every((b) => b === upper[0]);
  if (same) return d === 1 ? side(0) : joined(side(0), formula(superscript(d), `^{${d}}`));
  const shown = Array.from({ length: Math.min(d, listed) }, (_, j) => side(j));
  const more = d > listed ? formula(` × … (${d} sides)`, ` \\times \\ldots\\ (${d} \\text{ sides})`) : '';
  return joined(...shown.flatMap((each, j) => (j === 0 ? [each] : [formula(' × ', ' \\times '), each])), more);
}

/** A polynomial in x, or in x1, x2, …, highest powers first; told by its size where it is long. */
export function polynomialFormula({ terms, denominator }: TermList, d: number): Formula {
  if (terms.length === 0) return formula('0');
  const parts = [...terms].reverse().map(({ exponents, coefficient }, i) => {
    const size = rational(coefficient < 0n ? -coefficient : coefficient, denominator);
    const monomial = powers(exponents, d);
    const sign =
      coefficient < 0n ? formula(i === 0 ? '−' : ' − ', i === 0 ? '-' : ' - ') : formula(i === 0 ? '' : ' + ');
    return joined(sign, factorOf(size, monomial), monomial);
  });
  const whole = joined(...parts);
  if (parts.length <= listed && whole.unicode.length <= longest) return whole;
  const degree = Math.max(...terms.map(({ exponents }) => exponents.reduce((sum, e) => sum + e, 0)));
  const words = `a polynomial of degree ${degree} with ${terms.length} terms`;
  return formula(words, `\\text{${words}}`);
}

function factorOf(size: Rational, monomial: Formula): Formula {
  if (monomial.unicode === '') return fraction(size);
  if (size.num === 1n && size.den === 1n) return formula('');
  return joined(size.den === 1n ? fraction(size) : joined('(', fraction(size), ')'), formula(' ', '\\,'));
}

function powers(exponents: readonly number[], d: number): Formula {
  const factors = exponents.flatMap((e, j) => {
    if (e === 0) return [];
    const [name, latex] = d === 1 ? ['x', 'x'] : [`x${j + 1}`, `x_{${j + 1}}`];
    return [formula(e === 1 ? name : `${name}${superscript(e)}`, e === 1 ? latex : `${latex}^{${e}}`)];
  });
  return joined(...factors.flatMap((factor, i) => (i === 0 ? [factor] : [formula(' ', '\\,'), factor])));
}

function targetFormula({ breakpoints, pieces }: Target, d: number): Formula {
  if (breakpoints.length === 0) return polynomialFormula(pieces[0] as TermList, d);
  const shown = pieces.slice(0, listed).map((piece, j) => {
    const [from, to] = [breakpoints[j - 1], breakpoints[j]];
    const where =
      to === undefined
        ? formula(' beyond', '\\text{ beyond}')
        : from === undefined
          ? joined(formula(' for x ≤ ', '\\text{ for } x \\le '), fraction(to))
          : joined(formula(' up to ', '\\text{ up to } '), fraction(to));
    return joined(polynomialFormula(piece, d), where);
  });
  const more = pieces.length > listed ? formula(', …', ',\\ \\ldots') : '';
  return joined(...shown.flatMap((each, j) => (j === 0 ? [each] : [formula(', ', ',\\ '), each])), more);
}

/** B and y of a target with parametrized pieces, which are told by their parts of B: the page on the proof lists them. */
export function parametrizedWords(data: ParametrizedData): readonly Formula[] {
  const joints = jointsOf(data);
  const pieces = data.pieces.slice(0, listed).map(({ written }, j) => {
    const what = written.form === 'polynomial' ? polynomialFormula(written.polynomial, 1) : formula('y(X(u))');
    return joined(what, formula(' up to ', '\\text{ up to } '), fraction(joints[j + 1] as Rational));
  });
  const more = data.pieces.length > listed ? formula(', …', ',\\ \\ldots') : '';
  return [
    joined('B = ', sides(data)),
    joined(
      formula('y(x) = '),
      ...pieces.flatMap((each, j) => (j === 0 ? [each] : [formula(', ', ',\\ '), each])),
      more,
    ),
    ...data.pieces.flatMap(({ written, from, to }, j): Formula[] => {
      if (written.form === 'polynomial' || j >= listed) return [];
      const range = joined(formula('u ∈ [', 'u \\in ['), fraction(from), ', ', fraction(to), ']');
      return [
        joined(formula('X(u) = '), functionFormula(written.x, 1, 'u'), formula(', ', ',\\ '), range),
        joined(
          formula('y(X(u)) = d²G/dx²,  G(u) = ', 'y(X(u)) = \\frac{\\mathrm{d}^2 G}{\\mathrm{d}x^2},\\quad G(u) = '),
          functionFormula(written.doubleIntegral, 1, 'u'),
        ),
      ];
    }),
  ];
}
