import { bitLength } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import type { SignTree } from '../format.js';
import type { Meter } from '../limits.js';
import { type PiecewiseAffine, piecewiseAffine } from '../model/activation.js';
import { mostBits } from '../model/evaluation.js';
import type { HiddenLayer } from '../model/hidden-layer.js';
import { type Ledger, reject } from '../verdict.js';

/** On which side of w·x̃_i = τ_b the incoming parameters w of a unit are: σ(w·x̃_i − τ_b) > 0. */
export interface SignOf {
  readonly sample: number;
  readonly breakpoint: number;
  /** σ */
  readonly sign: 1n | -1n;
}

/** A kept leaf: wherever σ(w·x̃_i − τ_b) ≥ 0 for all its signs, the unit takes one piece at each datum. */
export interface KeptLeaf {
  /** in the order of the path, root first */
  readonly signs: readonly SignOf[];
  /** by sample, the index of the piece */
  readonly pieces: readonly number[];
}

/** Rows x̃_i, as integers over one positive denominator, and the activation that bends w·x̃_i at its breakpoints. */
export interface Hyperplanes {
  readonly rows: readonly (readonly bigint[])[];
  readonly activation: PiecewiseAffine;
  /** bits of the longest number in a row, and of the longest breakpoint */
  readonly bits: number;
}

/** @throws Refusal (declined) where a piece of the activation is smooth */
export function hyperplanesOf({ rows, hidden }: HiddenLayer<bigint>): Hyperplanes {
  const activation = piecewiseAffine(hidden.activation, '$.statement.problem.network');
  const tau = integers.mostBits(activation.breakpoints);
  const row = mostBits(integers, rows);
  return { rows, activation, bits: row > tau ? row : tau };
}

/**
 * Shows that the closures of the kept leaves cover all w: a binary tree on the signs of w·x̃_i − τ_b, for all data i and all breakpoints
 * τ_b but those with x̃_i = 0 = τ_b.
 *
 *  - A split is on a function of w that is not identically 0, once on a path: the open polyhedra of all leaves cover all w but finitely
 *    many hyperplanes.
 *  - A leaf is discarded by λ ≥ 0, λ ≠ 0, with Σ λ_s σ_s x̃_s = 0 and Σ λ_s σ_s τ_s ≥ 0 over its path: its open polyhedron is empty.
 *  - A kept leaf decides every sign, and is above a breakpoint only if it is above all lower ones: on its closure h(w·x̃_i) is one piece.
 *
 * @param tree  from the certificate (untrusted)
 * @returns the kept leaves, in depth-first order, below before above
 * @see theory.md 6; proofs/rules/enumeration.md
 */
export function checkSignTree(
  hyperplanes: Hyperplanes,
  tree: SignTree,
  meter: Meter,
  path: string,
  ledger: Ledger,
): readonly KeptLeaf[] {
  const kept: KeptLeaf[] = [];
  const visit = (node: SignTree, at: string, signs: readonly SignOf[]): void => {
    const { sample, breakpoint, below, above, infeasible, kept: keep } = node;
    const isSplit = sample !== undefined && breakpoint !== undefined && below !== undefined && above !== undefined;
    const keys = Object.keys(node).length;
    if (infeasible !== undefined && keys === 1) {
      checkInfeasible(hyperplanes, infeasible, signs, meter, `${at}.infeasible`);
      ledger.discharge('infeasible-leaf');
    } else if (keep === true && keys === 1) {
      // All kept leaves are held together.
      meter.hold((kept.length + 1) * (hyperplanes.rows.length + signs.length), 64, at);
      kept.push(keptLeaf(hyperplanes, signs, meter, at));
      ledger.discharge('kept-leaf');
    } else if (isSplit && keys === 4) {
      checkSplit(hyperplanes, sample, breakpoint, signs, meter, at);
      visit(below, `${at}.below`, [...signs, { sample, breakpoint, sign: -1n }]);
      visit(above, `${at}.above`, [...signs, { sample, breakpoint, sign: 1n }]);
    } else {
      reject(
        'wrong-hint',
        at,
        'expected "sample", "breakpoint", "below" and "above", or "infeasible" alone, or "kept" alone, true',
      );
    }
  };
  visit(tree, path, []);
  // Their closures cover all w, so there is one.
  if (kept.length === 0) throw new Error('Cannot happen: all leaves are infeasible');
  return kept;
}

function isConstant({ rows, activation }: Hyperplanes, sample: number, breakpoint: number): boolean {
  return activation.breakpoints[breakpoint] === 0n && (rows[sample] as readonly bigint[]).every((x) => x === 0n);
}

function checkSplit(
  hyperplanes: Hyperplanes,
  sample: number,
  breakpoint: number,
  signs: readonly SignOf[],
  meter: Meter,
  path: string,
): void {
  const { rows, activation } = hyperplanes;
  const expect = (index: number, length: number, key: string): void => {
    if (index >= length) reject('out-of-range', `${path}.${key}`, `expected an index below ${length}, found ${index}`);
  };
  expect(sample, rows.length, 'sample');
  expect(breakpoint, activation.breakpoints.length, 'breakpoint');
  // The path is copied and searched: a word each.
  meter.charge(signs.length + (rows[sample] as readonly bigint[]).length, 1, 1);
  if (isConstant(hyperplanes, sample, breakpoint)) {
    reject('never-crossed', path, `w·x̃ − τ is 0 for all w at sample ${sample}: its sign divides nothing`);
  }
  if (signs.some((earlier) => earlier.sample === sample && earlier.breakpoint === breakpoint)) {
    reject('repeated-kink', path, `sample ${sample} at breakpoint ${breakpoint} is decided above`);
  }
}

/** Σ λ_s σ_s (w·x̃_s − τ_s) = −Σ λ_s σ_s τ_s ≤ 0 for all w, so not all the terms σ_s (w·x̃_s − τ_s) with λ_s > 0 are positive. */
function checkInfeasible(
  { rows, activation, bits }: Hyperplanes,
  { values, bits: multiplierBits }: NonNullable<SignTree['infeasible']>,
  signs: readonly SignOf[],
  meter: Meter,
  path: string,
): void {
  if (values.length !== signs.length) {
    reject('wrong-length', path, `expected ${signs.length} multipliers, one a split above, found ${values.length}`);
  }
  const width = rows[0]?.length ?? 0;
  meter.charge(signs.length * (width + 2), multiplierBits + bitLength(BigInt(signs.length)), bits);
  const sums = new Array<bigint>(width).fill(0n);
  let tau = 0n;
  let isZero = true;
  values.forEach((lambda, s) => {
    if (lambda < 0n) reject('negative-multiplier', `${path}[${s}]`, 'expected a number ≥ 0');
    if (lambda === 0n) return;
    isZero = false;
    const { sample, breakpoint, sign } = signs[s] as SignOf;
    integers.addMultiples(sums, sign * lambda, rows[sample] as readonly bigint[]);
    tau += sign * lambda * (activation.breakpoints[breakpoint] as bigint);
  });
  if (isZero) reject('not-infeasible', path, 'all multipliers are 0: they exclude nothing');
  const at = sums.findIndex((sum) => sum !== 0n);
  if (at >= 0) {
    reject('nonzero-combination', path, `the multipliers leave a nonzero coefficient of incoming parameter ${at}`);
  }
  if (tau < 0n) reject('not-infeasible', path, 'the combination of the breakpoints is negative, and excludes nothing');
}

function keptLeaf(hyperplanes: Hyperplanes, signs: readonly SignOf[], meter: Meter, path: string): KeptLeaf {
  const { rows, activation } = hyperplanes;
  const { breakpoints } = activation;
  const k = breakpoints.length;
  const width = rows[0]?.length ?? 0;
  meter.charge(rows.length * (k + 1) * (width + 2) + signs.length, 1, 1);
  const above = new Map<number, bigint>();
  for (const { sample, breakpoint, sign } of signs) above.set(sample * k + breakpoint, sign);
  const pieces = rows.map((_, sample) => {
    let piece = 0;
    let isBelow = false;
    for (let b = 0; b < k; b++) {
      const sign = above.get(sample * k + b);
      if (sign === undefined) {
        // At x̃ = 0 the pieces on both sides of a breakpoint at 0 have one value, h(0).
        if (isConstant(hyperplanes, sample, b)) continue;
        return reject(
          'undecided-kink',
          path,
          `a kept leaf decides every sign, and not that of sample ${sample} at breakpoint ${b}`,
        );
      }
      if (sign < 0n) isBelow = true;
      else if (isBelow) {
        return reject('contradictory-signs', path, `sample ${sample} is above breakpoint ${b} and below a lower one`);
      } else piece = b + 1;
    }
    return piece;
  });
  return { signs, pieces };
}
