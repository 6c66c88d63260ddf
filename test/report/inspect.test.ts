import nerdamer from 'nerdamer';
import { describe, expect, test } from 'vitest';
import { formatRational, rational } from '../../src/kernel/arithmetic/rational.js';
import { parameterValues, regionFormulas } from '../../src/report/formulas.js';
import { inspect } from '../../src/report/inspect.js';
import { affineMap, ranges, regionsOf } from '../../src/report/regions.js';
import { all, kinked, sampleStatementOf, worked } from './instances.js';

describe("nerdamer's value of the formula, the affine map and the kernel's prediction agree at every sample", () => {
  test.each(Object.keys(all))('%s', (name) => {
    const { problem, point } = sampleStatementOf(all[name] ?? {});
    const { network, data } = problem;
    const { regions, evaluation } = regionsOf(problem, point);
    const { preactivations, denominator } = evaluation.stages[
      evaluation.stages.length - 1
    ] as (typeof evaluation.stages)[number];
    expect(regions.flatMap(({ samples }) => samples).length).toBe(data.inputs.rows.length);
    for (const region of regions) {
      const { samples, locations } = region;
      const map = affineMap(network, point, region);
      const formulas = regionFormulas(network, locations, 10_000);
      for (const i of samples) {
        const x = (data.inputs.rows[i] ?? []).map((n) => rational(n, data.inputs.denominator));
        const values = {
          ...parameterValues(network, point),
          ...Object.fromEntries(x.map((value, j) => [`x${j + 1}`, formatRational(value)])),
        };
        for (let c = 0; c < network.outputs; c++) {
          const predicted = formatRational(rational(preactivations[i]?.[c] as bigint, denominator));
          expect(
            nerdamer(formulas[c] as string, values)
              .evaluate()
              .text('fractions'),
          ).toBe(predicted);
          const terms = (map[c]?.a ?? []).map(
            (a, j) => `(${formatRational(a)})*(${formatRational(x[j] ?? rational(0n))})`,
          );
          expect(
            nerdamer([...terms, `(${formatRational(map[c]?.b ?? rational(0n))})`].join('+'))
              .evaluate()
              .text('fractions'),
          ).toBe(predicted);
        }
      }
    }
  });
});

test('the worked point: one region, a dead unit, the formula and its LaTeX', async () => {
  const { problem, point, betterPoint } = sampleStatementOf(worked);
  const page = await inspect(problem, point, { format: 'text' });
  expect(page).toContain('N(x) = 3/29·x1 + 3\n');
  expect(page).toContain('in the parameters: N(x) = v1*(w11*x1 + b1) + c\n');
  expect(page).toContain('LaTeX: v_{1} \\, \\left(w_{11} \\, x_{1} + b_{1}\\right) + c\n');
  expect(page).toContain('Dead (strictly inside a constant piece at all 6 samples): unit 2 of layer 1.');
  const better = await inspect(problem, betterPoint ?? point, { format: 'text' });
  expect(better).toContain('Region 1: 3 samples (1–3)\n\n  • layer 1: units 1, 2 on\n  • N(x) = −x1 − 1/3\n');
  expect(better).toContain('Region 2: 3 samples (4–6)\n\n  • layer 1: unit 1 off; unit 2 on\n  • N(x) = x1 + 1/3\n');
});

test('units on kinks are named', async () => {
  const { problem, point } = sampleStatementOf(kinked);
  const page = await inspect(problem, point, { format: 'markdown' });
  expect(page).toContain('unit 1 on the kink at 0');
  expect(page).toContain('| unit 1 of layer 1 | 1: 2 |');
});

test.each([
  [[0, 1, 2, 4], '1–3, 5'],
  [[0, 1], '1, 2'],
  [[], ''],
])('%j is written %j', (indices, expected) => {
  expect(ranges(indices)).toBe(expected);
});
