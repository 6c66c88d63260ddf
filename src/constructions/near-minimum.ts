/** Spurious local minima near a best affine fit that is irrational, proved by rule `affine-span-near`. */
import { pointJson, problemJson } from '../formats/write.js';
import { formatRational } from '../kernel/arithmetic/rational.js';
import type { SampleProblem } from '../kernel/statement.js';
import type { AffineMap } from '../provers/carriers.js';
import { findRidgeDescent } from '../provers/ridge-descent.js';
import type { Segment } from '../provers/segments.js';
import type { Built, ConstructionInput } from './construction.js';
import { embedNearFit, findNearFit, type NearFit } from './near-fit.js';
import { type Named, proveBuilt } from './prove-built.js';

/** Precision of the better point's risk. */
const riskBits = 96;

export function constructNear(
  problem: SampleProblem,
  segment: Segment,
  input: ConstructionInput,
  construction: Named,
  notes: readonly string[],
): Built {
  const { network, data } = problem;
  const fit = findNearFit(problem, (done, total) => input.observe?.('best affine fit in decimals', done, total));
  if (fit === null) {
    return {
      kind: 'gave-up',
      message:
        'the risk of affine fits is not shown to have one minimum: it is not strictly convex, or Newton did not settle',
    };
  }
  const { point, radius, embedding } = embedNearFit(network, data, segment, fit);
  const better = findRidgeDescent(problem, mapOf(fit, network.inputs, network.outputs), segment, input);
  if (better === null) return { kind: 'gave-up', message: 'no better point was found at this effort' };
  input.observe?.('checking', 0, 1);
  const statement = {
    kind: 'spurious-local-minimum-near',
    problem: problemJson(problem),
    point: pointJson(network, point),
    radius: formatRational(radius),
    betterPoint: pointJson(network, better),
  };
  const proof = {
    localMinimum: {
      rule: 'affine-span-near',
      center: { denominator: String(fit.denominator), numerators: fit.center.map(String) },
      ballRadius: formatRational(fit.ballRadius),
      modulus: formatRational(fit.modulus),
      embedding: embedding.map((E) => pointJson(network, E)),
      bits: fit.bits,
    },
    lowerRisk: { rule: 'lower-risk', bits: riskBits },
  };
  const irrational = `the best affine fit is irrational: a local minimum within ${formatRational(radius)} of the point`;
  return proveBuilt(construction, statement, proof, [...notes, irrational], { numeric: true });
}

function mapOf({ columns, center, denominator }: NearFit, inputs: number, outputs: number): AffineMap {
  const m = columns.length;
  const at = (c: number, j: number): bigint => {
    const l = columns.indexOf(j);
    // The last logit of cross-entropy has no coordinates: it is 0.
    return l < 0 ? 0n : (center[c * m + l] ?? 0n);
  };
  return {
    A: Array.from({ length: outputs }, (_, c) => Array.from({ length: inputs }, (__, j) => at(c, j))),
    b: Array.from({ length: outputs }, (_, c) => at(c, inputs)),
    denominator,
  };
}
