import { expect, test } from 'vitest';
import { checkCertificate } from '../../src/kernel/check.js';
import { Theorem, takeMint } from '../../src/kernel/theorem.js';
import { check, dense, globalMinimum, point, problem } from '../certificate.js';

const parts = { layers: [dense(1)], x: [1, 2], y: [3, 5] };
const line = globalMinimum(problem(parts), point([[[2]], [1]]), 'zero-loss');

test('the kernel makes a theorem that restates what it has checked', () => {
  const verdict = check({ ...line, about: { text: 'a line through two points' } });
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  const { theorem } = verdict;
  expect(theorem).toBeInstanceOf(Theorem);
  expect(theorem.statement.kind).toBe('global-minimum');
  expect(theorem.rule).toBe('zero-loss');
  expect(theorem.steps).toEqual({ globalMinimum: { rule: 'zero-loss' } });
  expect(theorem.risk.point).toMatchObject({ lower: { num: 0n, den: 1n }, upper: { num: 0n, den: 1n } });
  expect(theorem.risk.better).toBeNull();
  expect(theorem.obligations).toEqual({ total: 2, by: { 'zero-residual': 2 } });
  expect(theorem.about).toEqual({ text: 'a line through two points' });
});

/** The constructor as plain JavaScript sees it. */
const make = Theorem as unknown as new (...keys: unknown[]) => Theorem;

test.each([
  ['no key', []],
  ['a symbol of the same name', [Symbol('theorem'), {}]],
  ['a registered symbol', [Symbol.for('theorem'), {}]],
  ['undefined', [undefined, {}]],
  ['the class itself', [Theorem, {}]],
])('new Theorem with %s throws', (_, keys) => {
  expect(() => new make(...keys)).toThrow(TypeError);
});

test('a subclass is made by the same constructor', () => {
  class Forged extends make {}
  expect(() => new Forged(Symbol('theorem'), {})).toThrow(TypeError);
  expect(() => Reflect.construct(make, [Symbol('theorem'), {}], Object)).toThrow(TypeError);
});

test('an object with the prototype of a theorem has no facts', () => {
  const forged = Object.create(Theorem.prototype) as Theorem;
  expect(() => forged.statement).toThrow(TypeError);
  expect(() => forged.risk).toThrow(TypeError);
});

test('a copy of a theorem has no facts', () => {
  const verdict = check(line);
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  expect(Object.keys(verdict.theorem)).toEqual([]);
  const copy = Object.assign(Object.create(Theorem.prototype) as Theorem, verdict.theorem);
  expect(() => copy.rule).toThrow(TypeError);
});

test('the right to make theorems is taken', () => {
  expect(takeMint).toThrow(TypeError);
});

test('what a theorem says cannot be changed by who holds it', () => {
  const verdict = check({ ...line, about: { text: 'a line' } });
  if (verdict.kind !== 'proved') throw new Error(verdict.reason.message);
  const { theorem } = verdict;
  const unfrozen: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    if (!Object.isFrozen(value)) unfrozen.push(path);
    for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
  };
  const { statement, risk, obligations, about } = theorem;
  for (const [key, part] of Object.entries({ statement, risk, obligations, about })) visit(part, key);
  expect(unfrozen).toEqual([]);
  expect(() => Object.assign(theorem.statement, { kind: 'saddle' })).toThrow(TypeError);
  expect(() => Object.assign(theorem, { rule: 'convex-span' })).toThrow(TypeError);
  const before = [...theorem.rules];
  try {
    Object.assign(theorem.rules, ['convex-span']);
  } catch {
    // frozen, or else a copy that nobody reads again
  }
  expect([...theorem.rules]).toEqual(before);
  expect(theorem.statement.kind).toBe('global-minimum');
});

test.each([[new String('{}')], [null], [undefined], [['{}']], [{ length: 2, charCodeAt: () => 123 }]])(
  'only a text is checked: %o',
  (text) => {
    expect(() => checkCertificate(text as unknown as string)).toThrow(TypeError);
  },
);
