/**
 * Small random networks with one convolution, most of them on kinks, with hints from the prover. Whatever the kernel proves must hold at many
 * exact points near θ, evaluated by test/forward.ts, which shares nothing with the kernel; the same search does find lower points where the
 * prover says that there are some.
 */
import { expect, test } from 'vitest';
import { readPoint, readProblem } from '../../../src/kernel/check.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { evaluateExactly } from '../../../src/kernel/model/evaluation.js';
import { Instance } from '../../../src/kernel/model/instance.js';
import type { SampleProblem } from '../../../src/kernel/statement.js';
import { decideOneHiddenLayer } from '../../../src/provers/one-hidden-layer.js';
import {
  abs,
  activation,
  check,
  codeOf,
  type Fields,
  localMinimum,
  notLocalMinimum,
  relu,
  type Value,
} from '../../certificate.js';
import { forward } from '../../forward.js';
import {
  below,
  Chance,
  type Fraction,
  type Layer,
  lowest,
  minus,
  nullspace,
  over,
  plus,
  read,
  type Theta,
  times,
  write,
} from '../../landscape.js';
import { avgpool, flatten } from '../../layers.js';
import { nearby } from '../../random-claims.js';
import { entryOf, pointJson, type RandomNet, randomInputs } from '../../random-networks.js';

const zero: Fraction = [0n, 1n];
const numbers = ['-1', '0', '0', '0', '1/2', '1'].map(read);
const positive = ['1/2', '1', '2'].map(read);
const pixels = ['-1', '0', '0', '1', '1', '2'].map(read);
const activations = [relu, relu, abs, activation('leaky-relu', { slope: '1/2' }), activation('hardtanh')];
const shapes = [
  [1, 2],
  [1, 3],
  [2, 2],
  [1, 2, 2],
  [2, 1, 3],
] as const;
const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
const oneOrList = (sizes: readonly number[]): Value => (sizes.length === 1 ? (sizes[0] as number) : sizes);

type Ending = 'mean' | 'windows' | 'flatten';

/** A convolution, an activation, a pool or none, and a dense output layer; sometimes a part is frozen. */
function randomConvolution(chance: Chance, ending: Ending, outputs: number): RandomNet {
  const input: readonly number[] = chance.of(shapes);
  const [inputs, ...extents] = input as readonly [number, ...number[]];
  const kernel = extents.map((extent) => 1 + chance.below(Math.min(extent, 2)));
  const stride = extents.map(() => chance.of([1, 1, 2]));
  const padding = kernel.map(() => chance.of([0, 0, 1]));
  const span = (extent: number, k: number, s: number): number => Math.floor((extent - k) / s) + 1;
  const after = extents.map((extent, a) =>
    span(extent + 2 * (padding[a] as number), kernel[a] as number, stride[a] as number),
  );
  const pool = after.map((extent) => (ending === 'mean' ? extent : 1 + chance.below(Math.min(extent, 2))));
  const pooled = after.map((extent, a) => (ending === 'flatten' ? extent : span(extent, pool[a] as number, 1)));
  const channels = 1 + chance.below(2);
  const weightShapes = [
    [channels, inputs, ...kernel],
    [outputs, channels * product(pooled)],
  ];
  // Kernels that are 0 have all patches on a kink, of relu for one; it is convex where v and g have one sign.
  const still = chance.below(2) === 0;
  const theta = weightShapes.map(([units, ...rest], l): Layer => {
    const list = (n: number) => chance.list(n, () => chance.of(still ? (l === 0 ? [zero] : positive) : numbers));
    return {
      weights: chance.list(units as number, () => list(product(rest))),
      bias: chance.below(2) === 0 && !(still && l === 1) ? list(units as number) : null,
    };
  });
  const freeze = chance.below(8);
  const frozen = theta.map((_, l) => l === freeze);
  const rest = theta.map((layer, l) => ({
    ...(layer.bias === null ? { bias: false } : {}),
    ...(frozen[l] ? { fixed: entryOf(layer, weightShapes[l] as number[]) } : {}),
  }));
  const sizes = { kernel: oneOrList(kernel), stride: oneOrList(stride), padding: oneOrList(padding) };
  const layers: Fields[] = [
    { type: `conv${extents.length}d`, channels, ...sizes, ...rest[0] },
    chance.of(activations),
    ...(ending === 'flatten' ? [] : [avgpool(oneOrList(pool), { stride: oneOrList(pool.map(() => 1)) })]),
    flatten,
    { type: 'dense', units: outputs, ...rest[1] },
  ];
  return { input, layers, theta, frozen, shapes: weightShapes, outputs };
}

/** Steps of one size in one layer, and of another size in the other. */
function near(chance: Chance, net: RandomNet): Theta {
  const [first, second] = chance.of([
    [8n, 8n],
    [30n, 30n],
    [40n, 12n],
    [12n, 40n],
  ] as const);
  const theta = nearby(chance, net, first, (l) => l === 0);
  return nearby(chance, { ...net, theta }, second, (l) => l === 1);
}

test.each<[Ending, number, number, number]>([
  ['mean', 1, 41, 20],
  ['mean', 2, 42, 16],
  ['windows', 1, 53, 26],
  ['flatten', 1, 44, 20],
  ['flatten', 2, 55, 18],
])('%s, %i outputs: what is proved has no lower point near it', async (ending, outputs, seed, networks) => {
  const chance = new Chance(seed);
  const counts = { proved: 0, kinks: 0, descends: 0, seen: 0 };
  for (let t = 0; t < networks; t++) {
    const net = randomConvolution(chance, ending, outputs);
    const x = randomInputs(chance, net, 3 + chance.below(4), pixels);
    const at = x.map((xi) => forward(net, net.theta, xi));
    const size = x.length * outputs;
    const changeTo = (there: Theta): Fraction[] =>
      x.flatMap((xi, i) => forward(net, there, xi).map((p, c) => lowest(minus(p, at[i]?.[c] as Fraction))));
    // Σ ⟨g_i, ·⟩ is 0 on what the output layer can do, and sometimes on what the kernels do in a few random directions.
    const only = (layer: number) => (l: number) => l === layer;
    const rows = chance.list(size + 1, () => changeTo(nearby(chance, net, 30n, only(1))));
    const basis = nullspace(
      [...rows, ...chance.list(chance.of([0, 0, 0, 1, 2]), () => changeTo(near(chance, net)))],
      size,
    );
    if (basis.length === 0) continue;
    for (let s = 0; s < 5; s++) {
      const least = chance.below(2);
      const factors = basis.map((): Fraction => [BigInt(chance.below(4) - least), 1n]);
      const g = Array.from({ length: size }, (_, j) =>
        basis.map((b, k) => times(b[j] as Fraction, factors[k] as Fraction)).reduce(plus, zero),
      );
      if (g.every(([n]) => n === 0n)) continue;
      const lower = (gradient: readonly Fraction[], tries: number): boolean => {
        for (let k = 0; k < tries; k++) {
          const change = changeTo(near(chance, net));
          // R(θ') − R(θ) = Σ g·change + Σ change²
          const risk = change.map((a, j) => times(a, plus(a, gradient[j] as Fraction))).reduce(plus, zero);
          if (below(risk, zero)) return true;
        }
        return false;
      };
      const problemOf = (gradient: readonly Fraction[]): Fields => ({
        network: { input: net.input, layers: net.layers },
        loss: { function: 'squared' },
        data: {
          type: 'samples',
          inputs: x.map((row) => row.map(write)),
          targets: at.map((row, i) =>
            row.map((p, c) => write(minus(p, over(gradient[i * outputs + c] as Fraction, [2n, 1n])))),
          ),
        },
      });
      const problem = problemOf(g);
      const readBack = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...problem }));
      if (readBack.kind !== 'read') throw new Error(readBack.reason.message);
      const point = readPoint(JSON.stringify({ format: 'cairn-point', version: 1, ...pointJson(net) }), readBack.value);
      if (point.kind !== 'read') throw new Error(point.reason.message);
      const { network, data } = readBack.value as SampleProblem;
      const meter = new Meter(defaultLimits);
      const evaluation = evaluateExactly(network, point.value.parameters, data, meter);
      const instance = new Instance(readBack.value as SampleProblem, evaluation, meter);
      const decision = await decideOneHiddenLayer(instance, { seed: 1, effort: 1 });
      if (decision.kind === 'undecided') continue;
      const node = decision.node as Fields;
      if (decision.kind === 'descends') {
        expect([codeOf(check(notLocalMinimum(problem, pointJson(net), node))), node]).toEqual(['proved', node]);
        counts.descends++;
        if (lower(g, 20)) counts.seen++;
        continue;
      }
      const certificate = localMinimum(problem, pointJson(net), node);
      expect([codeOf(check(certificate)), certificate]).toEqual(['proved', certificate]);
      // A unit without a kink that counts has no λ; then little can go wrong.
      const kinks = /"(multipliers|sample)":(?!\[\])/.test(JSON.stringify(node));
      expect([lower(g, kinks ? 20 : 4), certificate]).toEqual([false, certificate]);
      counts.proved++;
      if (kinks) counts.kinks++;
      // The same hints for a slightly different problem: proved only if still no lower point is found.
      const bent = g.map((a, j) => (j === s % size ? plus(a, [1n, 64n]) : a));
      const nearly = localMinimum(problemOf(bent), pointJson(net), node);
      if (codeOf(check(nearly)) === 'proved') expect([lower(bent, 20), nearly]).toEqual([false, nearly]);
    }
  }
  expect(counts.proved).toBeGreaterThan(5);
  expect(counts.kinks).toBeGreaterThan(2);
  expect(counts.seen).toBeGreaterThan(5);
});
