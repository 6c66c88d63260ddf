/**
 * Small random students and teachers: what the kernel proves of a ball is held against the risk itself, integrated numerically. No arc-cosine and no
 * derivative is used here: E relu(a·x) relu(b·x) is an integral over angles in the plane of a and b.
 */
import { expect, test } from 'vitest';
import { checkCertificate, readPoint, readProblem } from '../../src/kernel/check.js';
import { defaultLimits, Meter } from '../../src/kernel/limits.js';
import { gaussianGradient, gaussianHessian } from '../../src/kernel/model/arc-cosine.js';
import type { Parameters } from '../../src/kernel/model/network.js';
import type { GaussianProblem, Point } from '../../src/kernel/statement.js';
import { Refusal } from '../../src/kernel/verdict.js';
import { leastEigenvalue } from '../../src/numerics/cholesky.js';
import { polishGaussian } from '../../src/provers/certify-gaussian.js';
import { gaussianCertificate, point, type Rows, studentLayers } from '../gaussian.js';
import { Chance } from '../landscape.js';

type Vectors = readonly (readonly number[])[];

/** Nodes and weights of Gauss and Legendre on [−1, 1]: exact for degree 47, so to all digits for the products of two cosines here. */
const quadrature = Array.from({ length: 24 }, (_, i) => {
  const n = 24;
  let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
  let slope = 0;
  for (let step = 0; step < 40; step++) {
    let [before, p] = [1, x];
    for (let k = 2; k <= n; k++) [before, p] = [p, ((2 * k - 1) * x * p - (k - 1) * before) / k];
    slope = (n * (x * p - before)) / (x * x - 1);
    x -= p / slope;
  }
  return { x, weight: 2 / ((1 - x * x) * slope * slope) };
});

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);

/** E relu(a·x) relu(b·x): in polar coordinates of the plane of a and b, ∫ r³ e^(−r²/2) dr = 2, over the angles where both are positive. */
function mean(a: readonly number[], b: readonly number[]): number {
  const size = Math.sqrt(dot(a, a));
  const along = dot(a, b) / size;
  const across = Math.sqrt(Math.max(0, dot(b, b) - along * along));
  const from = Math.atan2(across, along) - Math.PI / 2;
  const half = (Math.PI / 2 - from) / 2;
  const sum = quadrature.reduce((total, { x, weight }) => {
    const t = from + half * (1 + x);
    return total + weight * size * Math.cos(t) * (along * Math.cos(t) + across * Math.sin(t));
  }, 0);
  return (half * sum) / Math.PI;
}

function risk(student: Vectors, teacher: Vectors): number {
  const units = [...student.map((w) => ({ w, sign: 1 })), ...teacher.map((w) => ({ w, sign: -1 }))];
  return units.reduce((sum, u) => sum + units.reduce((s, v) => s + 0.5 * u.sign * v.sign * mean(u.w, v.w), 0), 0);
}

const numbers = (rows: Rows): Vectors => rows.map((row) => row.map(Number));
const moved = (rows: Vectors, by: Vectors, times: number): Vectors =>
  rows.map((row, j) => row.map((w, u) => w + times * (by[j]?.[u] as number)));

/** A random direction of length 1. */
function direction(chance: Chance, rows: Vectors): Vectors {
  const raw = rows.map((row) => row.map(() => chance.below(2001) / 1000 - 1));
  const length = Math.sqrt(raw.reduce((sum, row) => sum + dot(row, row), 0));
  return raw.map((row) => row.map((x) => x / length));
}

function read(student: Rows, teacher: Rows): { problem: GaussianProblem; at: Point } {
  const format = { format: 'cairn-problem', version: 1 };
  const data = { type: 'gaussian-teacher', dimension: teacher[0]?.length, teacher };
  const network = { input: [teacher[0]?.length], layers: studentLayers(student.length) };
  const problem = readProblem(
    JSON.stringify({ ...format, network, loss: { function: 'squared', factor: '1/2' }, data }),
  );
  if (problem.kind !== 'read' || problem.value.type !== 'gaussian-teacher') throw new Error('not read');
  const at = readPoint(
    JSON.stringify({ format: 'cairn-point', version: 1, ...(point(student) as object) }),
    problem.value,
  );
  if (at.kind !== 'read') throw new Error(at.reason.message);
  return { problem: problem.value, at: at.value };
}

const meter = () => new Meter(defaultLimits);
const decimals = (rows: Vectors): Rows => rows.map((row) => row.map((w) => w.toFixed(15)));

/** Gradient descent in doubles; null where units become parallel on the way. */
function descend(
  student: Rows,
  teacher: Rows,
): { problem: GaussianProblem; parameters: Parameters; rows: Rows } | null {
  let rows = numbers(student);
  try {
    for (let step = 0; step < 40; step++) {
      const { problem, at } = read(decimals(rows), teacher);
      const gradient = gaussianGradient(problem.data, at.parameters, 0n, 60, meter());
      rows = moved(
        rows,
        gradient.map((row) => row.map(({ low }) => Number(low) / 2 ** 60)),
        -0.9,
      );
    }
    const { problem, at } = read(decimals(rows), teacher);
    const parameters = polishGaussian(problem, at.parameters, 5) ?? at.parameters;
    const [first] = parameters;
    const exact = first?.weights.map((row) => row.map((w) => `${w}/${first.denominator}`)) ?? [];
    return { problem, parameters, rows: exact };
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

const fraction = (text: string): number => {
  const [num, den] = text.split('/');
  return Number(num) / Number(den ?? '1');
};

test('balls on which the risk is proved to be strongly convex, and points near which it is proved to bend down', () => {
  const chance = new Chance(7);
  const counts = { minima: 0, refused: 0, bends: 0 };
  for (let round = 0; round < 24; round++) {
    const d = 2 + chance.below(2);
    const vectors = (n: number): Rows => chance.list(n, () => chance.list(d, () => `${chance.below(25) - 12}/8`));
    const [teacher, student] = [vectors(1 + chance.below(3)), vectors(1 + chance.below(3))];
    if ([...teacher, ...student].some((row) => row.every((w) => w === '0/8'))) continue;
    const teaching = teacher.map((row) => row.map(fraction));
    const start = decimals(student.map((row) => row.map(fraction)));
    const found = descend(start, teacher);
    for (const rows of found === null ? [start] : [found.rows, start]) {
      const at = rows.map((row) => row.map(fraction));
      const centre = risk(at, teaching);
      for (const radius of ['1/4', '1/50', '1/1000']) {
        const rho = fraction(radius);
        for (const modulus of ['1/8', '1/64', '1/1024']) {
          const proof = { localMinimum: { rule: 'strongly-convex-ball', modulus } };
          const text = gaussianCertificate({ student: rows, teacher, radius, proof });
          if (checkCertificate(text).kind !== 'proved') {
            counts.refused++;
            continue;
          }
          counts.minima++;
          const least = fraction(modulus) * rho * rho;
          for (let n = 0; n < 6; n++) {
            const way = direction(chance, at);
            const there = risk(moved(at, way, rho), teaching);
            // Strong convexity along the diameter; and the gradient is below modulus × radius.
            expect(there + risk(moved(at, way, -rho), teaching) - 2 * centre).toBeGreaterThan(least - 1e-13);
            expect(there).toBeGreaterThan(centre - least / 2 - 1e-13);
          }
        }
        const down = bendingDirection(rows, teacher);
        if (down === null) continue;
        const text = gaussianCertificate({
          student: rows,
          teacher,
          radius,
          kind: 'no-local-minimum-near',
          proof: { descent: { rule: 'negative-curvature', direction: point(down) } },
        });
        if (checkCertificate(text).kind !== 'proved') continue;
        counts.bends++;
        const along = down.map((row) => row.map(fraction));
        const length = Math.sqrt(along.reduce((sum, row) => sum + dot(row, row), 0));
        for (let n = 0; n < 6; n++) {
          const inside = moved(at, direction(chance, at), rho / 2);
          const t = rho / 2 / length;
          const bend =
            risk(moved(inside, along, t), teaching) +
            risk(moved(inside, along, -t), teaching) -
            2 * risk(inside, teaching);
          expect(bend).toBeLessThan(1e-13);
        }
      }
    }
  }
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(5);
});

/** The eigenvector of the least eigenvalue of the Hessian, if that is negative. */
function bendingDirection(student: Rows, teacher: Rows): Rows | null {
  try {
    const { problem, at } = read(student, teacher);
    const { M } = gaussianHessian(problem.data, at.parameters, 0n, 60, meter(), '$');
    const { value, vector } = leastEigenvalue(M.map((row) => Float64Array.from(row, (m) => Number(m) / 2 ** 120)));
    const width = student[0]?.length ?? 0;
    return value < 0 ? student.map((row, j) => row.map((_, u) => (vector[j * width + u] as number).toFixed(9))) : null;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
