/**
 * Prints enclosures of the kernel as JSON lines {"function","derivative","bits","from","to","low","high"}: over the interval from `from` to `to` (rationals),
 * numerators over 2^bits; null where the kernel has none. check_enclosures.py holds them against mpmath.
 *
 *     node --import tsx test/reference/print-enclosures.ts | python3 test/reference/check_enclosures.py
 */
import { Enclosures } from '../../src/kernel/arithmetic/enclosure.js';
import type { Interval } from '../../src/kernel/arithmetic/interval.js';
import { rational } from '../../src/kernel/arithmetic/rational.js';
import { defaultLimits, Meter } from '../../src/kernel/limits.js';
import type { SmoothName, SmoothPiece } from '../../src/kernel/model/activation.js';
import { smoothJet } from '../../src/kernel/model/smooth-piece.js';
import { Chance } from '../landscape.js';

type Fraction = readonly [num: bigint, den: bigint];

const precisions = [12, 40, 64, 120, 256];
const chance = new Chance(20261122);

/** A number of size up to about 2^most, and down to about 2^−70, over denominators of all kinds. */
function someNumber(most: number): Fraction {
  const size = chance.below(most + 70) - 70;
  const digits = BigInt(1 + chance.below(1 << 20));
  const den = chance.of([1n << 20n, 1n << 20n, 3n ** 12n, 10n ** 6n, 1n << 26n]);
  const num = (chance.below(2) === 0 ? -1n : 1n) * digits;
  return size >= 0 ? [num << BigInt(size), den] : [num, den << BigInt(-size)];
}

/** Points and intervals: special ones first, then random ones. */
function argumentsFor(
  most: number,
  count: number,
  special: readonly Fraction[],
): readonly (readonly [Fraction, Fraction])[] {
  const random = chance.list(count, () => {
    const a = someNumber(most);
    // A point, a narrow interval, or one of size about 1.
    const width: Fraction = chance.of<Fraction>([
      [0n, 1n],
      [0n, 1n],
      [1n, 1n << 60n],
      [BigInt(1 + chance.below(1 << 10)), 1n << 9n],
    ]);
    return [a, [a[0] * width[1] + width[0] * a[1], a[1] * width[1]]] as const;
  });
  return [...special.map((a) => [a, a] as const), ...random];
}

function print(
  name: string,
  derivative: number,
  bits: number,
  [from, to]: readonly [Fraction, Fraction],
  result: Interval | undefined,
) {
  const text = ([num, den]: Fraction) => `${num}/${den}`;
  const ends = result === undefined ? { low: null, high: null } : { low: `${result.low}`, high: `${result.high}` };
  process.stdout.write(
    `${JSON.stringify({ function: name, derivative, bits, from: text(from), to: text(to), ...ends })}\n`,
  );
}

const special: readonly Fraction[] = [
  [0n, 1n],
  [1n, 1n],
  [-1n, 1n],
  [1n, 1n << 300n],
  [-1n, 1n << 300n],
  [22n, 7n],
  [355n, 113n],
  [-11n, 7n],
];
const huge: readonly Fraction[] = [
  [1n << 80n, 1n],
  [-(1n << 80n), 1n],
  [4_095n, 1n],
  [-5_000n, 1n],
];

const functions = [
  'exp',
  'log',
  'sqrt',
  'sin',
  'cos',
  'atan',
  'acos',
  'tanh',
  'sigmoid',
  'softplus',
  'logCosh',
  'erf',
] as const;
/** Exponents of 2 up to which arguments go. */
const largest: Readonly<Partial<Record<string, number>>> = {
  exp: 9,
  acos: 0,
  erf: 4,
  gelu: 4,
  silu: 9,
  sin: 30,
  cos: 30,
};

for (const name of functions) {
  const places = argumentsFor(largest[name] ?? 40, 60, name === 'exp' ? special : [...special, ...huge]);
  for (const bits of precisions) {
    const e = new Enclosures(bits);
    for (const [from, to] of places) print(name, 0, bits, [from, to], e[name](e.hull(e.of(...from), e.of(...to))));
  }
}

const smooth: readonly SmoothName[] = [
  'exp',
  'tanh',
  'sigmoid',
  'atan',
  'sin',
  'softplus',
  'erf',
  'isru',
  'silu',
  'gelu',
];
for (const name of smooth) {
  const places = argumentsFor(largest[name] ?? 6, 40, special);
  // The function itself, and a stretched piece 2/3 f(5t/4 − 1/3) − 1/7 with α = 3/2.
  for (const stretched of [false, true]) {
    const of = (num: bigint, den: bigint, plain: bigint) => (stretched ? rational(num, den) : rational(plain));
    const piece: SmoothPiece = {
      function: name,
      scale: of(2n, 3n, 1n),
      rate: of(5n, 4n, 1n),
      shift: of(-1n, 3n, 0n),
      offset: of(-1n, 7n, 0n),
      alpha: name === 'isru' ? of(3n, 2n, 1n) : rational(1n),
    };
    for (const bits of precisions) {
      const e = new Enclosures(bits);
      for (const [from, to] of places) {
        const jet = smoothJet(e, piece, e.hull(e.of(...from), e.of(...to)), new Meter(defaultLimits));
        const kind = `${name} piece${stretched ? ', stretched' : ''}`;
        [jet.value, jet.first, jet.second].forEach((result, n) => {
          print(kind, n, bits, [from, to], result);
        });
      }
    }
  }
}
