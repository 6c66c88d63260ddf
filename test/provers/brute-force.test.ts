/**
 * A differential test of the decision for one hidden layer (theory.md 2): random small problems with kinks and outgoing weights 0, whose
 * residuals are chosen orthogonal to what a critical point needs, so that all answers occur. What certify says is compared with exact
 * risks at many nearby points, evaluated here by code that shares nothing with the kernel.
 */
import { expect, test } from 'vitest';
import { readPoint, readProblem } from '../../src/kernel/check.js';
import { certify } from '../../src/provers/certify.js';
import { type Random, seeded } from '../../src/provers/random.js';

/** A rational as numerator and positive denominator, not reduced: enough for a test. */
type Q = readonly [bigint, bigint];
const q = (n: number | bigint, d: number | bigint = 1): Q => [BigInt(n), BigInt(d)];
const add = (a: Q, b: Q): Q => reduce([a[0] * b[1] + b[0] * a[1], a[1] * b[1]]);
const mul = (a: Q, b: Q): Q => reduce([a[0] * b[0], a[1] * b[1]]);
const neg = (a: Q): Q => [-a[0], a[1]];
const less = (a: Q, b: Q): boolean => a[0] * b[1] < b[0] * a[1];
const text = (a: Q): string => {
  const [n, d] = reduce(a);
  return d === 1n ? `${n}` : `${n}/${d}`;
};
function reduce([n, d]: Q): Q {
  let [a, b] = [n < 0n ? -n : n, d];
  while (b) [a, b] = [b, a % b];
  return a === 0n ? [0n, 1n] : [n / a, d / a];
}

interface Activation {
  readonly json: object;
  readonly at: (z: Q) => Q;
}
const max = (a: Q, b: Q): Q => (less(a, b) ? b : a);
const min = (a: Q, b: Q): Q => (less(a, b) ? a : b);
const zero = q(0);
const activations: readonly Activation[] = [
  { json: { type: 'activation', function: 'relu' }, at: (z) => max(z, zero) },
  { json: { type: 'activation', function: 'abs' }, at: (z) => max(z, neg(z)) },
  { json: { type: 'activation', function: 'leaky-relu', slope: '1/4' }, at: (z) => max(z, mul(q(1, 4), z)) },
  { json: { type: 'activation', function: 'hardtanh' }, at: (z) => max(q(-1), min(q(1), z)) },
];

interface Theta {
  readonly w: Q[][];
  readonly b: Q[];
  readonly v: Q[];
  readonly c: Q;
}

interface Case {
  readonly activation: Activation;
  readonly x: readonly number[][];
  readonly y: readonly Q[];
  readonly theta: Theta;
}

function predict({ at }: Activation, theta: Theta, x: readonly number[]): Q {
  return theta.v.reduce((sum, v, j) => {
    const z = x.reduce((s, xk, k) => add(s, mul(theta.w[j]?.[k] as Q, q(xk))), theta.b[j] as Q);
    return add(sum, mul(v, at(z)));
  }, theta.c);
}

function risk({ activation, x, y }: Case, theta: Theta): Q {
  return x.reduce((sum, row, i) => {
    const r = add(predict(activation, theta, row), neg(y[i] as Q));
    return add(sum, mul(r, r));
  }, zero);
}

/** Residuals r with Σ r = 0, Σ r h(w_j·x̃) = 0, and with some of the first-order conditions on kinks added at random. */
function nullVector(rows: readonly (readonly Q[])[], n: number, random: Random): Q[] | null {
  const reduced: { pivot: number; row: Q[] }[] = [];
  for (const start of rows) {
    let row = [...start];
    for (const { pivot, row: other } of reduced) {
      const factor = row[pivot] as Q;
      row = row.map((a, k) => add(a, neg(mul(factor, other[k] as Q))));
    }
    const pivot = row.findIndex((a) => a[0] !== 0n);
    if (pivot < 0) continue;
    const [top, bottom] = row[pivot] as Q;
    const inverse: Q = top > 0n ? [bottom, top] : [-bottom, -top];
    row = row.map((a) => mul(a, inverse));
    for (const known of reduced) {
      const factor = known.row[pivot] as Q;
      known.row = known.row.map((a, k) => add(a, neg(mul(factor, row[k] as Q))));
    }
    reduced.push({ pivot, row });
  }
  if (reduced.length === n) return null;
  const r = Array.from({ length: n }, () => q(random.integer(-3, 3)));
  for (const { pivot, row } of reduced) {
    r[pivot] = neg(row.reduce((sum, a, k) => (k === pivot ? sum : add(sum, mul(a, r[k] as Q))), zero));
  }
  return r;
}

function randomCase(random: Random): Case | null {
  const d = random.integer(1, 2);
  const n = random.integer(3, 7);
  const width = random.integer(1, 3);
  const activation = activations[random.integer(0, activations.length - 1)] as Activation;
  const x = Array.from({ length: n }, () => Array.from({ length: d }, () => random.integer(-2, 2)));
  const theta: Theta = {
    w: Array.from({ length: width }, () => Array.from({ length: d }, () => q(random.integer(-1, 1)))),
    b: Array.from({ length: width }, () => q(random.integer(-1, 1))),
    v: Array.from({ length: width }, () => q(random.integer(-1, 1))),
    c: q(random.integer(-1, 1)),
  };
  const value = (j: number, row: readonly number[]): Q =>
    activation.at(row.reduce((s, xk, k) => add(s, mul(theta.w[j]?.[k] as Q, q(xk))), theta.b[j] as Q));
  const conditions: Q[][] = [x.map(() => q(1))];
  for (let j = 0; j < width; j++) conditions.push(x.map((row) => value(j, row)));
  if (random.uniform() < 0.7) {
    // Both one-sided slopes of each unit, by a small step: exact, since all kinks of these data are far apart.
    for (let j = 0; j < width; j++) {
      for (const sign of random.uniform() < 0.5 ? [1, -1] : [1]) {
        const slope = x.map((row) => {
          const z = row.reduce((s, xk, k) => add(s, mul(theta.w[j]?.[k] as Q, q(xk))), theta.b[j] as Q);
          return mul(q(1000 * sign), add(activation.at(add(z, q(sign, 1000))), neg(activation.at(z))));
        });
        for (let k = 0; k <= d; k++)
          conditions.push(x.map((row, i) => mul(slope[i] as Q, q(k < d ? (row[k] as number) : 1))));
      }
    }
  }
  const r = nullVector(conditions, n, random);
  if (r === null || r.every((a) => a[0] === 0n)) return null;
  const y = x.map((row, i) => add(predict(activation, theta, row), neg(r[i] as Q)));
  return { activation, x, y, theta };
}

const problemText = ({ activation, x, y, theta }: Case): string =>
  JSON.stringify({
    format: 'cairn-problem',
    version: 1,
    network: {
      input: [x[0]?.length],
      layers: [{ type: 'dense', units: theta.v.length }, activation.json, { type: 'dense', units: 1 }],
    },
    loss: { function: 'squared' },
    data: { type: 'samples', inputs: x.map((row) => row.map(String)), targets: y.map((a) => [text(a)]) },
  });

const pointText = ({ w, b, v, c }: Theta): string =>
  JSON.stringify({
    format: 'cairn-point',
    version: 1,
    layers: [
      { weights: w.map((row) => row.map(text)), bias: b.map(text) },
      { weights: [v.map(text)], bias: [text(c)] },
    ],
  });

/** Random points at distance about `step`, moving all, or only some, of the parameters. */
function nearby({ w, b, v, c }: Theta, step: Q, random: Random): Theta {
  const dense = random.uniform();
  const move = (a: Q): Q => (random.uniform() < dense ? add(a, mul(step, q(random.integer(-4, 4)))) : a);
  return { w: w.map((row) => row.map(move)), b: b.map(move), v: v.map(move), c: move(c) };
}

const steps = [q(1, 50), q(1, 1000), q(1, 1_000_000)];

test('what certify says of random points with kinks agrees with exact risks nearby', async () => {
  const random = seeded(20260101);
  const found: Record<string, number> = {};
  for (let t = 0; t < 400; t++) {
    const example = randomCase(random);
    if (example === null) continue;
    const problem = readProblem(problemText(example));
    if (problem.kind !== 'read') throw new Error(problem.reason.message);
    const point = readPoint(pointText(example.theta), problem.value);
    if (point.kind !== 'read') throw new Error(point.reason.message);
    const answer = await certify(problem.value, point.value, { seed: 1, effort: 2 });
    const where = `${problemText(example)} at ${pointText(example.theta)}`;
    if (answer.kind === 'undecided') throw new Error(`undecided: ${answer.reason.message}: ${where}`);
    found[answer.claim] = (found[answer.claim] ?? 0) + 1;
    const at = risk(example, example.theta);
    const exact = expect.objectContaining({ num: reduce(at)[0], den: reduce(at)[1] });
    expect(answer.theorem.risk.point, where).toEqual({ lower: exact, upper: exact });
    if (!answer.holds) continue;
    for (const step of steps.slice(1)) {
      for (let s = 0; s < 40; s++) {
        const moved = nearby(example.theta, step, random);
        expect(less(risk(example, moved), at), `${where} has lower risk at ${pointText(moved)}`).toBe(false);
      }
    }
  }
  // All kinds of answers occur, often enough to mean something.
  for (const kind of ['local-minimum', 'spurious-local-minimum', 'not-local-minimum', 'saddle']) {
    if (kind !== 'local-minimum') expect(found[kind] ?? 0, `${kind} of ${JSON.stringify(found)}`).toBeGreaterThan(10);
  }
});
