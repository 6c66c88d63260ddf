/**
 * Kernels that do not check: each says "proved" to wrong certificates, so the corpus tells every one of them from the real kernel.
 * Where a fake passes a case, the case would not notice that the kernel has become that fake.
 */
import { describe, expect, test } from 'vitest';
import { checkCertificate, readProblem } from '../src/kernel/check.js';
import { readJson } from '../src/kernel/json.js';
import { defaultLimits } from '../src/kernel/limits.js';
import { rejected } from './rejected.js';

type Fake = (text: string) => 'proved' | 'refused';

const acceptAll: Fake = () => 'proved';

/** Reads JSON as anybody does. */
const parseOnly: Fake = (text) => {
  try {
    return typeof JSON.parse(text) === 'object' ? 'proved' : 'refused';
  } catch {
    return 'refused';
  }
};

/** Reads JSON as strictly as the kernel, within its limits. */
const readOnly: Fake = (text) => {
  try {
    return readJson(text, defaultLimits) instanceof Map ? 'proved' : 'refused';
  } catch {
    return 'refused';
  }
};

/** Checks the problem, and believes the rest. */
const problemOnly: Fake = (text) => {
  try {
    const { statement } = JSON.parse(text) as { statement: { problem: object } };
    const file = JSON.stringify({ format: 'cairn-problem', version: 1, ...statement.problem });
    return readProblem(file).kind === 'read' ? 'proved' : 'refused';
  } catch {
    return 'refused';
  }
};

/** Believes a refusal to be a proof where the claim says so: a kernel with its verdicts exchanged. */
const exchanged: Fake = (text) => (checkCertificate(text).kind === 'proved' ? 'refused' : 'proved');

const real: Fake = (text) => (checkCertificate(text).kind === 'proved' ? 'proved' : 'refused');

const fooled = (fake: Fake) => rejected.filter(({ text, limits }) => limits === undefined && fake(text) === 'proved');
const cases = rejected.filter(({ limits }) => limits === undefined);
const codesOf = (list: readonly { readonly code: string }[]) => new Set(list.map(({ code }) => code));

test('the real kernel is fooled by none', () => {
  expect(fooled(real)).toEqual([]);
});

test('an accept-all kernel is fooled by every case', () => {
  expect(fooled(acceptAll)).toEqual(cases);
  expect(fooled(exchanged)).toEqual(cases);
});

describe('kernels that look at the form only are fooled by every other case', () => {
  test('JSON.parse: all but what is no JSON', () => {
    const seen = codesOf(cases.filter((c) => !fooled(parseOnly).includes(c)));
    expect([...seen]).toEqual(['malformed-json']);
  });

  test('the strict reader: all but what it refuses', () => {
    const seen = codesOf(cases.filter((c) => !fooled(readOnly).includes(c)));
    expect([...seen].sort()).toEqual(['duplicate-key', 'malformed-json']);
  });

  test('a reader of problems: every wrong proof', () => {
    const codes = codesOf(fooled(problemOnly));
    const ruleCases = cases.filter(({ path }) => path.startsWith('$.proof') || path === '$.statement.point');
    for (const { file, text } of ruleCases.filter(({ code }) => code !== 'malformed-json')) {
      expect(`${file} ${problemOnly(text)}`).toBe(`${file} proved`);
    }
    expect(codes.size).toBeGreaterThan(30);
  });
});

test('every obligation has a case that only its check refuses: without it, a wrong claim is one key away', () => {
  for (const code of [
    'missing-obligation',
    'not-below',
    'nonzero-path-moment',
    'undecided-kink',
    'not-descending',
    'nonzero-gradient',
    'not-ascending',
  ]) {
    expect([...codesOf(fooled(problemOnly))]).toContain(code);
  }
});
