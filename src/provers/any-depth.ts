import type { Fields } from '../formats/write.js';
import { Enclosures } from '../kernel/arithmetic/enclosure.js';
import { defaultBits } from '../kernel/claims/claim.js';
import type { Meter } from '../kernel/limits.js';
import { boundFirstOrder } from '../kernel/model/enclosed-gradient.js';
import { gradient } from '../kernel/model/gradient.js';
import type { Instance } from '../kernel/model/instance.js';
import type { Network, Parameters } from '../kernel/model/network.js';
import { sliceOf } from '../kernel/model/slice.js';
import { Recorder } from '../kernel/model/tape.js';
import { checkDirection, checkRationalCurve, type Slope } from '../kernel/rules/curve.js';
import type { SampleProblem } from '../kernel/statement.js';
import { Ledger, Refusal } from '../kernel/verdict.js';
import { leastEigenvalue, type Triangle } from '../numerics/cholesky.js';
import { ratio, toFloats } from '../numerics/floats.js';
import { Direction, directionAlong } from './directions.js';
import { hessianIn } from './hessian.js';
import { type Random, seeded } from './random.js';
import type { UnitSearch } from './unit-dominance.js';

/** @returns true if a check of the kernel passes: a quick look, before a certificate is written and checked from its text */
export function passes(check: (ledger: Ledger) => void): boolean {
  try {
    check(new Ledger());
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** What a search along curves needs to know. */
export interface CurveSearch extends UnitSearch {
  readonly meter: Meter;
}

/**
 * Looks for a direction, then for a curve, along which the risk falls (or rises) from θ, at any depth: the negative gradient, single
 * parameters, random directions; lines along which it falls at second order; then curves whose stages move at different powers of t, which escape from flat places.
 *
 * @returns a node for `descent` (or `ascent`), or null
 */
export function findCurve(
  problem: SampleProblem,
  theta: Parameters,
  instance: Instance<bigint>,
  slope: Slope,
  search: CurveSearch,
): Fields | null {
  const random = seeded(search.seed);
  const isDirection = (xi: Direction): boolean =>
    passes((ledger) => checkDirection(problem, theta, xi.parameters, slope, defaultBits, '$', search.meter, ledger));
  for (const xi of directions(problem, theta, instance, slope, random, search)) {
    if (isDirection(xi)) return { rule: `${slope}-direction`, direction: xi.json() };
  }
  const isCurve = (curve: readonly Parameters[]): boolean =>
    passes((ledger) => checkRationalCurve(problem, theta, curve, slope, defaultBits, '$', search.meter, ledger));
  return (
    alongLines(problem, theta, slope, isCurve, search) ?? alongRandomCurves(problem, slope, random, isCurve, search)
  );
}

/**
 * The same at a point with numbers of a field, by curves with rational coefficients that are tried there.
 *
 * @param near  a rational point near it, which suggests what is tried
 * @param isCurve  whether the risk falls (rises) along θ + c_1 t + c_2 t² + …, exactly
 */
export function findCurveNear(
  problem: SampleProblem,
  near: Parameters,
  instance: Instance<bigint>,
  slope: Slope,
  isCurve: (curve: readonly Parameters[]) => boolean,
  search: CurveSearch,
): Fields | null {
  const random = seeded(search.seed);
  for (const xi of directions(problem, near, instance, slope, random, search)) {
    if (isCurve([xi.parameters])) return { rule: `${slope}-curve`, coefficients: [xi.json()] };
  }
  return (
    alongLines(problem, near, slope, isCurve, search) ?? alongRandomCurves(problem, slope, random, isCurve, search)
  );
}

function alongLines(
  problem: SampleProblem,
  theta: Parameters,
  slope: Slope,
  isCurve: (curve: readonly Parameters[]) => boolean,
  search: CurveSearch,
): Fields | null {
  for (const xi of bentLines(problem, theta, slope, search)) {
    if (isCurve([xi.parameters])) return { rule: `${slope}-curve`, coefficients: [xi.json()] };
  }
  return null;
}

function alongRandomCurves(
  { network }: SampleProblem,
  slope: Slope,
  random: Random,
  isCurve: (curve: readonly Parameters[]) => boolean,
  search: CurveSearch,
): Fields | null {
  for (let t = 0; t < 20 * search.effort; t++) {
    search.observe?.('curves', t, 20 * search.effort);
    const curve = randomCurve(network, random);
    if (isCurve(curve.map(({ parameters }) => parameters)))
      return { rule: `${slope}-curve`, coefficients: curve.map((coefficient) => coefficient.json()) };
  }
  return null;
}

/** Coordinates are tried one by one up to so many. */
const mostCoordinates = 200;

/** Hessians of more coordinates take too long to be looked at. */
const mostOfHessian = 600;

/** Straight lines along which the risk may fall (rise) at second order: its Hessian's extreme direction, rounded to few digits; single parameters. */
function* bentLines(
  problem: SampleProblem,
  theta: Parameters,
  slope: Slope,
  { meter }: CurveSearch,
): Generator<Direction> {
  const { network } = problem;
  if (problem.loss.family !== 'polynomial') return;
  // A risk that is convex in each layer rises along single parameters, if it changes at all.
  if (slope === 'ascent') {
    for (const set of [...freeCoordinates(network)].slice(-mostCoordinates)) yield set(new Direction(network), 1n);
  }
  const slice = sliceOf(network, () => false);
  if (slice.dimension === 0 || slice.dimension > mostOfHessian) return;
  let hessian: Triangle;
  try {
    hessian = hessianIn(problem, slice, theta, meter);
  } catch (error) {
    if (error instanceof Refusal) return;
    throw error;
  }
  const turned = slope === 'descent' ? hessian : hessian.map((row) => row.map((entry) => -entry));
  const { value, vector } = leastEigenvalue(turned);
  if (!(value < 0 && vector.every(Number.isFinite))) return;
  const most = vector.reduce((largest, entry) => Math.max(largest, Math.abs(entry)), 0);
  for (const parts of [1, 2, 4, 10, 100, 2 ** 16, 2 ** 24]) yield directionAlong(network, vector, parts / most);
}

function* directions(
  problem: SampleProblem,
  theta: Parameters,
  instance: Instance<bigint>,
  slope: Slope,
  random: Random,
  { effort, observe, meter }: CurveSearch,
): Generator<Direction> {
  const { network } = problem;
  const isPlain = problem.loss.family === 'polynomial' && network.stages.every(isDenseAndAffine);
  const steepest = isPlain
    ? alongGradient(network, instance, slope)
    : alongEnclosedGradient(problem, theta, slope, meter);
  if (steepest !== null) yield steepest;
  const coordinates = [...freeCoordinates(network)];
  const few = coordinates.slice(0, mostCoordinates);
  for (const [at, set] of few.entries()) {
    observe?.('directions', at, few.length + 5 * effort);
    for (const sign of [1n, -1n]) yield set(new Direction(network), sign);
  }
  for (let t = 0; t < 5 * effort; t++) {
    observe?.('directions', few.length + t, few.length + 5 * effort);
    yield randomDirection(network, random, () => true);
  }
}

function isDenseAndAffine({ kind, activation }: Network['stages'][number]): boolean {
  return kind === 'dense' && activation.smooth === null;
}

/** Precision of the gradient. */
const bits = 96;

/** @returns ∓∇R of any loss and layers, rounded, or null where a kink matters or the gradient is 0 */
function alongEnclosedGradient(
  problem: SampleProblem,
  theta: Parameters,
  slope: Slope,
  meter: Meter,
): Direction | null {
  const slice = sliceOf(problem.network, () => false);
  try {
    const recorder = new Recorder(problem.network, theta, slice, 0n, new Enclosures(bits), meter);
    const { gradient: found } = boundFirstOrder(problem, slice, recorder, '$');
    const values = Float64Array.from(found, ({ low, high }) => ratio(low + high, 2n << BigInt(bits)));
    const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    if (!(most > 0) || !values.every(Number.isFinite)) return null;
    return directionAlong(problem.network, values, (slope === 'descent' ? -1 : 1) * (2 ** 20 / most));
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** @returns ∓∇R with 20 bits a coordinate, or null where a kink matters or the gradient is 0 */
function alongGradient(network: Network, instance: Instance<bigint>, slope: Slope): Direction | null {
  let kinks = false;
  const layers = gradient(instance, () => {
    kinks = true;
    return 0n;
  });
  if (kinks) return null;
  const xi = new Direction(network);
  const sign = slope === 'descent' ? -1 : 1;
  let most = 0;
  const floats = layers.map((layer) => {
    if (layer === null) return null;
    const width = layer.weights[0]?.length ?? 0;
    const values = toFloats([...layer.weights.flat(), ...(layer.bias ?? []), layer.denominator]);
    const over = values[values.length - 1] as number;
    const scaled = values.subarray(0, -1).map((value) => value / over);
    for (const value of scaled) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
    return { width, scaled };
  });
  if (most === 0) return null;
  const integer = (value: number): bigint =>
    Number.isFinite(value) ? BigInt(Math.round((sign * value * 2 ** 20) / most)) : BigInt(sign * Math.sign(value));
  floats.forEach((layer, s) => {
    if (layer === null) return;
    const { units, bias } = network.stages[s] as Network['stages'][number];
    for (let u = 0; u < units; u++) {
      for (let j = 0; j < layer.width; j++) xi.setWeight(s, u, j, integer(layer.scaled[u * layer.width + j] as number));
      if (bias) xi.setBias(s, u, integer(layer.scaled[units * layer.width + u] as number));
    }
  });
  return xi;
}

type SetCoordinate = (direction: Direction, value: bigint) => Direction;

function* freeCoordinates(network: Network): Generator<SetCoordinate> {
  for (const [s, { fixed, units, inputs, bias }] of network.stages.entries()) {
    if (fixed !== null) continue;
    for (let u = 0; u < units; u++) {
      if (bias) yield (direction, value) => direction.setBias(s, u, value);
      for (let j = 0; j < inputs; j++) yield (direction, value) => direction.setWeight(s, u, j, value);
    }
  }
}

function randomDirection(network: Network, random: Random, moves: (stage: number) => boolean): Direction {
  const xi = new Direction(network);
  for (const [s, { fixed, units, inputs, bias }] of network.stages.entries()) {
    if (fixed !== null || !moves(s)) continue;
    for (let u = 0; u < units; u++) {
      for (let j = 0; j < inputs; j++) xi.setWeight(s, u, j, BigInt(random.integer(-3, 3)));
      if (bias) xi.setBias(s, u, BigInt(random.integer(-3, 3)));
    }
  }
  return xi;
}

/** Each stage moves at one power of t, from 1 to 3: first-order terms of one stage may need higher orders of another. */
function randomCurve(network: Network, random: Random): Direction[] {
  const powers = network.stages.map(() => random.integer(1, 3));
  const degree = Math.max(...powers);
  return Array.from({ length: degree }, (_, k) => randomDirection(network, random, (s) => powers[s] === k + 1));
}
