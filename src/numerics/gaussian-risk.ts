/** The population loss of a Gaussian teacher in doubles (Safran and Shamir; kernel/model/arc-cosine.ts has it exactly). */
import type { GaussianTeacher } from '../kernel/model/gaussian-teacher.js';
import type { FloatLayer } from './float-realization.js';
import { ratio } from './floats.js';

/** @returns the risk of the student whose rows are the weights of the first layer */
export function floatGaussianRisk({ teacher }: GaussianTeacher): (layers: readonly FloatLayer[]) => number {
  const rows = teacher.rows.map((row) => Float64Array.from(row, (v) => ratio(v, teacher.denominator)));
  return ([student]) => {
    const units = [
      ...(student?.weights ?? []).map((row) => ({ row, sign: 1 })),
      ...rows.map((row) => ({ row, sign: -1 })),
    ];
    let total = 0;
    units.forEach((a, i) => {
      total += dot(a.row, a.row) / 4;
      for (const b of units.slice(0, i)) total += a.sign * b.sign * correlation(a.row, b.row);
    });
    return total;
  };
}

/** E relu(a·x) relu(b·x) */
function correlation(a: Float64Array, b: Float64Array): number {
  const p = dot(a, b);
  const size = Math.sqrt(dot(a, a) * dot(b, b));
  if (size === 0) return 0;
  const cosine = Math.max(-1, Math.min(1, p / size));
  return (size * Math.sqrt(1 - cosine * cosine) + (Math.PI - Math.acos(cosine)) * p) / (2 * Math.PI);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let u = 0; u < a.length; u++) sum += (a[u] as number) * (b[u] as number);
  return sum;
}
