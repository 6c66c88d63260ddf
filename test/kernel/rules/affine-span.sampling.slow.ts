/**
 * Whatever the kernel proves about the claims of test/random-claims.ts must stay put exactly wherever θ moves, by test/forward.ts, which shares
 * nothing with the kernel; then no risk near θ is lower.
 */
import { expect, test } from 'vitest';
import { check, codeOf } from '../../certificate.js';
import { below, Chance, type Fraction, plus, read, signOf, times } from '../../landscape.js';
import { everything, nearby, randomClaim } from '../../random-claims.js';

const zero: Fraction = [0n, 1n];
const few = ['0', '0', '1', '1', '2'].map(read);
const many = ['-2', '-1', '-1/2', '0', '1/3', '1', '3/2', '2'].map(read);

test.each<[string, number, readonly Fraction[], number]>([
  ['inputs that differ', 31, many, 550],
  ['inputs that tie', 32, few, 700],
])('%s: what is proved stays put', (_, seed, pixels, networks) => {
  const chance = new Chance(seed);
  const codes = new Map<string, number>();
  const proved = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (let t = 0; t < networks; t++) {
    const claim = randomClaim(chance, pixels);
    if (claim === null) continue;
    const { net, certificate, g, changeTo } = claim;
    const code = codeOf(check(certificate));
    count(codes, code);
    if (code !== 'proved') continue;
    for (const [, what] of JSON.stringify(net.layers).matchAll(/"type":"([a-z0-9]+)"|"(fixed)"/g)) {
      count(proved, what ?? 'fixed');
    }
    for (const bits of [20n, 30n, 50n, 50n]) {
      const change = changeTo(nearby(chance, net, bits, everything));
      const F = change.map((a, j) => times(a, g[j] as Fraction)).reduce(plus, zero);
      // R(θ') − R(θ) = F + Σ change²
      const risk = change.map((a) => times(a, a)).reduce(plus, F);
      expect({ certificate, F: signOf(F), lower: below(risk, zero) }).toEqual({ certificate, F: 0, lower: false });
    }
  }
  for (const code of ['proved', 'nonzero-path-moment', 'on-a-kink', 'tied-pool']) {
    expect([code, codes.get(code) ?? 0]).toEqual([code, expect.toSatisfy((n: number) => n > 1)]);
  }
  for (const what of [
    'dense',
    'conv1d',
    'conv2d',
    'maxpool',
    'avgpool',
    'flatten',
    'residual',
    'activation',
    'fixed',
  ]) {
    expect([what, proved.get(what) ?? 0]).toEqual([what, expect.toSatisfy((n: number) => n > 10)]);
  }
  expect([...codes.keys()].filter((code) => code.startsWith('wrong') || code.startsWith('unsupported'))).toEqual([]);
});
