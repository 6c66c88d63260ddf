import type { Rational } from '../kernel/arithmetic/rational.js';
import type { Kind } from '../kernel/format.js';
import type { AnyPoint } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';

/** Told how far a search has come: what it does now, and steps done of steps in all. */
export type Observe = (what: string, done: number, total: number) => void;

export interface CertifyOptions {
  /** a point that is hoped to have lower risk; without one, certify looks for one */
  readonly better?: AnyPoint;
  /** ask about the ball of this radius instead of the exact point */
  readonly radius?: Rational;
  /** ask for this kind of claim only */
  readonly claim?: Kind;
  readonly seed: number;
  /** search steps, never seconds */
  readonly effort: number;
  readonly observe?: Observe;
}

/** What a search can say. Only `certified` is evidence, because its text has just been proved by the kernel. */
export type Answer =
  | {
      readonly kind: 'certified';
      readonly claim: Kind;
      /** true for the claim that was asked for, false for its negation */
      readonly holds: boolean;
      readonly text: string;
      readonly theorem: Theorem;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'undecided'; readonly reason: Undecided; readonly notes: readonly string[] };

/** Why a search gives up; `code` is one of the kernel or of the search, `path` a place in the problem or the point. */
export interface Undecided {
  readonly code: string;
  readonly path: string;
  readonly message: string;
}
