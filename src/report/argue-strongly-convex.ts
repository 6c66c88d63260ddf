/** Rules `strongly-convex-ball` and `exact-hessian`, told with the numbers of one instance (theory.md 3). */

import { multiply } from '../kernel/arithmetic/rational.js';
import type { ProofNode } from '../kernel/format.js';
import { freeParameters } from '../kernel/model/network.js';
import type { Theorem } from '../kernel/theorem.js';
import { type Block, display, formula, joined, paragraph } from './document.js';
import { plural } from './inspect.js';
import { exactly, fraction } from './numbers.js';

type SliceNode = Extract<ProofNode, { rule: 'strongly-convex-ball' | 'exact-hessian' }>;

export function arguesStronglyConvexBall(theorem: Theorem): readonly Block[] {
  const step = theorem.steps['localMinimum'];
  const { radius, problem } = theorem.statement;
  if (step?.rule !== 'strongly-convex-ball' || radius === null) return [];
  return [
    slice(step, freeParameters(problem.network)),
    paragraph(
      'Over the ball of radius ρ = ',
      fraction(step.ballRadius ?? radius),
      ' around θ in these coordinates every preactivation stays where its activation is smooth enough, and interval arithmetic encloses the Hessian of the risk as M + E′ with |E′| ≤ E entry by entry. With λ = ',
      exactly(step.modulus),
      ' the matrix',
    ),
    display(
      formula(
        'M − λI − diag(Σ_j E_ij) ⪰ 0',
        'M - \\lambda I - \\operatorname{diag}\\bigl(\\textstyle\\sum_j E_{ij}\\bigr) \\succeq 0',
      ),
    ),
    paragraph(
      'is positive semidefinite: it is LDLᵀ plus a remainder that is diagonally dominant, exactly. So the risk is λ-strongly convex on the ball. The gradient at θ, enclosed, satisfies',
    ),
    display(formula('|∇R(θ)| < λρ', '\\lvert \\nabla R(\\theta) \\rvert < \\lambda \\rho')),
    paragraph(
      'where λρ = ',
      exactly(multiply(step.modulus, step.ballRadius ?? radius)),
      ', so the risk has its minimum over the ball at some θ* inside it, and ',
      joined(
        formula(
          'R(θ*) ≥ R(θ) − |∇R(θ)|²/(2λ)',
          'R(\\theta^*) \\ge R(\\theta) - \\lvert \\nabla R(\\theta) \\rvert^2 / (2\\lambda)',
        ),
      ),
      '.',
    ),
  ];
}

export function arguesExactHessian(theorem: Theorem): readonly Block[] {
  const step = theorem.steps['localMinimum'];
  if (step?.rule !== 'exact-hessian') return [];
  return [
    slice(step, freeParameters(theorem.statement.problem.network)),
    paragraph(
      'Near θ the risk is smooth enough, its gradient in these coordinates is exactly 0, and its Hessian, enclosed by intervals, is positive definite: θ is a local minimum.',
    ),
  ];
}

function slice({ gauge = [], silent = [], redundant, logit }: SliceNode, parameters: number): Block {
  const still = [
    gauge.length > 0
      ? `${plural(gauge.length, 'unit')} can be scaled without a change, and one incoming parameter of each stays`
      : '',
    silent.length > 0 ? 'parameters that change no prediction on the data stay' : '',
    logit === undefined
      ? ''
      : `cross-entropy does not change when all outputs grow alike, and what leads to output ${logit + 1} stays`,
    redundant === undefined ? '' : 'weights at input columns that the others span stay',
  ].filter((text) => text !== '');
  return paragraph(
    still.length === 0
      ? `All ${plural(parameters, 'free parameter')} move.`
      : `Of the ${plural(parameters, 'free parameter')} only some need to move: ${still.join('; ')}. Near θ every point has the risk of a point that differs from θ in the other coordinates only, and is as near.`,
  );
}
