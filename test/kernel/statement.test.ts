import { expect, test } from 'vitest';
import { answer, certificate, check, dense, point, problem, relu } from '../certificate.js';

const theta = point([[[1]], [0]], [[[1]], [0]]);
const parts = { layers: [dense(1), relu, dense(1)], x: [1, 2], y: [5, 7] };

test.each([
  ['1', 'gradient-may-vanish $.proof.descent', 'a wide ball'],
  ['1/100', 'proved', 'a small ball'],
  ['0', 'nonpositive-radius $.statement.radius', 'no ball'],
  ['0.0', 'nonpositive-radius $.statement.radius', 'no ball, as a decimal'],
  ['-1/100', 'nonpositive-radius $.statement.radius', 'less than no ball'],
])('the radius %s: %s, %s', (radius, expected) => {
  const json = certificate(
    'no-local-minimum-near',
    { problem: problem(parts), point: theta, radius },
    { descent: { rule: 'gradient-bound' } },
  );
  expect(answer(check(json))).toBe(expected);
});

test.each([
  ['the point', { point: point([[[1]], [0]]), betterPoint: theta }, 'wrong-shape $.statement.point.layers'],
  [
    'the better point',
    { point: theta, betterPoint: point([[[1]], [0]]) },
    'wrong-shape $.statement.betterPoint.layers',
  ],
  [
    'the better weights',
    { point: theta, betterPoint: point([[[1, 2]], [0]], [[[1]], [0]]) },
    'wrong-shape $.statement.betterPoint.layers[0].weights',
  ],
  [
    'the better bias',
    { point: theta, betterPoint: point([[[1]]], [[[1]], [0]]) },
    'missing-key $.statement.betterPoint.layers[0]',
  ],
  ['nothing', { point: theta, betterPoint: point([[[2]], [3]], [[[1]], [0]]) }, 'proved'],
])('a wrong shape of %s', (_, points, expected) => {
  const json = certificate(
    'not-global-minimum',
    { problem: problem(parts), ...points },
    { lowerRisk: { rule: 'lower-risk' } },
  );
  expect(answer(check(json))).toBe(expected);
});
