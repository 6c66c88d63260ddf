/** Points in the ball of an accepted minimum, at 40 digits (test/smooth.ts): none has lower risk than the minimum is said to have. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pointRisk } from '../../../src/report/risk-string.js';
import type { Fields, Value } from '../../certificate.js';
import { check } from '../../certificate.js';
import { Decimal, decimal, layersOf, riskOf } from '../../smooth.js';

const read = (name: string): Fields =>
  JSON.parse(
    readFileSync(new URL(`../../../certificates/trained/${name}.cert.json`, import.meta.url), 'utf8'),
  ) as Fields;

interface Statement {
  readonly problem: Fields;
  readonly point: Fields;
}

test.each(['iris-tanh-1', 'iris-cross-entropy-tanh-2', 'iris-weight-decay-tanh-2'])('%s', (name) => {
  const certificate = read(name);
  const verdict = check(certificate);
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  const { problem, point } = certificate['statement'] as unknown as Statement;
  const { localMinimum } = certificate['proof'] as { readonly localMinimum: { readonly ballRadius: Value } };
  const radius = decimal(localMinimum.ballRadius);
  const { lower, upper } = pointRisk(verdict.theorem);
  const least = new Decimal(lower.num.toString()).div(lower.den.toString());
  const most = new Decimal(upper.num.toString()).div(upper.den.toString());
  const l2 = decimal((problem['regularization'] as { readonly l2: Value } | undefined)?.l2 ?? '0');
  type Layers = ReturnType<typeof layersOf>;
  const risk = (layers: Layers): Decimal => {
    const squares = layers.flatMap(({ weights, bias }) => [...weights.flat(), ...(bias ?? [])]).map((w) => w.mul(w));
    return squares.reduce((sum, square) => sum.add(l2.mul(square)), riskOf(problem, layers));
  };
  const theta = layersOf(point);
  expect(risk(theta).gte(least) && risk(theta).lte(most.add('1e-30'))).toBe(true);
  const coordinates = theta.flatMap(({ weights, bias }) => [...weights.flat(), ...(bias ?? [])]).length;
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: coordinates, maxLength: coordinates }),
      fc.constantFrom('1', '1/10', '1/1000'),
      (direction, part) => {
        const length = Math.sqrt(direction.reduce((sum, d) => sum + d * d, 0));
        fc.pre(length > 0);
        let at = 0;
        const move = (w: Decimal): Decimal =>
          w.add(radius.mul(decimal(part)).mul((direction[at++] as number) / length));
        const moved = theta.map(({ weights, bias }) => ({
          weights: weights.map((row) => row.map(move)),
          bias: bias === null ? null : bias.map(move),
        }));
        expect(risk(moved).gte(least)).toBe(true);
      },
    ),
    { seed: 1, numRuns: 25 },
  );
});
