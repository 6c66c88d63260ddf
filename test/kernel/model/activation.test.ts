import { describe, expect, test } from 'vitest';
import { formatRational, rational } from '../../../src/kernel/arithmetic/rational.js';
import { readProblem } from '../../../src/kernel/check.js';
import { pieceOf } from '../../../src/kernel/model/activation.js';
import { activation, answer, dense, type Fields, piecewise, problem, type Value } from '../../certificate.js';

/** The breakpoints and pieces of an activation as `slope t + intercept` from left to right, or the refusal. */
function shown(layer: Fields): string {
  const json = problem({ layers: [dense(1), layer, dense(1)], x: [1], y: [1] });
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...json }));
  if (read.kind !== 'read') return answer(read).replace('$.network.layers[1]', '…');
  const h = read.value.network.stages[0]?.activation;
  if (h === undefined) throw new Error('no stage');
  const piece = (j: number) => {
    const { slope, intercept } = pieceOf(h, j);
    return `${formatRational(slope)}t+${formatRational(intercept)}`;
  };
  return h.breakpoints.reduce(
    (text, at, j) => `${text} |${formatRational(rational(at, h.breakpointDenominator))}| ${piece(j + 1)}`,
    piece(0),
  );
}

describe('named activations', () => {
  test.each<[string, Fields, string]>([
    ['relu', {}, '0t+0 |0| 1t+0'],
    ['identity', {}, '1t+0'],
    ['abs', {}, '-1t+0 |0| 1t+0'],
    ['leaky-relu', {}, '1/100t+0 |0| 1t+0'],
    ['leaky-relu', { slope: '-1' }, '-1t+0 |0| 1t+0'],
    ['leaky-relu', { slope: '0' }, '0t+0 |0| 1t+0'],
    ['leaky-relu', { slope: '1' }, '1t+0'],
    ['prelu', { slope: '1' }, '1t+0'],
    ['prelu', { slope: '2/2' }, '1t+0'],
    ['prelu', { slope: '3' }, '3t+0 |0| 1t+0'],
    ['hardtanh', {}, '0t+-1 |-1| 1t+0 |1| 0t+1'],
    ['relu6', {}, '0t+0 |0| 1t+0 |6| 0t+6'],
    ['hard-sigmoid', {}, '0t+0 |-3| 1/6t+1/2 |3| 0t+1'],
    ['softshrink', {}, '1t+1/2 |-1/2| 0t+0 |1/2| 1t+-1/2'],
    ['softshrink', { threshold: '2' }, '1t+2 |-2| 0t+0 |2| 1t+-2'],
    ['softshrink', { threshold: '0' }, '1t+0'],
    ['softshrink', { threshold: '-1' }, 'out-of-range ….threshold'],
    ['prelu', {}, 'missing-key …'],
    ['prelu', { slope: '1/100', trained: true }, 'unknown-key ….trained'],
    ['relu', { slope: '0' }, 'unknown-key ….slope'],
    ['hardtanh', { threshold: '2' }, 'unknown-key ….threshold'],
    ['Relu', {}, 'unknown-name ….function'],
    ['toString', {}, 'unknown-name ….function'],
    ['sigmoid', {}, 'unsupported-activation ….function'],
    ['elu', { alpha: '1' }, 'unsupported-activation ….function'],
    ['quadratic', {}, 'unsupported-activation ….function'],
  ])('%s %o: %s', (name, parameters, expected) => {
    expect(shown(activation(name, parameters))).toBe(expected);
  });
});

describe('piecewise activations', () => {
  test.each<[string, Fields, string]>([
    ['one piece', piecewise([], [2, 3]), '2t+3'],
    ['a hat', piecewise([-1, 0, 1], [0, 0], [1, 1], [-1, 1], [0, 0]), '0t+0 |-1| 1t+1 |0| -1t+1 |1| 0t+0'],
    ['two equal neighbours', piecewise([0, 1], [0, 0], [1, 0], [1, 0]), '0t+0 |0| 1t+0'],
    ['all pieces equal', piecewise([-5, 0, 5], [2, 1], [2, 1], [2, 1], [2, 1]), '2t+1'],
    ['equal pieces with another between', piecewise([0, 1], [1, 0], [0, 0], [1, -1]), '1t+0 |0| 0t+0 |1| 1t+-1'],
    ['fractions', piecewise(['1/3'], ['1/2', 0], ['1/5', '1/10']), '1/2t+0 |1/3| 1/5t+1/10'],
    ['a jump', piecewise([0], [0, 0], [1, 1]), 'discontinuous ….pieces[1]'],
    ['a jump between equal slopes', piecewise([0], [1, 0], [1, 1]), 'discontinuous ….pieces[1]'],
    ['a jump at the second', piecewise([0, 1], [0, 0], [1, 0], [2, 0]), 'discontinuous ….pieces[2]'],
    ['a jump of 10⁻⁴⁰', piecewise([0], [0, 0], [1, `1/1${'0'.repeat(40)}`]), 'discontinuous ….pieces[1]'],
    ['breakpoints in disorder', piecewise([1, 0], [0, 0], [0, 0], [0, 0]), 'unordered-breakpoints ….breakpoints[1]'],
    ['a breakpoint twice', piecewise([0, 0], [0, 0], [5, 0], [1, 0]), 'unordered-breakpoints ….breakpoints[1]'],
    [
      'a breakpoint twice, merged',
      piecewise([0, '0/9'], [1, 0], [1, 0], [1, 0]),
      'unordered-breakpoints ….breakpoints[1]',
    ],
    ['a piece too few', piecewise([0], [0, 0]), 'wrong-shape ….pieces'],
    ['a piece too many', piecewise([], [0, 0], [0, 0]), 'wrong-shape ….pieces'],
    ['no piece', piecewise([]), 'empty-list ….pieces'],
    ['a jump before a wrong order', piecewise([0, 0], [0, 0], [1, 1], [1, 1]), 'discontinuous ….pieces[1]'],
  ])('%s', (_, layer, expected) => {
    expect(shown(layer)).toBe(expected);
  });

  const table = (...pieces: readonly Value[]): Fields => activation('piecewise', { breakpoints: [], pieces });
  test.each<[string, Fields, string]>([
    ['the empty polynomial', table({ polynomial: [] }), 'empty-list ….pieces[0].polynomial'],
    ['a constant', table({ polynomial: ['7'] }), '0t+7'],
    ['zeros of higher degree', table({ polynomial: ['7', '1', '0', '0'] }), '1t+7'],
    ['over a denominator', table({ polynomial: { denominator: '4', numerators: ['2', '6'] } }), '3/2t+1/2'],
    ['a quadratic piece', table({ polynomial: ['0', '0', '1'] }), 'unsupported-activation ….pieces[0].polynomial'],
    ['a smooth piece', table({ function: 'exp' }), 'unsupported-activation ….pieces[0].function'],
    ['no polynomial', table({}), 'missing-key ….pieces[0]'],
    ['another key', table({ polynomial: ['0'], on: ['0', '1'] }), 'unknown-key ….pieces[0].on'],
    ['a list', table(['0', '1']), 'wrong-type ….pieces[0]'],
  ])('%s', (_, layer, expected) => {
    expect(shown(layer)).toBe(expected);
  });
});
