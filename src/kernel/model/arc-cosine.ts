import { Enclosures } from '../arithmetic/enclosure.js';
import { bitLength, lcm } from '../arithmetic/gcd.js';
import { type Interval, point } from '../arithmetic/interval.js';
import { add, type Rational, rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import { reject } from '../verdict.js';
import type { EnclosedHessian } from './enclosed-hessian.js';
import type { Risk } from './enclosing.js';
import type { GaussianTeacher } from './gaussian-teacher.js';
import type { DenseValues, Parameters } from './network.js';
import { chargeFunction, known } from './smooth-piece.js';

/**
 * The population loss R(W) = ½ E (Σ_j relu(w_j·x) − Σ_k relu(v_k·x))², x ~ N(0, I), in closed form: with c = 1 for students and −1 for the teacher's
 * units u, R = ½ Σ_{u,u'} c_u c_u' f(u, u'), and
 *
 *   f(a, b) = E relu(a·x) relu(b·x) = (s + φ p)/(2π),   p = a·b,  s = √(|a|²|b|² − p²) = |a||b| sin θ,  φ = π − θ.
 *
 * @see Cho, Saul, Kernel methods for deep learning, NIPS 2009; proofs/rules/gaussian-teacher.md
 */

type Row = readonly Interval[];

/** A row of weights over the box that is looked at. */
interface Unit {
  readonly row: Row;
  /** |u|² */
  readonly square: Interval;
}

interface Pair {
  readonly p: Interval;
  readonly s: Interval;
  readonly phi: Interval;
}

/** Encloses the risk at an exact point: exactly where all units cancel, or are parallel. */
export function gaussianRisk({ teacher }: GaussianTeacher, theta: Parameters, bits: number, meter: Meter): Risk {
  const student = theta[0] as DenseValues;
  const d = teacher.rows[0]?.length ?? 0;
  const count = student.weights.length + teacher.rows.length;
  const size = student.bits + teacher.bits;
  meter.charge(3 * d * count * (count + 1) + 4, 2 * size, 2 * size);
  const over = lcm(student.denominator, teacher.denominator);
  const units = signedUnits(student, teacher, over);
  const e = new Enclosures(bits);
  const square = over * over;
  // ½ Σ c² |u|²/2 and the parallel pairs, over 4 · square; the rest in enclosures.
  let exact = 0n;
  let rest = e.of(0n);
  units.forEach(({ row: a, coefficient }, i) => {
    const A = dot(a, a);
    exact += coefficient * coefficient * A;
    for (const { row: b, coefficient: other } of units.slice(0, i)) {
      const [p, B] = [dot(a, b), dot(b, b)];
      const gram = A * B - p * p;
      const both = coefficient * other;
      if (gram === 0n) {
        // θ = 0: f = p/2; θ = π: f = 0.
        if (p > 0n) exact += 2n * both * p;
        continue;
      }
      const s = root(e, e.of(gram, square * square), meter);
      const cosine = known(e.divide(e.of(p, square), root(e, e.of(A * B, square * square), meter)));
      const f = e.add(s, e.multiply(angle(e, cosine, meter), e.of(p, square)));
      rest = e.add(rest, e.scale(f, both));
    }
  });
  const part = rational(exact, 4n * square);
  if (rest.low === 0n && rest.high === 0n) return { lower: part, upper: part };
  const tail = known(e.divide(rest, e.scale(e.pi, 2n)));
  const at = (end: bigint): Rational => add(part, rational(end, 1n << BigInt(bits)));
  return { lower: at(tail.low), upper: at(tail.high) };
}

/** Students count 1, the teacher's units −1; equal rows are counted together, and rows that are 0 or cancel are left out. */
function signedUnits(
  student: DenseValues,
  teacher: GaussianTeacher['teacher'],
  over: bigint,
): readonly { readonly row: readonly bigint[]; readonly coefficient: bigint }[] {
  const found = new Map<string, { row: readonly bigint[]; coefficient: bigint }>();
  const count = (row: readonly bigint[], coefficient: bigint): void => {
    if (row.every((c) => c === 0n)) return;
    const key = row.join();
    const known = found.get(key);
    if (known === undefined) found.set(key, { row, coefficient });
    else known.coefficient += coefficient;
  };
  const scaled = (rows: readonly (readonly bigint[])[], factor: bigint): readonly (readonly bigint[])[] =>
    rows.map((row) => row.map((c) => c * factor));
  for (const row of scaled(student.weights, over / student.denominator)) count(row, 1n);
  for (const row of scaled(teacher.rows, over / teacher.denominator)) count(row, -1n);
  return [...found.values()].filter(({ coefficient }) => coefficient !== 0n);
}

function dot(a: readonly bigint[], b: readonly bigint[]): bigint {
  let sum = 0n;
  for (let u = 0; u < a.length; u++) sum += (a[u] as bigint) * (b[u] as bigint);
  return sum;
}

function root(e: Enclosures, a: Interval, meter: Meter): Interval {
  chargeFunction(meter, e.bits, a);
  return known(e.sqrt(a));
}

/** φ = π − θ = acos(−cos θ) */
function angle(e: Enclosures, cosine: Interval, meter: Meter): Interval {
  chargeFunction(meter, e.bits, point(1n << BigInt(e.bits)));
  return known(e.acos(e.negate(cosine)));
}

/** The units over the box |w_ju − θ_ju| ≤ reach, and their pairs. */
class Pairs {
  readonly students: readonly Unit[];
  readonly teachers: readonly Unit[];
  /** 1/(2π) */
  readonly share: Interval;
  /** of students j > k, at [j][k] */
  readonly #known: Pair[][];

  /** @param reach  over 2^bits */
  constructor(
    readonly e: Enclosures,
    { teacher }: GaussianTeacher,
    theta: Parameters,
    reach: bigint,
    readonly meter: Meter,
  ) {
    const { weights, denominator, bits } = theta[0] as DenseValues;
    const d = weights[0]?.length ?? 0;
    const size = 2 * (bits > teacher.bits ? bits : teacher.bits) + e.bits;
    meter.charge(4 * d * (weights.length + teacher.rows.length), size, size);
    this.students = weights.map((row) =>
      this.#unit(
        row.map((w) => {
          const { low, high } = e.of(w, denominator);
          return { low: low - reach, high: high + reach };
        }),
      ),
    );
    this.teachers = teacher.rows.map((row) => this.#unit(row.map((v) => e.of(v, teacher.denominator))));
    this.#known = weights.map(() => []);
    this.share = known(e.divide(e.of(1n), e.scale(e.pi, 2n)));
  }

  #unit(row: Row): Unit {
    const square = row.reduce((sum, c) => this.e.add(sum, this.e.square(c)), this.e.of(0n));
    return { row, square };
  }

  /** @returns the pair of two students, which is the same both ways and made once */
  ofStudents(j: number, k: number): Pair {
    const [low, high] = j < k ? [j, k] : [k, j];
    const row = this.#known[high] as Pair[];
    const known =
      row[low] ?? this.#made(this.students[j] as Unit, this.students[k] as Unit, `student units ${low} and ${high}`);
    row[low] = known;
    return known;
  }

  /** @param name  of both units, for the message */
  #made(a: Unit, b: Unit, name: string): Pair {
    const { e, meter } = this;
    const largest = bitLength(a.square.high) + bitLength(b.square.high) + e.bits;
    meter.charge(4 * a.row.length + 40, largest, largest);
    const p = a.row.reduce((sum, c, u) => e.add(sum, e.multiply(c, b.row[u] as Interval)), e.of(0n));
    const product = e.multiply(a.square, b.square);
    const gram = e.subtract(product, e.square(p));
    if (a.square.low <= 0n || b.square.low <= 0n || gram.low <= 0n || product.low <= 0n) {
      reject('parallel-units', '$.statement.point', `over the ball ${name} may be parallel, or one of them 0`);
    }
    const cosine = known(e.divide(p, root(e, product, meter)));
    return { p, s: root(e, gram, meter), phi: angle(e, cosine, meter) };
  }

  /** Calls back with all other units and their signs: 1 for students, −1 for the teacher's. */
  forOthers(j: number, use: (other: Unit, pair: Pair, sign: 1n | -1n) => void): void {
    this.students.forEach((other, k) => {
      if (k !== j) use(other, this.ofStudents(j, k), 1n);
    });
    this.teachers.forEach((other, k) => {
      use(other, this.#made(this.students[j] as Unit, other, `student unit ${j} and teacher unit ${k}`), -1n);
    });
  }
}

/**
 * Encloses the gradient over the box |w_ju − θ_ju| ≤ reach.
 *
 * @param reach  over 2^bits
 * @returns ∂R/∂w_j = w_j/2 + Σ c (s/|w_j|² · w_j + φ u)/(2π), the sum over all other units u, by rows over 2^bits
 */
export function gaussianGradient(
  data: GaussianTeacher,
  theta: Parameters,
  reach: bigint,
  bits: number,
  meter: Meter,
): readonly (readonly Interval[])[] {
  const e = new Enclosures(bits);
  const pairs = new Pairs(e, data, theta, reach, meter);
  const half = e.of(1n, 2n);
  return pairs.students.map(({ row, square }, j) => {
    let own = e.of(0n);
    let others = row.map(() => e.of(0n));
    pairs.forOthers(j, (other, { s, phi }, sign) => {
      own = e.add(own, e.scale(s, sign));
      others = others.map((c, u) => e.add(c, e.scale(e.multiply(phi, other.row[u] as Interval), sign)));
    });
    const factor = e.add(half, e.multiply(pairs.share, known(e.divide(own, square))));
    return row.map((c, u) => e.add(e.multiply(factor, c), e.multiply(pairs.share, others[u] as Interval)));
  });
}

/**
 * Encloses the Hessian over the box |w_ju − θ_ju| ≤ reach, coordinates row by row. With A = |a|², B = |b|², times 2π:
 *
 *   ∂²f/∂a²  = (s/A) I + (B/(sA) − 2s/A²) a aᵀ − (p/(sA)) (a bᵀ + b aᵀ) + b bᵀ/s,
 *   ∂²f/∂a∂b = φ I + a (b/s − p/(sA) a)ᵀ + b (a/s − p/(sB) b)ᵀ,
 *
 * and ∂²R/∂w_j² = I/2 + Σ c ∂²f(w_j, u)/∂w_j² over all other units u, ∂²R/∂w_j∂w_k = ∂²f(w_j, w_k)/∂w_j∂w_k.
 *
 * @param reach  over 2^bits
 */
export function gaussianHessian(
  data: GaussianTeacher,
  theta: Parameters,
  reach: bigint,
  bits: number,
  meter: Meter,
  path: string,
): EnclosedHessian {
  const e = new Enclosures(bits);
  const pairs = new Pairs(e, data, theta, reach, meter);
  const { students, teachers, share } = pairs;
  const [n, d] = [students.length, data.dimension];
  meter.hold(n * n * d * d, 2 * bits, path);
  meter.charge(4 * n * d * d * (n + students.length + teachers.length), 2 * bits, 2 * bits);
  const sum = new MiddlesAndRadii(n * d, bits);
  const half = e.of(1n, 2n);
  const divided = (a: Interval, b: Interval): Interval => known(e.divide(a, b));
  const vector = (): Interval[] => Array.from({ length: d }, () => e.of(0n));
  students.forEach(({ row: a, square: A }, j) => {
    let [identity, squared] = [e.of(0n), e.of(0n)];
    const mixed = vector();
    const outer = Array.from({ length: d }, (_, u) => vector().slice(0, u + 1));
    pairs.forOthers(j, ({ row: b, square: B }, { p, s }, sign) => {
      const sA = e.multiply(s, A);
      identity = e.add(identity, e.scale(divided(s, A), sign));
      const coefficient = e.subtract(divided(B, sA), e.scale(divided(s, e.square(A)), 2n));
      squared = e.add(squared, e.scale(coefficient, sign));
      const cross = e.scale(divided(p, sA), -sign);
      b.forEach((c, u) => {
        if (c.low === 0n && c.high === 0n) return;
        mixed[u] = e.add(mixed[u] as Interval, e.multiply(cross, c));
        const scaled = e.scale(divided(c, s), sign);
        const line = outer[u] as Interval[];
        for (let v = 0; v <= u; v++) line[v] = e.add(line[v] as Interval, e.multiply(scaled, b[v] as Interval));
      });
    });
    const own = a.map((c) => e.multiply(squared, c));
    for (let u = 0; u < d; u++) {
      for (let v = 0; v <= u; v++) {
        const [au, av] = [a[u] as Interval, a[v] as Interval];
        let entry = e.add((outer[u] as Interval[])[v] as Interval, e.multiply(own[u] as Interval, av));
        entry = e.add(entry, e.add(e.multiply(au, mixed[v] as Interval), e.multiply(mixed[u] as Interval, av)));
        if (u === v) entry = e.add(entry, identity);
        const whole = e.multiply(share, entry);
        sum.put(j * d + u, j * d + v, u === v ? e.add(half, whole) : whole);
      }
    }
    for (let k = 0; k < j; k++) {
      const { row: b, square: B } = students[k] as Unit;
      const { p, s, phi } = pairs.ofStudents(j, k);
      const [pA, pB] = [divided(p, e.multiply(s, A)), divided(p, e.multiply(s, B))];
      const toward = (x: Row, y: Row, factor: Interval): readonly Interval[] =>
        y.map((c, v) => e.multiply(share, e.subtract(divided(c, s), e.multiply(factor, x[v] as Interval))));
      const [first, second] = [toward(a, b, pA), toward(b, a, pB)];
      const diagonal = e.multiply(share, phi);
      for (let u = 0; u < d; u++) {
        for (let v = 0; v < d; v++) {
          const entry = e.add(
            e.multiply(a[u] as Interval, first[v] as Interval),
            e.multiply(b[u] as Interval, second[v] as Interval),
          );
          sum.put(j * d + u, k * d + v, u === v ? e.add(entry, diagonal) : entry);
        }
      }
    }
  });
  return sum;
}

/** A symmetric matrix of intervals over 2^bits, as middles and sums of radii over 2^(2·bits). */
class MiddlesAndRadii implements EnclosedHessian {
  readonly M: readonly bigint[][];
  readonly rowSums: bigint[];
  readonly #shift: bigint;

  constructor(dimension: number, bits: number) {
    this.M = Array.from({ length: dimension }, (_, row) => new Array<bigint>(row + 1).fill(0n));
    this.rowSums = new Array<bigint>(dimension).fill(0n);
    this.#shift = BigInt(bits);
  }

  /** @param row  at least `column` */
  put(row: number, column: number, { low, high }: Interval): void {
    const middle = (low + high) >> 1n;
    const radius = (high - middle) << this.#shift;
    (this.M[row] as bigint[])[column] = middle << this.#shift;
    this.rowSums[row] = (this.rowSums[row] as bigint) + radius;
    if (row !== column) this.rowSums[column] = (this.rowSums[column] as bigint) + radius;
  }
}
