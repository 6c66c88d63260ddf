/**
 * What the rules for an interval prove, tried: targets are made so that random networks are critical, and no point near a proved minimum has
 * lower risk, by exact integrals that share nothing with the kernel's.
 */
import { describe, expect, test } from 'vitest';
import {
  add,
  compare,
  divide,
  formatRational,
  multiply,
  negate,
  type Rational,
  subtract,
  zero,
} from '../../../src/kernel/arithmetic/rational.js';
import { answer, certificate, changed, check, dense, type Fields, localMinimum, point } from '../../certificate.js';
import { Chance } from '../../landscape.js';
import { q, sumOf } from '../arithmetic/exact-quadrature.js';
import { boxProblem, inField } from './box-problems.js';

type Polynomial = readonly Rational[];
interface Unit {
  readonly w: Rational;
  readonly b: Rational;
  readonly v: Rational;
}
interface Case {
  readonly slopes: readonly [Rational, Rational];
  readonly units: readonly Unit[];
  readonly c: Rational;
  readonly density: Polynomial;
  /** y on the parts between the cuts; −1 and 1 are the ends */
  readonly cuts: readonly Rational[];
  readonly target: readonly Polynomial[];
}

const ends = [q(-1), q(1)] as const;
const values = (...list: readonly (readonly [number, number])[]): readonly Rational[] => list.map(([n, d]) => q(n, d));

const times = (a: Polynomial, b: Polynomial): Polynomial =>
  Array.from({ length: Math.max(0, a.length + b.length - 1) }, (_, k) =>
    sumOf(a.flatMap((c, i) => (b[k - i] === undefined ? [] : [multiply(c, b[k - i] as Rational)]))),
  );
const plus = (a: Polynomial, b: Polynomial): Polynomial =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, k) => add(a[k] ?? zero, b[k] ?? zero));
const valueAt = (a: Polynomial, x: Rational): Rational => a.reduceRight((sum, c) => add(multiply(sum, x), c), zero);
const integral = (a: Polynomial, from: Rational, to: Rational): Rational => {
  const primitive = [zero, ...a.map((c, k) => divide(c, q(k + 1)))];
  return subtract(valueAt(primitive, to), valueAt(primitive, from));
};
const less = (a: Rational, b: Rational): boolean => compare(a, b) < 0;
const middle = (a: Rational, b: Rational): Rational => divide(add(a, b), q(2));
const inside = (cuts: readonly Rational[]): readonly Rational[] =>
  [...cuts].filter((x) => less(ends[0], x) && less(x, ends[1])).sort(compare);

/** The realization as a line on a part of the interval without kinks. */
function lineAt({ slopes, units, c }: Pick<Case, 'slopes' | 'units' | 'c'>, x: Rational): Polynomial {
  return units.reduce<Polynomial>(
    (sum, { w, b, v }) => {
      const slope = valueAt([b, w], x).num < 0n ? slopes[0] : slopes[1];
      return plus(sum, times([multiply(v, slope)], [b, w]));
    },
    [c],
  );
}

/** R, part by part between all kinks and cuts. */
function riskOf(theta: Case): Rational {
  const kinks = theta.units.filter(({ w }) => w.num !== 0n).map(({ w, b }) => divide(negate(b), w));
  const nodes = [ends[0], ...inside([...kinks, ...theta.cuts]), ends[1]];
  return sumOf(
    nodes.slice(1).map((to, i) => {
      const from = nodes[i] as Rational;
      const x = middle(from, to);
      const y = theta.target[theta.cuts.filter((cut) => less(cut, x)).length] as Polynomial;
      const r = plus(lineAt(theta, x), y.map(negate));
      return integral(times(theta.density, times(r, r)), from, to);
    }),
  );
}

/** Random numbers orthogonal to all rows. */
function nullVector(rows: readonly Polynomial[], length: number, random: () => Rational): Rational[] {
  const left = rows.map((row) => [...row]);
  const pivots: number[] = [];
  const used: Rational[][] = [];
  for (let j = 0; j < length && left.length > 0; j++) {
    const at = left.findIndex((row) => (row[j] as Rational).num !== 0n);
    if (at < 0) continue;
    const [pivot] = left.splice(at, 1) as [Rational[]];
    const scaled = pivot.map((c) => divide(c, pivot[j] as Rational));
    const clear = (row: Rational[]): void => {
      const factor = row[j] as Rational;
      scaled.forEach((c, k) => {
        row[k] = subtract(row[k] as Rational, multiply(factor, c));
      });
    };
    for (const row of [...left, ...used]) clear(row);
    used.push(scaled);
    pivots.push(j);
  }
  const found = Array.from({ length }, (_, j) => (pivots.includes(j) ? zero : random()));
  pivots.forEach((j, i) => {
    found[j] = negate(
      sumOf((used[i] as Rational[]).map((c, k) => (k === j ? zero : multiply(c, found[k] as Rational)))),
    );
  });
  return found;
}

/** A network and a target for which it is critical: y = N − r with ρ r orthogonal to all that the network can become at first order. */
function criticalCase(chance: Chance, sizes: readonly Rational[]): Case {
  const slopes = chance.of([
    [q(0), q(1)],
    [q(1, 2), q(1)],
    [q(-1), q(1)],
    [q(1), q(0)],
  ] as const);
  const density = chance.of([[q(1)], [q(1), q(1, 2)], [q(1), q(2), q(1)]]);
  const places = [...values([-1, 2], [0, 1], [1, 3], [3, 4])].sort(() => chance.below(3) - 1);
  const weights = values([1, 1], [-1, 1], [2, 1], [-3, 2]);
  const kinked = chance.list(chance.below(3), (): Unit => {
    const [w, at] = [chance.of(weights), places.pop() as Rational];
    return { w, b: negate(multiply(w, at)), v: chance.of(weights) };
  });
  const other = (): Unit => {
    const [w, at] = [chance.of(weights), chance.of(values([-1, 1], [1, 1], [-2, 1], [2, 1]))];
    return { w, b: negate(multiply(w, at)), v: chance.of(weights) };
  };
  const units = [...kinked, ...chance.list(chance.below(3), other)];
  const cuts = inside(kinked.map(({ w, b }) => divide(negate(b), w)));
  const nodes = [ends[0], ...cuts, ends[1]];
  // 1, x, x², x³ and the powers of max(x − cut, 0), each as its polynomials on the parts
  const basis = [
    ...[0, 1, 2, 3].map((k) => nodes.slice(1).map((): Polynomial => [...new Array<Rational>(k).fill(zero), q(1)])),
    ...cuts.flatMap((cut) =>
      [1, 2, 3].map((k) =>
        nodes.slice(1).map((_, i): Polynomial => {
          if (less(nodes[i] as Rational, cut)) return [];
          return new Array<Polynomial>(k).fill([negate(cut), q(1)]).reduce(times, [q(1)]);
        }),
      ),
    ),
  ];
  const against = (test: (x: Rational) => Polynomial): Polynomial =>
    basis.map((r) =>
      sumOf(
        nodes.slice(1).map((to, i) => {
          const from = nodes[i] as Rational;
          return integral(times(times(density, r[i] as Polynomial), test(middle(from, to))), from, to);
        }),
      ),
    );
  const rows = [
    against(() => [q(1)]),
    against(() => [q(0), q(1)]),
    ...kinked.flatMap(({ w, b }) => {
      const slope = (x: Rational): Rational => (valueAt([b, w], x).num < 0n ? slopes[0] : slopes[1]);
      return [against((x) => [slope(x)]), against((x) => [zero, slope(x)])];
    }),
  ];
  const size = chance.of(sizes);
  const coefficients = nullVector(rows, basis.length, () => multiply(size, q(chance.below(41) - 20, 10)));
  const c = q(chance.below(7) - 3);
  const target = nodes.slice(1).map((to, i) => {
    const r = basis.reduce<Polynomial>(
      (sum, e, k) => plus(sum, times([coefficients[k] as Rational], e[i] as Polynomial)),
      [],
    );
    return plus(lineAt({ slopes, units, c }, middle(nodes[i] as Rational, to)), r.map(negate));
  });
  return { slopes, units, c, density, cuts, target };
}

function statementOf({ slopes, units, c, density, cuts, target }: Case): Fields {
  const text = formatRational;
  const activation: Fields = {
    type: 'activation',
    function: 'piecewise',
    breakpoints: ['0'],
    pieces: slopes.map((slope) => ({ polynomial: ['0', text(slope)] })),
  };
  const problem = boxProblem({
    layers: [dense(units.length), activation, dense(1)],
    lower: [-1],
    upper: [1],
    density: { polynomial: density.map(text) },
    targets: [
      {
        breakpoints: cuts.map(text),
        pieces: target.map((piece) => ({ polynomial: piece.map(text) })),
      },
    ],
  });
  const theta = point(
    [units.map(({ w }) => [text(w)]), units.map(({ b }) => text(b))],
    [[units.map(({ v }) => text(v))], [text(c)]],
  );
  return { problem, point: theta };
}

function certificateOf(theta: Case, rule: string): Fields {
  const { problem, point: at } = statementOf(theta) as { readonly problem: Fields; readonly point: Fields };
  return localMinimum(problem, at, { rule });
}

interface Step {
  readonly units: readonly Unit[];
  readonly c: Rational;
}

/** θ + t·step_1 + t²·step_2 + … */
function along(theta: Case, steps: readonly Step[], t: Rational): Case {
  let { units, c } = theta;
  let power = q(1);
  for (const step of steps) {
    power = multiply(power, t);
    const move = (a: Rational, by: Rational): Rational => add(a, multiply(power, by));
    units = units.map(({ w, b, v }, j) => {
      const by = step.units[j] as Unit;
      return { w: move(w, by.w), b: move(b, by.b), v: move(v, by.v) };
    });
    c = move(c, step.c);
  }
  return { ...theta, units, c };
}

const stepJson = ({ units, c }: Step): Fields =>
  point(
    [units.map(({ w }) => [formatRational(w)]), units.map(({ b }) => formatRational(b))],
    [[units.map(({ v }) => formatRational(v))], [formatRational(c)]],
  );

describe.each([4, 5])('curves, seed %i', (seed) => {
  test('the risk falls, rises or stays as its exact value at a small t says', () => {
    const chance = new Chance(seed);
    const t = q(1, 10n ** 12n);
    const seen = new Map<string, number>();
    for (let k = 0; k < 70; k++) {
      const critical = criticalCase(chance, values([1, 1], [100, 1]));
      if (critical.units.length === 0) continue;
      const some = (): Rational => (chance.below(3) === 0 ? zero : q(chance.below(9) - 4, 2));
      // Units that are 0 on the whole interval, and others that nothing comes of, which only curves open.
      const odd = chance.of<readonly Unit[]>([
        [],
        [],
        [{ w: zero, b: zero, v: some() }],
        [{ w: q(1), b: zero, v: zero }],
      ]);
      const theta = {
        ...critical,
        units: [...critical.units, ...odd],
        c: chance.below(4) === 0 ? add(critical.c, q(1, 7)) : critical.c,
      };
      const steps = chance.list(
        1 + chance.below(2),
        (): Step => ({
          units: theta.units.map(() => ({ w: some(), b: some(), v: some() })),
          c: some(),
        }),
      );
      const change = compare(riskOf(along(theta, steps, t)), riskOf(theta));
      const coefficients = steps.map(stepJson);
      const descent = { rule: 'descent-curve', coefficients };
      const falls = answer(check(certificate('not-local-minimum', statementOf(theta), { descent })));
      expect(falls === 'proved').toBe(change < 0);
      const saddle = {
        critical: { rule: 'zero-gradient' },
        descent,
        ascent: { rule: 'ascent-curve', coefficients },
      };
      const line = answer(check(certificate('saddle', statementOf(theta), saddle)));
      const open = odd.some(({ w, v }) => w.num === 0n && v.num !== 0n);
      // A curve cannot do both; which one fails first tells the sign.
      const after =
        change < 0 ? 'not-ascending $.proof.ascent.coefficients' : 'not-descending $.proof.descent.coefficients';
      const isCritical = compare(theta.c, critical.c) === 0;
      if (open) expect(line).toBe('not-differentiable $.statement.point');
      else if (isCritical && odd.length === 0) expect(line).toBe(after);
      else if (!isCritical) expect(line).toBe('nonzero-gradient $.statement.point');
      const what = `${change} ${line.split(' ')[0]}`;
      seen.set(what, (seen.get(what) ?? 0) + 1);
    }
    for (const what of ['-1 not-ascending', '1 not-descending', '-1 nonzero-gradient']) {
      expect(seen.get(what)).toBeGreaterThan(0);
    }
  });
});

describe.each([1, 2])('critical networks, seed %i', (seed) => {
  test('no sampled point near a proved minimum has lower risk', () => {
    const chance = new Chance(seed);
    const answers = new Map<string, number>();
    const count = (what: string): void => void answers.set(what, (answers.get(what) ?? 0) + 1);
    for (let t = 0; t < 50; t++) {
      const theta = criticalCase(chance, values([1, 1], [1, 10], [1, 100], [1, 1000]));
      if (theta.units.length === 0) continue;
      const found = ['neuron-dominance-1d', 'reduced-hessian-1d'].map((rule) => {
        const claim = certificateOf(theta, rule);
        const line = answer(check(claim)).split(' ')[0] as string;
        const point = (claim['statement'] as Fields)['point'] as Fields;
        expect(answer(check(changed(claim, '$.statement.point', inField(point)))).split(' ')[0]).toBe(line);
        count(`${rule}: ${line}`);
        return line;
      });
      if (!found.includes('proved')) continue;
      const base = riskOf(theta);
      for (let k = 0; k < 12; k++) {
        const size = q(1, 10 ** (2 + (k % 4)));
        const move = (a: Rational): Rational => add(a, multiply(size, q(chance.below(201) - 100, 100)));
        const near = {
          ...theta,
          units: theta.units.map(({ w, b, v }) => ({ w: move(w), b: move(b), v: move(v) })),
          c: k % 3 === 0 ? theta.c : move(theta.c),
        };
        if (less(riskOf(near), base)) throw new Error(`lower: ${JSON.stringify(certificateOf(theta, 'proved'))}`);
      }
    }
    for (const rule of ['neuron-dominance-1d', 'reduced-hessian-1d']) {
      expect(answers.get(`${rule}: proved`)).toBeGreaterThan(4);
      expect(answers.get(`${rule}: bends-downward`)).toBeGreaterThan(4);
    }
  });
});
