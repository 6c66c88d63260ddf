/**
 * A local minimum near a point in floats, by rule `strongly-convex-ball`: the kernel's own enclosures of gradient and Hessian, read as doubles,
 * suggest modulus and radius of a ball around the point, or around what Newton's method makes of it. Only what the kernel has proved is certified.
 */
import { type Fields, pointJson } from '../formats/write.js';
import { Enclosures } from '../kernel/arithmetic/enclosure.js';
import { compare, formatRational, type Rational } from '../kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { boundFirstOrder } from '../kernel/model/enclosed-gradient.js';
import { riskAt } from '../kernel/model/enclosing.js';
import type { Parameters } from '../kernel/model/network.js';
import type { Slice } from '../kernel/model/slice.js';
import { Recorder } from '../kernel/model/tape.js';
import type { Point, SummedProblem } from '../kernel/statement.js';
import { Refusal } from '../kernel/verdict.js';
import { leastEigenvalue, roughLeastEigenvalue, type Triangle } from '../numerics/cholesky.js';
import { quantityNear, ratio } from '../numerics/floats.js';
import { twoDigits } from '../numerics/two-digits.js';
import { hessianIn } from './hessian.js';
import { nearestKink } from './nearest-kink.js';
import { type Centre, centreWithin, movedNote, polish, polishedBits, type RiskNear } from './polish.js';
import { proveClaim } from './prove-claim.js';
import type { Answer, CertifyOptions, Undecided } from './prover.js';
import { redundantColumns, type StillParameters, stillParameters } from './still-parameters.js';

const bits = 96;
/** A least eigenvalue below this share of the largest second derivative may come from inputs that depend on each other. */
const nearlySingular = 1e-9;
/** Shares of the least eigenvalue, and reaches in units of |∇R| divided by it, of the balls that are tried. */
const balls = [
  { share: 0.5, reach: 3 },
  { share: 0.8, reach: 1.5 },
  { share: 0.95, reach: 1.1 },
] as const;
const smallestBall = 2 ** -60;

type MinimumKind = 'local-minimum-near' | 'spurious-local-minimum-near';

interface Given {
  readonly problem: SummedProblem;
  readonly point: Point;
  readonly radius: Rational;
  readonly options: CertifyOptions;
}

/**
 * @returns the certificate; or `curvature-not-positive`, `on-a-kink`, `radius-too-small` for the gradient, `not-strongly-convex`, `no-better-point` or
 * `gap-too-small`, with the figures that show it, or what the kernel declines
 */
export function proveMinimumNear(given: Given): Answer {
  try {
    return new MinimumNear(given).decide();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code !== 'on-a-kink') return undecided(error);
    return undecided(kinkReason(given.problem, given.point.parameters, error));
  }
}

/** The risk at a point in the coordinates that move, in doubles. */
export interface Shape {
  /** the least eigenvalue of the Hessian, to one per cent; 0 where it is not positive definite */
  readonly least: number;
  /** an upper bound of |∇R| */
  readonly slope: number;
  readonly hessian: Triangle;
}

class MinimumNear {
  readonly #meter = unlimited();
  readonly #problem: SummedProblem;
  readonly #still: StillParameters;
  readonly #shape: Shape;
  /** null until it is wanted, and where Newton's method does not end */
  #polished: Centre | number | null | undefined;
  /** at the polished point */
  #ended: Shape | null = null;
  /** what the kernel said last */
  #refused: Undecided | null = null;

  constructor(readonly given: Given) {
    const { problem, point } = given;
    this.#problem = problem;
    const { still, shape } = localShape(problem, point.parameters);
    this.#still = still;
    this.#shape = shape;
  }

  decide(): Answer {
    const { point, radius, options } = this.given;
    const { claim, better } = options;
    const { least, hessian } = this.#shape;
    if (!(least > 0)) {
      const { value } = leastEigenvalue(hessian);
      const found = Number.isFinite(value)
        ? `its least eigenvalue in the ${hessian.length} coordinates that move is about ${figure(value)}`
        : 'it is beyond the range of doubles';
      return undecided({
        code: 'curvature-not-positive',
        path: '$.point',
        message: `the Hessian of the risk is not positive definite at the point: ${found}`,
      });
    }
    const noBetter = claim === 'local-minimum-near' ? null : this.#whyNotBetter();
    if (noBetter !== null && claim === 'spurious-local-minimum-near') return undecided(noBetter);
    const kinds: MinimumKind[] = [];
    if (noBetter === null && claim !== 'local-minimum-near') kinds.push('spurious-local-minimum-near');
    if (claim !== 'spurious-local-minimum-near') kinds.push('local-minimum-near');
    for (const kind of kinds) {
      const isIgnored = better !== undefined && kind === 'local-minimum-near';
      const notes = isIgnored ? ['the point given as better is not shown to have lower risk, and is ignored'] : [];
      const here = { theta: point.parameters, radius, distance: 0 };
      const answer = this.#proveAt(here, this.#shape, kind, notes) ?? this.#provePolished(kind, notes);
      if (answer !== null) return answer;
    }
    return undecided(this.#whyNot());
  }

  /** Asks the kernel about balls around one centre. */
  #proveAt(
    { theta, radius, distance }: Centre,
    shape: Shape,
    kind: MinimumKind,
    notes: readonly string[],
  ): Answer | null {
    const { point, options } = this.given;
    const { network } = this.#problem;
    const { better } = options;
    const at = { problem: this.#problem, point: { ...point, parameters: theta }, options };
    const isSpurious = kind === 'spurious-local-minimum-near' && better !== undefined;
    for (const localMinimum of nodesFor(shape, radius, this.#still.hints)) {
      const answer = proveClaim(
        at,
        kind,
        isSpurious ? { localMinimum, lowerRisk: { rule: 'lower-risk' } } : { localMinimum },
        {
          radius: formatRational(radius),
          ...(isSpurious ? { betterPoint: pointJson(network, better.parameters) } : {}),
        },
        distance > 0 ? [...notes, movedNote(distance, this.given.radius)] : notes,
      );
      if (answer.kind === 'certified') return answer;
      this.#refused = answer.reason;
    }
    return null;
  }

  #provePolished(kind: MinimumKind, notes: readonly string[]): Answer | null {
    const centre = this.#centre();
    if (centre === null || typeof centre === 'number') return null;
    this.#ended ??= shapeAt(this.#problem, this.#still.slice, centre.theta, this.#meter);
    return this.#proveAt(centre, this.#ended, kind, notes);
  }

  /** The polished point; how far away it is where that is too far; null where there is none. */
  #centre(): Centre | number | null {
    if (this.#polished === undefined) {
      const { point, radius, options } = this.given;
      options.observe?.('Newton’s method', 0, 0);
      const theta = polishFrom(this.#problem, this.#still.slice, point.parameters);
      this.#polished = theta === null ? null : centreWithin(point.parameters, theta, radius);
    }
    return this.#polished;
  }

  /** @returns null where the point that was given may be better */
  #whyNotBetter(): Undecided | null {
    const { point, options } = this.given;
    const path = '$';
    if (options.better === undefined) return { code: 'no-better-point', path, message: 'no better point was given' };
    const better = riskAt(this.#problem, options.better.parameters, bits, this.#meter);
    const here = riskAt(this.#problem, point.parameters, bits, this.#meter);
    if (compare(better.lower, here.upper) < 0) return null;
    const message = `the risk of the point given as better, ${figure(float(better.lower))}, is not below that of the point, ${figure(float(here.upper))}`;
    return { code: 'no-better-point', path, message };
  }

  #whyNot(): Undecided {
    const { point, radius, options } = this.given;
    const { least, slope } = this.#shape;
    const [refused, centre] = [this.#refused, this.#centre()];
    const at = ({ slope: g, least: lambda }: Shape, where: string): string =>
      `|∇R| = ${figure(g)} and a least eigenvalue of the Hessian of ${figure(lambda)} at the point${where}`;
    const newton =
      centre === null
        ? 'Newton’s method finds no minimum from there'
        : this.#ended === null
          ? `Newton’s method ends ${figure(centre as number)} away`
          : at(this.#ended, ` that Newton’s method makes of it, ${figure((centre as Centre).distance)} away`);
    const figures = `${at(this.#shape, '')}; ${newton}`;
    if (refused === null) {
      const needed = typeof centre === 'number' ? 1.1 * centre : (1.1 * slope) / least;
      const hint = this.#ended === null ? `; a radius of about ${quantityNear(needed)} might do` : '';
      return {
        code: 'radius-too-small',
        path: '$.radius',
        message: `the gradient at the point is too large for the radius ${figure(float(radius))}, with ${figures}${hint}`,
      };
    }
    if (refused.code === 'not-below' && options.better !== undefined) {
      const { lower } = riskAt(this.#problem, options.better.parameters, bits, this.#meter);
      const theta = centre === null || typeof centre === 'number' ? point.parameters : centre.theta;
      const { upper } = riskAt(this.#problem, theta, bits, this.#meter);
      const message = `the point given as better has a risk of ${figure(float(lower))}, and the minimum is not shown to have more: it has at most ${figure(float(upper))}, with ${figures}`;
      return { code: 'gap-too-small', path: '$', message };
    }
    if (refused.code === 'on-a-kink') return kinkReason(this.#problem, point.parameters, refused);
    return {
      code: 'not-strongly-convex',
      path: '$.radius',
      message: `the risk is convex at the point, but not shown to be so on a ball that the gradient allows, with ${figures}: ${refused.message}`,
    };
  }
}

/**
 * Newton's method in the coordinates of a slice, from a point where the Hessian is positive definite.
 *
 * @returns null where it does not end at a minimum
 */
export function polishFrom(problem: SummedProblem, slice: Slice, theta: Parameters): Parameters | null {
  const meter = unlimited();
  const risk: RiskNear = {
    ...{ network: problem.network, slice },
    gradientAt: (at) => {
      const recorder = new Recorder(problem.network, at, slice, 0n, new Enclosures(2 * polishedBits), meter);
      return boundFirstOrder(problem, slice, recorder, '$').gradient.map(({ low, high }) => (low + high) >> 1n);
    },
    hessianAt: (at) => hessianIn(problem, slice, at, meter),
  };
  try {
    return polish(risk, theta);
  } catch (error) {
    // A kink on the way.
    if (!(error instanceof Refusal)) throw error;
    return null;
  }
}

/**
 * Chooses which parameters move. Input columns that depend on others are looked for where the Hessian is nearly singular.
 *
 * @throws Refusal where the risk has no second derivatives at the point
 */
export function localShape(problem: SummedProblem, theta: Parameters): { still: StillParameters; shape: Shape } {
  const meter = unlimited();
  const e = new Enclosures(bits);
  const still = stillParameters(problem, theta, null, e, meter);
  const shape = shapeAt(problem, still.slice, theta, meter);
  if (shape.least > nearlySingular * Math.max(0, ...shape.hessian.map((row, j) => row[j] as number))) {
    return { still, shape };
  }
  const redundant = redundantColumns(problem);
  if (redundant === null) return { still, shape };
  const less = stillParameters(problem, theta, redundant, e, meter);
  return { still: less, shape: shapeAt(problem, less.slice, theta, meter) };
}

function shapeAt(problem: SummedProblem, slice: Slice, theta: Parameters, meter: Meter): Shape {
  const recorder = new Recorder(problem.network, theta, slice, 0n, new Enclosures(bits), meter);
  const { squaredNorm } = boundFirstOrder(problem, slice, recorder, '$');
  const hessian = hessianIn(problem, slice, theta, meter);
  return { least: roughLeastEigenvalue(hessian), slope: Math.sqrt(float(squaredNorm)), hessian };
}

/** Nodes to try, most hopeful first; none where the gradient leaves the ball. */
function nodesFor({ least, slope }: Shape, radius: Rational, hints: Fields): readonly Fields[] {
  const most = float(radius);
  if (!(slope < least * most)) return [];
  return balls.flatMap(({ share, reach }): Fields[] => {
    const ball = Math.max((slope / least) * reach, Math.min(most, smallestBall));
    if (!(ball <= most && ball > 1e-250 && least < 1e250)) return [];
    const modulus = formatRational(twoDigits(least * share, Math.floor));
    const ballRadius = twoDigits(ball, Math.ceil);
    if (compare(ballRadius, radius) > 0) return [];
    return [{ rule: 'strongly-convex-ball', modulus, ballRadius: formatRational(ballRadius), bits, ...hints }];
  });
}

/** What the kernel found, with the kink that is nearest to a preactivation. */
function kinkReason(problem: SummedProblem, theta: Parameters, { code, path, message }: Undecided): Undecided {
  const kink = nearestKink(problem, theta, unlimited());
  if (kink === null) return { code, path, message };
  const { layer, unit, sample, distance } = kink;
  const where = `the nearest kink is that of unit ${unit} of layer ${layer}, ${figure(distance)} from its value at sample ${sample}`;
  return { code, path: '$.point', message: `${message}; ${where}` };
}

function undecided({ code, path, message }: Undecided): Answer {
  return { kind: 'undecided', reason: { code, path, message }, notes: [] };
}

const unlimited = (): Meter => new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
const float = ({ num, den }: Rational): number => ratio(num, den);
const figure = (x: number): string => String(Number(x.toPrecision(3)));
