/** Spurious local minima near a best affine fit that is irrational, proved by rule `affine-span-near`. */
import { pointJson, problemJson, writeCertificate } from '../formats/write.js';
import { formatRational } from '../kernel/arithmetic/rational.js';
import { checkCertificate } from '../kernel/check.js';
import type { SampleProblem } from '../kernel/statement.js';
import type { AffineMap } from '../provers/carriers.js';
import { findRidgeDescent } from '../provers/ridge-descent.js';
import type { Segment } from '../provers/segments.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { embedNearFit, findNearFit, type NearFit } from './near-fit.js';
import { percent } from './training-problem.js';

/** Precision of the better point's risk. */
const riskBits = 96;

export function constructNear(
  problem: SampleProblem,
  segment: Segment,
  input: ConstructionInput,
  { id, source, title }: Pick<Construction, 'id' | 'source' | 'title'>,
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
  const certificate = writeCertificate({
    statement: {
      kind: 'spurious-local-minimum-near',
      problem: problemJson(problem),
      point: pointJson(network, point),
      radius: formatRational(radius),
      betterPoint: pointJson(network, better),
    },
    proof: {
      localMinimum: {
        rule: 'affine-span-near',
        center: { denominator: String(fit.denominator), numerators: fit.center.map(String) },
        ballRadius: formatRational(fit.ballRadius),
        modulus: formatRational(fit.modulus),
        embedding: embedding.map((E) => pointJson(network, E)),
        bits: fit.bits,
      },
      lowerRisk: { rule: 'lower-risk', bits: riskBits },
    },
    about: { theorem: id, source, text: title },
  });
  const verdict = checkCertificate(certificate);
  if (verdict.kind !== 'proved') {
    return { kind: 'gave-up', message: `the kernel does not prove it at ${verdict.path}: ${verdict.reason.message}` };
  }
  const { theorem } = verdict;
  const { point: risk, gap } = theorem.risk;
  const share = gap === null ? [] : [`the better point takes ${percent(gap.lower, risk.upper)} off the risk`];
  return {
    kind: 'built',
    text: certificate,
    theorem,
    notes: [
      ...notes,
      `the best affine fit is irrational: a local minimum within ${formatRational(radius)} of the point`,
      ...share,
    ],
  };
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
