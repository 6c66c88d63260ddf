import { describe, expect, test } from 'vitest';
import type { Built, ConstructionInput } from '../../src/constructions/construction.js';
import { findConstruction } from '../../src/constructions/index.js';
import { parseExpression } from '../../src/formats/expression.js';
import type { Fields } from '../../src/formats/write.js';
import { formatRational } from '../../src/kernel/arithmetic/rational.js';
import { checkCertificate } from '../../src/kernel/check.js';
import { pointRisk } from '../../src/report/risk-string.js';

type Target = string | Fields;

function boxOf(sides: readonly (readonly [string, string])[], targets: readonly Target[], density?: Fields): Fields {
  return {
    type: 'box',
    lower: sides.map(([a]) => a),
    upper: sides.map(([, b]) => b),
    ...(density === undefined ? {} : { density }),
    targets: targets.map((target) => {
      if (typeof target !== 'string') return target;
      const read = parseExpression(target, sides.length);
      if (read.kind === 'refused') throw new Error(read.message);
      return read.target;
    }),
  };
}

async function build(box: Fields, rest: Partial<ConstructionInput> = {}): Promise<Built> {
  const found = findConstruction('christof-kowalczyk-2023-spurious-minima');
  if (found.kind !== 'found') throw new Error('unknown');
  return found.construction.build({
    ...{ inputs: [], targets: [], weights: null, hidden: null, settings: {}, seed: 1, effort: 10, box },
    activation: { function: 'relu' },
    loss: { function: 'squared' },
    ...rest,
  });
}

/** A table by the coefficients of its pieces, constant first. */
const table = (breakpoints: readonly string[], ...pieces: readonly (readonly string[])[]) => ({
  function: 'piecewise',
  breakpoints,
  pieces: pieces.map((polynomial) => ({ polynomial })),
});
const unit = [['0', '1']] as const;
const v: Fields = { breakpoints: ['0'], pieces: [{ polynomial: ['0', '-1'] }, { polynomial: ['0', '1'] }] };

describe('spurious local minima for the true loss', () => {
  test.each<[string, Fields, Partial<ConstructionInput>, string]>([
    ['x² on [0, 1]', boxOf(unit, ['x^2']), {}, '1/180'],
    ['x y on [0, 1]²', boxOf([...unit, ...unit], ['x1*x2']), {}, '1/144'],
    ['three dimensions', boxOf([...unit, ['-1', '1'], ['0', '2']], ['x1^2 - x2*x3']), { hidden: [3] }, '7/15'],
    ['two outputs', boxOf(unit, ['x^2', '1 - x^2']), { hidden: [3, 3] }, '1/90'],
    ['a constant fit', boxOf(unit, ['x^2']), { settings: { segment: 'constant' } }, '4/45'],
    ['|x| in the fourth power', boxOf([['-1', '1']], [v]), { loss: { function: 'power', exponent: '4' } }, '1/40'],
    ['a density', boxOf(unit, ['x^2'], { polynomial: ['0', '2'] }), { activation: { function: 'abs' } }, '1/300'],
    [
      'leaky relu, three layers',
      boxOf(unit, ['x^3']),
      { activation: { function: 'leaky-relu' }, hidden: [2, 2, 3] },
      '9/700',
    ],
    [
      'relu6, where segments end',
      boxOf([['-9', '9']], ['x^2']),
      { activation: { function: 'relu6' }, hidden: [2, 2] },
      '52488/5',
    ],
    ['hardswish', boxOf(unit, ['x^2']), { activation: { function: 'hardswish' } }, '1/180'],
    [
      'hardswish, two dimensions, three layers',
      boxOf([...unit, ['-1', '1']], ['x1*x2 + x1^2']),
      { activation: { function: 'hardswish' }, hidden: [2, 2] },
      '1/15',
    ],
    [
      'hardswish, a constant fit',
      boxOf(unit, ['x^2']),
      { activation: { function: 'hardswish' }, settings: { segment: 'constant' } },
      '4/45',
    ],
    [
      'a parabola without a kink beside 0',
      boxOf(unit, ['x^3']),
      { activation: table(['0'], ['0', '1'], ['0', '1', '1']) },
      '9/700',
    ],
    [
      'the affine piece to the right of the first breakpoint',
      boxOf(unit, ['x^2', 'x^3']),
      { activation: table(['-1', '1'], ['0', '0', '1'], ['2', '1'], ['4', '0', '-1']), hidden: [3] },
      '29/1575',
    ],
    [
      'affine pieces behind two polynomial ones',
      boxOf(unit, ['x^2']),
      { activation: table(['0', '1'], ['0', '0', '1'], ['0', '0', '2'], ['0', '2']) },
      '1/180',
    ],
    ['softshrink', boxOf(unit, ['x^2']), { activation: { function: 'softshrink' } }, '1/180'],
  ])('%s', async (_, box, rest, risk) => {
    const built = await build(box, rest);
    if (built.kind !== 'built') throw new Error(JSON.stringify(built));
    const verdict = checkCertificate(built.text);
    expect(verdict.kind).toBe('proved');
    expect(formatRational(pointRisk(built.theorem).lower)).toBe(risk);
    // Building again gives the same bytes.
    const again = await build(box, rest);
    expect(again).toMatchObject({ text: built.text });
  });
});

describe('what fails is named', () => {
  test.each<[string, Fields, Partial<ConstructionInput>, object]>([
    ['an affine target', boxOf(unit, ['2*x + 1']), {}, { kind: 'hypothesis-fails', hypothesis: 'target not affine' }],
    ['width 1', boxOf(unit, ['x^2']), { hidden: [1] }, { kind: 'hypothesis-fails', hypothesis: 'width at least 2' }],
    [
      'no kink',
      boxOf(unit, ['x^2']),
      { activation: { function: 'identity' } },
      { kind: 'hypothesis-fails', hypothesis: 'activation not affine' },
    ],
    [
      'no constant segment',
      boxOf(unit, ['x^2']),
      { activation: { function: 'abs' }, settings: { segment: 'constant' } },
      { kind: 'hypothesis-fails', hypothesis: 'activation has a constant segment' },
    ],
    ['an irrational fit', boxOf(unit, ['x^3']), { loss: { function: 'power', exponent: '4' } }, { kind: 'gave-up' }],
    ['huber', boxOf(unit, ['x^2']), { loss: { function: 'huber', threshold: '1' } }, { kind: 'gave-up' }],
    ['elu', boxOf(unit, ['x^2']), { activation: { function: 'elu' } }, { kind: 'gave-up' }],
    [
      'a parabola has no affine segment',
      boxOf(unit, ['x^2']),
      { activation: table([], ['0', '0', '1']) },
      { kind: 'hypothesis-fails', hypothesis: 'activation has an affine segment of nonzero slope' },
    ],
    ['an empty box', boxOf([['1', '1']], ['x^2']), {}, { kind: 'usage' }],
    ['a negative density', boxOf(unit, ['x^2'], { polynomial: ['-1'] }), {}, { kind: 'usage' }],
  ])('%s', async (_, box, rest, expected) => {
    expect(await build(box, rest)).toMatchObject(expected);
  });
});
