/** What is decided near a point of a problem with a Gaussian teacher: floats choose modulus, radius and direction, and the kernel decides. */
import { type Fields, pointJson } from '../formats/write.js';
import { formatRational, type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { Kind } from '../kernel/format.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { gaussianGradient, gaussianHessian, gaussianRisk } from '../kernel/model/arc-cosine.js';
import type { DenseValues, Parameters } from '../kernel/model/network.js';
import { sliceOf } from '../kernel/model/slice.js';
import { checkGaussianBound } from '../kernel/rules/gaussian-teacher.js';
import type { GaussianProblem, Point } from '../kernel/statement.js';
import { Refusal } from '../kernel/verdict.js';
import { leastEigenvalue, type Triangle } from '../numerics/cholesky.js';
import { ratio } from '../numerics/floats.js';
import { passes } from './any-depth.js';
import { denseOf } from './dense-of.js';
import { directionAlong } from './directions.js';
import { type Centre, centreWithin, movedNote, polish, polishedBits } from './polish.js';
import { proveClaim } from './prove-claim.js';
import type { Answer, CertifyOptions, Undecided } from './prover.js';

/** Of enclosures; published points have 53 bits. */
const bits = 96;
const unlimited = (): Meter => new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });

export function certifyGaussian(problem: GaussianProblem, point: Point, options: CertifyOptions): Answer {
  const { radius, claim } = options;
  const notes: string[] = [];
  const prove = (kind: Kind, proof: Fields, rest: Fields): Answer =>
    proveClaim({ problem, point, options }, kind, proof, rest, notes);
  const supported: readonly (Kind | undefined)[] = radius === undefined ? exactClaims : nearClaims;
  if (!supported.includes(claim)) {
    const where = radius === undefined ? 'at' : 'near';
    return undecided(
      'unsupported-claim',
      '$',
      `${claim} has no prover ${where} a point of a Gaussian teacher's student`,
    );
  }
  const better = betterPoint(problem, point, options, notes);
  const noBetter = (): Answer => undecided('no-better-point', '$', 'no point of lower risk is known', notes);
  if (radius === undefined) {
    if (better !== null) return prove('not-global-minimum', lowerRisk, { betterPoint: better });
    if (claim !== undefined) return noBetter();
    const message = 'with a Gaussian teacher claims about minima are claims near a point, and need a radius';
    return undecided('no-radius', '$', message, notes);
  }
  const isSteep = passes((ledger) => {
    checkGaussianBound(problem, point.parameters, radius, bits, '$', unlimited(), ledger);
  });
  if (isSteep) {
    return prove(
      'no-local-minimum-near',
      { descent: { rule: 'gradient-bound', bits } },
      { radius: formatRational(radius) },
    );
  }
  const near = localShape(problem, point.parameters);
  if ('code' in near) return undecided(near.code, near.path, near.message, notes);
  if (near.least.value < 0) {
    const direction = directionAlong(problem.network, near.least.vector).json();
    return prove(
      'no-local-minimum-near',
      { descent: { rule: 'negative-curvature', direction, bits } },
      {
        radius: formatRational(radius),
      },
    );
  }
  if (better === null && claim === 'spurious-local-minimum-near') return noBetter();
  const here = { theta: point.parameters, radius, distance: 0 };
  const answer = proveMinimumAt(problem, point, here, near, options, better, notes);
  if (answer.kind === 'certified') return answer;
  const polished = polishedWithin(problem, point, radius);
  if (polished === null) return answer;
  const shape = localShape(problem, polished.theta);
  if ('code' in shape || !(shape.least.value > 0)) return answer;
  return proveMinimumAt(problem, point, polished, shape, options, better, [
    ...notes,
    movedNote(polished.distance, radius),
  ]);
}

/** @returns null where Newton's method does not end at a point inside the ball around the given one */
function polishedWithin(problem: GaussianProblem, point: Point, radius: Rational): Centre | null {
  try {
    const theta = polishGaussian(problem, point.parameters);
    const centre = theta === null ? null : centreWithin(point.parameters, theta, radius);
    return typeof centre === 'number' ? null : centre;
  } catch (error) {
    // Units that become parallel on the way.
    if (!(error instanceof Refusal)) throw error;
    return null;
  }
}

function proveMinimumAt(
  problem: GaussianProblem,
  point: Point,
  { theta, radius }: Centre,
  { least, gradient }: Shape,
  options: CertifyOptions,
  better: Fields | null,
  notes: readonly string[],
): Answer {
  const { modulus, ballRadius } = ballFor(least.value, gradient, radius);
  const localMinimum = {
    ...{ rule: 'strongly-convex-ball', modulus: formatRational(modulus) },
    ...{ ballRadius: formatRational(ballRadius), bits },
  };
  const at = { problem, point: { ...point, parameters: theta }, options };
  const rest = { radius: formatRational(radius) };
  if (better === null || options.claim === 'local-minimum-near') {
    return proveClaim(at, 'local-minimum-near', { localMinimum }, rest, notes);
  }
  const proof = { localMinimum, ...lowerRisk };
  return proveClaim(at, 'spurious-local-minimum-near', proof, { ...rest, betterPoint: better }, notes);
}

const exactClaims: readonly (Kind | undefined)[] = [undefined, 'not-global-minimum', 'global-minimum'];
const nearClaims: readonly (Kind | undefined)[] = [
  undefined,
  'local-minimum-near',
  'spurious-local-minimum-near',
  'no-local-minimum-near',
];

const lowerRisk: Fields = { lowerRisk: { rule: 'lower-risk', bits } };

/**
 * Newton's method in all weights of the student.
 *
 * @returns null where a Hessian is not positive definite, or no step makes the gradient smaller
 */
export function polishGaussian(problem: GaussianProblem, theta: Parameters, mostSteps?: number): Parameters | null {
  const { network, data } = problem;
  return polish(
    {
      ...{ network, slice: sliceOf(network, () => false) },
      gradientAt: (at) =>
        gaussianGradient(data, at, 0n, 2 * polishedBits, unlimited()).flatMap((row) =>
          row.map(({ low, high }) => (low + high) >> 1n),
        ),
      hessianAt: (at) => hessianInDoubles(problem, at),
    },
    theta,
    mostSteps,
  );
}

interface Shape {
  readonly least: ReturnType<typeof leastEigenvalue>;
  /** |∇R| */
  readonly gradient: number;
}

function localShape(problem: GaussianProblem, theta: Parameters): Shape | Undecided {
  try {
    const gradient = gaussianGradient(problem.data, theta, 0n, bits, unlimited());
    const squares = gradient.flat().reduce((sum, { low, high }) => {
      const most = -low > high ? -low : high;
      return sum + most * most;
    }, 0n);
    return {
      least: leastEigenvalue(hessianInDoubles(problem, theta)),
      gradient: Math.sqrt(ratio(squares, 1n << BigInt(2 * bits))),
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { code: error.code, path: error.path, message: error.message };
  }
}

function hessianInDoubles({ data }: GaussianProblem, theta: Parameters): Triangle {
  const { M } = gaussianHessian(data, theta, 0n, bits, unlimited(), '$');
  return M.map((row) => Float64Array.from(row, (m) => ratio(m, 1n << BigInt(2 * bits))));
}

/** Half the least eigenvalue, and a ball four times as large as the gradient asks for, if the radius has room for it. */
function ballFor(least: number, gradient: number, radius: Rational): { modulus: Rational; ballRadius: Rational } {
  const modulus = dyadicBelow(least / 2);
  const wanted = dyadicBelow((8 * gradient) / least + 2 ** -80);
  const ballRadius = wanted.num * radius.den < radius.num * wanted.den ? wanted : radius;
  return { modulus, ballRadius };
}

/** The positive number with its leading seven bits. */
function dyadicBelow(value: number): Rational {
  const exponent = Math.floor(Math.log2(value)) - 6;
  const mantissa = BigInt(Math.floor(value / 2 ** exponent));
  return exponent >= 0 ? rational(mantissa << BigInt(exponent)) : rational(mantissa, 1n << BigInt(-exponent));
}

/** The given better point where it is better; else the teacher's own units, with units 0 beside them. */
function betterPoint(
  { data, network }: GaussianProblem,
  point: Point,
  { better }: CertifyOptions,
  notes: string[],
): Fields | null {
  const riskOf = (parameters: Parameters) => gaussianRisk(data, parameters, bits, unlimited());
  const { lower } = riskOf(point.parameters);
  const isBetter = (parameters: Parameters): boolean => {
    const { upper } = riskOf(parameters);
    return upper.num * lower.den < lower.num * upper.den;
  };
  if (better !== undefined) {
    if (isBetter(better.parameters)) return pointJson(network, better.parameters);
    notes.push('the point given as better has no lower risk, and is ignored');
  }
  const [student, ...fixed] = point.parameters as readonly [DenseValues, ...DenseValues[]];
  const { rows, denominator } = data.teacher;
  if (student.weights.length < rows.length) return null;
  const weights = student.weights.map((row, j) => rows[j] ?? row.map(() => 0n));
  const own: Parameters = [denseOf(weights, null, denominator), ...fixed];
  return isBetter(own) ? pointJson(network, own) : null;
}

function undecided(code: string, path: string, message: string, notes: readonly string[] = []): Answer {
  return { kind: 'undecided', reason: { code, path, message }, notes };
}
