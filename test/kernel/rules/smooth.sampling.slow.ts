/**
 * Attacks on claims about smooth activations and losses: what is proved must survive points nearby, computed in doubles or in decimal.js from
 * the definitions.
 */
import { describe, expect, test } from 'vitest';
import {
  type Affine,
  activation,
  answer,
  certificate,
  check,
  dense,
  type Fields,
  localMinimum,
  notLocalMinimum,
  point,
  problem,
  type Value,
} from '../../certificate.js';
import { Chance, Decimal, type DecimalLayer, layersOf, moved, riskOf } from '../../smooth.js';

type Row = readonly number[];
interface Layer {
  readonly weights: readonly Row[];
  readonly bias: Row;
}

const activations: Readonly<Record<string, (t: number) => number>> = {
  elu: (t) => (t > 0 ? t : Math.exp(t) - 1),
  hardswish: (t) => (t * Math.min(Math.max(t + 3, 0), 6)) / 6,
  isrlu: (t) => (t > 0 ? t : t / Math.sqrt(1 + t * t)),
  selu: (t) => 1.0507009873554805 * (t > 0 ? t : 1.6732632423543772 * (Math.exp(t) - 1)),
  // 1 − t² up to 0, then 1 up to 1, then e^(t−1)
  piecewise: (t) => (t < 0 ? 1 - t * t : t < 1 ? 1 : Math.exp(t - 1)),
};
const table = activation('piecewise', {
  breakpoints: ['0', '1'],
  pieces: [
    { polynomial: ['1', '0', '-1'] },
    { polynomial: ['1'] },
    { function: 'exp', scale: '1', rate: '1', shift: '-1', offset: '0' },
  ],
});
const layerOf = (name: string): Fields => (name === 'piecewise' ? table : activation(name));

const logCosh = (r: number): number => Math.abs(r) + Math.log1p(Math.exp(-2 * Math.abs(r))) - Math.LN2;
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const summed =
  (L: (r: number) => number) =>
  (p: Row, y: Row): number =>
    p.reduce((sum, z, c) => sum + L(z - (y[c] as number)), 0);
const losses: Readonly<Record<string, { json: Fields; at: (p: Row, y: Row) => number }>> = {
  'log-cosh': { json: { function: 'log-cosh', factor: '3/2' }, at: summed((r) => 1.5 * logCosh(r)) },
  power: { json: { function: 'power', exponent: '3/2' }, at: summed((r) => Math.abs(r) ** 1.5) },
  logistic: {
    json: { function: 'logistic' },
    at: (p, y) => p.reduce((sum, z, c) => sum + softplus(z) - z * (y[c] as number), 0),
  },
  'cross-entropy': {
    json: { function: 'cross-entropy' },
    at: (p, y) => {
      const top = Math.max(...p);
      const logSum = top + Math.log(p.reduce((sum, z) => sum + Math.exp(z - top), 0));
      return logSum - p.reduce((sum, z, c) => sum + z * (y[c] as number), 0);
    },
  },
  // P'' > 0 for |r| < √5 only
  polynomial: {
    json: { function: 'polynomial', coefficients: ['0', '0', '1', '0', '-1/30'] },
    at: summed((r) => r * r - r ** 4 / 30),
  },
};

const predict = ([first, last]: readonly [Layer, Layer], h: (t: number) => number, x: Row): Row => {
  const apply = ({ weights, bias }: Layer, v: Row): number[] =>
    weights.map((row, u) => row.reduce((z, w, j) => z + w * (v[j] as number), bias[u] as number));
  return apply(last, apply(first, x).map(h));
};

const jittered = (layers: readonly [Layer, Layer], size: number, chance: Chance): readonly [Layer, Layer] => {
  const move = (v: number): number => v + (size * (chance.below(2001) - 1000)) / 1000;
  return layers.map(({ weights, bias }) => ({
    weights: weights.map((row) => row.map(move)),
    bias: bias.map(move),
  })) as unknown as [Layer, Layer];
};

const float = (q: string): number => {
  const [n, d] = q.split('/');
  return Number(n) / Number(d ?? '1');
};

/** Constant or affine fits to symmetric data, some of them spoiled. */
function claim(chance: Chance, lossName: string) {
  const name = chance.of(Object.keys(activations));
  const probabilities = lossName === 'logistic' || lossName === 'cross-entropy';
  const k = lossName === 'cross-entropy' ? 2 + chance.below(2) : 1 + chance.below(2);
  // The first unit passes x on where the activation has such a piece; the second is dead, alive, in a smooth piece or on a kink.
  const passing = name !== 'piecewise' && name !== 'selu' && !probabilities;
  const [w, v, c] = [1 + chance.below(2), passing ? chance.below(3) - 1 : 0, probabilities ? 0 : chance.below(3) - 1];
  const second =
    name === 'piecewise' ? chance.of(['1/2', '1/2', '-2', '5', '1']) : chance.of(['10', '10', '-1', '0', '-9']);
  const firstBias = name === 'piecewise' ? '1/2' : '20';
  const outgoing = chance.below(3) === 0 ? 1 : 0;
  const slope = name === 'piecewise' ? 0 : w;
  const x = chance.list(3, () => chance.below(5) - 2);
  const samples: { x: number; y: string[]; mu: string }[] = [];
  for (const at of x) {
    const mu = `${1 + chance.below(3)}`;
    const shift = chance.list(k, () => 1 + chance.below(6));
    for (const side of [1, -1]) {
      let y: string[];
      if (lossName === 'logistic') y = shift.map((s) => `${7 + side * s}/14`);
      else if (lossName === 'cross-entropy') {
        y = new Array<string>(k).fill(`1/${k}`);
        y[0] = `${7 + side * (shift[0] as number)}/${7 * k}`;
        y[1] = `${7 - side * (shift[0] as number)}/${7 * k}`;
      } else y = shift.map((s) => `${3 * (v * slope * at + c) + side * s}/3`);
      samples.push({ x: at, y, mu });
    }
  }
  const spoiled = chance.below(4);
  const first = samples[0] as (typeof samples)[number];
  if (spoiled === 0) samples[0] = { ...first, mu: `${Number(first.mu) + 1}` };
  if (spoiled === 1) samples[0] = { ...first, x: first.x + 1 };
  const scale = name === 'selu' ? 0 : v;
  const theta: [Affine, Affine] = [
    [
      [[name === 'piecewise' ? '1/20' : w], [0]],
      [firstBias, second],
    ],
    [Array.from({ length: k }, () => [scale, outgoing]), Array.from({ length: k }, () => c - scale * 20)],
  ];
  // What the second unit adds is taken off again, where it is rational.
  if (outgoing === 1) {
    const value = activations[name]?.(float(second)) as number;
    theta[1] = [theta[1][0], Array.from({ length: k }, () => c - scale * 20 - Math.round(value))];
  }
  return { name, k, samples, theta };
}
describe('no point near a proved local minimum is lower', () => {
  test.each(Object.keys(losses))('%s', (lossName) => {
    const { json: loss, at: lossAt } = losses[lossName] as (typeof losses)[string];
    const chance = new Chance(Object.keys(losses).indexOf(lossName) + 3);
    const verdicts: Record<string, number> = {};
    for (let attempt = 0; attempt < 160; attempt++) {
      const { name, k, samples, theta } = claim(chance, lossName);
      const json = localMinimum(
        problem({
          layers: [dense(2), layerOf(name), dense(k)],
          loss,
          x: samples.map(({ x }) => x),
          y: samples.map(({ y }) => y),
          weights: samples.map(({ mu }) => mu),
        }),
        point(...theta),
      );
      const found = answer(check(json)).split(' ')[0] as string;
      verdicts[found] = (verdicts[found] ?? 0) + 1;
      if (found !== 'proved') continue;
      const layers = theta.map(([weights, bias]) => ({
        weights: weights.map((row) => row.map((q) => float(String(q)))),
        bias: (bias ?? []).map((q) => float(String(q))),
      })) as unknown as readonly [Layer, Layer];
      const h = activations[name] as (t: number) => number;
      const risk = (of: readonly [Layer, Layer]): number =>
        samples.reduce((sum, { x, y, mu }) => sum + Number(mu) * lossAt(predict(of, h, [x]), y.map(float)), 0);
      const here = risk(layers);
      for (const size of [1e-2, 1e-3, 1e-4]) {
        for (let s = 0; s < 30; s++) {
          const there = risk(jittered(layers, size, chance));
          if (there < here - 1e-11 * (1 + Math.abs(here)))
            throw new Error(`${JSON.stringify(json)} is lower by ${here - there}`);
        }
      }
    }
    expect(verdicts['proved'] ?? 0, JSON.stringify(verdicts)).toBeGreaterThan(15);
    expect(Object.keys(verdicts).length, JSON.stringify(verdicts)).toBeGreaterThan(2);
  });
});

const polynomial = (...c: readonly Value[]): Fields => ({ polynomial: c });
const pieces: readonly Fields[] = [
  activation('hardswish'),
  activation('piecewise', { breakpoints: ['0'], pieces: [polynomial('0', '1', '2', '1'), polynomial('0', '0', '-1')] }),
  activation('piecewise', {
    breakpoints: ['-1', '1'],
    pieces: [polynomial('0', '0', '1'), polynomial('1'), polynomial('0', '3', '-3', '1')],
  }),
  activation('piecewise', { breakpoints: [], pieces: [polynomial('1/2', '-1', '1/3', '1/5')] }),
];
const polynomialLosses: readonly Fields[] = [
  { function: 'squared' },
  { function: 'power', exponent: '3' },
  { function: 'huber', threshold: '1' },
  { function: 'polynomial', coefficients: ['0', '1', '-1', '0', '1/3'] },
];

describe('one-sided derivatives and curvature of polynomial pieces agree with difference quotients', () => {
  const random = (chance: Chance) => {
    const layer = (units: number, inputs: number) =>
      [
        chance.list(units, () => chance.list(inputs, () => chance.fraction(3, [1]))),
        chance.list(units, () => chance.fraction(3, [1])),
      ] as const;
    const json = problem({
      layers: [dense(2), chance.of(pieces), dense(1), chance.of(pieces), dense(1)],
      loss: chance.of(polynomialLosses),
      x: chance.list(2, () => chance.fraction(2, [1])),
      y: chance.list(2, () => chance.fraction(2, [1])),
    });
    const shape = () => point(layer(2, 1), layer(1, 2), layer(1, 1));
    return { json, theta: shape(), xi: shape(), second: shape() };
  };
  const risks = (json: Fields, theta: readonly DecimalLayer[]) => riskOf(json, theta);

  test('directions', () => {
    const chance = new Chance(11);
    const found = { descent: 0, ascent: 0, level: 0 };
    for (let attempt = 0; attempt < 150; attempt++) {
      const { json, theta, xi } = random(chance);
      const t = new Decimal('1e-15');
      const slope = risks(json, moved(layersOf(theta), t, layersOf(xi)))
        .sub(risks(json, layersOf(theta)))
        .div(t);
      const kind = slope.abs().lt('1e-9') ? 'level' : slope.lt(0) ? 'descent' : 'ascent';
      found[kind]++;
      const descends = answer(check(notLocalMinimum(json, theta, { rule: 'descent-direction', direction: xi })));
      expect([descends === 'proved', JSON.stringify({ json, theta, xi })]).toEqual([
        kind === 'descent',
        JSON.stringify({ json, theta, xi }),
      ]);
    }
    expect(found.descent).toBeGreaterThan(20);
    expect(found.ascent).toBeGreaterThan(20);
  });

  test('curves', () => {
    const chance = new Chance(12);
    let proved = 0;
    for (let attempt = 0; attempt < 100; attempt++) {
      const { json, theta, xi, second } = random(chance);
      const t = new Decimal('1e-6');
      const along = moved(moved(layersOf(theta), t, layersOf(xi)), t.mul(t), layersOf(second));
      const change = risks(json, along).sub(risks(json, layersOf(theta)));
      const node = { rule: 'descent-curve', coefficients: [xi, second] };
      const found = answer(check(notLocalMinimum(json, theta, node)));
      if (found === 'proved') {
        proved++;
        expect(change.lt(0)).toBe(true);
      } else if (found.startsWith('not-descending')) expect(change.gte(0)).toBe(true);
    }
    expect(proved).toBeGreaterThan(20);
  });

  test('negative curvature', () => {
    const chance = new Chance(13);
    const found: Record<string, number> = {};
    for (let attempt = 0; attempt < 200; attempt++) {
      const { json, theta, xi } = random(chance);
      const t = new Decimal('1e-12');
      const at = (step: Decimal) => risks(json, moved(layersOf(theta), step, layersOf(xi)));
      const curvature = at(t)
        .add(at(t.neg()))
        .sub(at(new Decimal(0)).mul(2))
        .div(t.mul(t));
      const code = answer(check(notLocalMinimum(json, theta, { rule: 'negative-curvature', direction: xi }))).split(
        ' ',
      )[0] as string;
      found[code] = (found[code] ?? 0) + 1;
      if (code === 'proved') expect(curvature.lt('-1e-6')).toBe(true);
      if (code === 'not-curved') expect(curvature.gt('-1e-6')).toBe(true);
    }
    expect(found['proved'] ?? 0, JSON.stringify(found)).toBeGreaterThan(10);
    expect(found['on-a-kink'] ?? 0, JSON.stringify(found)).toBeGreaterThan(3);
  });
});

test('strict inequalities of risks are those of decimal.js', () => {
  const chance = new Chance(21);
  let proved = 0;
  for (let attempt = 0; attempt < 60; attempt++) {
    const name = chance.of(['elu', 'isrlu', 'selu', 'celu']);
    const loss = chance.of([{ function: 'squared' }, { function: 'log-cosh' }, { function: 'power', exponent: '5/2' }]);
    const json = problem({
      layers: [dense(1), activation(name), dense(1)],
      loss,
      x: chance.list(2, () => chance.fraction()),
      y: chance.list(2, () => chance.fraction()),
    });
    const [a, b] = [0, 1].map(() =>
      point([[[chance.fraction()]], [chance.fraction()]], [[[chance.fraction()]], [chance.fraction()]]),
    ) as [Fields, Fields];
    const bits = chance.of([1, 4, 16, 64]);
    const lower = riskOf(json, layersOf(b)).lt(riskOf(json, layersOf(a)));
    const found = answer(
      check(
        certificate(
          'not-global-minimum',
          { problem: json, point: a, betterPoint: b },
          { lowerRisk: { rule: 'lower-risk', bits } },
        ),
      ),
    );
    if (found === 'proved') {
      proved++;
      expect(lower).toBe(true);
    } else if (bits === 64) expect([found, lower]).toEqual(['not-below $.statement.betterPoint', false]);
  }
  expect(proved).toBeGreaterThan(12);
});
