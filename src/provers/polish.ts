/**
 * Newton's method near a point in floats, for samples and for a Gaussian teacher alike: the gradient is the kernel's enclosure, in twice the
 * digits that are wanted, and the Hessian is factored in doubles, so that a step gains about ten digits. Nothing here is evidence.
 */
import { compare, formatRational, multiply, type Rational, rational, subtract } from '../kernel/arithmetic/rational.js';
import type { DenseValues, Network, Parameters } from '../kernel/model/network.js';
import type { Slice } from '../kernel/model/slice.js';
import { cholesky, solveCholesky, type Triangle } from '../numerics/cholesky.js';
import { ratio } from '../numerics/floats.js';
import { twoDigits } from '../numerics/two-digits.js';
import { denseOf } from './dense-of.js';

/** What polishing makes of a point are multiples of 2^−polishedBits. */
export const polishedBits = 96;
/** Of the steps that polishing may take from a point whose gradient is small. */
export const newtonSteps = 30;
const mostHalvings = 20;
const moveBits = 50;

/** A risk near a point, in the coordinates that move. */
export interface RiskNear {
  readonly network: Network;
  readonly slice: Slice;
  /** the derivatives by the coordinates of the slice, over 2^(2·polishedBits) */
  readonly gradientAt: (theta: Parameters) => readonly bigint[];
  readonly hessianAt: (theta: Parameters) => Triangle;
}

/**
 * Takes Newton steps, halved until the gradient gets smaller, and stops where it does not: there the digits end.
 *
 * @returns null where a Hessian is not positive definite, or no step makes the gradient smaller
 * @throws Refusal where the risk has no derivatives on the way
 */
export function polish(risk: RiskNear, start: Parameters, mostSteps = newtonSteps): Parameters | null {
  let here = { theta: start, gradient: risk.gradientAt(start) };
  for (let step = 0; step < mostSteps; step++) {
    const before = largest(here.gradient);
    if (before === 0n) break;
    const hessian = risk.hessianAt(here.theta);
    const L = cholesky(hessian);
    if (L === null) return null;
    // Scaled to doubles of size 1, since the gradient may be very small.
    const move = solveCholesky(
      L,
      Float64Array.from(here.gradient, (g) => ratio(g, before)),
    );
    if (!move.every((m) => Math.abs(m) < 1e100)) return null;
    const change = Array.from(move, (m) => BigInt(Math.round(m * 2 ** moveBits)) * before);
    // What rounding the parameters leaves of the gradient.
    const noise = hessian.reduce((sum, row) => sum + row.reduce((size, a) => size + Math.abs(a), 0), 0);
    const rests = ratio(before, 1n << BigInt(polishedBits)) <= 2 * noise;
    let after = before;
    for (let halvings = 0; after >= before && halvings < (rests ? 1 : mostHalvings); halvings++) {
      const theta = moved(risk, here.theta, change, halvings);
      const gradient = risk.gradientAt(theta);
      after = largest(gradient);
      if (after < before) here = { theta, gradient };
    }
    if (after >= before) return rests ? here.theta : null;
  }
  return here.theta;
}

function largest(gradient: readonly bigint[]): bigint {
  return gradient.reduce((most, g) => {
    const size = g < 0n ? -g : g;
    return size > most ? size : most;
  }, 0n);
}

/** @param change  of every coordinate, over 2^(moveBits + 2·polishedBits + halvings) */
function moved(
  { network, slice }: RiskNear,
  theta: Parameters,
  change: readonly bigint[],
  halvings: number,
): Parameters {
  const step = (coordinate: number): bigint =>
    coordinate < 0 ? 0n : (change[coordinate] as bigint) >> BigInt(moveBits + polishedBits + halvings);
  return theta.map((values, s) => {
    if (network.stages[s]?.fixed !== null) return values;
    const { weights, bias, denominator } = values;
    const place = (w: bigint, coordinate: number): bigint =>
      (w << BigInt(polishedBits)) / denominator - step(coordinate);
    return denseOf(
      weights.map((row, u) => row.map((w, j) => place(w, slice.weights[s]?.[u]?.[j] as number))),
      bias?.map((b, u) => place(b, slice.biases[s]?.[u] as number)) ?? null,
      1n << BigInt(polishedBits),
    );
  });
}

/** A point to claim a minimum near, and how near. */
export interface Centre {
  readonly theta: Parameters;
  readonly radius: Rational;
  /** how far it is from the point that was given, roughly; 0 for that point itself */
  readonly distance: number;
}

/**
 * A polished point with what is left of the radius: a ball around it that lies in the ball around the given point, so that a minimum
 * in the one is in the other.
 *
 * @returns the distance alone where nothing is left
 */
export function centreWithin(given: Parameters, theta: Parameters, radius: Rational): Centre | number {
  const square = squareDistance(given, theta);
  const distance = Math.sqrt(ratio(square.num, square.den));
  const room = ratio(radius.num, radius.den) - distance;
  if (!(room > 1e-250)) return distance;
  const left = twoDigits(room, Math.floor);
  const share = subtract(radius, left);
  const fits = share.num >= 0n && compare(multiply(share, share), square) >= 0;
  return fits ? { theta, radius: left, distance } : distance;
}

/** What a certificate of a polished point says of the point that was given. */
export function movedNote(distance: number, radius: Rational): string {
  return `the certificate is about the point that Newton’s method makes of the given one, ${distance.toPrecision(2)} away, with what is left of the radius: so a minimum is within ${formatRational(radius)} of the given one, too`;
}

function squareDistance(a: Parameters, b: Parameters): Rational {
  const flat = ({ weights, bias }: DenseValues): readonly bigint[] => [...weights.flat(), ...(bias ?? [])];
  return a.reduce((sum, values, s) => {
    const other = b[s] as DenseValues;
    const [p, q] = [other.denominator, values.denominator];
    const others = flat(other);
    const square = flat(values).reduce((total, w, j) => {
      const apart = w * p - (others[j] as bigint) * q;
      return total + apart * apart;
    }, 0n);
    return rational(sum.num * (p * q) ** 2n + square * sum.den, sum.den * (p * q) ** 2n);
  }, rational(0n));
}
