/** The critical kinks of one hidden unit on an interval: rational ones exactly, others in intervals as short as is asked (theory.md 5d). */
import { type Polynomial, signAt } from '../kernel/arithmetic/polynomial.js';
import { add, compare, multiply, negate, type Rational, rational, subtract } from '../kernel/arithmetic/rational.js';
import { type RootCounter, rootCounter } from '../kernel/arithmetic/sturm.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import { criticalKinks, type HingeProfiles, type Opening } from '../kernel/model/hinge-profiles.js';

/** A kink between two rationals: equal where it is one of them, else strictly between. */
export interface FoundKink {
  readonly opens: Opening;
  readonly from: Rational;
  readonly to: Rational;
  /** @returns the same kink between the two neighbouring multiples of 10^−digits */
  readonly within: (digits: number) => { readonly from: Rational; readonly to: Rational };
}

const half = rational(1n, 2n);

/** @returns all of them: those that open to the right first, kinks ascending */
export function findCriticalKinks(profiles: HingeProfiles): readonly FoundKink[] {
  const meter = new Meter({ ...defaultLimits, operations: Number.MAX_VALUE });
  return profiles.openings.flatMap((opens) => {
    const pieces = profiles.profile(opens);
    return pieces.flatMap((piece, i): readonly FoundKink[] => {
      const inside = rootsBetween(criticalKinks(piece, meter), piece.from, piece.to, meter);
      const { to } = piece;
      const atBreakpoint =
        i + 1 < pieces.length && signAt(piece.turning, to, meter) === 0 && signAt(piece.moment, to, meter) !== 0;
      return [...inside, ...(atBreakpoint ? [exactRoot(to)] : [])].map((root) => ({ opens, ...root }));
    });
  });
}

type Root = Omit<FoundKink, 'opens'>;

function exactRoot(at: Rational): Root {
  return { from: at, to: at, within: () => ({ from: at, to: at }) };
}

/** @returns the roots of a square-free polynomial strictly between two points, ascending */
function rootsBetween(p: Polynomial, from: Rational, to: Rational, meter: Meter): readonly Root[] {
  if (p.length <= 1) return [];
  const count = rootCounter(p, meter);
  const found: Root[] = [];
  const open: { a: Rational; b: Rational }[] = [{ a: from, b: to }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { a, b } = next;
    const roots = count(a, b, 'neither');
    if (roots === 0) continue;
    if (roots === 1) {
      found.push(refined(p, count, a, b, meter));
      continue;
    }
    const middle = multiply(half, add(a, b));
    if (signAt(p, middle, meter) === 0) found.push(exactRoot(middle));
    open.push({ a: middle, b }, { a, b: middle });
  }
  return found.sort((x, y) => compare(x.from, y.from));
}

/**
 * The one root of p strictly between a and b. A rational one has a denominator that divides the leading coefficient L, so that two candidates are at
 * least 1/L² apart: in a shorter interval it is the simplest rational.
 */
function refined(p: Polynomial, count: RootCounter, a: Rational, b: Rational, meter: Meter): Root {
  const lead = p[p.length - 1] as bigint;
  const width = rational(1n, 2n * lead * lead);
  let [low, high] = [a, b];
  while (compare(subtract(high, low), width) > 0) {
    const middle = multiply(half, add(low, high));
    if (signAt(p, middle, meter) === 0) return exactRoot(middle);
    if (count(low, middle, 'neither') === 1) high = middle;
    else low = middle;
  }
  const candidate = simplestBetween(low, high);
  if (signAt(p, candidate, meter) === 0) return exactRoot(candidate);
  return {
    from: low,
    to: high,
    within(digits) {
      const scale = 10n ** BigInt(digits);
      // The interval is refined until it lies between two neighbours, which are no roots: the root is irrational.
      for (;;) {
        const first = floorOf(low, scale);
        // The last multiple below the upper end.
        const last = -floorOf(negate(high), scale) - 1n;
        if (first === last) return { from: rational(first, scale), to: rational(first + 1n, scale) };
        const middle = rational((first + last + 1n) >> 1n, scale);
        if (count(low, middle, 'neither') === 1) high = middle;
        else low = middle;
      }
    },
  };
}

/** @returns ⌊x · scale⌋ */
function floorOf({ num, den }: Rational, scale: bigint): bigint {
  const product = num * scale;
  const quotient = product / den;
  return product < 0n && product % den !== 0n ? quotient - 1n : quotient;
}

/** @returns the rational of least denominator in [low, high], by continued fractions */
function simplestBetween(low: Rational, high: Rational): Rational {
  const whole = floorOf(low, 1n);
  if (compare(rational(whole), low) === 0) return low;
  if (compare(rational(whole + 1n), high) <= 0) return rational(whole + 1n);
  const [x, y] = [subtract(low, rational(whole)), subtract(high, rational(whole))];
  const inner = simplestBetween(rational(y.den, y.num), rational(x.den, x.num));
  return add(rational(whole), rational(inner.den, inner.num));
}
