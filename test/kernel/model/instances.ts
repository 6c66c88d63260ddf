/** Instances for tests of the model: a problem at one point, with targets 0. */
import { readPoint, readProblem } from '../../../src/kernel/check.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { evaluateExactly } from '../../../src/kernel/model/evaluation.js';
import { Instance } from '../../../src/kernel/model/instance.js';
import type { Fields, Row } from '../../certificate.js';
import { type Nested, pointOf, shaped } from '../../layers.js';

interface Where {
  readonly input: readonly number[];
  readonly layers: readonly Fields[];
  readonly x: readonly Row[];
  /** default: 1 */
  readonly outputs?: number;
}

export interface At extends Where {
  readonly theta: readonly (readonly [Nested, Row?])[];
}

export function instanceAt({ theta, ...where }: At): Instance<bigint> {
  return instanceOf({ ...where, point: pointOf(...theta) });
}

export function instanceOf({
  input,
  layers,
  point: fields,
  x,
  outputs = 1,
}: Where & { point: Fields }): Instance<bigint> {
  const y = x.map(() => new Array<number>(outputs).fill(0));
  const header = { version: 1 };
  const problem = readProblem(
    JSON.stringify({ format: 'cairn-problem', ...header, ...shaped({ input, layers, x, y }) }),
  );
  if (problem.kind !== 'read') throw new Error(`${problem.path}: ${problem.reason.message}`);
  const point = readPoint(JSON.stringify({ format: 'cairn-point', ...header, ...fields }), problem.value);
  if (point.kind !== 'read') throw new Error(`${point.path}: ${point.reason.message}`);
  if (problem.value.type !== 'samples') throw new Error('not samples');
  const meter = new Meter(defaultLimits);
  const { network, data } = problem.value;
  return new Instance(problem.value, evaluateExactly(network, point.value.parameters, data, meter), meter);
}
