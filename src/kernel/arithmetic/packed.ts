/**
 * Many small integers in one long one: v_0, …, v_{n−1} with |v_q| < 2^(width − 1) as Σ_q v_q 2^(width·q). Sums and integer multiples of the long
 * numbers are those of all small ones at once, which is much faster than one by one.
 *
 * As long as every small number stays below 2^(width − 1), nothing is lost: the first h of them add up to less than 2^(width·h − 1) in size, so they are
 * the long number modulo 2^(width·h), taken with its sign.
 *
 * @see proofs/rules/strongly-convex-ball.md 5
 */

/**
 * @param values  each below 2^(width − 1) in size
 * @param width  in bits
 */
export function pack(values: readonly bigint[], width: number): bigint {
  return packRange(values, 0, values.length, width);
}

function packRange(values: readonly bigint[], from: number, to: number, width: number): bigint {
  if (to - from <= 4) {
    let packed = 0n;
    for (let q = to - 1; q >= from; q--) packed = (packed << BigInt(width)) + (values[q] as bigint);
    return packed;
  }
  const middle = (from + to) >> 1;
  return (
    packRange(values, from, middle, width) + (packRange(values, middle, to, width) << BigInt(width * (middle - from)))
  );
}

/** @returns the first `count` numbers of what was packed with this width */
export function unpack(packed: bigint, count: number, width: number): bigint[] {
  const values: bigint[] = [];
  unpackRange(BigInt.asIntN(width * count, packed), count, width, values);
  return values;
}

function unpackRange(packed: bigint, count: number, width: number, values: bigint[]): void {
  if (count === 0) return;
  if (count === 1) {
    values.push(packed);
    return;
  }
  const half = count >> 1;
  const low = BigInt.asIntN(width * half, packed);
  unpackRange(low, half, width, values);
  unpackRange((packed - low) >> BigInt(width * half), count - half, width, values);
}
