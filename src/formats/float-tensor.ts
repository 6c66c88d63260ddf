/** Arrays of binary floats as files hold them: every value of these types is a double, so nothing is rounded on the way. */
import { defaultLimits } from '../kernel/limits.js';
import { exactDyadic } from '../numerics/exact-dyadic.js';
import { quoted } from './quoted.js';
import { Unreadable } from './unreadable.js';

export type FloatType = 'float16' | 'bfloat16' | 'float32' | 'float64';

export interface FloatTensor {
  readonly name: string;
  readonly type: FloatType;
  readonly shape: readonly number[];
  /** in C order */
  readonly values: Float64Array;
}

export const bytesOf: Readonly<Record<FloatType, number>> = { float16: 2, bfloat16: 2, float32: 4, float64: 8 };

/** @param bytes  a whole number of values */
export function decodeFloats(bytes: Uint8Array, type: FloatType, littleEndian: boolean): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytesOf[type];
  const values = new Float64Array(bytes.length / size);
  for (let i = 0; i < values.length; i++) values[i] = decode(view, i * size, type, littleEndian);
  return values;
}

function decode(view: DataView, at: number, type: FloatType, littleEndian: boolean): number {
  switch (type) {
    case 'float64':
      return view.getFloat64(at, littleEndian);
    case 'float32':
      return view.getFloat32(at, littleEndian);
    case 'float16':
      return half(view.getUint16(at, littleEndian));
    case 'bfloat16': {
      // The upper half of a float32.
      const whole = new DataView(new ArrayBuffer(4));
      whole.setUint16(0, view.getUint16(at, littleEndian));
      return whole.getFloat32(0);
    }
  }
}

/** IEEE 754 binary16: 1 sign bit, 5 of the exponent, 10 of the fraction. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** @returns `8 × 3`; a number alone has no extents */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? 'a single number' : shape.join(' × ');
}

/**
 * How many values a shape has.
 *
 * @param atMost  more are not counted: extents come from a file, and their product may be no number
 * @throws Unreadable where there are more
 */
export function sizeOf(shape: readonly number[], atMost: number, what: string): number {
  // A product that is too large for a double is Infinity, or NaN after an extent 0: neither is at most anything.
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (!(size <= atMost)) throw new Unreadable(`${what}: expected at most ${atMost} values, found ${shapeText(shape)}`);
  return size;
}

/** Numerators over one denominator, a power of two. */
export interface ExactTensor {
  readonly numerators: readonly bigint[];
  readonly denominator: bigint;
}

/**
 * The exact values of a tensor, every bit kept; −0 is 0.
 *
 * @throws Unreadable at the first NaN or infinity, or where the numerators would be more than the kernel reads
 */
export function exactTensor({ name, shape, values }: FloatTensor): ExactTensor {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const place = placeOf(bad, shape);
    throw new Unreadable(`tensor ${quoted(name)}: expected finite numbers, found ${values[bad]} at [${place}]`);
  }
  let [largest, smallest] = [0, Number.POSITIVE_INFINITY];
  for (const value of values) {
    const size = Math.abs(value);
    if (size > largest) largest = size;
    if (size > 0 && size < smallest) smallest = size;
  }
  const bits = largest === 0 ? 1 : Math.log2(largest) - Math.log2(smallest) + 54;
  if (values.length * (1 + bits / 64) > defaultLimits.limbs) {
    const limbs = `${defaultLimits.limbs} limbs over a common denominator`;
    throw new Unreadable(`tensor ${quoted(name)}: expected numbers of at most ${limbs}, found more`);
  }
  const exact = Array.from(values, exactDyadic);
  // Powers of two: the largest is the common one.
  const denominator = exact.reduce((common, { den }) => (den > common ? den : common), 1n);
  return { numerators: exact.map(({ num, den }) => num * (denominator / den)), denominator };
}

function placeOf(index: number, shape: readonly number[]): string {
  const place: number[] = [];
  let rest = index;
  for (const extent of shape.toReversed()) {
    place.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return place.join(',');
}

/** @returns the matrix with rows and columns exchanged */
export function transposed({ name, type, shape, values }: FloatTensor): FloatTensor {
  const [rows, columns] = shape as readonly [number, number];
  const turned = values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)] as number);
  return { name, type, shape: [columns, rows], values: turned };
}
