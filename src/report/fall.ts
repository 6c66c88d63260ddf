/** How far the risk falls along the direction or curve that refutes a point, in one line. */

import { subtract } from '../kernel/arithmetic/rational.js';
import type { Theorem } from '../kernel/theorem.js';
import { largestStep, motionOf } from './motion.js';
import { exactly, superscript } from './numbers.js';
import { pointRisk } from './risk-string.js';

/** @returns null where no curve is known, or the risk along it has no exact expansion */
export function fallInWords(theorem: Theorem): string | null {
  const { kind, problem, point } = theorem.statement;
  if (kind !== 'saddle' && kind !== 'not-local-minimum') return null;
  if (problem.type !== 'samples' && problem.type !== 'box') return null;
  const motion = motionOf(theorem, 'descent');
  if (motion === null) return null;
  const { coefficients, change } = motion;
  const at = pointRisk(theorem).lower;
  const power = change.order === 1 ? 't' : `t${superscript(change.order)}`;
  const way = coefficients.length === 1 ? 'direction' : 'curve';
  const falls = `along the ${way} of the certificate the risk changes by ${exactly(change.coefficient).unicode}·${power} + …`;
  const step = largestStep(problem, point.parameters, coefficients, at, -1);
  if (step === null) return falls;
  const lower = exactly(subtract(at, step.risk)).unicode;
  return `${falls}; at t = ${exactly(step.t).unicode} it is lower by ${lower}`;
}
