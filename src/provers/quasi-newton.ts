/**
 * Writes the gradient at x into `gradient` and returns the value there.
 */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
}

const memory = 10;
const sufficientDecrease = 1e-4;
const mostHalvings = 30;
/** The search ends when this many steps together gain less than `smallGain` of the value. */
const patience = 8;
const smallGain = 1e-7;

/**
 * Goes downhill from x by L-BFGS with backtracking. On the kinks of piecewise affine networks no rate of convergence holds, but every
 * step taken goes down, and that is all a search needs.
 *
 * @see Nocedal, Wright, Numerical Optimization, 2006, algorithm 7.5
 */
export function descend(f: Objective, start: Float64Array, iterations: number): Minimum {
  const size = start.length;
  let x = Float64Array.from(start);
  let gradient = new Float64Array(size);
  let value = f(x, gradient);
  let nextX = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  const direction = new Float64Array(size);
  let pairs: { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[] = [];
  const history: number[] = [value];
  for (let step = 0; step < iterations; step++) {
    twoLoops(direction, gradient, pairs);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      pairs = [];
      twoLoops(direction, gradient, pairs);
      slope = dot(direction, gradient);
      if (!(slope < 0)) break;
    }
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    let nextValue = Number.NaN;
    let halvings = 0;
    for (; halvings < mostHalvings; halvings++) {
      for (let j = 0; j < size; j++) nextX[j] = (x[j] as number) + length * (direction[j] as number);
      nextValue = f(nextX, nextGradient);
      if (nextValue <= value + sufficientDecrease * length * slope) break;
      length /= 2;
    }
    if (halvings === mostHalvings) {
      // A kink in the way spoils the curvature pairs: once more along the gradient, then enough.
      if (pairs.length === 0) break;
      pairs = [];
      continue;
    }
    const s = new Float64Array(size);
    const y = new Float64Array(size);
    for (let j = 0; j < size; j++) {
      s[j] = (nextX[j] as number) - (x[j] as number);
      y[j] = (nextGradient[j] as number) - (gradient[j] as number);
    }
    const sy = dot(s, y);
    if (sy > 1e-12 * Math.sqrt(dot(s, s) * dot(y, y))) {
      pairs.push({ s, y, rho: 1 / sy });
      if (pairs.length > memory) pairs.shift();
    }
    [x, nextX, gradient, nextGradient, value] = [nextX, x, nextGradient, gradient, nextValue];
    history.push(value);
    const before = history[history.length - 1 - patience];
    if (before !== undefined && before - value <= smallGain * Math.abs(before)) break;
  }
  return { x, value };
}

/** Writes −H·gradient, with H the inverse Hessian that the pairs suggest. */
function twoLoops(
  direction: Float64Array,
  gradient: Float64Array,
  pairs: readonly { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[],
): void {
  for (let j = 0; j < direction.length; j++) direction[j] = -(gradient[j] as number);
  const alphas: number[] = [];
  for (const { s, y, rho } of [...pairs].reverse()) {
    const alpha = rho * dot(s, direction);
    alphas.push(alpha);
    addMultiple(direction, -alpha, y);
  }
  const last = pairs[pairs.length - 1];
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let j = 0; j < direction.length; j++) direction[j] = (direction[j] as number) * scale;
  }
  for (const { s, y, rho } of pairs) {
    addMultiple(direction, (alphas.pop() as number) - rho * dot(y, direction), s);
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] as number) * (b[j] as number);
  return sum;
}

function addMultiple(a: Float64Array, factor: number, b: Float64Array): void {
  for (let j = 0; j < a.length; j++) a[j] = (a[j] as number) + factor * (b[j] as number);
}
