/**
 * Small random networks of every kind of layer at random points, with residual gradients for which Σ ⟨g_i, N_θ'(x_i)⟩ stays put while all of θ
 * moves, or only a part of it, or only to first order, or that only have no moments on groups of samples chosen by chance: claims that are often
 * true, and if not, nearly.
 */
import { type Fields, localMinimum } from './certificate.js';
import { forward } from './forward.js';
import {
  type Chance,
  type Fraction,
  lowest,
  minus,
  nullspace,
  over,
  plus,
  type Theta,
  times,
  write,
} from './landscape.js';
import { pointJson, type RandomNet, randomInputs, randomNet } from './random-networks.js';

const zero: Fraction = [0n, 1n];
const one: Fraction = [1n, 1n];

/** θ with every free entry of the layers that `moves` picks moved by a few times 2^−bits. */
export function nearby(
  chance: Chance,
  { theta, frozen }: RandomNet,
  bits: bigint,
  moves: (l: number) => boolean,
): Theta {
  const step = (a: Fraction): Fraction => plus(a, [BigInt(chance.below(15) - 7), 1n << bits]);
  return theta.map((layer, l) =>
    frozen[l] || !moves(l)
      ? layer
      : { weights: layer.weights.map((row) => row.map(step)), bias: layer.bias?.map(step) ?? null },
  );
}

/** θ with one free entry moved, each in turn, up and down. */
function* alongAxes({ theta, frozen }: RandomNet): Generator<Theta> {
  for (const [l, layer] of theta.entries()) {
    if (frozen[l]) continue;
    const count = layer.weights.flat().length + (layer.bias?.length ?? 0);
    for (let k = 0; k < count; k++) {
      for (const sign of [1n, -1n]) {
        let at = 0;
        const step = (a: Fraction): Fraction => (at++ === k ? plus(a, [sign, 1n << 30n]) : a);
        const weights = layer.weights.map((row) => row.map(step));
        yield theta.map((other, m) => (m === l ? { weights, bias: layer.bias?.map(step) ?? null } : other));
      }
    }
  }
}

/** Σ g_i ⊗ (x_i, 1) over the samples of each of two groups, or over all. */
function momentsOf(chance: Chance, x: readonly (readonly Fraction[])[], outputs: number): Fraction[][] {
  const groups = 1 + chance.below(2);
  const group = x.map(() => chance.below(groups));
  const withOne = chance.below(4) > 0;
  const rows: Fraction[][] = [];
  for (let G = 0; G < groups; G++) {
    for (let c = 0; c < outputs; c++) {
      const columns = (x[0] as readonly Fraction[]).map((_, j) => x.map((xi) => xi[j] as Fraction));
      for (const column of withOne ? [...columns, x.map(() => one)] : columns) {
        rows.push(
          column.flatMap((a, i) => Array.from({ length: outputs }, (_, o) => (o === c && group[i] === G ? a : zero))),
        );
      }
    }
  }
  return rows;
}

export const everything = (): boolean => true;
/** What g shall be orthogonal to. */
function rowsFor(
  chance: Chance,
  net: RandomNet,
  x: readonly (readonly Fraction[])[],
  changeTo: (there: Theta) => Fraction[],
  size: number,
): Fraction[][] {
  const one = chance.below(net.theta.length);
  const moving = (moves: (l: number) => boolean) =>
    chance.list(size + 1, () => changeTo(nearby(chance, net, 30n, moves)));
  switch (chance.below(6)) {
    case 0:
    case 1:
      return moving(everything);
    case 2:
      return moving((l) => l === one);
    case 3:
      return [...alongAxes(net)].map(changeTo);
    default:
      return momentsOf(chance, x, net.outputs);
  }
}

export interface RandomClaim {
  readonly net: RandomNet;
  readonly certificate: Fields;
  /** as a row: n × k */
  readonly g: readonly Fraction[];
  /** N_θ'(x_i) − N_θ(x_i), as a row */
  readonly changeTo: (there: Theta) => Fraction[];
}

/** @returns null where no g but 0 will do */
export function randomClaim(chance: Chance, pixels: readonly Fraction[]): RandomClaim | null {
  const net = randomNet(chance);
  const x = randomInputs(chance, net, 2 + chance.below(6), pixels);
  if (net.outputs > 4) return null;
  const at = x.map((xi) => forward(net, net.theta, xi));
  const size = x.length * net.outputs;
  const changeTo = (there: Theta): Fraction[] =>
    x.flatMap((xi, i) => forward(net, there, xi).map((p, c) => lowest(minus(p, at[i]?.[c] as Fraction))));
  const rows = rowsFor(chance, net, x, changeTo, size);
  const basis = nullspace(rows, size);
  if (basis.length === 0) return null;
  const factors = basis.map((): Fraction => [BigInt(chance.below(4) - 2), 1n]);
  const g = Array.from({ length: size }, (_, j) =>
    basis.map((b, k) => times(b[j] as Fraction, factors[k] as Fraction)).reduce(plus, zero),
  );
  const y = at.map((row, i) => row.map((p, c) => lowest(minus(p, over(g[i * net.outputs + c] as Fraction, [2n, 1n])))));
  const problem: Fields = {
    network: { input: net.input, layers: net.layers },
    loss: { function: 'squared' },
    data: { type: 'samples', inputs: x.map((row) => row.map(write)), targets: y.map((row) => row.map(write)) },
  };
  const certificate = localMinimum(problem, pointJson(net));
  return { net, certificate, g, changeTo };
}
