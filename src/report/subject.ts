/** A theorem with what the explanation of its rules needs: everything is computed again from the statement. */

import type { ProofNode } from '../kernel/format.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { type Evaluation, evaluateExactly } from '../kernel/model/evaluation.js';
import { Instance } from '../kernel/model/instance.js';
import type { Parameters } from '../kernel/model/network.js';
import type { Problem } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';

export interface Subject {
  readonly theorem: Theorem;
  readonly problem: Problem;
  readonly theta: Parameters;
  readonly evaluation: Evaluation<bigint>;
  readonly instance: Instance<bigint>;
  /** the checked proof nodes, by key */
  readonly steps: Readonly<Record<string, ProofNode>>;
}

export function subjectOf(theorem: Theorem): Subject {
  const { problem, point } = theorem.statement;
  const meter = new Meter(defaultLimits);
  const evaluation = evaluateExactly(problem.network, point.parameters, problem.data, meter);
  return {
    theorem,
    problem,
    theta: point.parameters,
    evaluation,
    instance: new Instance(problem, evaluation, meter),
    steps: theorem.steps,
  };
}
