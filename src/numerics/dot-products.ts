/**
 * Adds to `out` the dot products of the rows of A with the rows of B, restricted to the places from ≤ t < to:
 * out[k m + i] += Σ A[i stride + t] B[k stride + t]. One loop serves the products of matrices and of vectors.
 *
 * The sums are those of doubles: exact if all partial sums are integers below 2^53, which the caller sees to.
 *
 * @param A  m rows, `stride` apart
 * @param B  r rows, `stride` apart
 */
export function addDotProducts(
  out: Float64Array,
  A: Float64Array,
  m: number,
  B: Float64Array,
  r: number,
  stride: number,
  from: number,
  to: number,
): void {
  const length = to - from;
  const tiled = m - (m % 4);
  for (let i = 0; i < tiled; i += 4) {
    const first = i * stride + from;
    const end = first + length;
    let k = 0;
    // Eight sums at a time, in registers: a double that is loaded is used two or four times.
    for (; k + 1 < r; k += 2) {
      let s00 = 0;
      let s10 = 0;
      let s20 = 0;
      let s30 = 0;
      let s01 = 0;
      let s11 = 0;
      let s21 = 0;
      let s31 = 0;
      for (let a = first, b = k * stride + from; a < end; a++, b++) {
        const b0 = B[b] as number;
        const b1 = B[b + stride] as number;
        const a0 = A[a] as number;
        const a1 = A[a + stride] as number;
        const a2 = A[a + 2 * stride] as number;
        const a3 = A[a + 3 * stride] as number;
        s00 += a0 * b0;
        s01 += a0 * b1;
        s10 += a1 * b0;
        s11 += a1 * b1;
        s20 += a2 * b0;
        s21 += a2 * b1;
        s30 += a3 * b0;
        s31 += a3 * b1;
      }
      const at = k * m + i;
      out[at] = (out[at] as number) + s00;
      out[at + 1] = (out[at + 1] as number) + s10;
      out[at + 2] = (out[at + 2] as number) + s20;
      out[at + 3] = (out[at + 3] as number) + s30;
      out[at + m] = (out[at + m] as number) + s01;
      out[at + m + 1] = (out[at + m + 1] as number) + s11;
      out[at + m + 2] = (out[at + m + 2] as number) + s21;
      out[at + m + 3] = (out[at + m + 3] as number) + s31;
    }
    if (k < r) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let a = first, b = k * stride + from; a < end; a++, b++) {
        const b0 = B[b] as number;
        s0 += (A[a] as number) * b0;
        s1 += (A[a + stride] as number) * b0;
        s2 += (A[a + 2 * stride] as number) * b0;
        s3 += (A[a + 3 * stride] as number) * b0;
      }
      const at = k * m + i;
      out[at] = (out[at] as number) + s0;
      out[at + 1] = (out[at + 1] as number) + s1;
      out[at + 2] = (out[at + 2] as number) + s2;
      out[at + 3] = (out[at + 3] as number) + s3;
    }
  }
  for (let i = tiled; i < m; i++) {
    for (let k = 0; k < r; k++) {
      let sum = 0;
      for (let t = from; t < to; t++) sum += (A[i * stride + t] as number) * (B[k * stride + t] as number);
      out[k * m + i] = (out[k * m + i] as number) + sum;
    }
  }
}
