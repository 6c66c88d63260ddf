/** The functions of a complete list, for pages and pictures: exact where the list has a point, else at the middle of the kink's interval. */
import {
  add,
  compare,
  divide,
  multiply,
  type Rational,
  rational,
  subtract,
  zero,
} from '../kernel/arithmetic/rational.js';
import { HingeProfiles, type Opening } from '../kernel/model/hinge-profiles.js';
import type { Stage } from '../kernel/model/network.js';
import { checkCompleteList, type Hinge, type Listed } from '../kernel/rules/hinge-profile.js';
import type { BoxProblem, CriticalRealization } from '../kernel/statement.js';
import { Ledger } from '../kernel/verdict.js';
import { bestHeight } from '../provers/complete-list.js';
import { unlimited } from './motion.js';

export interface ListedFunction extends Pick<Listed, 'form' | 'risk' | 'mirror'> {
  readonly kind: CriticalRealization['kind'];
  /** of a hinge: the kink and the height k; the middle of the interval where only that is known */
  readonly hinge: (Hinge & { readonly kink: Rational; readonly height: Rational }) | null;
  readonly valueAt: (x: Rational) => Rational;
}

export interface ListedFunctions {
  readonly profiles: HingeProfiles;
  readonly functions: readonly ListedFunction[];
}

export function listedFunctions(problem: BoxProblem, list: readonly CriticalRealization[]): ListedFunctions {
  const meter = unlimited();
  const profiles = new HingeProfiles(problem, meter);
  const { mean, slope } = profiles;
  const [a, b] = [profiles.ends[0], profiles.ends[profiles.ends.length - 1]] as [Rational, Rational];
  const center = divide(add(a, b), rational(2n));
  const functions = checkCompleteList(problem, list, meter, new Ledger()).map(
    ({ form, risk, mirror }, i): ListedFunction => {
      const common = { form, risk, mirror, kind: (list[i] as CriticalRealization).kind };
      if (form.type === 'constant') return { ...common, hinge: null, valueAt: () => mean };
      if (form.type === 'affine') {
        return { ...common, hinge: null, valueAt: (x) => add(mean, multiply(slope, subtract(x, center))) };
      }
      const kink = divide(add(form.from, form.to), rational(2n));
      const height = bestHeight(profiles, form.opens, kink);
      const unit = unitAt(problem, form.opens, kink);
      // Two pieces of an affine function each: the mean is that of the ends, weighted by length.
      const [before, after] = [multiply(unit(a), subtract(kink, a)), multiply(unit(b), subtract(b, kink))];
      const average = divide(add(before, after), multiply(rational(2n), subtract(b, a)));
      const valueAt = (x: Rational): Rational => add(mean, multiply(height, subtract(unit(x), average)));
      return { ...common, hinge: { ...form, kink, height }, valueAt };
    },
  );
  return { profiles, functions };
}

/** h(x − q), or h(q − x) */
function unitAt({ network }: BoxProblem, opens: Opening, kink: Rational): (x: Rational) => Rational {
  const { slopes, denominator } = (network.stages[0] as Stage).activation;
  return (x) => {
    const z = opens === 'right' ? subtract(x, kink) : subtract(kink, x);
    const side = compare(z, zero) < 0 ? 0 : 1;
    return multiply(rational(slopes[side] as bigint, denominator), z);
  };
}
