/** What is said of a family beside the argument for one of its members (theory.md 9). */

import type { ProofNode } from '../kernel/format.js';
import type { Family, FamilyFunction, FamilyLayer } from '../kernel/model/family.js';
import type { FamilyClaim, Problem } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';
import { type Block, display, formula, type Inline, joined, paragraph, table } from './document.js';
import { parameterFormula, parameterNames } from './formulas.js';
import { functionFormula } from './function-formula.js';
import { plural } from './inspect.js';
import { exactly } from './numbers.js';
import { pointRisk } from './risk-string.js';
import { rangeOf, realizationWords } from './statement.js';

const mostEntries = 24;

const isConstant = ({ numerator, denominator }: FamilyFunction): boolean =>
  [...numerator, ...denominator].every(({ exponents }) => exponents.every((e) => e === 0));

/** What moves, and why the argument for one member serves all; nothing for a theorem about a point. */
export function familyBlocks(theorem: Theorem): readonly Block[] {
  const { family } = theorem.statement;
  if (family === null) return [];
  const { parameters } = family;
  return [
    paragraph(
      `The family is a continuum of dimension ${parameters.length}: `,
      rangeOf(family),
      ', ends included. Its coordinates are rational functions of t whose denominators are nowhere 0 there. Those that move:',
    ),
    movingTable(theorem, family),
    paragraph(
      'Everything below was computed with polynomials in t in the place of numbers. A sign that the argument uses was shown for all t at once (by ',
      parameters.length === 1 ? "Sturm's theorem" : 'Bernstein coefficients',
      '), and an equation holds for all t, as an identity. So the argument holds at every θ(t). The numbers shown are those of θ, the member in the middle of the range.',
    ),
  ];
}

function movingTable({ statement: { problem } }: Theorem, family: Family): Block {
  const { network } = problem;
  const names = parameterNames(network);
  const rows: (readonly Inline[])[] = [];
  network.stages.forEach(({ entry }, s) => {
    if (entry === null) return;
    const { weights, bias } = family.layers[entry] as FamilyLayer;
    const add = (name: string, f: FamilyFunction): void => {
      if (!isConstant(f)) rows.push([parameterFormula(name), functionFormula(f, family.parameters.length)]);
    };
    weights.forEach((row, u) => {
      row.forEach((f, j) => void add(names.weight(s, u, j), f));
      const b = bias?.[u];
      if (b !== undefined) add(names.bias(s, u), b);
    });
  });
  const more = rows.length - mostEntries;
  return table(
    ['coordinate', 'as a function of t'],
    [...rows.slice(0, mostEntries), ...(more > 0 ? [[`and ${more} more`, '']] : [])],
  );
}

/** R(θ(t)) − R(θ°) ≥ gap for all t. */
export function arguesFamilyGap(theorem: Theorem): readonly Block[] {
  const { family } = theorem.statement;
  const { gap } = family as FamilyClaim;
  return [
    paragraph('On the whole range, ends included,'),
    display(
      joined(
        formula('R(θ(t)) − R(θ°) ≥ ', 'R(\\theta(t)) - R(\\theta^\\circ) \\ \\ge\\ '),
        exactly(gap),
        formula(' > 0', '\\ >\\ 0'),
      ),
    ),
    paragraph(
      'The risk is the same at every member, R(θ(t)) = ',
      exactly(pointRisk(theorem)),
      ': it is continuous in t, and a continuous function whose every value is its least value nearby takes countably many values on a connected range, hence one.',
    ),
  ];
}

/** Which coordinates tell the members apart, and what is shown of the realizations. */
export function arguesInjective({ statement: { family, problem }, steps, obligations }: Theorem): readonly Block[] {
  const claim = family as FamilyClaim;
  const node = steps['injective'] as Extract<ProofNode, { rule: 'strictly-monotone' }>;
  const names = parameterNames(problem.network);
  const p = claim.parameters.length;
  const coordinates = node.coordinates.map(({ layer, unit, input, bias }, j): Inline[] => {
    const s = problem.network.stages.findIndex(({ entry }) => entry === layer);
    const name = bias === undefined ? names.weight(s, unit as number, input as number) : names.bias(s, bias);
    return [j === 0 ? '' : ', ', parameterFormula(name)];
  });
  return [
    paragraph(
      p === 1
        ? 'One coordinate of θ(t) is strictly monotone in t (its derivative is nowhere 0), so it takes no value twice: '
        : `Coordinate j of the following is strictly monotone in t_j and depends on t_1, …, t_j only. Where two parameters differ, look at the first place j where they do: coordinate j differs. `,
      ...coordinates.flat(),
      '.',
    ),
    paragraph(`Of the realizations: ${realizationWords(claim)}. ${howShown(claim, problem, obligations.by)}`),
  ];
}

function howShown({ realizations }: FamilyClaim, { type }: Problem, by: Readonly<Record<string, number>>): string {
  switch (realizations) {
    case 'same-predictions':
      return `Each of ${plural(by['same-prediction'] ?? 0, 'prediction')} is the same number for all t, as an identity.`;
    case 'same-function':
      return 'Up to positive factors, which homogeneous activations pass on, every unit that is used has the same weights for all t.';
    case 'distinct':
      if (type === 'parametrized-target') {
        return 'Each has its only kink inside the interval, with an outgoing weight that is not 0, and no two have it at one place.';
      }
      return 'One output at one input for each parameter is strictly monotone in it, in the same way as the coordinates.';
  }
}
