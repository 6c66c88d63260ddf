/** Complete lists of critical realizations, told as a table with the reasons beside it (theory.md 5d; proofs/rules/hinge-profile.md). */

import { one, type Rational, subtract, zero } from '../kernel/arithmetic/rational.js';
import { nodeKey, realizationObligations } from '../kernel/format.js';
import type { BoxProblem, CriticalRealization } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';
import {
  type Block,
  display,
  type Formula,
  formula,
  heading,
  type Inline,
  joined,
  paragraph,
  table,
} from './document.js';
import { plural } from './inspect.js';
import { type ListedFunction, listedFunctions } from './listed-functions.js';
import { cell, equation, exactly, fraction } from './numbers.js';
import { pointRisk } from './risk-string.js';

const mostRows = 60;

export function completeListBlocks(
  theorem: Theorem,
  problem: BoxProblem,
  list: readonly CriticalRealization[],
): readonly Block[] {
  const { profiles, functions } = listedFunctions(problem, list);
  const by = theorem.obligations.by;
  return [
    heading(2, 'The list'),
    table(
      ['', 'function', 'kink q', 'height k', 'risk', 'what it is', 'shown by'],
      [
        ...functions.slice(0, mostRows).map((each, i) => rowOf(theorem, each, i)),
        ...(functions.length > mostRows ? [['…', `${functions.length - mostRows} more`, '', '', '', '', '']] : []),
      ],
    ),
    paragraph(
      'A hinge is c + k h(x − q), which opens to the right, or c + k h(q − x), to the left, with c the best constant for it. Its kind is that of every θ that is this function on the interval; ',
      'that of the constant and of the affine fit is about the point of the certificate. Numbers marked ≈ belong to irrational kinks, of which the certificate has an interval.',
    ),
    heading(2, 'Why there are no others (rule hinge-profile)'),
    paragraph(
      'Where the derivatives of R in the output weight and bias vanish, and no kink is inside the interval, θ is the best constant ',
      equation('m', profiles.mean),
      profiles.slope.num === 0n ? ', which is the affine fit, too.' : ' or the affine fit, of slope ',
      ...(profiles.slope.num === 0n ? [] : [fraction(profiles.slope), '.']),
      ' With a kink q inside, the least risk over c and k is the profile',
    ),
    display(
      formula(
        'r(q) = R(m) − κ Q(q)²/n(q),  Q(q) = ∫ (f − m) h(±(x − q)) dx,  n(q) = ∫ h² − (∫ h)²/(b − a)',
        'r(q) = R(m) - \\kappa\\, Q(q)^2 / n(q), \\quad Q(q) = \\int (f - m)\\, h(\\pm(x - q))\\, dx, \\quad n(q) = \\int h^2 - \\Big(\\int h\\Big)^2 \\!/ (b - a)',
      ),
    ),
    paragraph(
      'taken once only, with k = Q/n; and θ is critical there iff ',
      formula('P = 2Q′n − Qn′ = 0 ≠ Q', "P = 2Q'n - Qn' = 0 \\neq Q"),
      '. Between breakpoints of the target P and Q are polynomials in q. The kernel computed them exactly, counted the roots of P that are no roots of Q by Sturm’s theorem ',
      `in ${plural(by['piece'] ?? 0, 'piece')}, and tested ${plural(by['breakpoint'] ?? 0, 'breakpoint')} one by one (for each way to open): as many as the list has hinges, which are different and critical.`,
    ),
    heading(2, 'Why they are what they are'),
    paragraph(
      'Beside a critical kink the profile is strictly monotone, by the signs of P and Q. Where it falls and then rises, no parameters nearby do better: ',
      formula('R(θ′) ≥ r(q′) ≥ r(q) = R(θ)', "R(\\theta') \\ge r(q') \\ge r(q) = R(\\theta)"),
      ', a local minimum. Else lower values of the profile are arbitrarily close, and a change of c alone is higher: a saddle.',
    ),
    ...leastBlocks(theorem, functions),
  ];
}

const kindWords = {
  'global-minimum': 'global minimum',
  'spurious-local-minimum': 'spurious local minimum',
  'local-minimum': 'local minimum',
  saddle: 'saddle',
} as const;

function rowOf({ steps }: Theorem, { kind, form, hinge, risk, valueAt }: ListedFunction, i: number): readonly Inline[] {
  const rules = Object.keys(realizationObligations[kind]).map((key) => steps[nodeKey(i, key)]?.rule ?? '');
  const end = [kindWords[kind], [...new Set(rules)].join(', ')] as const;
  const isExact = form.type !== 'hinge' || form.from === form.to;
  const risks = isExact ? exactly(risk) : cell(risk);
  if (hinge === null) {
    const function_ = form.type === 'constant' ? joined('m = ', fraction(form.value)) : affine(valueAt);
    return [`${i + 1}`, function_, '', '', risks, ...end];
  }
  const shown = (a: Rational): Formula => (isExact ? fraction(a) : approximately(a));
  return [`${i + 1}`, `hinge, opens ${hinge.opens}`, shown(hinge.kink), shown(hinge.height), risks, ...end];
}

function approximately(a: Rational): Formula {
  const { unicode, latex } = cell(a, 9);
  return unicode.startsWith('≈') ? formula(unicode, latex) : formula(`≈ ${unicode}`, `\\approx ${latex}`);
}

function affine(valueAt: (x: Rational) => Rational): Formula {
  const [at0, at1] = [valueAt(zero), valueAt(one)];
  return joined(fraction(at0), formula(' + '), '(', fraction(subtract(at1, at0)), ') x');
}

function leastBlocks(theorem: Theorem, functions: readonly ListedFunction[]): readonly Block[] {
  const mirrored = functions.some(({ kind, mirror }) => kind === 'global-minimum' && mirror !== null);
  return [
    paragraph(
      'The profile goes on to both ends of the interval, with the risk of the constant or of the affine fit there. So the least risk of all is taken, and it is the least one on the list, ',
      equation(formula('min R', '\\min R'), pointRisk(theorem)),
      '.',
      mirrored
        ? ' The target is mirrored in the middle of the interval (up to its sign), so hinges that are mirror images of each other have equal risks.'
        : '',
    ),
  ];
}
