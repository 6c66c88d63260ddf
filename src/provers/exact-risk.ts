import type { Rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { evaluateExactly } from '../kernel/model/evaluation.js';
import type { DenseValues, Parameters, Stage } from '../kernel/model/network.js';
import { exactRisk, residualGradients } from '../kernel/model/risk.js';
import type { SampleProblem } from '../kernel/statement.js';
import { leastSquares } from '../numerics/least-squares.js';
import { denseOf } from './dense-of.js';

/** Risks and hidden values of points, exactly, for a network with one hidden layer and nothing frozen. */
export class ExactRisk {
  readonly #meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });

  constructor(readonly problem: SampleProblem) {}

  get isSquared(): boolean {
    const { loss } = this.problem;
    return loss.family === 'polynomial' && loss.breakpoints.length === 0 && loss.degree === 2;
  }

  of(parameters: Parameters): Rational {
    const { network, loss, data } = this.problem;
    return exactRisk(evaluateExactly(network, parameters, data, this.#meter), loss, data, this.#meter);
  }

  gradients(parameters: Parameters): readonly (readonly bigint[])[] {
    const { network, loss, data } = this.problem;
    return residualGradients(evaluateExactly(network, parameters, data, this.#meter), loss, data, this.#meter).rows;
  }

  /** @returns the values of the hidden units at the data, n × m over one denominator */
  hidden(first: DenseValues): { readonly rows: readonly (readonly bigint[])[]; readonly denominator: bigint } {
    const { network, data } = this.problem;
    const [, output] = network.stages as readonly [Stage, Stage];
    const silent: DenseValues = {
      weights: Array.from({ length: output.units }, () => new Array<bigint>(output.inputs).fill(0n)),
      bias: output.bias ? new Array<bigint>(output.units).fill(0n) : null,
      denominator: 1n,
      bits: 1,
    };
    const { inputs, inputsDenominator } = evaluateExactly(network, [first, silent], data, this.#meter)
      .stages[1] as ReturnType<typeof evaluateExactly>['stages'][number];
    return { rows: inputs as readonly (readonly bigint[])[], denominator: inputsDenominator };
  }

  /** For a squared loss: the best outer weights for a given hidden layer. */
  refitted(first: DenseValues): Parameters {
    const { network, data } = this.problem;
    const [, output] = network.stages as readonly [Stage, Stage];
    const { rows, denominator: over } = this.hidden(first);
    const X = output.bias ? rows.map((row) => [...row, over]) : rows;
    const { coefficients } = leastSquares(X, data.targets.rows, { weights: data.weights.values });
    const { numerators } = coefficients;
    // Hidden values are X / over, targets Y / targets.denominator.
    const denominator = coefficients.denominator * data.targets.denominator;
    const of = (j: number, c: number): bigint => (numerators[j]?.[c] as bigint) * over;
    const m = output.inputs;
    return [
      first,
      denseOf(
        Array.from({ length: output.units }, (_, c) => Array.from({ length: m }, (_, j) => of(j, c))),
        output.bias ? Array.from({ length: output.units }, (_, c) => of(m, c)) : null,
        denominator,
      ),
    ];
  }
}
