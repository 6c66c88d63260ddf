/** What the members of a family by rule profile-family have in common, read off the one in the middle of its range. */
import { Quotients } from '../kernel/arithmetic/quotients.js';
import { compare, negate, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { middleOfRange } from '../kernel/model/family.js';
import type { DenseValues } from '../kernel/model/network.js';
import { jointsOf, type TargetPiece } from '../kernel/model/parametrized-target.js';
import { slopesAtBend } from '../kernel/model/units-on-interval.js';
import type { FamilyClaim, ParametrizedProblem } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';
import { unlimited } from './motion.js';

export interface MovingKink {
  /** index of the unit whose kink moves */
  readonly unit: number;
  /** the slopes that the activation has left and right of its kink, in x: those of h(ε(x − q)), ε the sign of the unit's weight */
  readonly slopes: readonly [left: Rational, right: Rational];
  /** the others, by whether they are flat on the interval */
  readonly flat: readonly number[];
  readonly affine: readonly number[];
  readonly piece: TargetPiece;
  /** the part of the interval that the piece is for */
  readonly part: readonly [Rational, Rational];
  /** where the kinks of the first and of the last member are */
  readonly ends: readonly [Rational, Rational];
}

export function movingKink(theorem: Theorem, { network, data }: ParametrizedProblem): MovingKink {
  const { point, family } = theorem.statement;
  const { denominator: over } = (network.stages[0] as (typeof network.stages)[number]).activation;
  const [left, right] = slopesAtBend(network).map((s) => rational(s, over)) as [Rational, Rational];
  const [{ weights, bias }] = point.parameters as readonly [DenseValues, DenseValues];
  const { lower, upper, denominator } = data.domain;
  const signs = weights.map(([w], j) =>
    [lower, upper].map(([x]) => (w as bigint) * (x as bigint) + (bias?.[j] ?? 0n) * denominator > 0n),
  );
  const unit = signs.findIndex(([atLower, atUpper]) => atLower !== atUpper);
  const straight = signs.flatMap(([above], j) => (j === unit ? [] : [{ j, flat: (above ? right : left).num === 0n }]));
  const rises = signs[unit]?.[1] === true;
  const [parameter] = (family as FamilyClaim).parameters as readonly [FamilyClaim['parameters'][number]];
  const [middle] = middleOfRange(family as FamilyClaim) as readonly [Rational];
  const kink = rational(-(bias?.[unit] ?? 0n), weights[unit]?.[0]);
  const quotients = new Quotients(unlimited());
  const j = data.pieces.findIndex(
    ({ from, to, X }) =>
      compare(from, parameter.from) < 0 &&
      compare(parameter.to, to) < 0 &&
      compare(quotients.valueAt(X, middle), kink) === 0,
  );
  const piece = data.pieces[j] as TargetPiece;
  const joints = jointsOf(data);
  return {
    unit,
    slopes: rises ? [left, right] : [negate(right), negate(left)],
    flat: straight.filter(({ flat }) => flat).map(({ j: at }) => at),
    affine: straight.filter(({ flat }) => !flat).map(({ j: at }) => at),
    piece,
    part: [joints[j], joints[j + 1]] as [Rational, Rational],
    ends: [quotients.valueAt(piece.X, parameter.from), quotients.valueAt(piece.X, parameter.to)],
  };
}
