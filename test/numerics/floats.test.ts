import { expect, test } from 'vitest';
import { quantityNear } from '../../src/numerics/floats.js';

test.each([
  [0.2, '0.2'],
  [0.0123, '0.01'],
  [1.26e-6, '0.000001'],
  [4e-9, '1/250000000'],
  [7.3e-30, '1/140000000000000000000000000000'],
  [250, '300'],
  [3.4e21, '3400000000000000000000'],
])('%d is about %s, as options take it', (x, expected) => {
  expect(quantityNear(x)).toBe(expected);
});
