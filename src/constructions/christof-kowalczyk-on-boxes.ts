/** Christof and Kowalczyk for the true loss on a box: the best affine (or constant) fit, and a better point with one ridge around a kink. */
import type { Fields } from '../formats/write.js';
import { writeFile } from '../formats/write.js';
import { type Rational, zero } from '../kernel/arithmetic/rational.js';
import { readProblem } from '../kernel/check.js';
import type { Network, Parameters, Stage } from '../kernel/model/network.js';
import type { BoxProblem } from '../kernel/statement.js';
import { findBoxFit } from '../provers/box-affine-fit.js';
import { type AffineMap, carryingLayer, layerOf } from '../provers/carriers.js';
import { bendOf, carriedOnBox, findRidgeOnBox } from '../provers/ridge-on-box.js';
import { riskOnBox } from '../provers/risk-on-box.js';
import { middleOf, type Segment, widestSegment } from '../provers/segments.js';
import { described } from './carried-fit.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { fails, proveSpurious, widthsOf } from './training-problem.js';

type Hypotheses = Readonly<
  Record<
    'width' | 'segment' | 'constantSegment' | 'nonlinear' | 'target' | 'constantTarget',
    Construction['hypotheses'][number]
  >
>;

/** @param box  the data, as the format writes them */
export function buildOnBox(
  input: ConstructionInput,
  box: Fields,
  constant: boolean,
  construction: Construction,
  hypotheses: Hypotheses,
): Built {
  const k = Array.isArray(box['targets']) ? box['targets'].length : 1;
  const smallest = constant ? 1 : k + 1;
  const widths = widthsOf({ ...input, targets: [new Array<Rational>(k).fill(zero)] }, smallest, hypotheses.width);
  if ('kind' in widths) return widths;
  const hidden = constant && input.hidden === null ? [k + 1] : widths;
  const posed = poseBox(input, box, hidden, k);
  if (posed.kind !== 'posed') return posed;
  const { problem } = posed;
  const { network } = problem;
  const { activation } = network.stages[0] as Stage;
  const segment = widestSegment(activation, constant);
  if (segment === null) {
    return constant
      ? fails(hypotheses.constantSegment, 'no piece of it is constant')
      : fails(
          hypotheses.segment,
          activation.smooth === null ? 'the activation is constant' : 'no piece of it is affine',
        );
  }
  if (activation.breakpoints.length === 0) return fails(hypotheses.nonlinear, 'it has no kink');

  const what = constant ? 'constant' : 'affine';
  input.observe?.(`best ${what} fit`, 0, 1);
  const fit = findBoxFit(problem, constant);
  if (fit === null) {
    return { kind: 'gave-up', message: `the best ${what} fit for this loss is irrational, as far as was found` };
  }
  const point = constant ? constantPoint(network, fit, segment) : carriedOnBox(problem, fit, segment);
  const risk = riskOnBox(problem, point);
  if (risk === null) return { kind: 'gave-up', message: `the risk of the best ${what} fit is beyond the limits` };
  if (risk.num === 0n) return fails(constant ? hypotheses.constantTarget : hypotheses.target, `it is ${what}`);
  const carrier = widestSegment(activation, false);
  if (carrier === null) return { kind: 'gave-up', message: 'better points need a segment of nonzero slope' };
  if ((hidden[0] as number) < k + 1) {
    return { kind: 'gave-up', message: `better points on a box need ${k + 1} units in the first layer` };
  }
  const bend = bendOf(activation);
  if (bend === null) return { kind: 'gave-up', message: 'better points need an affine segment with an end' };
  const better = findRidgeOnBox(problem, fit, carrier, bend, risk, input);
  if (better === null) return { kind: 'gave-up', message: 'no better point was found at this effort' };
  input.observe?.('checking', 0, 1);
  return proveSpurious(problem, point, better, construction, [
    `width ${hidden.join(', ')}, segment ${described(segment)}`,
  ]);
}

type Posed = { readonly kind: 'posed'; readonly problem: BoxProblem } | Extract<Built, { kind: 'gave-up' | 'usage' }>;

function poseBox(
  { activation, loss }: ConstructionInput,
  data: Fields,
  hidden: readonly number[],
  outputs: number,
): Posed {
  const d = Array.isArray(data['lower']) ? data['lower'].length : 1;
  const layers = [
    ...hidden.flatMap((units) => [
      { type: 'dense', units },
      { type: 'activation', ...activation },
    ]),
    { type: 'dense', units: outputs },
  ];
  const read = readProblem(
    writeFile({ format: 'cairn-problem', version: 1, network: { input: [d], layers }, loss, data }),
  );
  if (read.kind === 'read') {
    if (read.value.type === 'box') return { kind: 'posed', problem: read.value };
    return { kind: 'usage', message: '$.data.type: expected "box"' };
  }
  const message = `${read.path}: ${read.reason.message}`;
  return read.kind === 'declined' ? { kind: 'gave-up', message } : { kind: 'usage', message };
}

/** All units stand inside the constant segment with weights 0; the output bias is the constant. */
function constantPoint({ stages }: Network, { b, denominator }: AffineMap, segment: Segment): Parameters {
  return stages.map(({ inputs, units }, s) => {
    const A = Array.from({ length: units }, () => new Array<bigint>(inputs).fill(0n));
    if (s === stages.length - 1) return layerOf({ A, b, denominator });
    return carryingLayer({ A, b: new Array<bigint>(units).fill(0n), denominator: 1n }, [], units, middleOf(segment));
  });
}
