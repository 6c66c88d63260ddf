/** Point files with numbers of a field Q(a), from certificates of the library: certify decides them, risk and verify take them. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { cairnIn, temporaryFolder } from './cairn.js';

const cairn = cairnIn(temporaryFolder());
const library = (name: string) => fileURLToPath(new URL(`../../certificates/${name}.cert.json`, import.meta.url));
const theorem4 = 'yun-sra-jadbabaie-2019-theorem-4';
const files = ['--problem', 'p.json', '--point', 'q.json'] as const;

test.each([
  [`${theorem4}/golden-narrow-global`, 0, 'global-minimum by eckart-young'],
  [`${theorem4}/golden-narrow-saddle`, 1, 'saddle by zero-gradient, descent-curve, ascent-curve'],
  [`${theorem4}/cubic-narrow-global`, 0, 'global-minimum by eckart-young'],
  ['cheridito-jentzen-rossmannek-2022/leaky-relu-1-irrational-kink', 1, 'saddle by zero-gradient, '],
])('%s, extracted and certified: exit %i, %s', (name, code, said) => {
  expect(cairn('extract', library(name), ...files)).toMatchObject({ code: 0 });
  const ran = cairn('certify', 'p.json', '--point', 'q.json', '--claim', said.split(' ')[0] as string, '-o', 'c.json');
  expect(ran.out).toContain(said);
  expect(cairn('verify', 'c.json', ...files)).toMatchObject({ code: 0 });
  expect(cairn('diff', 'c.json', library(name)).out).toBe('the same statement\n');
  const plain = cairn('certify', 'p.json', '--point', 'q.json', '-o', 'c.json');
  expect(plain).toMatchObject({ code });
});

test('inspect says that it does not; another point is another one', () => {
  expect(cairn('extract', library(`${theorem4}/golden-narrow-global`), ...files)).toMatchObject({ code: 0 });
  expect(cairn('inspect', 'p.json', '--point', 'q.json')).toMatchObject({ code: 2, out: '' });
  const saddle = library(`${theorem4}/golden-narrow-saddle`);
  expect(cairn('verify', saddle, '--problem', 'p.json')).toMatchObject({ code: 0 });
  expect(cairn('verify', saddle, ...files).out).toContain('[different-point]');
});
