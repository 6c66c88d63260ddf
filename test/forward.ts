/**
 * A second evaluator for every layer of the format, written from PyTorch's definitions: nested loops over channels, rows and columns, in
 * plain fractions. It shares nothing with src/kernel. A length is one row.
 */
import type { Fields } from './certificate.js';
import {
  activate,
  below,
  type Fraction,
  type Layer,
  lossOf,
  minus,
  over,
  plus,
  read,
  signOf,
  type Theta,
  times,
} from './landscape.js';

/** [channel][row][column] */
type Image = readonly (readonly (readonly Fraction[])[])[];

const zero: Fraction = [0n, 1n];

/** Extents as rows and columns. */
function two(value: unknown, otherwise: readonly [number, number]): readonly [number, number] {
  if (value === undefined) return otherwise;
  const list = (Array.isArray(value) ? value : [value]) as readonly number[];
  return list.length === 1 ? [otherwise[0], list[0] as number] : [list[0] as number, list[1] as number];
}

export function imageOf(flat: readonly Fraction[], [channels, ...extents]: readonly number[]): Image {
  const [height, width] = extents.length === 2 ? extents : [1, extents[0] ?? 1];
  let at = 0;
  return Array.from({ length: channels as number }, () =>
    Array.from({ length: height as number }, () =>
      Array.from({ length: width as number }, () => flat[at++] as Fraction),
    ),
  );
}

const entriesOf = (image: Image): readonly Fraction[] => image.flat(2);
const height = (image: Image): number => image[0]?.length ?? 0;
const width = (image: Image): number => image[0]?.[0]?.length ?? 0;
const each = (image: Image, f: (value: Fraction, c: number, h: number, w: number) => Fraction): Image =>
  image.map((rows, c) => rows.map((row, h) => row.map((value, w) => f(value, c, h, w))));

/** out(c,h,w) = bias(c) + Σ_{d,m,n} weight(c,d,m,n) · input(d, s_h h + m − p_h, s_w w + n − p_w), 0 outside. */
function convolution(image: Image, layer: Fields, { weights, bias }: Layer): Image {
  const [kh, kw] = two(layer['kernel'], [1, 1]);
  const [sh, sw] = two(layer['stride'], [1, 1]);
  const [ph, pw] = two(layer['padding'], [0, 0]);
  const H = Math.floor((height(image) + 2 * ph - (kh - 1) - 1) / sh + 1);
  const W = Math.floor((width(image) + 2 * pw - (kw - 1) - 1) / sw + 1);
  return Array.from({ length: layer['channels'] as number }, (_, c) =>
    Array.from({ length: H }, (_, h) =>
      Array.from({ length: W }, (_, w) => {
        let out = bias?.[c] ?? zero;
        for (let d = 0; d < image.length; d++) {
          for (let m = 0; m < kh; m++) {
            for (let n = 0; n < kw; n++) {
              const x = image[d]?.[sh * h + m - ph]?.[sw * w + n - pw];
              const a = weights[c]?.[(d * kh + m) * kw + n] as Fraction;
              if (x !== undefined) out = plus(out, times(a, x));
            }
          }
        }
        return out;
      }),
    ),
  );
}

/** The entries of every window, channel by channel. */
function pool(image: Image, layer: Fields, f: (under: readonly Fraction[]) => Fraction): Image {
  const [kh, kw] = two(layer['kernel'], [1, 1]);
  const [sh, sw] = two(layer['stride'], [kh, kw]);
  return image.map((rows) =>
    Array.from({ length: Math.floor((rows.length - kh) / sh + 1) }, (_, h) =>
      Array.from({ length: Math.floor(((rows[0] as readonly Fraction[]).length - kw) / sw + 1) }, (_, w) =>
        f(rows.slice(sh * h, sh * h + kh).flatMap((row) => row.slice(sw * w, sw * w + kw))),
      ),
    ),
  );
}

const largest = (a: Fraction, b: Fraction): Fraction => (signOf(minus(a, b)) < 0 ? b : a);

interface Table {
  readonly breakpoints: readonly string[];
  readonly pieces: readonly { readonly polynomial: readonly [string, string] }[];
}

/** h by its definition, tables of pieces too. */
function bend(layer: Fields, value: Fraction): Fraction {
  if (layer['function'] !== 'piecewise') return activate(layer, value);
  const { breakpoints, pieces } = layer as unknown as Table;
  const at = breakpoints.filter((tau) => below(read(tau), value)).length;
  const [intercept, slope] = (pieces[at] as Table['pieces'][number]).polynomial;
  return plus(read(intercept), times(read(slope), value));
}

/** What the layers make of an image; weights are taken from the list, in network order. */
function through(layers: readonly Fields[], from: Image, theta: Layer[]): Image {
  let image = from;
  for (const layer of layers) {
    switch (layer['type']) {
      case 'dense': {
        const { weights, bias } = theta.shift() as Layer;
        const x = entriesOf(image);
        image = weights.map((row, u) => [
          [row.reduce((sum, w, j) => plus(sum, times(w, x[j] as Fraction)), bias?.[u] ?? zero)],
        ]);
        break;
      }
      case 'conv1d':
      case 'conv2d':
        image = convolution(image, layer, theta.shift() as Layer);
        break;
      case 'avgpool':
        image = pool(image, layer, (under) => over(under.reduce(plus, zero), [BigInt(under.length), 1n]));
        break;
      case 'maxpool':
        image = pool(image, layer, (under) => under.reduce(largest));
        break;
      case 'flatten':
        image = entriesOf(image).map((value) => [[value]]);
        break;
      case 'residual': {
        const before = image;
        const after = through(layer['layers'] as readonly Fields[], before, theta);
        image = each(after, (value, c, h, w) => plus(before[c]?.[h]?.[w] as Fraction, value));
        break;
      }
      case 'activation':
        image = each(image, (value) => bend(layer, value));
        break;
      default:
        throw new Error(`no definition of ${String(layer['type'])}`);
    }
  }
  return image;
}

export interface Net {
  readonly input: readonly number[];
  readonly layers: readonly Fields[];
}

/** @param theta  one entry for every layer with weights, frozen ones included, depth first */
export function forward({ input, layers }: Net, theta: Theta, x: readonly Fraction[]): readonly Fraction[] {
  return entriesOf(through(layers, imageOf(x, input), [...theta]));
}

export function riskAt(
  net: Net,
  theta: Theta,
  loss: Fields,
  x: readonly (readonly Fraction[])[],
  y: readonly (readonly Fraction[])[],
): Fraction {
  return x
    .flatMap((xi, i) => forward(net, theta, xi).map((p, c) => lossOf(loss, minus(p, y[i]?.[c] as Fraction))))
    .reduce(plus, zero);
}
