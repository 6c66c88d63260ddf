import type { FloatActivation, FloatNetwork, FloatRisk } from './float-network.js';
import { applyActivation, fitColumns } from './float-network.js';
import type { Random } from './random.js';

/** A unit h(scale · (u·z) + offset), and what it promises to take off a squared loss. */
export interface Ridge {
  readonly u: Float64Array;
  readonly scale: number;
  readonly offset: number;
  readonly gain: number;
}

/** Places along a direction where a shape with two kinks is tried; a single kink is tried between any two samples. */
const quantiles = 12;
/** Coordinate axes beyond this many are left to chance. */
const mostAxes = 64;
const powerSteps = 4;
/** Where a kink may go to keep the next one out of the data. */
const room = 0.9;

/**
 * Directions along which a kink may help: the affine part, the inputs one by one, the directions along which the residuals curve most,
 * gradients of hinges, differences of samples, and chance. All of length 1.
 *
 * @param gradients  g_i = μ_i ∂ℓ, n × k
 */
export function directionsFor(
  risk: FloatRisk,
  network: FloatNetwork,
  gradients: Float64Array,
  count: number,
  random: Random,
): Float64Array[] {
  const { samples } = risk;
  const { Z, n, dimension: r, outputs: k, inputs } = samples;
  const found: Float64Array[] = [];
  const keep = (u: Float64Array): void => {
    let square = 0;
    for (const value of u) square += value * value;
    if (!(square > 0) || !Number.isFinite(square)) return;
    const size = Math.sqrt(square);
    found.push(u.map((value) => value / size));
  };
  if (network.carrier) {
    for (let c = 0; c < k; c++) keep(network.theta.slice(k + c * r, k + (c + 1) * r));
  }
  if (inputs <= mostAxes) {
    for (let j = 0; j < inputs; j++) {
      const axis = new Float64Array(inputs);
      axis[j] = 1;
      keep(samples.fromInputs(axis).w);
    }
  }
  const combine = (factor: (i: number) => number): Float64Array => {
    const u = new Float64Array(r);
    for (let i = 0; i < n; i++) {
      const f = factor(i);
      if (f === 0) continue;
      for (let s = 0; s < r; s++) u[s] = (u[s] as number) + f * (Z[i * r + s] as number);
    }
    return u;
  };
  const along = (u: Float64Array): Float64Array => {
    const z = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let s = 0; s < r; s++) sum += (u[s] as number) * (Z[i * r + s] as number);
      z[i] = sum;
    }
    return z;
  };
  const chance = (): Float64Array => Float64Array.from({ length: r }, () => random.normal());
  // Principal Hessian directions: Σ g z zᵀ, and hinges: Σ g z over a half space.
  for (let t = 0; found.length < count || t < 2; t++) {
    if (t > 4 * count) break;
    const c = random.integer(0, k - 1);
    const kind = t < 2 ? 0 : t % 4;
    let u = chance();
    if (kind === 0) {
      for (let step = 0; step < powerSteps; step++) {
        const z = along(u);
        u = combine((i) => (gradients[i * k + c] as number) * (z[i] as number));
      }
    } else if (kind === 1) {
      for (let step = 0; step < 2; step++) {
        const z = along(u);
        const cut = z[random.integer(0, n - 1)] as number;
        u = combine((i) => ((z[i] as number) > cut ? (gradients[i * k + c] as number) : 0));
      }
    } else if (kind === 2) {
      const [a, b] = [random.integer(0, n - 1), random.integer(0, n - 1)];
      u = u.map((_, s) => (Z[a * r + s] as number) - (Z[b * r + s] as number));
    }
    keep(u);
  }
  return found;
}

/** @returns at most one ridge a direction, the most promising first */
export function findRidges(
  risk: FloatRisk,
  network: FloatNetwork,
  gradients: Float64Array,
  directions: readonly Float64Array[],
  keep: number,
): Ridge[] {
  const { Z, n, dimension: r } = risk.samples;
  const { activation: h } = risk;
  const ridges: Ridge[] = [];
  const z = new Float64Array(n);
  const order = new Uint32Array(n);
  for (const u of directions) {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let s = 0; s < r; s++) sum += (u[s] as number) * (Z[i * r + s] as number);
      z[i] = sum;
      order[i] = i;
    }
    order.sort((a, b) => (z[a] as number) - (z[b] as number) || a - b);
    const candidates: Ridge[] = [];
    if (network.carrier) {
      const hinge = bestHinge(risk, h, u, z, order, gradients);
      if (hinge !== null) candidates.push(hinge);
    }
    if (!network.carrier || h.breakpoints.length > 1) {
      candidates.push(...bestProfiles(risk, h, u, z, order, gradients, network.carrier));
    }
    let best: Ridge | null = null;
    for (const ridge of candidates) if (best === null || ridge.gain > best.gain) best = ridge;
    if (best !== null) ridges.push(best);
  }
  return ridges.sort((a, b) => b.gain - a.gain).slice(0, keep);
}

/**
 * The best hinge max(z − t, 0) beside 1 and z, over all places between samples: with g ⟂ 1, z the gain is ⟨g, hinge⟩² / |hinge ⟂ 1, z|²,
 * and sums from the right give all of it.
 */
function bestHinge(
  { samples: { n, outputs: k, weights } }: FloatRisk,
  h: FloatActivation,
  u: Float64Array,
  z: Float64Array,
  order: Uint32Array,
  gradients: Float64Array,
): Ridge | null {
  let [mean, square] = [0, 0];
  for (let i = 0; i < n; i++) mean += (weights[i] as number) * (z[i] as number);
  for (let i = 0; i < n; i++) square += (weights[i] as number) * ((z[i] as number) - mean) ** 2;
  if (!(square > 0)) return null;
  const spread = Math.sqrt(square);
  const at = (i: number): number => ((z[i] as number) - mean) / spread;
  let [S0, S1, S2] = [0, 0, 0];
  const G0 = new Float64Array(k);
  const G1 = new Float64Array(k);
  const [total0, total1] = [new Float64Array(k), new Float64Array(k)];
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < k; c++) {
      total0[c] = (total0[c] as number) + (gradients[i * k + c] as number);
      total1[c] = (total1[c] as number) + (gradients[i * k + c] as number) * at(i);
    }
  }
  let [bestGain, bestCut] = [0, 0];
  for (let p = n - 1; p > 0; p--) {
    const i = order[p] as number;
    const x = at(i);
    const mu = weights[i] as number;
    S0 += mu;
    S1 += mu * x;
    S2 += mu * x * x;
    for (let c = 0; c < k; c++) {
      const g = gradients[i * k + c] as number;
      G0[c] = (G0[c] as number) + g;
      G1[c] = (G1[c] as number) + g * x;
    }
    const below = at(order[p - 1] as number);
    if (!(x - below > 1e-9)) continue;
    const t = (x + below) / 2;
    const a = S1 - t * S0;
    const b = S2 - t * S1;
    const norm = S2 - 2 * t * S1 + t * t * S0 - a * a - b * b;
    if (!(norm > 1e-9)) continue;
    let gain = 0;
    for (let c = 0; c < k; c++) {
      const G = (G1[c] as number) - t * (G0[c] as number) - a * (total0[c] as number) - b * (total1[c] as number);
      gain += G * G;
    }
    gain /= norm;
    if (gain > bestGain) [bestGain, bestCut] = [gain, t];
  }
  if (bestGain === 0) return null;
  const cut = mean + bestCut * spread;
  const [low, high] = [z[order[0] as number] as number, z[order[n - 1] as number] as number];
  const { breakpoint, scale } = kinkWithRoom(h, cut - low, high - cut);
  return { u, scale, offset: breakpoint - scale * cut, gain: bestGain };
}

/** @returns the breakpoint with most room around it, and a scale that keeps z from −left to right off the others */
function kinkWithRoom(h: FloatActivation, left: number, right: number): { breakpoint: number; scale: number } {
  let best = { breakpoint: h.breakpoints[0] as number, scale: 0 };
  for (const [j, breakpoint] of h.breakpoints.entries()) {
    const before = j === 0 ? Number.POSITIVE_INFINITY : breakpoint - (h.breakpoints[j - 1] as number);
    const after = (h.breakpoints[j + 1] ?? Number.POSITIVE_INFINITY) - breakpoint;
    const scale = Math.min(1, (room * before) / left, (room * after) / right);
    if (scale > best.scale) best = { breakpoint, scale };
  }
  return best;
}

/**
 * The best ramps min(max(z − s, 0), t − s), s < t among quantiles, beside a constant: two kinks on one direction, which one by one are hard
 * to find, since the first alone may not help.
 *
 * @returns pairs of ridges, at most one a direction, the most promising first
 */
export function findRamps(
  risk: FloatRisk,
  gradients: Float64Array,
  directions: readonly Float64Array[],
  keep: number,
): (readonly [Ridge, Ridge])[] {
  const { Z, n, dimension: r, outputs: k, weights } = risk.samples;
  const breakpoint = risk.activation.breakpoints[0];
  if (breakpoint === undefined || !risk.hiddenBias) return [];
  const found: (readonly [Ridge, Ridge])[] = [];
  const z = new Float64Array(n);
  for (const u of directions) {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let s = 0; s < r; s++) sum += (u[s] as number) * (Z[i * r + s] as number);
      z[i] = sum;
    }
    const sorted = Float64Array.from(z).sort();
    const cuts = Array.from({ length: quantiles }, (_, q) => {
      const p = 1 + Math.floor(((n - 2) * q) / quantiles);
      return n < 2 ? 0 : ((sorted[p - 1] as number) + (sorted[p] as number)) / 2;
    });
    let best = { gain: 0, low: 0, high: 0 };
    for (const [q, low] of cuts.entries()) {
      for (const high of cuts.slice(q + 1)) {
        if (!(high > low)) continue;
        let [mean, norm] = [0, 0];
        const G = new Float64Array(k);
        for (let i = 0; i < n; i++) {
          const value = Math.min(Math.max((z[i] as number) - low, 0), high - low);
          if (value === 0) continue;
          const mu = weights[i] as number;
          mean += mu * value;
          norm += mu * value * value;
          for (let c = 0; c < k; c++) G[c] = (G[c] as number) + (gradients[i * k + c] as number) * value;
        }
        const left = norm - mean * mean;
        if (!(left > 1e-9 * norm)) continue;
        const gain = G.reduce((sum, g) => sum + g * g, 0) / left;
        if (gain > best.gain) best = { gain, low, high };
      }
    }
    const { gain, low, high } = best;
    const ridge = (cut: number): Ridge => ({ u, scale: 1, offset: breakpoint - cut, gain });
    if (gain > 0) found.push([ridge(low), ridge(high)]);
  }
  return found.sort(([a], [b]) => b.gain - a.gain).slice(0, keep);
}

/** Shapes that are not one hinge: every breakpoint at some quantiles, both ways round, at a few scales. */
function bestProfiles(
  { samples: { n, outputs: k, weights }, hiddenBias, outputBias }: FloatRisk,
  h: FloatActivation,
  u: Float64Array,
  z: Float64Array,
  order: Uint32Array,
  gradients: Float64Array,
  carrier: boolean,
): Ridge[] {
  const [low, high] = [z[order[0] as number] as number, z[order[n - 1] as number] as number];
  if (!(high > low)) return [];
  const widths = h.breakpoints.slice(1).map((t, j) => t - (h.breakpoints[j] as number));
  const narrowest = Math.min(...widths);
  // Scales at which the narrowest piece covers all, a third and a tenth of the data.
  const scales = widths.length === 0 ? [1] : [1, 3, 10].map((times) => (times * narrowest) / (high - low));
  let best: Ridge | null = null;
  const cuts = hiddenBias ? Math.min(quantiles, n - 1) : 1;
  const phi = new Float64Array(n);
  for (let q = 0; q < cuts; q++) {
    const p = Math.min(n - 1, 1 + Math.floor(((n - 1) * q) / cuts));
    const cut = hiddenBias ? ((z[order[p - 1] as number] as number) + (z[order[p] as number] as number)) / 2 : 0;
    for (const breakpoint of hiddenBias ? h.breakpoints : [0]) {
      for (const size of scales) {
        for (const scale of [size, -size]) {
          const offset = hiddenBias ? breakpoint - scale * cut : 0;
          let [a, b, norm] = [0, 0, 0];
          for (let i = 0; i < n; i++) {
            const value = applyActivation(h, scale * (z[i] as number) + offset);
            phi[i] = value;
            const mu = weights[i] as number;
            norm += mu * value * value;
            a += mu * value;
            b += mu * value * (z[i] as number);
          }
          // Whitened coordinates have mean 0 and variance 1 along u; scaled ones nearly so, and this is only a guess.
          const mean = outputBias ? a : 0;
          const slope = carrier ? b : 0;
          const left = norm - mean * mean - slope * slope;
          if (!(left > 1e-9 * norm)) continue;
          let gain = 0;
          for (let c = 0; c < k; c++) {
            let G = 0;
            for (let i = 0; i < n; i++) {
              G += (gradients[i * k + c] as number) * ((phi[i] as number) - mean - slope * (z[i] as number));
            }
            gain += G * G;
          }
          gain /= left;
          if (gain > (best?.gain ?? 0)) best = { u, scale, offset, gain };
        }
      }
    }
  }
  return best === null ? [] : [best];
}

/** @returns the network with the ridge as one more unit, its outgoing weights and the affine part along it fitted to the residuals */
export function withRidge(risk: FloatRisk, network: FloatNetwork, { u, scale, offset }: Ridge): FloatNetwork {
  const { Z, n, dimension: r, outputs: k, weights } = risk.samples;
  const residuals = new Float64Array(n * k);
  risk.evaluate(network, null, residuals);
  const z = new Float64Array(n);
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let s = 0; s < r; s++) sum += (u[s] as number) * (Z[i * r + s] as number);
    z[i] = sum;
    values[i] = applyActivation(risk.activation, scale * sum + offset);
  }
  const columns = [...(risk.outputBias ? [new Float64Array(n).fill(1)] : []), ...(network.carrier ? [z] : []), values];
  const coefficients = fitColumns(
    columns,
    residuals.map((e) => -e),
    weights,
  );
  const next = risk.withUnit(network);
  const { theta } = next;
  const at = risk.unitOffset(next, network.units);
  for (let s = 0; s < r; s++) theta[at + s] = scale * (u[s] as number);
  theta[at + r] = offset;
  for (let c = 0; c < k; c++) {
    let column = 0;
    if (risk.outputBias) theta[c] = (theta[c] as number) + ((coefficients[column++] as Float64Array)[c] as number);
    if (network.carrier) {
      const slope = (coefficients[column++] as Float64Array)[c] as number;
      for (let s = 0; s < r; s++) theta[k + c * r + s] = (theta[k + c * r + s] as number) + slope * (u[s] as number);
    }
    theta[at + r + 1 + c] = (coefficients[column] as Float64Array)[c] as number;
  }
  return next;
}
