/** A theorem with what the explanation of its rules needs: everything is computed again from the statement. */

import type { ProofNode } from '../kernel/format.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { type Evaluation, evaluateExactly } from '../kernel/model/evaluation.js';
import { Instance } from '../kernel/model/instance.js';
import type { Parameters } from '../kernel/model/network.js';
import type { SampleProblem } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';

export interface Subject {
  readonly theorem: Theorem;
  readonly problem: SampleProblem;
  readonly theta: Parameters;
  readonly evaluation: Evaluation<bigint>;
  readonly instance: Instance<bigint>;
  /** the checked proof nodes, by key */
  readonly steps: Readonly<Record<string, ProofNode>>;
}

/** @throws Error where the data are no samples: argue-on-a-box.ts and argue-gaussian-teacher.ts tell the others */
export function subjectOf(theorem: Theorem): Subject {
  const { problem, point } = theorem.statement;
  if (problem.type !== 'samples') throw new Error('Cannot explain samples: the data are none');
  const meter = new Meter(defaultLimits);
  let found: Evaluation<bigint> | null = null;
  let instance: Instance<bigint> | null = null;
  return {
    theorem,
    problem,
    theta: point.parameters,
    // Only where they are asked for: `lower-risk` alone also speaks of points whose values are irrational.
    get evaluation() {
      found ??= evaluateExactly(problem.network, point.parameters, problem.data, meter);
      return found;
    },
    get instance() {
      instance ??= new Instance(problem, this.evaluation, meter);
      return instance;
    },
    steps: theorem.steps,
  };
}
