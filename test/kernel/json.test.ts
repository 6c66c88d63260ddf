import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Json, pathKey, quote, readJson } from '../../src/kernel/json.js';
import { defaultLimits, type Limits } from '../../src/kernel/limits.js';
import { Refusal } from '../../src/kernel/verdict.js';
import { dense, localMinimum, point, problem, relu } from '../certificate.js';

const bs = '\\';

/** The value as JSON.parse would give it, so that the two readers can be compared; numbers keep their text. */
function plain(json: Json): unknown {
  if (Array.isArray(json)) return json.map(plain);
  if (json instanceof Map) return Object.fromEntries([...json].map(([key, value]) => [key, plain(value)]));
  if (typeof json === 'object' && json !== null) return (json as { number: string }).number;
  return json;
}

function read(text: string, limits: Partial<Limits> = {}): unknown {
  return plain(readJson(text, { ...defaultLimits, ...limits }));
}

function refusal(text: string, limits: Partial<Limits> = {}): string {
  try {
    read(text, limits);
  } catch (error) {
    if (error instanceof Refusal) return `${error.kind} ${error.code} ${error.path}`;
    throw error;
  }
  return 'read';
}

describe('accepted', () => {
  test.each([
    ['0', '0'],
    ['-0', '-0'],
    ['1e999', '1e999'],
    ['-12.50E+007', '-12.50E+007'],
    [`1${'0'.repeat(100_000)}`, `1${'0'.repeat(100_000)}`],
    ['true', true],
    [' false\n', false],
    ['\t\r\n null ', null],
    ['""', ''],
    ['"a/b"', 'a/b'],
    [`"${bs}"${bs}${bs}${bs}/${bs}b${bs}f${bs}n${bs}r${bs}t"`, '"\\/\b\f\n\r\t'],
    [`"${bs}u0041${bs}u00e9${bs}u00E9${bs}u0000"`, 'A\u00e9\u00e9\u0000'],
    [`"${bs}ud83d${bs}ude00"`, '\u{1f600}'],
    ['"\u{1f600}"', '\u{1f600}'],
    ['"\u007f\u2028\ufeff"', '\u007f\u2028\ufeff'],
    // RFC 8259 lets a reader take lone surrogates; texts with one are refused where they mean something.
    [`"${bs}ud800"`, '\ud800'],
    [`"${bs}udc00x"`, '\udc00x'],
    ['[]', []],
    ['[ 1 , [ ] , { } ]', ['1', [], {}]],
    ['{"a":1,"A":2}', { a: '1', A: '2' }],
    ['{"":0}', { '': '0' }],
  ])('%j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test('__proto__ and constructor are keys like others', () => {
    const json = readJson('{"__proto__":{"a":true},"constructor":1,"hasOwnProperty":2}', defaultLimits);
    expect([...(json as Map<string, Json>).keys()]).toEqual(['__proto__', 'constructor', 'hasOwnProperty']);
    expect(({} as { a?: boolean }).a).toBeUndefined();
  });

  test('what JSON.stringify writes', () => {
    const numbersAsText = (value: unknown): unknown =>
      typeof value === 'number'
        ? JSON.stringify(value)
        : Array.isArray(value)
          ? value.map(numbersAsText)
          : value !== null && typeof value === 'object'
            ? Object.fromEntries(Object.entries(value).map(([key, v]) => [key, numbersAsText(v)]))
            : value;
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(read(text)).toEqual(numbersAsText(JSON.parse(text)));
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('refused', () => {
  test.each([
    ['', 'malformed-json $', 'no value'],
    ['  \n', 'malformed-json $', 'only space'],
    ['\ufeff{}', 'malformed-json $', 'a BOM'],
    ['\u00a0{}', 'malformed-json $', 'a space that is none in JSON'],
    ['{}\u0000', 'malformed-json $', 'NUL behind the value'],
    ['{} {}', 'malformed-json $', 'two values'],
    ['[1]]', 'malformed-json $', 'one bracket too many'],
    ['{},', 'malformed-json $', 'a comma behind the value'],
    ['[1,]', 'malformed-json $[1]', 'a comma behind the last entry'],
    ['[,1]', 'malformed-json $[0]', 'a comma before the first entry'],
    ['[1 2]', 'malformed-json $[0]', 'no comma'],
    ['[1', 'malformed-json $[0]', 'no end'],
    ['[', 'malformed-json $[0]', 'no end, empty'],
    ['{"a":1,}', 'malformed-json $', 'a comma behind the last key'],
    ['{"a" 1}', 'malformed-json $.a', 'no colon'],
    ['{"a"', 'malformed-json $.a', 'no value for the key'],
    ['{"a":', 'malformed-json $.a', 'no value for the key'],
    ['{a:1}', 'malformed-json $', 'a key without quotes'],
    ["{'a':1}", 'malformed-json $', 'single quotes'],
    ['{1:1}', 'malformed-json $', 'a number as key'],
    ['{"a":1 "b":2}', 'malformed-json $', 'no comma'],
    ['{"a":1,"a":1}', 'duplicate-key $', 'the same key, the same value'],
    ['{"a":1,"b":{"x":1,"y":2,"x":3}}', 'duplicate-key $.b', 'the same key further in'],
    [`{"a":1,"${bs}u0061":2}`, 'duplicate-key $', 'the same key, escaped'],
    ['{"__proto__":1,"__proto__":2}', 'duplicate-key $', 'the same key, with a history'],
    ['[{"a":[0,{"k":1,"k":2}]}]', 'duplicate-key $[0].a[1]', 'deep in'],
    ['NaN', 'malformed-json $', 'no number'],
    ['Infinity', 'malformed-json $', 'no number'],
    ['[-Infinity]', 'malformed-json $[0]', 'no number'],
    ['undefined', 'malformed-json $', 'no value'],
    ['nul', 'malformed-json $', 'half a word'],
    ['True', 'malformed-json $', 'a word of another language'],
    ['01', 'malformed-json $', 'a leading zero'],
    ['-', 'malformed-json $', 'a sign alone'],
    ['+1', 'malformed-json $', 'a plus sign'],
    ['.5', 'malformed-json $', 'no digit before the point'],
    ['[1.]', 'malformed-json $[0]', 'no digit behind the point'],
    ['1e', 'malformed-json $', 'no exponent'],
    ['0x10', 'malformed-json $', 'hexadecimal'],
    ['1n', 'malformed-json $', 'a bigint literal'],
    ['\u0661', 'malformed-json $', 'a digit that is none in JSON'],
    ['"a', 'malformed-json $', 'a string without end'],
    [`"a${bs}`, 'malformed-json $', 'an escape without end'],
    [`"a${bs}"`, 'malformed-json $', 'an escaped end'],
    ['"a\nb"', 'malformed-json $', 'a line feed in a string'],
    ['"\t"', 'malformed-json $', 'a tab in a string'],
    ['"\u0000"', 'malformed-json $', 'NUL in a string'],
    [`"${bs}x41"`, 'malformed-json $', 'an unknown escape'],
    [`"${bs}u12"`, 'malformed-json $', 'a short escape'],
    [`"${bs}u12g4"`, 'malformed-json $', 'no hexadecimal digit'],
    [`"${bs}u+123"`, 'malformed-json $', 'a sign in an escape'],
    [`"${bs}U0041"`, 'malformed-json $', 'a capital U'],
    ['/* */1', 'malformed-json $', 'a comment'],
    ['1 // one', 'malformed-json $', 'a comment'],
  ])('%j: %s, %s', (text, expected) => {
    expect(refusal(text)).toBe(`rejected ${expected}`);
  });

  test('a key that is no name is quoted in the path', () => {
    expect(refusal('{"a b":[1,{"\u202e":nul}]}')).toBe('rejected malformed-json $["a b"][1]["\\u202e"]');
  });

  test('a certificate that ends too early, at every character', () => {
    const text = JSON.stringify(
      localMinimum(
        problem({ layers: [dense(1), relu, dense(1)], x: [1, 2], y: [1, 0] }),
        point([[[1]], [0]], [[[1]], ['1/2']]),
      ),
    );
    expect(refusal(text)).toBe('read');
    for (let end = 0; end < text.length; end++)
      expect(refusal(text.slice(0, end))).toMatch(/^rejected malformed-json \$/);
  });

  test('a certificate with one character left out is read differently or not at all', () => {
    const text = JSON.stringify(localMinimum(problem({ layers: [dense(1)], x: [1], y: [1] }), point([[[1]], [0]])));
    const whole = JSON.stringify(read(text));
    for (let at = 0; at < text.length; at++) {
      const cut = text.slice(0, at) + text.slice(at + 1);
      if (refusal(cut) === 'read') expect(JSON.stringify(read(cut))).not.toBe(whole);
    }
  });
});

describe('limits', () => {
  test.each<[string, Partial<Limits>, string]>([
    ['[[1]]', { nesting: 2 }, 'read'],
    ['[[1]]', { nesting: 1 }, 'declined limit-nesting $[0]'],
    ['{"a":{"b":1}}', { nesting: 1 }, 'declined limit-nesting $.a'],
    ['[[', { nesting: 1 }, 'declined limit-nesting $[0]'],
    ['[1,2]', { numbers: 3 }, 'read'],
    ['[1,2]', { numbers: 2 }, 'declined limit-numbers $[1]'],
    ['{"a":1,"b":2}', { numbers: 2 }, 'declined limit-numbers $.b'],
    ['12', { bytes: 2 }, 'read'],
    ['12 ', { bytes: 2 }, 'declined limit-bytes $'],
    ['\u{1f600}!', { bytes: 2 }, 'declined limit-bytes $'],
  ])('%j within %o: %s', (text, limits, expected) => {
    expect(refusal(text, limits)).toBe(expected);
  });

  test.each([
    ['lists', '['.repeat(200) + ']'.repeat(200), 'read'],
    ['lists', '['.repeat(201) + ']'.repeat(201), `declined limit-nesting $${'[0]'.repeat(200)}`],
    ['records', '{"a":'.repeat(201), `declined limit-nesting $${'.a'.repeat(200)}`],
    ['a million lists', '['.repeat(1_000_000), `declined limit-nesting $${'[0]'.repeat(200)}`],
  ])('the default nesting of %s', (_, text, expected) => {
    expect(refusal(text)).toBe(expected);
  });

  test('a string of ten million characters and as many spaces are read', () => {
    expect((read(`"${'a'.repeat(10_000_000)}"`) as string).length).toBe(10_000_000);
    expect(refusal(' '.repeat(10_000_000))).toBe('rejected malformed-json $');
  });
});

describe('shown text', () => {
  test.each([
    ['a', '"a"'],
    ['"', '"\\""'],
    ['\u001b[31m', '"\\u001b[31m"'],
    ['\u009b', '"\\u009b"'],
    ['\u202eabc', '"\\u202eabc"'],
    ['\u200b\ufeff\u2028', '"\\u200b\\ufeff\\u2028"'],
    ['x'.repeat(61), `"${'x'.repeat(57)}..."`],
  ])('quote(%j) is %s', (text, expected) => {
    expect(quote(text)).toBe(expected);
  });

  test.each([
    ['units', '.units'],
    ['_a1', '._a1'],
    ['1a', '["1a"]'],
    ['a.b', '["a.b"]'],
    ['', '[""]'],
    ['a\n', '["a\\n"]'],
    ['\u00e9', '["\u00e9"]'],
  ])('pathKey(%j) is %s', (key, expected) => {
    expect(pathKey(key)).toBe(expected);
  });
});
