/** Complete lists against dense float sampling of the profile, and its values against quadrature. */

import { describe, expect, test } from 'vitest';
import { writeFile } from '../../src/formats/write.js';
import { checkCertificate, readProblem } from '../../src/kernel/check.js';
import { defaultLimits, Meter } from '../../src/kernel/limits.js';
import { HingeProfiles, type Opening } from '../../src/kernel/model/hinge-profiles.js';
import { checkCompleteList, type Listed } from '../../src/kernel/rules/hinge-profile.js';
import type { BoxProblem } from '../../src/kernel/statement.js';
import { Ledger } from '../../src/kernel/verdict.js';
import { findCompleteList } from '../../src/provers/complete-list.js';
import { findCriticalKinks } from '../../src/provers/critical-kinks.js';
import { pointRisk } from '../../src/report/risk-string.js';

/** A small generator of repeatable numbers in [0, n). */
function randoms(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

interface Instance {
  readonly problem: BoxProblem;
  readonly f: (x: number) => number;
  readonly slopes: readonly [number, number];
  readonly ends: readonly [number, number];
}

const activations = [
  { fields: { function: 'relu' }, slopes: [0, 1] },
  { fields: { function: 'leaky-relu', slope: '1/4' }, slopes: [0.25, 1] },
  { fields: { function: 'prelu', slope: '-1/2' }, slopes: [-0.5, 1] },
  { fields: { function: 'abs' }, slopes: [-1, 1] },
  {
    fields: { function: 'piecewise', breakpoints: ['0'], pieces: [{ polynomial: ['0', '1'] }, { polynomial: ['0'] }] },
    slopes: [1, 0],
  },
] as const;

/** Pieces in powers of x − breakpoint, each starting where the one before it ends. */
function instance(seed: number): Instance {
  const random = randoms(seed + 77);
  for (let k = 0; k < 20; k++) random(2);
  const { fields, slopes } = activations[random(activations.length)] as (typeof activations)[number];
  const count = 1 + random(4);
  const from = random(4) - 2;
  // Quarters, so that values at breakpoints are short.
  const breakpoints = Array.from({ length: count - 1 }, (_, k) => from + (k + 1) / 2);
  const to = from + (count - 1) / 2 + 0.5;
  let before = 0;
  const local = [from, ...breakpoints].map((at) => {
    const coefficients = [before, ...Array.from({ length: 1 + random(4) }, () => random(17) - 8)];
    before = coefficients.reduceRight((value, c) => value * 0.5 + c, 0);
    return { at, coefficients };
  });
  const expanded = local.map(({ at, coefficients }) => {
    let value: number[] = [];
    for (const c of coefficients.toReversed()) {
      value = Array.from({ length: value.length + 1 }, (_, k) =>
        k === 0 ? c - at * (value[0] ?? 0) : (value[k - 1] as number) - at * (value[k] ?? 0),
      );
    }
    return value;
  });
  // All are multiples of 2^−16, exactly.
  const quantity = (x: number): string => `${Math.round(x * 65_536)}/65536`;
  const read = readProblem(
    writeFile({
      format: 'cairn-problem',
      version: 1,
      network: {
        input: [1],
        layers: [
          { type: 'dense', units: 1 },
          { type: 'activation', ...fields },
          { type: 'dense', units: 1 },
        ],
      },
      loss: { function: 'squared' },
      data: {
        type: 'box',
        lower: [quantity(from)],
        upper: [quantity(to)],
        targets: [
          { breakpoints: breakpoints.map(quantity), pieces: expanded.map((p) => ({ polynomial: p.map(quantity) })) },
        ],
      },
    }),
  );
  if (read.kind !== 'read' || read.value.type !== 'box') throw new Error('not a problem on a box');
  const f = (x: number): number => {
    const { at, coefficients } = local[breakpoints.filter((b) => b < x).length] as (typeof local)[number];
    return coefficients.reduceRight((value, c) => value * (x - at) + c, 0);
  };
  return { problem: read.value, f, slopes, ends: [from, to] };
}

const steps = 8_000;

/** Q²/n at the inner nodes of an equidistant grid, all integrals by the trapezoidal rule. */
function gains({ f, slopes, ends: [a, b] }: Instance, opens: Opening): { q: number; gain: number }[] {
  const h = (b - a) / steps;
  const x = Array.from({ length: steps + 1 }, (_, i) => a + i * h);
  const weight = (i: number): number => (i === 0 || i === steps ? h / 2 : h);
  const values = x.map(f);
  const mean = values.reduce((sum, v, i) => sum + v * weight(i), 0) / (b - a);
  const [left, right] = opens === 'right' ? slopes : [-slopes[1], -slopes[0]];
  // Sums of g, g x, 1, x, x² up to each node, so that each kink takes a few operations.
  const sums = [[0, 0, 0, 0, 0]];
  for (let i = 0; i < steps; i++) {
    const cell = [i, i + 1].map((j) => {
      const [g, t] = [(values[j] as number) - mean, x[j] as number];
      return [g, g * t, 1, t, t * t];
    });
    sums.push((sums[i] as number[]).map((s, k) => s + (h / 2) * ((cell[0]?.[k] as number) + (cell[1]?.[k] as number))));
  }
  const total = sums[steps] as number[];
  return x.slice(1, -1).map((q, i) => {
    const before = sums[i + 1] as number[];
    const after = total.map((s, k) => s - (before[k] as number));
    const part = (slope: number, [g, gx, one, t, tt]: number[]): number[] => [
      slope * ((gx as number) - q * (g as number)),
      slope * ((t as number) - q * (one as number)),
      slope * slope * ((tt as number) - 2 * q * (t as number) + q * q * (one as number)),
    ];
    const [Q, first, second] = part(left, before).map((v, k) => v + (part(right, after)[k] as number)) as [
      number,
      number,
      number,
    ];
    return { q, gain: (Q * Q) / (second - (first * first) / (b - a)) };
  });
}

const float = ({ num, den }: { num: bigint; den: bigint }): number => Number((num * 10n ** 15n) / den) / 1e15;

const seeds = Array.from({ length: 20 }, (_, k) => k);

describe.each(seeds)('random target %i', (seed) => {
  const random = instance(seed);
  const { problem, ends } = random;
  const found = findCompleteList(problem);
  if (found === null) throw new Error('no list was found');
  const verdict = checkCertificate(
    writeFile({ format: 'cairn-certificate', version: 1, statement: found.statement, proof: found.proof }),
  );
  if (verdict.kind !== 'proved') throw new Error(`${verdict.path}: ${verdict.reason.message}`);
  const list = verdict.theorem.statement.list ?? [];
  const listed = checkCompleteList(problem, list, new Meter(defaultLimits), new Ledger());
  const { openings } = new HingeProfiles(problem, new Meter(defaultLimits));

  test('hinges are where the sampled profile turns', () => {
    const margin = 0.01 * (ends[1] - ends[0]);
    const inside = (q: number): boolean => q > ends[0] + margin && q < ends[1] - margin;
    for (const opens of openings) {
      const sampled = gains(random, opens);
      const highest = Math.max(...sampled.map(({ gain }) => gain));
      const turns = sampled.slice(1, -1).flatMap(({ q, gain }, i) => {
        const [before, after] = [sampled[i]?.gain as number, sampled[i + 2]?.gain as number];
        const isLeast = gain > before && gain >= after;
        const isMost = gain < before && gain <= after && gain > 1e-5 * highest;
        return inside(q) && (isLeast || isMost) ? [{ q, isLeast }] : [];
      });
      const hinges = listed.flatMap(({ form }) =>
        form.type === 'hinge' && form.opens === opens
          ? [{ q: (float(form.from) + float(form.to)) / 2, isLeast: form.isLeast }]
          : [],
      );
      const near = (q: number, p: number): boolean => Math.abs(q - p) < 0.01 * (ends[1] - ends[0]);
      for (const turn of turns) {
        expect(hinges.filter(({ q, isLeast }) => near(q, turn.q) && isLeast === turn.isLeast)).not.toEqual([]);
      }
      for (const hinge of hinges.filter(({ q, isLeast }) => isLeast && inside(q))) {
        expect(turns.filter(({ q, isLeast }) => near(q, hinge.q) && isLeast)).not.toEqual([]);
      }
    }
  });

  test('risks are those of quadrature', () => {
    const [constant] = listed as readonly [Listed];
    for (const { form, risk } of listed) {
      if (form.type !== 'hinge') continue;
      const q = (float(form.from) + float(form.to)) / 2;
      const sampled = gains(random, form.opens);
      const near = sampled.reduce((best, each) => (Math.abs(each.q - q) < Math.abs(best.q - q) ? each : best));
      const expected = float(constant.risk.lower) - near.gain;
      expect(Math.abs(float(risk.lower) - expected)).toBeLessThan(2e-3 * float(constant.risk.lower));
      expect(float(risk.lower)).toBeLessThanOrEqual(float(risk.upper));
    }
  });

  test('the least risk is the least sampled one', () => {
    const { lower } = pointRisk(verdict.theorem);
    for (const opens of openings) {
      for (const { gain } of gains(random, opens)) {
        expect(float((listed[0] as Listed).risk.lower) - gain).toBeGreaterThan(
          float(lower) - 1e-4 * (1 + float(lower)),
        );
      }
    }
  });

  test('without any one of them the list is refused', () => {
    const { realizations } = found.statement as { realizations: readonly string[] };
    const { cells, each } = found.proof as { cells: string; each: readonly string[] };
    realizations.forEach((_, i) => {
      const statement = { ...found.statement, realizations: realizations.toSpliced(i, 1) };
      const text = writeFile({
        format: 'cairn-certificate',
        version: 1,
        statement,
        proof: { cells, each: each.toSpliced(i, 1) },
      });
      expect(checkCertificate(text).kind).toBe('rejected');
    });
  });
});

test('kinks are found in the order of their openings, and rational ones exactly', () => {
  const { problem } = instance(3);
  const kinks = findCriticalKinks(new HingeProfiles(problem, new Meter(defaultLimits)));
  for (const { from, to, within } of kinks) {
    const { from: low, to: high } = within(6);
    if (from.num * to.den === to.num * from.den) expect(low).toEqual(from);
    else expect(float(high) - float(low)).toBeCloseTo(1e-6, 12);
  }
});
