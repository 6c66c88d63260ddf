import { describe, expect, test } from 'vitest';
import { layerJson, tensorJson, writeFile } from '../../src/formats/write.js';

describe('tensors', () => {
  test.each<[string, Parameters<typeof tensorJson>, unknown]>([
    ['a matrix', [[[1n, 2n]], 1n, [1, 2]], [['1', '2']]],
    ['a matrix without a shape', [[[1n, 2n]], 2n, []], [['1/2', '1']]],
    [
      'a length',
      [[[1n, 2n, 3n, 4n]], 1n, [1, 2, 2]],
      [
        [
          ['1', '2'],
          ['3', '4'],
        ],
      ],
    ],
    ['units', [[[1n], [2n]], 1n, [2, 1, 1, 1]], [[[['1']]], [[['2']]]]],
    [
      'an image: channel, row, column',
      [[[1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n, 11n, 12n]], 1n, [1, 2, 2, 3]],
      [
        [
          [
            ['1', '2', '3'],
            ['4', '5', '6'],
          ],
          [
            ['7', '8', '9'],
            ['10', '11', '12'],
          ],
        ],
      ],
    ],
    ['lowest terms', [[[2n, 3n]], 4n, [1, 1, 2]], [[['1/2', '3/4']]]],
    [
      'a long denominator stands once',
      [[[1n, 2n]], 1n << 200n, [1, 2, 1]],
      { denominator: String(1n << 200n), numerators: [[['1'], ['2']]] },
    ],
  ])('%s', (_, given, expected) => {
    expect(tensorJson(...given)).toEqual(expected);
  });

  test('the entry of a layer', () => {
    const values = { weights: [[1n, 2n]], bias: [3n], denominator: 2n };
    expect(layerJson(values, [1, 1, 2])).toEqual({ weights: [[['1/2', '1']]], bias: ['3/2'] });
    expect(layerJson({ ...values, bias: null })).toEqual({ weights: [['1/2', '1']] });
  });
});

test('rows of a tensor stay on one line', () => {
  expect(writeFile({ weights: tensorJson([[1n, 2n, 3n, 4n]], 1n, [1, 2, 2]) })).toBe(
    '{\n  "weights": [\n    [\n      ["1","2"],\n      ["3","4"]\n    ]\n  ]\n}\n',
  );
});
