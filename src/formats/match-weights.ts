/**
 * Which tensor of a weights file belongs to which layer of a problem. A wrong guess would make a point that nobody trained, so
 * whatever is not certain is refused, and every tensor has to be used.
 */
import type { Layer } from '../kernel/format.js';
import type { Problem } from '../kernel/statement.js';
import { type FloatTensor, shapeText } from './float-tensor.js';
import { quoted } from './quoted.js';
import { tensorNotes, tensorPoint } from './tensor-point.js';
import { orRefused, Unreadable, type UnreadableFile } from './unreadable.js';
import type { WeightsFile } from './weights.js';
import type { Fields } from './write.js';

export interface MatchedWeights {
  readonly kind: 'matched';
  /** as a point file says it */
  readonly point: Fields;
  /** what was matched with what, a line each */
  readonly notes: readonly string[];
}

/** A layer that has an entry in a point. */
interface FreeLayer {
  /** `$.network.layers[2]` */
  readonly path: string;
  readonly name: string | null;
  readonly type: 'dense' | 'conv1d' | 'conv2d';
  readonly shape: readonly number[];
  readonly bias: boolean;
}

/** The tensors PREFIX.weight and PREFIX.bias. */
interface Group {
  readonly prefix: string;
  readonly weights: FloatTensor;
  readonly bias: FloatTensor | null;
}

/** By the names of the problem's layers where these name tensors, else by the order of the file. */
export function matchWeights(file: WeightsFile, problem: Problem): MatchedWeights | UnreadableFile {
  return orRefused(() => {
    const layers = freeLayers(problem);
    const groups = findGroups(file, layers);
    const found = byName(groups, layers) ?? byOrder(groups, layers, file.ordered);
    for (const [i, { weights, bias }] of found.entries()) expectFit(layers[i] as FreeLayer, weights, bias);
    const notes = found.flatMap((tensors, i) => {
      const { path, name, type } = layers[i] as FreeLayer;
      return tensorNotes(tensors, path, name === null ? type : `${type} ${quoted(name)}`);
    });
    return { kind: 'matched', point: tensorPoint(found), notes };
  });
}

function freeLayers({ network, written }: Problem): FreeLayer[] {
  const shapes = network.stages.filter(({ entry }) => entry !== null);
  const named = weightedLayers(written.network.layers, '$.network.layers');
  return named.map(({ path, layer }, i) => ({
    path,
    name: layer.name ?? null,
    type: layer.type,
    shape: shapes[i]?.weightShape ?? [],
    bias: layer.bias ?? true,
  }));
}

type WeightedLayer = Extract<Layer, { type: FreeLayer['type'] }>;

/** Those that are not frozen, depth first. */
function weightedLayers(
  layers: readonly Layer[],
  path: string,
): { readonly path: string; readonly layer: WeightedLayer }[] {
  return layers.flatMap((layer, i) => {
    const at = `${path}[${i}]`;
    if (layer.type === 'residual') return weightedLayers(layer.layers, `${at}.layers`);
    const isFree =
      (layer.type === 'dense' || layer.type === 'conv1d' || layer.type === 'conv2d') && layer.fixed === undefined;
    return isFree ? [{ path: at, layer }] : [];
  });
}

/** Tensors without the names of PyTorch, as np.savez(file, w1, b1, w2, b2) writes them, are weights and biases in turn. */
function findGroups({ tensors, ordered }: WeightsFile, layers: readonly FreeLayer[]): Group[] {
  const parts = tensors.map((tensor) => ({ tensor, found: /^(?:(.*)\.)?(weight|bias)$/s.exec(tensor.name) }));
  const unnamed = parts.filter(({ found }) => found === null).map(({ tensor }) => tensor);
  if (unnamed.length === tensors.length)
    return inTurn(
      sorted(unnamed, ({ name }) => name, ordered),
      layers,
    );
  const [stray] = unnamed;
  if (stray !== undefined) {
    throw new Unreadable(`tensor ${quoted(stray.name)}: expected a name that ends in .weight or .bias`);
  }
  const groups = new Map<string, { weights: FloatTensor | null; bias: FloatTensor | null }>();
  for (const { tensor, found } of parts) {
    const [, prefix = '', part] = found as RegExpExecArray;
    const group = groups.get(prefix) ?? { weights: null, bias: null };
    if (part === 'weight') group.weights = tensor;
    else group.bias = tensor;
    groups.set(prefix, group);
  }
  return [...groups].map(([prefix, { weights, bias }]) => {
    if (weights === null) throw new Unreadable(`tensor ${quoted(bias?.name ?? '')}: its layer has no weights`);
    return { prefix, weights, bias };
  });
}

function inTurn(tensors: readonly FloatTensor[], layers: readonly FreeLayer[]): Group[] {
  const expected = layers.reduce((count, { bias }) => count + (bias ? 2 : 1), 0);
  if (tensors.length !== expected) {
    throw new Unreadable(
      `expected ${expected} tensors, the weights and biases of ${layers.length} layers, found ${tensors.length}`,
    );
  }
  let next = 0;
  return layers.map(({ bias }) => {
    const weights = tensors[next++] as FloatTensor;
    return { prefix: weights.name, weights, bias: bias ? (tensors[next++] as FloatTensor) : null };
  });
}

/** @returns null where the problem's layers name no tensors */
function byName(groups: readonly Group[], layers: readonly FreeLayer[]): readonly Group[] | null {
  const named = layers.map(({ name }) => (name === null ? [] : groups.filter(({ prefix }) => isNamed(prefix, name))));
  if (named.every((found) => found.length === 0)) return null;
  const found = named.map(([group, second], i) => {
    const { path, name } = layers[i] as FreeLayer;
    if (name === null) throw new Unreadable(`${path} has no name, where other layers name their tensors`);
    if (group === undefined) throw new Unreadable(`${path}: found no tensor ${quoted(`${name}.weight`)}`);
    if (second !== undefined) {
      const both = `${quoted(group.weights.name)} and ${quoted(second.weights.name)}`;
      throw new Unreadable(`${path}, ${quoted(name)}: found two tensors that may be meant, ${both}`);
    }
    return group;
  });
  const unused = groups.find((group) => !found.includes(group));
  if (unused !== undefined) {
    throw new Unreadable(`tensor ${quoted(unused.weights.name)}: the problem has no layer of that name to fill`);
  }
  return found;
}

/** fc1 names fc1.weight, and net.fc1.weight. */
function isNamed(prefix: string, name: string): boolean {
  return prefix === name || prefix.endsWith(`.${name}`);
}

function byOrder(groups: readonly Group[], layers: readonly FreeLayer[], ordered: boolean): readonly Group[] {
  if (groups.length !== layers.length) {
    const names = groups.slice(0, 10).map(({ weights }) => quoted(weights.name));
    const more = groups.length > 10 ? ', …' : '';
    throw new Unreadable(
      `expected weights of ${layers.length} layers, found those of ${groups.length}: ${names.join(', ')}${more}`,
    );
  }
  return sorted(groups, ({ prefix }) => prefix, ordered);
}

/**
 * In the order of the numbers in their names, where the names differ in nothing else (0, 2, 10 or fc1, fc2); else as saved.
 *
 * @throws Unreadable where the file does not keep the order in which it was saved
 */
function sorted<T>(list: readonly T[], nameOf: (of: T) => string, ordered: boolean): readonly T[] {
  const skeletons = new Set(list.map((element) => nameOf(element).replaceAll(/[0-9]+/g, '#')));
  if (skeletons.size > 1) {
    if (ordered) return list;
    const names = list.slice(0, 10).map((element) => quoted(nameOf(element)));
    throw new Unreadable(
      `the order of the layers is not kept in this file: name the problem's layers as it does, ${names.join(', ')}`,
    );
  }
  const numbers = new Map(list.map((element) => [element, (nameOf(element).match(/[0-9]+/g) ?? []).map(BigInt)]));
  return list.toSorted((a, b) => {
    const [left, right] = [numbers.get(a) ?? [], numbers.get(b) ?? []];
    const k = left.findIndex((n, i) => n !== right[i]);
    return k < 0 ? 0 : (left[k] as bigint) < (right[k] as bigint) ? -1 : 1;
  });
}

function expectFit({ path, shape, bias, type }: FreeLayer, weights: FloatTensor, given: FloatTensor | null): void {
  const found = shapeText(weights.shape);
  if (found !== shapeText(shape)) {
    const meaning = type === 'dense' ? 'units × inputs' : 'out × in × kernel';
    const turned = type === 'dense' && found === shapeText(shape.toReversed()) ? ': it is transposed' : '';
    throw new Unreadable(
      `tensor ${quoted(weights.name)} does not fit ${path}: expected ${shapeText(shape)} (${meaning}), found ${found}${turned}`,
    );
  }
  if (given === null) {
    if (bias) throw new Unreadable(`tensor ${quoted(weights.name)} has no bias beside it, and ${path} has one`);
    return;
  }
  if (!bias) throw new Unreadable(`tensor ${quoted(given.name)}: ${path} has no bias`);
  if (shapeText(given.shape) !== String(shape[0])) {
    throw new Unreadable(
      `tensor ${quoted(given.name)} does not fit ${path}: expected ${shape[0]} (units), found ${shapeText(given.shape)}`,
    );
  }
}
