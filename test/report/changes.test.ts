import { expect, test } from 'vitest';
import { changes } from '../../src/report/changes.js';

test.each([
  ['{"a":"1"}', '{"a":"1"}', []],
  ['{"a":"1"}', '{"a":"2"}', ['$.a: 1 → 2']],
  ['{"a":["1","2"]}', '{"a":["1","3"]}', ['$.a[1]: 2 → 3']],
  ['{"a":[["1"],["2"]]}', '{"a":[["0"],["2"]]}', ['$.a[0][0]: 1 → 0']],
  ['{"a":["1","2","3"]}', '{"a":["2","3"]}', ['$.a[0…]: 3 entries → 2 entries']],
  ['{"a":["1","2","3"]}', '{"a":["1","2"]}', ['$.a[2…]: 3 entries → 2 entries']],
  ['{"a":"1"}', '{"a":"1","b":"2"}', ['$.b: null → 2']],
  ['{"a":"1","b":["2"]}', '{"a":"1"}', ['$.b: ["2"] → null']],
  ['{"a":{"b":"1","c":"2"}}', '{"a":{"b":"2","c":"1"}}', ['$.a.b: 1 → 2', '$.a.c: 2 → 1']],
  ['{"a":{"b":"1"}}', '{"a":["1"]}', ['$.a: {"b":"1"} → ["1"]']],
  ['{"a":true,"b":1}', '{"a":false,"b":2}', ['$.a: true → false', '$.b: 1 → 2']],
])('from %s to %s', (before, after, expected) => {
  expect(changes(before, after).map((change) => `${change.path}: ${change.before} → ${change.after}`)).toEqual(
    expected,
  );
});
