import { bitLength } from '../kernel/arithmetic/gcd.js';

/** @returns the number of bits of the largest absolute value; 0 if there is no value but 0 */
export function maxBits(values: readonly (readonly bigint[])[]): number {
  let bits = 0;
  let largestSafe = 0;
  for (const row of values) {
    for (const a of row) {
      const x = Math.abs(Number(a));
      if (x > Number.MAX_SAFE_INTEGER) bits = Math.max(bits, bitLength(a));
      else if (x > largestSafe) largestSafe = x;
    }
  }
  return Math.max(bits, bitLength(BigInt(largestSafe)));
}

/** @returns how many pieces splitInteger needs, so that the top one is no wider than the others */
export function piecesFor(bits: number, lowest: number, width: number): number {
  return 1 + Math.max(0, Math.ceil((bits + 1 - lowest) / width));
}

/**
 * Writes a = a₀ + 2^lowest (a₁ + 2^width (a₂ + 2^width (…))) with integers a₀ from -2^(lowest-1) to 2^(lowest-1), the
 * others from -2^(width-1) to 2^(width-1), which doubles hold: pieces[j][at] = aⱼ.
 *
 * @param pieces  as many as piecesFor says; the top one gets whatever is left
 */
export function splitInteger(
  a: bigint,
  lowest: number,
  width: number,
  pieces: readonly Float64Array[],
  at: number,
): void {
  let [rest, x] = [a, Number(a)];
  pieces.forEach((piece, j) => {
    const bits = j === 0 ? lowest : width;
    if (j === pieces.length - 1) piece[at] = x;
    else if (Math.abs(x) <= Number.MAX_SAFE_INTEGER) {
      const high = Math.round(x / 2 ** bits);
      piece[at] = x - high * 2 ** bits;
      [rest, x] = [0n, high];
    } else {
      const low = BigInt.asIntN(bits, rest);
      piece[at] = Number(low);
      rest = (rest - low) >> BigInt(bits);
      x = Number(rest);
    }
  });
}
