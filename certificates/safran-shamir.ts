/** The 91 points that Safran and Shamir published as local minima (data/SOURCES.md), each decided. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Fields as Plain, writeFile } from '../src/formats/write.js';
import { certify, formatRational, rational, readPoint, readProblem } from '../src/index.js';
import { exactDyadic } from '../src/numerics/exact-dyadic.js';
import { polishGaussian } from '../src/provers/certify-gaussian.js';

interface PublishedPoint {
  readonly teacherUnits: number;
  readonly studentUnits: number;
  readonly inputDimension: number;
  readonly studentWeights: readonly (readonly number[])[];
}

const points = JSON.parse(
  readFileSync(fileURLToPath(new URL('data/safran-shamir-points.json', import.meta.url)), 'utf8'),
) as readonly PublishedPoint[];
export const pointsPublished = points.length;

/** The certificate of what a point is. */
export interface Published {
  readonly name: string;
  readonly parameters: number;
  readonly make: () => Promise<string>;
}

/**
 * Polished by Newton's method where it is close to a minimum; the ball is far smaller than the distance to any other point that they list.
 *
 * @param at  in data/safran-shamir-points.json
 */
export function published(at: number): Published {
  const { teacherUnits: k, studentUnits: n, inputDimension: d, studentWeights } = points[at] as PublishedPoint;
  const make = async (): Promise<string> => {
    const teacher = Array.from({ length: k }, (_, j) => Array.from({ length: d }, (__, u) => (u === j ? '1' : '0')));
    const output = { type: 'dense', units: 1, bias: false, fixed: { weights: [new Array<string>(n).fill('1')] } };
    const problem = readProblem(
      writeFile({
        format: 'cairn-problem',
        version: 1,
        network: {
          input: [d],
          layers: [{ type: 'dense', units: n, bias: false }, { type: 'activation', function: 'relu' }, output],
        },
        loss: { function: 'squared', factor: '1/2' },
        data: { type: 'gaussian-teacher', dimension: d, teacher },
      } as Plain),
    );
    if (problem.kind !== 'read') throw new Error(problem.reason.message);
    const { value: posed } = problem;
    if (posed.type !== 'gaussian-teacher') throw new Error('Cannot happen: the data are named above');
    const weights = studentWeights.map((row) => row.map((w) => formatRational(exactDyadic(w))));
    const point = readPoint(writeFile({ format: 'cairn-point', version: 1, layers: [{ weights }] }), posed);
    if (point.kind !== 'read') throw new Error(point.reason.message);
    const polished = polishGaussian(posed, point.value.parameters, 2);
    const parameters = polished ?? point.value.parameters;
    const answer = await certify(
      posed,
      { ...point.value, parameters },
      { radius: rational(1n, 1_000_000n), seed: 1, effort: 1 },
    );
    if (answer.kind !== 'certified') throw new Error(answer.reason.message);
    return answer.text;
  };
  return { name: `point-${at}-of-${n}-units`, parameters: n * d, make };
}
