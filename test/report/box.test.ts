import { describe, expect, test } from 'vitest';
import { explain } from '../../src/report/explain.js';
import { residualCurve } from '../../src/report/panel-residual.js';
import { plot } from '../../src/report/plot.js';
import { restate } from '../../src/report/statement.js';
import {
  activation,
  certificate,
  dense,
  type Fields,
  globalMinimum,
  localMinimum,
  point,
  relu,
} from '../certificate.js';
import { boxProblem, pieces, polynomial, terms } from '../kernel/rules/box-problems.js';
import { theoremOf } from './instances.js';

const layers = [dense(2), relu, dense(1)];
const square = boxProblem({ layers, lower: [0], upper: [1], targets: [polynomial(0, 0, 1)] });
const line = point(
  [
    [[1], [0]],
    [1, -1],
  ],
  [[[1, 0]], ['-7/6']],
);
const bent = point(
  [
    [['1/2'], [1]],
    [1, '-1/2'],
  ],
  [[[1, 1]], ['-25/24']],
);
const spurious = certificate(
  'spurious-local-minimum',
  { problem: square, point: line, betterPoint: bent },
  { localMinimum: { rule: 'affine-span' }, lowerRisk: { rule: 'lower-risk' } },
);
const plane = localMinimum(
  boxProblem({ layers, lower: [0, 0], upper: [1, 1], targets: [terms([1, [1, 1]])] }),
  point(
    [
      [
        ['1/2', '1/2'],
        [0, 0],
      ],
      [1, -1],
    ],
    [[[1, 0]], ['-5/4']],
  ),
);
const quartic = localMinimum(
  boxProblem({
    layers: [dense(2), relu, dense(2)],
    lower: [-1],
    upper: [1],
    targets: [pieces([0], [0, -1], [0, 1]), polynomial(-2)],
    loss: { function: 'power', exponent: '4', factor: '1/3' },
  }),
  point(
    [
      [[0], [0]],
      [-1, -1],
    ],
    [
      [
        [0, 0],
        [0, 0],
      ],
      ['1/2', -2],
    ],
  ),
);
const weighted = localMinimum(
  boxProblem({ layers, lower: [0], upper: [1], density: { polynomial: ['0', '2'] }, targets: [polynomial(0, 0, 1)] }),
  point(
    [
      [['6/5'], [0]],
      [1, -1],
    ],
    [[[1, 0]], ['-13/10']],
  ),
);
const perfect = globalMinimum(
  boxProblem({ layers, lower: [0], upper: [1], targets: [pieces(['1/2'], [0], ['-1/2', 1])] }),
  point(
    [
      [[1], [1]],
      ['-1/2', -5],
    ],
    [[[1, 0]], [0]],
  ),
  'zero-loss',
);
const linear = globalMinimum(
  boxProblem({ layers: [dense(1), dense(1)], lower: [0], upper: [1], targets: [polynomial(0, 0, 1)] }),
  point([[[1]], [0]], [[[1]], ['-1/6']]),
  'convex-span',
);
/** x − 1/6 in the affine piece of hardswish; 6 h(x − 3/2) = x² − 9/4 in its middle one. */
const curved = certificate(
  'spurious-local-minimum',
  {
    problem: boxProblem({
      layers: [dense(1), activation('hardswish'), dense(1)],
      lower: [0],
      upper: [1],
      targets: [polynomial(0, 0, 1)],
    }),
    point: point([[[1]], [4]], [[[1]], ['-25/6']]),
    betterPoint: point([[[1]], ['-3/2']], [[[6]], ['9/4']]),
  },
  { localMinimum: { rule: 'affine-span' }, lowerRisk: { rule: 'lower-risk' } },
);
const still = point(
  [
    [[0], [0]],
    [0, 0],
  ],
  [[[0, 0]], [0]],
);
/** The saddle of two kinks for y = x, and the way down from the mountain pass (sources.md 5): the kinks move apart, their heights fall. */
const pass = certificate(
  'saddle',
  {
    problem: boxProblem({ layers, lower: [0], upper: [1], targets: [polynomial(0, 1)] }),
    point: point(
      [
        [[1], [-1]],
        ['-1/3', '2/3'],
      ],
      [[['2/3', '-2/3']], ['1/2']],
    ),
  },
  {
    critical: { rule: 'zero-gradient' },
    descent: {
      rule: 'descent-curve',
      coefficients: [
        point(
          [
            [[0], [0]],
            [5, 5],
          ],
          [[[-6, 6]], [0]],
        ),
        still,
      ],
    },
    ascent: {
      rule: 'ascent-curve',
      coefficients: [
        point(
          [
            [[0], [0]],
            [0, 0],
          ],
          [[[0, 0]], [1]],
        ),
      ],
    },
  },
);
const all: readonly (readonly [string, Fields])[] = Object.entries({
  pass,
  spurious,
  plane,
  quartic,
  weighted,
  perfect,
  linear,
  curved,
});

test('a theorem about a box is restated with its integral', async () => {
  const said = (await restate(theoremOf(spurious))).replaceAll(/sha256:[0-9a-f]{64}/g, 'D');
  expect(said).toBe(
    'For the network R¹ → dense 2 → relu → dense 1 (7 free parameters) and the risk R(θ) = ∫_B (N_θ(x) − y(x))² dx, B = [0, 1], ' +
      'y(x) = x², on data D, the point D is a local minimum with R = 1/180; the point D has R = 1/2880, lower by exactly 1/192. Problem D',
  );
});

test('digests depend on the box', async () => {
  const digest = async (problem: Fields): Promise<string> =>
    (await restate(theoremOf(localMinimum(problem, line)))).match(/data sha256:[0-9a-f]{64}/)?.[0] ?? '';
  const same = { ...square, data: { ...(square['data'] as Fields), density: { polynomial: ['1'] } } };
  const other = { ...square, data: { ...(square['data'] as Fields), density: { polynomial: ['2'] } } };
  expect(await digest(same)).toBe(await digest(square));
  expect(await digest(other)).not.toBe(await digest(square));
});

test('density, several targets and dimensions are said', async () => {
  const said = await restate(theoremOf(plane));
  expect(said).toContain('R(θ) = ∫_B (N_θ(x) − y(x))² dx, B = [0, 1]², y(x) = x1 x2, on data');
});

test('factor, density and pieces are said', async () => {
  expect(await restate(theoremOf(quartic))).toContain(
    'R(θ) = 1/3·∫_B Σ_c |(N_θ(x) − y(x))_c|⁴ dx, B = [−1, 1], y_1(x) = −x for x ≤ 0, x beyond, y_2(x) = −2, on data',
  );
  expect(await restate(theoremOf(weighted))).toContain(
    'R(θ) = ∫_B (N_θ(x) − y(x))² ρ(x) dx, B = [0, 1], ρ(x) = 2 x, y(x) = x², on data',
  );
});

describe('the proof is told', () => {
  test.each(all)('%s', async (_, claim) => {
    for (const format of ['text', 'markdown'] as const) {
      const page = await explain(theoremOf(claim), format);
      expect(page).toContain('boxes.md');
      expect(page).not.toMatch(/undefined|NaN|x_i|y_i/);
    }
  });

  test('with the numbers of the instance', async () => {
    const page = await explain(theoremOf(spurious), 'text');
    expect(page).toContain('N_θ(x) = x − 1/6');
    expect(page).toContain('∫_B g dx = 0 and ∫_B g ⊗ x dx = 0');
    expect(page).toContain('2 slabs');
    expect(page).toContain('where x is 1/2.');
    expect(await explain(theoremOf(curved), 'text')).toContain('θ° is one polynomial in x on the box.');
    const better = point([[[5]], ['-3/2']], [[['6/25']], ['9/100']]);
    const other = { ...curved, statement: { ...(curved['statement'] as Fields), betterPoint: better } };
    const bends = (await explain(theoremOf(other), 'text')).replaceAll(/\s+/g, ' ');
    expect(bends).toContain('What bends or curves in it depends on one direction only, so the box falls into 2 slabs');
    expect(bends).toContain('one polynomial; they meet where x is 9/10.');
    const flat = await explain(theoremOf(quartic), 'text');
    expect(flat).toContain('∫_B g dx = 0 (a layer is constant on the box');
  });
});

test('curves are told with their lowest terms, and a critical point with its derivatives', async () => {
  const page = (await explain(theoremOf(pass), 'text')).replaceAll(/\s+/g, ' ');
  expect(page).toContain('All 7 partial derivatives of R at θ were computed exactly; each is 0.');
  expect(page).toContain(
    'R(θ(t)) − R(θ) is a rational function of small t > 0, and its lowest term has a coefficient < 0.',
  );
  expect(page).toMatch(/R\(θ\(t\)\) − R\(θ\) = −\S+·t² \+ …: terms of order below 2 vanish/);
  expect(page).toContain('R(θ(t)) − R(θ) = 1·t² + …');
  expect(page).toContain('change per t²');
  expect(page).toContain('the largest with lower risk is t = ');
  expect(page).not.toContain('Shown by rule');
});

describe('pictures', () => {
  test.each(all)('%s', (_, claim) => {
    const theorem = theoremOf(claim);
    const svg = plot(theorem);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(plot(theorem)).toBe(svg);
    expect(svg).toContain(theorem.statement.problem.network.inputs === 1 ? 'target y' : 'Risk along');
    expect(plot(theorem, { view: 'segment' })).not.toMatch(/NaN|Infinity|undefined/);
    const residual = () => plot(theorem, { view: 'residual' });
    if (theorem.statement.problem.network.inputs > 1) return expect(residual).toThrow(RangeError);
    expect(residual()).not.toMatch(/NaN|Infinity|undefined/);
    expect(residual()).toContain('Residual on the interval');
    if (theorem.statement.problem.network.outputs === 1) expect(svg).toContain('Residual on the interval');
  });

  test('a residual is the realization minus the target, at the places of both', () => {
    const parabola = [-1, -0.5, 0, 0.5, 1].map((x) => [x, x * x] as const);
    const hinge = [
      [-1, 0],
      [0.25, 0],
      [1, 3],
    ] as const;
    expect(residualCurve(hinge, parabola)).toEqual([
      [-1, -1],
      [-0.5, -0.25],
      [0, 0],
      [0.25, -0.125],
      [0.5, 0.75],
      [1, 2],
    ]);
  });
});
