/** The rules that count weight decay, told with the numbers of one instance (theory.md 3; proofs/rules/weight-decay.md). */

import type { Risk } from '../kernel/model/enclosing.js';
import type { DecayedProblem } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';
import { arguesGradientBound, lowerRiskBlocks } from './argue-descent.js';
import { arguesExactHessian, arguesStronglyConvexBall } from './argue-strongly-convex.js';
import { type Block, formula, joined, paragraph } from './document.js';
import { fraction } from './numbers.js';
import { pointRisk } from './risk-string.js';
import { minimumName } from './statement.js';

export function argumentWithDecay(theorem: Theorem, problem: DecayedProblem, key: string): readonly Block[] {
  const step = theorem.steps[key];
  const { better, gap } = theorem.risk;
  switch (step?.rule) {
    case 'strongly-convex-ball':
      return [penalty(problem), ...arguesStronglyConvexBall(theorem)];
    case 'exact-hessian':
      return [penalty(problem), ...arguesExactHessian(theorem)];
    case 'gradient-bound':
      return [penalty(problem), ...arguesGradientBound(theorem, problem)];
    case 'negative-curvature':
      return [
        penalty(problem),
        paragraph(
          'The certificate carries a direction ξ. Over the whole ball the risk is smooth enough, and the enclosure of its Hessian gives ',
          formula('ξᵀ∇²R(θ′)ξ < 0', "\\xi^\\top \\nabla^2 R(\\theta')\\, \\xi < 0"),
          ' at every point θ′ of the ball. A local minimum has no such direction.',
        ),
      ];
    case 'lower-risk':
      return lowerRiskBlocks(better as Risk, pointRisk(theorem), gap as Risk, minimumName(theorem.statement.kind));
    default:
      return [paragraph(`Shown by rule ${step?.rule ?? key}.`)];
  }
}

function penalty({ decay }: DecayedProblem): Block {
  return paragraph(
    'The risk contains the penalty ',
    joined(fraction(decay), formula('·|θ|²', '\\, \\lvert \\theta \\rvert^2')),
    ', with the squares of all free weights and biases: it adds ',
    joined(formula('2·', '2 \\cdot '), fraction(decay), formula('·θ', '\\, \\theta')),
    ' to the gradient and ',
    joined(formula('2·', '2 \\cdot '), fraction(decay), formula('·I', '\\, I')),
    ' to the Hessian.',
  );
}
