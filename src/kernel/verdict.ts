/**
 * Everything the kernel can answer.
 *
 * Inside the kernel a condition that fails is *thrown* as a Refusal, and only check.ts catches it: a caller that forgets to
 * look at a returned failure would prove a false claim, a caller that forgets to catch cannot. Outside, answers are values.
 */
import { deepFreeze } from './freeze.js';
import type { Theorem } from './theorem.js';

/** What the kernel answers: a theorem, that the certificate is wrong, or that this kernel cannot tell. */
export type Verdict =
  | { readonly kind: 'proved'; readonly theorem: Theorem }
  | { readonly kind: 'rejected'; readonly path: string; readonly reason: Reason }
  | { readonly kind: 'declined'; readonly path: string; readonly reason: Reason };

/** Why a certificate is not proved: one code per condition, and a line with the numbers that show it. */
export interface Reason {
  readonly code: ReasonCode;
  readonly message: string;
  readonly unknown?: UnknownName;
}

/** A name that the format does not have in a place, and those that it has there: others can say what was meant. */
export interface UnknownName {
  readonly name: string;
  readonly known: readonly string[];
}

/** The conditions of the format: what a text must satisfy before there is a claim to prove. */
const formatCodes = [
  'malformed-json',
  'duplicate-key',
  'wrong-type',
  'malformed-quantity',
  'out-of-range',
  'missing-key',
  'missing-obligation',
  'unknown-key',
  'unknown-kind',
  'unknown-rule',
  'unknown-name',
  'wrong-format',
  'wrong-shape',
  'empty-list',
  'file-reference',
  'duplicate-name',
  'control-character',
] as const;

/** The conditions that the problem itself must satisfy (theory.md 0). */
const problemCodes = [
  'discontinuous',
  'unordered-breakpoints',
  'nonpositive-weight',
  'nonpositive-factor',
  'nonpositive-radius',
  'nonpositive-gap',
  'nonpositive-jump',
  'empty-range',
  'vanishing-denominator',
  'not-square-free',
  'not-isolating',
  'different-field',
  'not-a-parametrization',
] as const;

/** The conditions of the rules: one per check. */
const ruleCodes = [
  'on-a-kink',
  'tied-pool',
  'in-a-smooth-piece',
  'not-convex-here',
  'not-strongly-convex',
  'gradient-too-large',
  'parallel-units',
  'preactivations-differ',
  'prediction-not-bracketed',
  'not-orthogonal',
  'not-semidefinite',
  'not-an-embedding',
  'several-groups',
  'too-far',
  'not-a-gauge',
  'not-silent',
  'not-redundant',
  'nonzero-path-moment',
  'nonzero-residual',
  'nonzero-residual-sum',
  'nonzero-residual-moment',
  'nonzero-neuron-value',
  'nonzero-one-sided-derivative',
  'nonzero-gradient',
  'not-differentiable',
  'not-linear',
  'not-below',
  'bound-not-attained',
  'gap-not-reached',
  'not-critical',
  'not-isolating',
  'incomplete-list',
  'unordered-list',
  'wrong-kind',
  'not-monotone',
  'depends-on-later-parameter',
  'predictions-differ',
  'kink-off-piece',
  'outgoing-weight-vanishes',
  'profile-not-constant',
  'not-descending',
  'not-ascending',
  'not-curved',
  'gradient-may-vanish',
  'wrong-hint',
  'wrong-length',
  'negative-multiplier',
  'multiplier-too-large',
  'nonzero-combination',
  'undecided-kink',
  'repeated-kink',
  'never-crossed',
  'contradictory-signs',
  'not-infeasible',
  'negative-on-a-cone',
  'bound-too-low',
  'risks-differ',
  'jump-not-reached',
  'not-a-concave-kink',
  'wrong-implication',
  'outgoing-weight-nonzero',
  'bends-downward',
  'no-obligations',
] as const;

const declinedCodes = [
  'unsupported-version',
  'unsupported-combination',
  'unsupported-layer',
  'unsupported-activation',
  'unsupported-loss',
  'unsupported-data',
  'unsupported-point',
  'unsupported-network',
  'unsupported-stream',
  'final-activation',
  'continuity-undecided',
  'degenerate-unit',
  'irrational-value',
  'limit-bytes',
  'limit-digits',
  'limit-nesting',
  'limit-numbers',
  'limit-nodes',
  'limit-degree',
  'limit-limbs',
  'limit-operations',
] as const;

/** Why a certificate is wrong. */
export type RejectedCode = (typeof formatCodes | typeof problemCodes | typeof ruleCodes)[number];
/** Why this kernel cannot tell. */
export type DeclinedCode = (typeof declinedCodes)[number];
/** Why a certificate is not proved. */
export type ReasonCode = RejectedCode | DeclinedCode;

/** Every code, for the tests that want a wrong certificate for each. */
export const reasonCodes = deepFreeze({
  rejected: [...formatCodes, ...problemCodes, ...ruleCodes] as readonly RejectedCode[],
  declined: [...declinedCodes] as readonly DeclinedCode[],
});

/** A condition that failed, on its way to check.ts. */
export class Refusal extends Error {
  constructor(
    readonly kind: 'rejected' | 'declined',
    readonly code: ReasonCode,
    readonly path: string,
    message: string,
    readonly unknown?: UnknownName,
  ) {
    super(message);
  }
}

/** Ends the check: the certificate is wrong. */
export function reject(code: RejectedCode, path: string, message: string, unknown?: UnknownName): never {
  throw new Refusal('rejected', code, path, message, unknown);
}

/** Ends the check: the certificate may be right, but this kernel cannot tell. */
export function decline(code: DeclinedCode, path: string, message: string): never {
  throw new Refusal('declined', code, path, message);
}

/** What a rule has shown, counted by condition; a proof that discharges nothing is not a proof. */
export class Ledger {
  readonly #by = new Map<string, number>();

  discharge(obligation: string, count = 1): void {
    if (count > 0) this.#by.set(obligation, (this.#by.get(obligation) ?? 0) + count);
  }

  get total(): number {
    let total = 0;
    for (const count of this.#by.values()) total += count;
    return total;
  }

  get by(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#by);
  }
}

export function unreachable(value: never): never {
  throw new Error(`Cannot happen: unexpected ${JSON.stringify(value)}`);
}
