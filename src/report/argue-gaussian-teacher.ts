/** The rules for a Gaussian teacher, told with the numbers of one instance (theory.md 3; proofs/rules/gaussian-teacher.md). */

import type { Risk } from '../kernel/model/enclosing.js';
import type { GaussianProblem } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';
import { lowerRiskBlocks } from './argue-descent.js';
import { type Block, display, formula, paragraph } from './document.js';
import { exactly, fraction } from './numbers.js';
import { pointRisk } from './risk-string.js';

export function argumentOfGaussian(theorem: Theorem, problem: GaussianProblem, key: string): readonly Block[] {
  const step = theorem.steps[key];
  const { radius } = theorem.statement;
  const { better, gap } = theorem.risk;
  switch (step?.rule) {
    case 'strongly-convex-ball':
      return [
        ...closedForm(problem),
        paragraph(
          'Over the ball of radius ρ = ',
          radius === null ? '' : fraction(step.ballRadius ?? radius),
          ' around θ no student unit is 0 or parallel to another unit (interval Gram determinants are > 0), so R is analytic there, and intervals enclose its Hessian as M + E′ with |E′| ≤ E. With λ = ',
          exactly(step.modulus),
          ',',
        ),
        display(
          formula(
            'M − λI − diag(Σ_j E_ij) ⪰ 0,   |∇R(θ)| < λρ',
            'M - \\lambda I - \\operatorname{diag}\\bigl(\\textstyle\\sum_j E_{ij}\\bigr) \\succeq 0, \\qquad \\lvert \\nabla R(\\theta) \\rvert < \\lambda \\rho',
          ),
        ),
        paragraph(
          'So R is λ-strongly convex on the ball, and its minimum over the ball is at some θ* inside: a local minimum among all parameters, with ',
          formula(
            'R(θ*) ≥ R(θ) − |∇R(θ)|²/(2λ)',
            'R(\\theta^*) \\ge R(\\theta) - \\lvert \\nabla R(\\theta) \\rvert^2/(2\\lambda)',
          ),
          '.',
        ),
      ];
    case 'negative-curvature':
      return [
        ...closedForm(problem),
        paragraph(
          'The certificate carries a direction ξ. Over the whole ball no student unit is 0 or parallel to another unit, so R is analytic there, and the enclosure of its Hessian gives ',
          formula('ξᵀ∇²R(θ′)ξ < 0', "\\xi^\\top \\nabla^2 R(\\theta')\\, \\xi < 0"),
          ' at every point θ′ of the ball. A local minimum of a smooth function has no such direction.',
        ),
      ];
    case 'lower-risk':
      return lowerRiskBlocks(
        better as Risk,
        pointRisk(theorem),
        gap as Risk,
        theorem.statement.kind.endsWith('near') ? 'θ*' : 'θ',
      );
    default:
      return [paragraph(`Shown by rule ${step?.rule ?? key}.`)];
  }
}

function closedForm({ data: { teacher, dimension } }: GaussianProblem): readonly Block[] {
  return [
    paragraph(
      `For x ~ N(0, I) in R^${dimension} and the ${teacher.rows.length} units v of the teacher the risk has a closed form: with p = a·b, s = √(|a|²|b|² − p²) and θ the angle between a and b,`,
    ),
    display(
      formula(
        'E relu(a·x) relu(b·x) = (s + (π − θ) p)/(2π)',
        '\\mathbb{E}\\, \\mathrm{relu}(a \\cdot x)\\, \\mathrm{relu}(b \\cdot x) = \\frac{s + (\\pi - \\theta)\\, p}{2\\pi}',
      ),
    ),
  ];
}
