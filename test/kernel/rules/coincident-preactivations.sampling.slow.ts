/**
 * Attacks on rule `coincident-preactivations`: over the whole box of a proved node no point has a lower risk than the constant, in decimal.js from the
 * definitions; on random data, weighted, with and without biases and frozen output layers.
 */
import { expect, test } from 'vitest';
import { formatRational, type Rational, rational } from '../../../src/kernel/arithmetic/rational.js';
import { readPoint, readProblem } from '../../../src/kernel/check.js';
import { defaultLimits, Meter } from '../../../src/kernel/limits.js';
import { meanTarget } from '../../../src/kernel/model/constant-fit.js';
import { findFlatMinimumNear } from '../../../src/provers/flat-minimum.js';
import { activation, answer, certificate, check, dense, type Fields, point, problem } from '../../certificate.js';
import { activate, Chance, Decimal, type DecimalLayer, decimal, layersOf, riskOf } from '../../smooth.js';

const names = ['quadratic', 'hardswish', 'tanh', 'sigmoid', 'atan', 'sin', 'softplus', 'silu', 'elu', 'isrlu'];

/** Samples in pairs ±x of one target, so that residuals are orthogonal to the inputs; the last input is the constant 1, which w reads. */
function random(chance: Chance) {
  const h = activation(chance.of(names));
  const units = 1 + chance.below(3);
  const [hiddenBias, outputBias] = [chance.below(3) > 0, chance.below(3) > 0];
  const samples = chance.list(2 + chance.below(2), () => ({
    x: [chance.below(5) - 2, chance.below(5) - 2],
    y: chance.below(9) - 4,
    mu: 1 + chance.below(3),
  }));
  const all = samples.flatMap(({ x, y, mu }) => [
    { x: [...x, 1], y, mu },
    { x: [...x.map((c) => -c), 1], y, mu },
  ]);
  const total = all.reduce((sum, { mu }) => sum + mu, 0);
  // The residuals add up to 0, so the constant input is orthogonal to them, too.
  const json = problem({
    layers: [dense(units, hiddenBias), h, dense(1, outputBias)],
    x: all.map(({ x }) => x),
    y: all.map(({ y }) => y),
    weights: all.map(({ mu }) => mu),
  });
  const mean = decimal(`${all.reduce((sum, { y, mu }) => sum + y * mu, 0)}/${total}`);
  const w = chance.list(units, () => [0, 0, chance.fraction(3, [1, 2])]);
  const b = chance.list(units, () => (hiddenBias ? chance.fraction(2, [2, 3]) : '0'));
  const v = chance.list(units, () => chance.fraction(6, [1, 2]));
  const seen = w.map((row, j) => decimal(row[2] as string).add(decimal(b[j] as string)));
  const values = seen.map((m) => activate(h, m));
  const others = (but: number): Decimal =>
    values.reduce((sum, value, j) => (j === but ? sum : sum.add(value.mul(decimal(v[j] as string)))), new Decimal(0));
  const solved = outputBias ? mean.sub(others(-1)) : mean.sub(others(0)).div(values[0] as Decimal);
  const rounded = solved.toDecimalPlaces(15).toFixed();
  const outgoing = outputBias ? v : [rounded, ...v.slice(1)];
  const theta = point(hiddenBias ? [w, b] : [w], outputBias ? [[outgoing], [rounded]] : [[outgoing]]);
  return { json, theta, usable: solved.isFinite() && solved.abs().lt(100) };
}

const text = (fields: Fields, format: string): string => JSON.stringify({ format, version: 1, ...fields });

test('no point of the box is lower', () => {
  const chance = new Chance(5);
  const verdicts: Record<string, number> = {};
  const radius = rational(1n, 4n);
  for (let attempt = 0; attempt < 100; attempt++) {
    const { json, theta, usable } = random(chance);
    if (!usable) continue;
    const read = readProblem(text(json, 'cairn-problem'));
    if (read.kind !== 'read' || read.value.type !== 'samples') throw new Error('not read');
    const at = readPoint(text(theta, 'cairn-point'), read.value);
    if (at.kind !== 'read') throw new Error('not read');
    const node = findFlatMinimumNear(read.value, at.value.parameters, radius, new Meter(defaultLimits));
    const kind = node === null ? 'none' : (node['vectors'] as readonly unknown[]).length === 0 ? 'alone' : 'vectors';
    verdicts[kind] = (verdicts[kind] ?? 0) + 1;
    if (node === null) continue;
    const claim = { problem: json, point: theta, radius: formatRational(radius) };
    expect(answer(check(certificate('local-minimum-near', claim, { localMinimum: node as Fields })))).toBe('proved');
    attack(json, theta, meanTarget(read.value, new Meter(defaultLimits)), String(node['halfWidth']), chance);
  }
  expect(verdicts['alone'] ?? 0, JSON.stringify(verdicts)).toBeGreaterThan(8);
  expect(verdicts['vectors'] ?? 0, JSON.stringify(verdicts)).toBeGreaterThan(2);
  expect(verdicts['none'] ?? 0, JSON.stringify(verdicts)).toBeGreaterThan(8);
});

/** Corners of the box, and points inside it at several scales. */
function attack(json: Fields, theta: Fields, p: Rational, halfWidth: string, chance: Chance): void {
  const { inputs, targets, weights } = json['data'] as {
    inputs: unknown[];
    targets: string[][];
    weights: string[];
  };
  const least = inputs.reduce<Decimal>((sum, _, i) => {
    const r = decimal(formatRational(p)).sub(decimal(targets[i]?.[0] as string));
    return sum.add(r.mul(r).mul(decimal(weights[i] as string)));
  }, new Decimal(0));
  const reach = decimal(halfWidth);
  for (let s = 0; s < 24; s++) {
    const scale = s % 3 === 0 ? 1 : 10 ** -(s % 4);
    const step = (): Decimal =>
      s % 3 === 0 ? reach.mul(2 * chance.below(2) - 1) : reach.mul(scale * (chance.below(2001) - 1000)).div(1000);
    const there = layersOf(theta).map(
      ({ weights, bias }): DecimalLayer => ({
        weights: weights.map((row) => row.map((w) => w.add(step()))),
        bias: bias === null ? null : bias.map((c) => c.add(step())),
      }),
    );
    const lower = least.sub(riskOf(json, there));
    if (lower.gt('1e-28')) throw new Error(`${JSON.stringify({ json, theta, halfWidth })} is lower by ${lower}`);
  }
}
