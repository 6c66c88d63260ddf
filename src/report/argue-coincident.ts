/** Rule `coincident-preactivations`, told with the numbers of one instance (theory.md 4). */
import { rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { meanTarget } from '../kernel/model/constant-fit.js';
import { predictions } from '../kernel/model/evaluation.js';
import { type Block, display, formula, paragraph } from './document.js';
import { plural } from './inspect.js';
import { equation, fraction } from './numbers.js';
import { minimumName } from './statement.js';
import type { Subject } from './subject.js';

export function arguesCoincidentPreactivations(subject: Subject): readonly Block[] {
  const { theorem, problem } = subject;
  const step = theorem.steps['localMinimum'];
  if (step?.rule !== 'coincident-preactivations') return [];
  const { halfWidth, vectors, solveFor } = step;
  const [hidden] = problem.network.stages;
  const units = hidden?.units ?? 0;
  const count = vectors.rows.length;
  const minimum = minimumName(theorem.statement.kind);
  const tex = minimum === 'θ' ? '\\theta' : '\\theta^*';
  return [
    paragraph(
      units === 1 ? 'The hidden unit sees' : `Each of the ${units} hidden units sees`,
      ' one and the same value at all samples, exactly: ',
      formula('w_j·x̃_i = m_j', 'w_j \\cdot \\tilde x_i = m_j'),
      '. So the network predicts a constant, ',
      ...(solveFor === undefined
        ? [equation('p', predictionOf(subject)), '.']
        : [
            equation('p', step.prediction ?? meanTarget(problem, new Meter(defaultLimits))),
            ` at θ*, which differs from θ in ${solveFor.bias === undefined ? 'one outgoing weight' : 'the output bias'} alone: the prediction, enclosed, passes p strictly within `,
            fraction(halfWidth),
            ' of what θ has there.',
          ]),
      ' The residual gradients satisfy',
    ),
    display(formula('Σ_i g_i = 0,  Σ_i g_i x_i = 0', '\\sum_i g_i = 0, \\quad \\sum_i g_i x_i = 0')),
    paragraph(
      'exactly, so nothing that is linear in the differences ',
      formula('e_ij = w′_j·(x̃_i − x̃_1)', "e_{ij} = w'_j \\cdot (\\tilde x_i - \\tilde x_1)"),
      ' changes the risk, and Taylor’s theorem leaves, for some numbers ξ and ζ that the units see,',
    ),
    display(
      count === 0
        ? formula(
            `R(θ′) − R(${minimum}) ≥ ½ Σ_j v′_j Σ_i g_i h″(ξ_ij) e_ij²`,
            `R(\\theta') - R(${tex}) \\ge \\tfrac12 \\sum_j v'_j \\sum_i g_i\\, h''(\\xi_{ij})\\, e_{ij}^2`,
          )
        : formula(
            `R(θ′) − R(${minimum}) ≥ ½ Σ_j v′_j Σ_i g_i h″(ξ_ij) e_ij² + Σ_s (Σ_j v′_j Σ_i z_si h′(ζ_ij) e_ij)² / Σ_i (z_si²/μ_i)`,
            `R(\\theta') - R(${tex}) \\ge \\tfrac12 \\sum_j v'_j \\sum_i g_i\\, h''(\\xi_{ij})\\, e_{ij}^2 + \\sum_s \\frac{\\bigl(\\sum_j v'_j \\sum_i z_{si}\\, h'(\\zeta_{ij})\\, e_{ij}\\bigr)^2}{\\sum_i z_{si}^2/\\mu_i}`,
          ),
    ),
    paragraph(
      count === 0
        ? ''
        : `The second sum bounds from below what moving predictions cost: ${plural(count, 'vector')} z_s, orthogonal to the constants and in the inner product of the inverse weights μ (times the loss’s factor). `,
      'For all θ′ within ',
      fraction(halfWidth),
      ' of θ in every coordinate no unit meets a breakpoint, and interval arithmetic encloses v′, h′ and h″. Every matrix within the enclosed one is positive semidefinite: it is LDLᵀ plus a remainder that is diagonally dominant, exactly.',
    ),
  ];
}

function predictionOf({ evaluation }: Subject) {
  const { preactivations, denominator } = predictions(evaluation);
  return rational(preactivations[0]?.[0] as bigint, denominator);
}
