/** Rule profile-family in words: one kink that passes over a target, and best fits of one risk wherever it is (theory.md 5c). */
import { add, compare, divide, negate, type Rational, subtract } from '../kernel/arithmetic/rational.js';
import type { Risk } from '../kernel/model/enclosing.js';
import { riskBeside } from '../kernel/model/parametrized-risk.js';
import type { ParametrizedProblem, Point } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';
import { arguesInjective, familyBlocks } from './argue-family.js';
import { type Block, display, type Formula, formula, type Inline, joined, paragraph } from './document.js';
import { functionFormula } from './function-formula.js';
import { unlimited } from './motion.js';
import { type MovingKink, movingKink } from './moving-kink.js';
import { exactAmount, exactly, fraction } from './numbers.js';

export function argumentOfProfile(theorem: Theorem, problem: ParametrizedProblem, key: string): readonly Block[] {
  const { kind } = theorem.statement;
  switch (key) {
    case 'localMinimum':
      return [...familyBlocks(theorem), ...arguesProfile(theorem, problem)];
    case 'lowerRisk':
      return arguesGap(theorem, problem, kind === 'spurious-family' ? 'θ(t)' : 'θ');
    default:
      return arguesInjective(theorem);
  }
}

const interval = (from: Rational, to: Rational): Formula => joined('(', fraction(from), ', ', fraction(to), ')');

function arguesProfile(theorem: Theorem, problem: ParametrizedProblem): readonly Block[] {
  const kink = movingKink(theorem, problem);
  const { piece, part, ends, affine } = kink;
  const [least, most] = [...ends].sort(compare) as [Rational, Rational];
  const tilts = affine.length > 0;
  const explained = divide(negate(riskBesideTarget(theorem, problem)), problem.factor);
  const { written } = piece;
  const X = written.form === 'parametrized' ? functionFormula(written.x, 1) : formula('t');
  return [
    paragraph(...unitWords(kink)),
    display(joined(formula('q(t) = X(t) = '), X)),
    paragraph(
      'It runs from ',
      fraction(least),
      ' to ',
      fraction(most),
      ', inside the part ',
      interval(...part),
      ' of the interval, whose ends it does not reach: beyond them the target is another piece.',
    ),
    paragraph(
      'So near θ(t) every realization is ',
      tilts
        ? formula('A + Bx + s h(ε(x − q′))', "A + B x + s\\, h(\\varepsilon(x - q'))")
        : formula('A + s h(ε(x − q′))', "A + s\\, h(\\varepsilon(x - q'))"),
      ' with q′ near q(t). For one q′ the risk is a convex quadratic function of the other numbers. Call its least value r(q′), the profile: ',
      formula('R(θ′) ≥ r(q′)', "R(\\theta') \\ge r(q')"),
      '. It is enough that r is constant near q(t), and that R(θ(t)) = r(q(t)).',
    ),
    paragraph(
      'The second: the residual is orthogonal to all directions in which the best fit may move, as identities in t:',
    ),
    display(formula('∫ (N_θ(t) − y) dx = 0', '\\int (N_{\\theta(t)} - y)\\, dx = 0')),
    ...(tilts ? [display(formula('∫ (N_θ(t) − y) x dx = 0', '\\int (N_{\\theta(t)} - y)\\, x\\, dx = 0'))] : []),
    display(
      formula(
        '∫ (N_θ(t) − y) h(ε(x − q(t))) dx = 0',
        '\\int (N_{\\theta(t)} - y)\\, h(\\varepsilon(x - q(t)))\\, dx = 0',
      ),
    ),
    paragraph(
      'The integrals are exact, though the target is irrational in x: in the parameter of its pieces it is the second derivative by x of a rational function G, so that ',
      formula('∫ y dx = [G′]', '\\int y\\, dx = [\\,\\mathrm{d}G/\\mathrm{d}x\\,]'),
      ' and ',
      formula('∫ y x dx = [x G′ − G]', '\\int y\\, x\\, dx = [\\,x\\, \\mathrm{d}G/\\mathrm{d}x - G\\,]'),
      ', G′ the derivative by x.',
    ),
    paragraph(
      'The first: by these identities r(q(t)) is the integral of the squared target less this number, the same for all t,',
    ),
    display(
      joined(
        formula('∫ y N_θ(t) dx = ', '\\int y\\, N_{\\theta(t)}\\, dx = '),
        exactly(explained),
        formula(',  r(q(t)) = ', ',\\quad r(q(t)) = '),
        ...(problem.factor.num === problem.factor.den ? [] : [fraction(problem.factor), formula(' ', '\\,')]),
        formula('(∫ y² dx − ', '\\Bigl(\\int y^2\\, dx - '),
        fraction(explained),
        formula(')', '\\Bigr)'),
      ),
    ),
    paragraph(
      'Rational functions that are equal on the range are equal beyond its ends, so r is constant on a neighbourhood of every q(t), the first and the last included.',
    ),
  ];
}

function unitWords({ unit, flat, affine }: MovingKink): readonly Inline[] {
  const named = (units: readonly number[]): string =>
    `unit${units.length === 1 ? '' : 's'} ${units.map((j) => j + 1).join(', ')}`;
  return [
    `By the signs of the preactivations at both ends of the interval, which are the same for all t, ${[
      ...(affine.length === 0 ? [] : [`${named(affine)} ${affine.length === 1 ? 'is' : 'are'} affine on the interval`]),
      ...(flat.length === 0 ? [] : [`${named(flat)} ${flat.length === 1 ? 'is' : 'are'} flat there`]),
      `unit ${unit + 1} has its kink q inside`,
    ].join(', ')}. With X of the target's piece at q,`,
  ];
}

/** λ∫y² less R(θ(t)), with a minus: what the kernel knows of the risk. */
function riskBesideTarget(theorem: Theorem, problem: ParametrizedProblem): Rational {
  const { betterPoint } = theorem.statement;
  const better = riskBeside(problem, (betterPoint as Point).parameters, unlimited(), '$');
  return add(better, exactAmount(theorem.risk.gap as Risk) as Rational);
}

function arguesGap(theorem: Theorem, problem: ParametrizedProblem, name: 'θ(t)' | 'θ'): readonly Block[] {
  const gap = exactAmount(theorem.risk.gap as Risk) as Rational;
  const at = riskBesideTarget(theorem, problem);
  const squared = formula('∫ y² dx', '\\int y^2\\, dx');
  const whole = problem.factor.num === problem.factor.den ? squared : joined(fraction(problem.factor), '·', squared);
  const latex = name === 'θ' ? '\\theta' : '\\theta(t)';
  return [
    paragraph('The integral of the squared target is part of every risk, and is not needed. Beside it,'),
    display(joined(formula(`R(${name}) = `, `R(${latex}) = `), whole, formula(' − ', ' - '), fraction(negate(at)))),
    display(
      joined(
        formula('R(θ°) = ', 'R(\\theta^\\circ) = '),
        whole,
        formula(' − ', ' - '),
        fraction(negate(subtract(at, gap))),
      ),
    ),
    paragraph('and the difference is known exactly:'),
    display(
      joined(
        formula(`R(${name}) − R(θ°) = `, `R(${latex}) - R(\\theta^\\circ) \\ =\\ `),
        exactly(gap),
        formula(' > 0', '\\ >\\ 0'),
      ),
    ),
  ];
}
