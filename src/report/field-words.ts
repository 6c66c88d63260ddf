/** Points with numbers of a field Q(a): which number a is, and entries as formulas beside their decimals. */
import { algebraicNumbers, fromInteger } from '../kernel/arithmetic/algebraic.js';
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { DenseValues, Network } from '../kernel/model/network.js';
import type { Coefficients } from '../kernel/model/number-field.js';
import type { AnyPoint } from '../kernel/statement.js';
import { type Block, type Formula, formula, type Inline, joined, paragraph, table } from './document.js';
import { parameterFormula, parameterNames } from './formulas.js';
import { unlimited } from './motion.js';
import { cell, fraction, roughly, superscript } from './numbers.js';

const mostEntries = 24;

/** @param name  of the point */
export function fieldBlocks({ algebraic, parameters }: AnyPoint, network: Network, name: 'θ' | 'θ°'): readonly Block[] {
  if (algebraic === null) return [];
  const { polynomial, from, to } = algebraic.field;
  const lead = polynomial[polynomial.length - 1] as bigint;
  const a = algebraicNumbers(algebraic.field, unlimited()).enclosed([0n, 1n], fromInteger(lead), 64);
  const rows = irrationalEntries(network, algebraic.layers, parameters);
  return [
    paragraph(
      `Entries of ${name} are numbers of the field Q(a), where a `,
      roughly(polynomial.length === 2 ? rational(-(polynomial[0] as bigint), lead) : a, 8),
      ' is the one root of ',
      sumOfPowers(
        polynomial.map((c) => rational(c)),
        'x',
      ),
      ' between ',
      fraction(from),
      ' and ',
      fraction(to),
      '. Sums, products and signs of such numbers are computed exactly; the irrational entries are',
    ),
    table(['parameter', 'exactly', 'decimal'], rows.slice(0, mostEntries)),
    ...(rows.length > mostEntries ? [paragraph(`… and ${rows.length - mostEntries} more.`)] : []),
  ];
}

function irrationalEntries(
  network: Network,
  layers: NonNullable<AnyPoint['algebraic']>['layers'],
  parameters: AnyPoint['parameters'],
): readonly (readonly Inline[])[] {
  const names = parameterNames(network);
  return network.stages.flatMap(({ entry }, s) => {
    if (entry === null) return [];
    const { weights, bias } = layers[entry] as (typeof layers)[number];
    const near = parameters[s] as DenseValues;
    const row = (name: string, coefficients: Coefficients, n: bigint): readonly (readonly Inline[])[] =>
      coefficients.slice(1).every(({ num }) => num === 0n)
        ? []
        : [[parameterFormula(name), sumOfPowers(coefficients, 'a'), cell(rational(n, near.denominator), 8)]];
    return [
      ...weights.flatMap((list, u) =>
        list.flatMap((c, j) => row(names.weight(s, u, j), c, near.weights[u]?.[j] as bigint)),
      ),
      ...(bias ?? []).flatMap((c, u) => row(names.bias(s, u), c, near.bias?.[u] as bigint)),
    ];
  });
}

/** c₀ + c₁ a + … */
function sumOfPowers(coefficients: readonly Rational[], variable: string): Formula {
  const terms = coefficients.flatMap(({ num, den }, k) => (num === 0n ? [] : [{ num, den, k }]));
  if (terms.length === 0) return formula('0');
  return joined(
    ...terms.flatMap(({ num, den, k }, i): (Formula | string)[] => {
      const sign = num < 0n ? (i === 0 ? '−' : ' − ') : i === 0 ? '' : ' + ';
      const size = rational(num < 0n ? -num : num, den);
      const power = formula(
        k === 0 ? '' : k === 1 ? variable : `${variable}${superscript(k)}`,
        k === 0 ? '' : k === 1 ? variable : `${variable}^{${k}}`,
      );
      const isOne = size.num === 1n && size.den === 1n;
      const factor =
        k > 0 && isOne ? '' : k > 0 && size.den !== 1n ? joined('(', fraction(size), ') ') : fraction(size);
      return [formula(sign, sign.replace('−', '-')), factor, k > 0 && !isOne && size.den === 1n ? ' ' : '', power];
    }),
  );
}
