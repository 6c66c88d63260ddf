/** Rules about lower or higher risk nearby, told with the numbers of one instance (theory.md 7). */

import type { Interval } from '../kernel/arithmetic/interval.js';
import { compare, multiply, type Rational, rational, subtract } from '../kernel/arithmetic/rational.js';
import type { ProofNode } from '../kernel/format.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { boxAround, evaluateBox } from '../kernel/model/evaluation.js';
import { gradient, slopeHull } from '../kernel/model/gradient.js';
import { Instance } from '../kernel/model/instance.js';
import { type DenseValues, freeParameters, type Parameters } from '../kernel/model/network.js';
import { sliceOf } from '../kernel/model/slice.js';
import { gradientOverBall, isPiecewise } from '../kernel/rules/gradient-bound.js';
import type { SampleProblem, SummedProblem } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';
import { type Block, display, formula, type Inline, joined, paragraph, table } from './document.js';
import { parameterFormula, parameterNames } from './formulas.js';
import { type FollowedProblem, largestStep, motionOf, moved, riskAt } from './motion.js';
import { type Amount, cell, exactAmount, exactly, fraction, roughly, share, superscript } from './numbers.js';
import { pointRisk } from './risk-string.js';
import type { Subject } from './subject.js';

/** What is needed of a theorem whose point is moved: of samples and of boxes. */
type Moved = Pick<Subject, 'theorem' | 'theta'> & { readonly problem: FollowedProblem };

/** @param sign  −1 where the risk falls, 1 where it rises */
export function arguesMotion(subject: Moved, rule: ProofNode['rule'], key: string, sign: -1 | 1): readonly Block[] {
  const motion = motionOf(subject.theorem, key);
  const [falls, below] = sign < 0 ? ['falls', '<'] : ['rises', '>'];
  const blocks: Block[] = [paragraph(...whatIsShown(subject, rule, falls, below))];
  if (motion === null) return blocks;
  const { coefficients, change } = motion;
  const isLine = coefficients.length === 1;
  blocks.push(
    paragraph(`Along the ${isLine ? 'direction' : 'curve'} of the certificate:`),
    ...directionTable(subject, coefficients),
    paragraph(
      'Exactly, for small t > 0, ',
      joined(
        formula('R(θ(t)) − R(θ) = ', 'R(\\theta(t)) - R(\\theta) = '),
        fraction(change.coefficient),
        change.order === 1
          ? formula('·t + …', '\\, t + \\ldots')
          : formula(`·t${superscript(change.order)} + …`, `\\, t^{${change.order}} + \\ldots`),
      ),
      change.order === 1
        ? `: the one-sided derivative is `
        : `: terms of order below ${change.order} vanish, and the next coefficient is `,
      exactly(change.coefficient),
      ` ${below} 0.`,
    ),
    ...stepBlocks(subject, coefficients, sign),
  );
  return blocks;
}

function whatIsShown({ problem }: Moved, rule: ProofNode['rule'], falls: string, below: string): readonly Inline[] {
  switch (rule) {
    case 'descent-direction':
    case 'ascent-direction':
      return [
        `There is a direction ξ along which the risk ${falls} at first order: `,
        formula(`R′(θ; ξ) ${below} 0`, `R'(\\theta; \\xi) ${below} 0`),
        '. At kinks the derivative is one-sided, and each preactivation takes the piece into which ξ moves it. So the same holds at points arbitrarily close to θ.',
      ];
    case 'descent-curve':
    case 'ascent-curve':
      if (problem.type === 'box') {
        return [
          `There is a curve θ(t) = θ + c₁t + c₂t² + … along which the risk ${falls}. For small t > 0 the kinks of all units, the breakpoints of the target and the ends of the interval keep one order; between neighbours the integrand is a polynomial in x whose coefficients are polynomials in t. So R(θ(t)) − R(θ) is a rational function of small t > 0, and its lowest term has a coefficient ${below} 0.`,
        ];
      }
      if (problem.loss.family === 'smooth') {
        return [
          `There is a curve θ(t) = θ + c₁t + c₂t² + … along which the risk ${falls}. The predictions p_i(t) are polynomials in small t > 0, and `,
          formula(
            'R(θ(t)) − R(θ) = Σ_i ⟨g_i, p_i(t) − p_i⟩ + …',
            'R(\\theta(t)) - R(\\theta) = \\sum_i \\langle g_i, p_i(t) - p_i \\rangle + \\ldots',
          ),
          `, where what is left out is of higher order than the lowest coefficient of the sum that is not 0. That coefficient is enclosed, and is ${below} 0.`,
        ];
      }
      return [
        `There is a curve θ(t) = θ + c₁t + c₂t² + … along which the risk ${falls}: R(θ(t)) − R(θ) is a polynomial in small t > 0, and its lowest nonzero coefficient is ${below} 0. Which piece each unit takes for small t > 0 is read from the lowest nonzero coefficients of the preactivations.`,
      ];
    case 'negative-curvature':
      return [
        'All preactivations and residuals are strictly inside smooth pieces, so R is twice continuously differentiable near θ. A local minimum would have a positive semidefinite Hessian H; but there is a direction ξ with ',
        formula('ξᵀHξ < 0', '\\xi^{\\top} H \\xi < 0'),
        ', whatever the gradient is.',
      ];
    case 'flat-then-descent':
      return [
        'One hidden unit has outgoing weights 0, so its incoming weights w can move along some e without changing the risk. After any small step the derivative of the risk by the outgoing weight is ',
        formula('ε·ψ′(w; e) ≠ 0', "\\varepsilon\\, \\psi'(w; e) \\ne 0"),
        ', so moving that weight to the right side lowers the risk. Both moves can be as small as one likes.',
      ];
    default:
      return [`Shown by rule ${rule}.`];
  }
}

const mostEntries = 12;

/** The entries that move, by name. */
function directionTable({ problem: { network }, theta }: Moved, coefficients: readonly Parameters[]): readonly Block[] {
  const names = parameterNames(network);
  const moves: { name: string; at: Rational; by: readonly Rational[] }[] = [];
  network.stages.forEach(({ fixed, units, inputs }, s) => {
    if (fixed !== null) return;
    const all = [theta, ...coefficients].map((parameters) => parameters[s] as DenseValues);
    const add = (name: string, pick: (values: DenseValues) => bigint): void => {
      const [at, ...by] = all.map((values) => rational(pick(values), values.denominator));
      if (by.some(({ num }) => num !== 0n)) moves.push({ name, at: at as Rational, by });
    };
    for (let u = 0; u < units; u++) {
      for (let j = 0; j < inputs; j++) add(names.weight(s, u, j), ({ weights }) => weights[u]?.[j] as bigint);
      if (all[0]?.bias !== null) add(names.bias(s, u), ({ bias }) => bias?.[u] as bigint);
    }
  });
  const shown = moves.slice(0, mostEntries);
  const powers = coefficients.map((_, k) =>
    formula(k === 0 ? 't' : `t${superscript(k + 1)}`, k === 0 ? 't' : `t^{${k + 1}}`),
  );
  const more = moves.length - shown.length;
  return [
    table(
      [
        'parameter',
        'value at θ',
        ...powers.map((power): Inline => joined(formula('change per ', '\\text{change per }'), power)),
      ],
      shown.map(({ name, at, by }) => [parameterFormula(name), cell(at), ...by.map((a) => cell(a))]),
    ),
    ...(more > 0 ? [paragraph(`… and ${more} more of the ${freeParameters(network)} free parameters.`)] : []),
  ];
}

/** The largest power of 2 that works, and smaller ones. */
function stepBlocks(
  { problem, theta, theorem }: Moved,
  coefficients: readonly Parameters[],
  sign: -1 | 1,
): readonly Block[] {
  // A motion is proved for risks that are exact.
  const at = pointRisk(theorem).lower;
  const first = largestStep(problem, theta, coefficients, at, sign);
  if (first === null) return [];
  const rows = [0n, 2n, 4n, 8n].map((exponent) => {
    const t = multiply(first.t, rational(1n, 1n << exponent));
    const risk = exponent === 0n ? first.risk : riskAt(problem, moved(problem.network, theta, coefficients, t));
    return { t, risk };
  });
  return [
    paragraph(
      sign < 0
        ? 'Of the steps t = …, 1/4, 1/2, 1, 2, …, 1024 the largest with lower risk is '
        : 'Of the steps t = …, 1/4, 1/2, 1 the largest with higher risk is ',
      joined(formula('t = '), fraction(first.t)),
      ...(theorem.statement.point.algebraic === null
        ? [', with the exact risk ', exactly(first.risk)]
        : [', with a risk ', roughly(first.risk, 6), ' at a rational point very near it']),
      ` (R(θ) ${roughly(at, 6).unicode}).`,
    ),
    table(
      [formula('t'), formula('R(θ(t))', 'R(\\theta(t))'), formula('R(θ(t)) − R(θ)', 'R(\\theta(t)) - R(\\theta)')],
      rows.map(({ t, risk }) => [
        fraction(t),
        cell(risk, 8),
        compare(risk, at) === 0 ? formula('0') : cell(subtract(risk, at), 4),
      ]),
    ),
  ];
}

/** An enclosure of a partial derivative over the ball. */
interface Partial {
  readonly name: string;
  readonly low: Rational;
  readonly high: Rational;
}

/** Rule `gradient-bound`: which partial derivative keeps its sign over the whole ball. */
export function arguesGradientBound(theorem: Theorem, problem: SummedProblem): readonly Block[] {
  const { network } = problem;
  const isPiecewiseAffine = isPiecewise(problem);
  const partials = isPiecewiseAffine ? partialsAcrossKinks(theorem, problem) : partialsOfSmooth(theorem, problem);
  const nearest = ({ low, high }: Partial): Rational => (low.num > 0n ? low : rational(-high.num, high.den));
  const nonzero = partials.filter(({ low, high }) => low.num > 0n || high.num < 0n);
  const [first, ...others] = nonzero;
  const best = others.reduce((a, b) => (a !== undefined && compare(nearest(b), nearest(a)) > 0 ? b : a), first);
  const count = nonzero.length;
  const blocks: Block[] = [
    paragraph(
      `Over the whole ball (and a box around it) the derivative of the risk by some single parameter keeps one sign${isPiecewiseAffine ? ', also across kinks, where both one-sided slopes are enclosed' : ''}. At any point of the ball the risk then falls when that parameter moves against the sign, so no point of it is a local minimum.`,
    ),
  ];
  if (best !== undefined) {
    const { name, low, high } = best;
    blocks.push(
      paragraph(
        'Of ',
        `${freeParameters(network)} partial derivatives, ${count} exclude${count === 1 ? 's' : ''} 0. The one farthest from 0, by `,
        parameterFormula(name),
        ', lies between ',
        cell(low, 4),
        ' and ',
        cell(high, 4),
        '.',
      ),
    );
  }
  return blocks;
}

function ballOf({ statement: { radius, point }, steps }: Theorem) {
  const node = steps['descent'];
  const bits = node?.rule === 'gradient-bound' ? (node.bits ?? 64) : 64;
  return { radius: radius as Rational, theta: point.parameters, bits, meter: new Meter(defaultLimits) };
}

function partialsAcrossKinks(theorem: Theorem, problem: SampleProblem): readonly Partial[] {
  const { radius, theta, bits, meter } = ballOf(theorem);
  const { network, data } = problem;
  const box = boxAround(network, theta, radius, bits);
  const instance = new Instance(problem, evaluateBox(network, box, data, meter), meter);
  const layers = gradient(instance, (i, s, u) => slopeHull(instance, i, s, u));
  const names = parameterNames(network);
  return layers.flatMap((layer, s): readonly Partial[] => {
    if (layer === null) return [];
    const over = layer.denominator.low;
    const partial = (name: string, { low, high }: Interval): Partial => ({
      ...{ name, low: rational(low, over), high: rational(high, over) },
    });
    return [
      ...layer.weights.flatMap((row, u) => row.map((at, j) => partial(names.weight(s, u, j), at))),
      ...(layer.bias ?? []).map((at, u) => partial(names.bias(s, u), at)),
    ];
  });
}

function partialsOfSmooth(theorem: Theorem, problem: SummedProblem): readonly Partial[] {
  const { radius, theta, bits, meter } = ballOf(theorem);
  const { network } = problem;
  const names = parameterNames(network);
  const slice = sliceOf(network, () => false);
  const named = new Array<string>(slice.dimension);
  slice.weights.forEach((units, s) => {
    units.forEach((row, u) => {
      row.forEach((coordinate, j) => {
        if (coordinate >= 0) named[coordinate] = names.weight(s, u, j);
      });
    });
  });
  slice.biases.forEach((row, s) => {
    row.forEach((coordinate, u) => {
      if (coordinate >= 0) named[coordinate] = names.bias(s, u);
    });
  });
  const over = 1n << BigInt(bits);
  return gradientOverBall(problem, theta, radius, bits, '$', meter).map(({ low, high }, j) => ({
    ...{ name: named[j] as string, low: rational(low, over), high: rational(high, over) },
  }));
}

/** Rule `lower-risk`. */
/** @param name  of the point whose risk is the higher one */
export function lowerRiskBlocks(better: Amount, point: Amount, gap: Amount, name: 'θ' | 'θ*'): readonly Block[] {
  const latex = name === 'θ' ? '\\theta' : '\\theta^*';
  const exact = exactAmount(better) !== null && exactAmount(point) !== null;
  const part = share(gap, point);
  const equal = (a: Amount): string => (exactAmount(a) === null ? ' ' : ' = ');
  return [
    paragraph(
      exact
        ? 'Both risks are computed exactly and compared:'
        : 'Where a risk is irrational it is enclosed between two rationals, and the enclosures are compared:',
    ),
    display(
      joined(
        formula(`R(θ°)${equal(better)}`, `R(\\theta^\\circ)${equal(better)}`),
        exactly(better),
        formula(` < R(${name})${equal(point)}`, `\\ <\\ R(${latex})${equal(point)}`),
        exactly(point),
      ),
    ),
    paragraph(
      `The gap R(${name}) − R(θ°) is `,
      exactly(gap),
      ...(part === null ? ['.'] : [', which is ', part, ` of R(${name}).`]),
    ),
  ];
}
