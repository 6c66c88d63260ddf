/** A list in a stream proves what it proves in the certificate; whatever is changed in its lines is told by line, and is what the list would get. */
import { describe, expect, test } from 'vitest';
import { canonicalStatement } from '../../src/kernel/canonical.js';
import { type CheckOptions, checkCertificate } from '../../src/kernel/check.js';
import type { Verdict } from '../../src/kernel/verdict.js';
import {
  answer,
  changed,
  check,
  codeOf,
  dense,
  type Fields,
  point,
  problem,
  relu,
  type Value,
} from '../certificate.js';
import { enumerated, globalBy, nodeFor, rational, riskAt, streamed } from '../enumerated.js';

const valley = problem({ layers: [dense(1), relu, dense(1)], x: [-1, 0, 1], y: [1, 0, 1] });
const hinge = point([[['1/2']], [0]], [[[1]], ['1/2']]);
const listed = globalBy(valley, hinge, nodeFor(valley, rational(1n, 2n)));
const { certificate, lines } = streamed(listed);
/** Labels that the network can fit, so that other lines hold for it. */
const other = streamed(enumerated(problem({ layers: [dense(1), relu, dense(1)], x: [-1, 0, 1], y: [4, 0, 1] })));
const combinations = '$.proof.globalMinimum.combinations';

const checkLines = (given: Iterable<string>, options: CheckOptions = {}): Verdict =>
  check(certificate, { lines: () => given, ...options });

function proved(verdict: Verdict) {
  if (verdict.kind !== 'proved') throw new Error(answer(verdict));
  return verdict.theorem;
}

/** What the list gets for the same entries, as far as they go. */
function asList(given: readonly string[]): string {
  const entries = lines.map((line, c) => JSON.parse(given[c] ?? line) as Value);
  const found = answer(check(changed(listed, combinations, entries)));
  return found === 'proved' && given.length !== lines.length ? `wrong-length ${combinations}` : found;
}

describe('the same theorem', () => {
  test('statement, risk, rules and obligations are those of the list', () => {
    const [stream, list] = [proved(checkLines(lines)), proved(check(listed))];
    expect(canonicalStatement(stream.statement)).toBe(canonicalStatement(list.statement));
    expect(stream.obligations).toEqual(list.obligations);
    expect(stream.risk).toEqual(list.risk);
    expect(stream.rules).toEqual(list.rules);
    expect([stream.believed, list.believed]).toEqual([0, 0]);
    expect(stream.steps['globalMinimum']).toMatchObject({ combinations: { stream: 'a.leaves.jsonl' } });
  });

  test('two units, and labels with two best approximations', () => {
    const two = streamed(
      enumerated(problem({ layers: [dense(2), relu, dense(1)], x: [0, 1, 2, 3, 4], y: [4, 2, 7, 2, 4] })),
    );
    expect(codeOf(check(two.certificate, { lines: () => two.lines }))).toBe('proved');
    const mirrored = point([[['-1/2']], [0]], [[[1]], ['1/2']]);
    const { statement, ...rest } = certificate as { statement: Fields };
    const illPosed = {
      ...rest,
      statement: { ...statement, kind: 'ill-posed-best-approximation', otherPoint: mirrored, jump: '1/2' },
    };
    expect(answer(check(illPosed, { lines: () => lines }))).toBe('proved');
    expect(answer(check(illPosed, { lines: () => lines.slice(1) })).split(' ')[0]).not.toBe('proved');
  });

  test('a line is asked for when the one before it is checked, and the stream is closed early where one is wrong', () => {
    const log: string[] = [];
    function* lent(given: readonly string[]) {
      try {
        for (const [c, line] of given.entries()) {
          log.push(`lends ${c}`);
          yield line;
        }
      } finally {
        log.push('closed');
      }
    }
    const observeLines = (checked: number, total: number) => void log.push(`checked ${checked} of ${total}`);
    proved(checkLines(lent(lines), { observeLines }));
    expect(log).toEqual([...lines.flatMap((_, c) => [`lends ${c}`, `checked ${c + 1} of 12`]), 'closed']);
    log.length = 0;
    expect(codeOf(checkLines(lent(['', ...lines]), { observeLines }))).toBe('malformed-json');
    expect(log).toEqual(['lends 0', 'closed']);
  });
});

describe('every line is damaged', () => {
  const at = (c: number) => `${combinations}[${c}]`;

  test.each<[string, (c: number) => readonly string[]]>([
    ['dropped', (c) => lines.toSpliced(c, 1)],
    ['repeated', (c) => lines.toSpliced(c, 0, lines[c] as string)],
    ['swapped with the next', (c) => lines.toSpliced(c, 2, ...[lines[c + 1], lines[c]].flatMap((line) => line ?? []))],
    ['of another certificate', (c) => lines.with(c, other.lines[c] as string)],
    ['cut off before', (c) => lines.slice(0, c)],
    ['put at the end', (c) => [...lines.toSpliced(c, 1), lines[c] as string]],
    ['added at the end', (c) => [...lines, lines[c] as string]],
    ['an empty record', (c) => lines.with(c, '{}')],
    ['a list', (c) => lines.with(c, `[${lines[c]}]`)],
    ['with a key too many', (c) => lines.with(c, (lines[c] as string).replace('{', '{"leaf":0,'))],
    ['with a negative multiplier', (c) => lines.with(c, (lines[c] as string).replace(/"[^"]*"\]\]/, '"-1/7"]]'))],
  ])('%s: as the list, and never proved but where two lines are equal', (_, damage) => {
    for (const c of lines.keys()) {
      const given = damage(c);
      const found = answer(checkLines(given));
      expect(found).toBe(asList(given));
      if (found === 'proved') expect(given.map((line, k) => line === lines[k])).not.toContain(false);
    }
  });

  test.each<[string, (line: string) => string]>([
    ['CRLF', (line) => `${line}\r`],
    ['a space at the end', (line) => `${line} `],
    ['a space at the start', (line) => ` ${line}`],
    ['a byte order mark', (line) => `\ufeff${line}`],
    ['empty', () => ''],
    ['truncated', (line) => line.slice(0, -1)],
    ['half of it', (line) => line.slice(0, line.length / 2)],
    ['a comma behind it', (line) => `${line},`],
    ['two in one', (line) => `${line}${line}`],
    ['no JSON', () => 'nonsense'],
    ['NUL', (line) => `\0${line}`],
  ])('%s: malformed, in this line', (_, damage) => {
    for (const [c, line] of lines.entries()) {
      const verdict = checkLines(lines.with(c, damage(line)));
      expect(answer(verdict)).toMatch(
        new RegExp(`^malformed-json \\$\\.proof\\.globalMinimum\\.combinations\\[${c}\\]`),
      );
      expect(verdict).toMatchObject({ reason: { message: expect.stringContaining(`line ${c + 1}`) } });
    }
  });

  test('an error inside of a line has its whole path', () => {
    const wrong = (from: string | RegExp, to: string) =>
      answer(checkLines(lines.with(7, (lines[7] as string).replace(from, to))));
    expect(wrong(/"prediction":\["[^"]*"/, '"prediction":["1/0"')).toBe(`malformed-quantity ${at(7)}.prediction[0]`);
    expect(wrong(/"prediction":\["[^"]*"/, '"prediction":[1')).toBe(`wrong-type ${at(7)}.prediction[0]`);
    expect(wrong('{', '{"prediction":[],')).toBe(`duplicate-key ${at(7)}`);
    expect(wrong('"prediction"', '"predictions"')).toBe(`unknown-key ${at(7)}.predictions`);
    expect(wrong('"multipliers":[[', '"multipliers":[[[],')).toBe(`wrong-type ${at(7)}.multipliers[0][0]`);
  });

  test('a line more is refused, even if it is empty, and however many there are', () => {
    function* endless() {
      yield* lines;
      for (;;) yield '';
    }
    expect(answer(checkLines([...lines, '']))).toBe(`wrong-length ${combinations}`);
    expect(answer(checkLines(endless()))).toBe(`wrong-length ${combinations}`);
    expect(answer(checkLines([]))).toBe(`wrong-length ${combinations}`);
  });
});

describe('what is lent', () => {
  test('nothing: declined by name', () => {
    const verdict = check(certificate);
    expect(answer(verdict)).toBe(`unsupported-stream ${combinations}.stream`);
    expect(verdict).toMatchObject({ kind: 'declined', reason: { message: expect.stringContaining('a.leaves.jsonl') } });
  });

  test('more combinations than can be counted: declined before a line is asked for', () => {
    const many = 40;
    const at0 = point(
      [Array.from({ length: many }, () => [0]), Array.from({ length: many }, () => 0)],
      [[Array.from({ length: many }, () => 0)], ['2/3']],
    );
    const { network, ...rest } = valley as { network: Fields };
    const wide = { ...rest, network: { ...network, layers: [dense(many), relu, dense(1)] } };
    const asked = () => {
      throw new Error('asked for');
    };
    const { proof } = certificate as { proof: { globalMinimum: Fields } };
    expect(answer(check(globalBy(wide, at0, proof.globalMinimum), { lines: asked }))).toBe(
      `unsupported-stream ${combinations}.stream`,
    );
  });

  test.each<[Value, string]>([
    ['b.leaves.jsonl', 'proved'],
    ['.leaves.jsonl', `file-reference ${combinations}.stream`],
    ['a b-ä.leaves.jsonl', 'proved'],
    ['../a.leaves.jsonl', `file-reference ${combinations}.stream`],
    ['a..leaves.jsonl', `file-reference ${combinations}.stream`],
    ['..', `file-reference ${combinations}.stream`],
    ['/a.leaves.jsonl', `file-reference ${combinations}.stream`],
    ['b/a.leaves.jsonl', `file-reference ${combinations}.stream`],
    ['b\\a.leaves.jsonl', `file-reference ${combinations}.stream`],
    ['C:a.leaves.jsonl', `file-reference ${combinations}.stream`],
    ['a.jsonl', `file-reference ${combinations}.stream`],
    ['a.leaves.jsonl/', `file-reference ${combinations}.stream`],
    ['a.leaves.jsonl\n', `control-character ${combinations}.stream`],
    [`${'a'.repeat(190)}.leaves.jsonl`, `file-reference ${combinations}.stream`],
    ['', `file-reference ${combinations}.stream`],
    [null, `wrong-type ${combinations}.stream`],
    [['a.leaves.jsonl'], `wrong-type ${combinations}.stream`],
  ])('the name %j: %s', (name, expected) => {
    const asked: string[] = [];
    const lent = (given: string) => {
      asked.push(given);
      return lines;
    };
    expect(answer(check(changed(certificate, `${combinations}.stream`, name), { lines: lent }))).toBe(expected);
    expect(asked).toEqual(expected === 'proved' ? [name] : []);
  });

  test.each<[Value, string]>([
    [{}, `missing-key ${combinations}`],
    [{ stream: 'a.leaves.jsonl', sha256: '' }, `unknown-key ${combinations}.sha256`],
    ['a.leaves.jsonl', `wrong-type ${combinations}`],
  ])('in the place of the list %j: %s', (by, expected) => {
    expect(answer(check(changed(certificate, combinations, by), { lines: () => lines }))).toBe(expected);
  });

  test('what is no text, or throws, ends the check with a throw: never a proof', () => {
    expect(() => checkLines([1, 2] as never)).toThrow(TypeError);
    expect(() => checkLines([...lines.slice(0, 11), { toString: () => lines[11] }] as never)).toThrow();
    expect(() =>
      check(certificate, {
        lines: () => {
          throw new Error('unreadable');
        },
      }),
    ).toThrow('unreadable');
  });
});

describe('limits are those of each line', () => {
  const longer = (line: string, by: number) => line.replace(/"prediction":\["/, `$&${'0.'.padEnd(by, '0')}1","`);
  const long = (by: number) => longer(lines[3] as string, by);
  const size = JSON.stringify(certificate).length;

  test.each<[string, string, CheckOptions['limits'], string]>([
    ['characters', long(size), { bytes: size }, `limit-bytes ${combinations}[3]`],
    ['digits', long(60), { digits: 50 }, `limit-digits ${combinations}[3].prediction[0]`],
    ['nesting', `${'['.repeat(60)}${']'.repeat(60)}`, { nesting: 50 }, `limit-nesting ${combinations}[3]`],
    ['values', `[${'0,'.repeat(400)}0]`, { numbers: 300 }, `limit-numbers ${combinations}[3][299]`],
    [
      'limbs',
      `{"prediction":["1e"],"multipliers":[["0","0","0"]]}`.replace('1e', `1/${'3'.repeat(20_000)}`),
      { limbs: 300 },
      `limit-limbs ${combinations}[3].prediction`,
    ],
    [
      'operations',
      `{"prediction":["1e","0","1"],"multipliers":[["0","0","0"]]}`.replace('1e', `1/${'3'.repeat(20_000)}`),
      { operations: 3_000 },
      `limit-operations ${combinations}[3]`,
    ],
  ])('%s', (_, line, limits, expected) => {
    const found = answer(checkLines(lines.with(3, line), { limits: limits ?? {} }));
    expect(found.slice(0, expected.length)).toBe(expected);
  });

  test('the operations of one line are not counted against the next', () => {
    const limits = { operations: 700 };
    expect(codeOf(check(listed, { limits }))).toBe('limit-operations');
    expect(codeOf(checkLines(lines, { limits }))).toBe('proved');
  });
});

describe('going on from a line', () => {
  test.each(lines.map((_, c) => c + 1))('%i lines are believed, and the theorem says so', (from) => {
    const theorem = proved(checkLines(lines, { from }));
    expect(theorem.believed).toBe(from);
    expect(theorem.obligations.by['combination'] ?? 0).toBe(12 - from);
  });

  test('what is believed is counted, and not looked at; all the rest is checked', () => {
    const junk = lines.map((line, c) => (c < 5 ? 'junk' : line));
    expect(proved(checkLines(junk, { from: 5 })).believed).toBe(5);
    expect(answer(checkLines(junk, { from: 4 }))).toBe(`malformed-json ${combinations}[4]`);
    expect(answer(checkLines(junk))).toBe(`malformed-json ${combinations}[0]`);
    expect(answer(checkLines(lines.slice(1), { from: 11 }))).toBe(`wrong-length ${combinations}`);
    expect(answer(checkLines([...lines, ''], { from: 12 }))).toBe(`wrong-length ${combinations}`);
    expect(answer(checkLines([...lines, ''], { from: 3 }))).toBe(`wrong-length ${combinations}`);
    expect(answer(checkLines(lines.with(11, '{}'), { from: 11 }))).toBe(`missing-key ${combinations}[11]`);
  });

  test('the combinations that follow are those behind the ones that are believed', () => {
    for (const [c, line] of lines.entries()) {
      for (let from = 0; from <= c; from++) {
        const given = lines.with(c, lines[(c + 1) % 12] as string);
        const found = answer(checkLines(given, { from }));
        if (given[c] !== line) expect(found).toBe(asList(given));
      }
    }
  });

  test('in a certificate without a stream nothing is believed', () => {
    expect(proved(check(listed, { from: 5 })).believed).toBe(0);
    const wrong = changed(listed, `${combinations}[0].prediction[0]`, '7');
    expect(codeOf(check(wrong, { from: 5 }))).not.toBe('proved');
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 13])('from %s is a throw', (from) => {
    expect(() => checkLines(lines, { from })).toThrow(RangeError);
  });

  test('a false claim passes only as far as it is believed, and never as a theorem that was checked', () => {
    const constant = point([[[0]], [0]], [[[0]], ['2/3']]);
    expect(riskAt(valley, constant)).toEqual(rational(2n, 3n));
    const { proof } = certificate as { proof: { globalMinimum: Fields } };
    const text = JSON.stringify(globalBy(valley, constant, proof.globalMinimum));
    expect(codeOf(checkCertificate(text, { lines: () => lines }))).toBe('bound-too-low');
    const verdicts = lines.map((_, c) => checkCertificate(text, { lines: () => lines, from: c + 1 }));
    expect(verdicts.slice(0, 3).map(codeOf)).toEqual(['bound-too-low', 'bound-too-low', 'bound-too-low']);
    for (const [c, verdict] of verdicts.entries()) {
      if (verdict.kind === 'proved') expect(verdict.theorem.believed).toBe(c + 1);
    }
  });
});
