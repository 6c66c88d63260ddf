import type { Fields } from '../formats/write.js';
import type { Rational } from '../kernel/arithmetic/rational.js';
import type { Theorem } from '../kernel/theorem.js';
import type { LineStore, Observe } from '../provers/prover.js';

/** What a construction starts from: exact data, an architecture, and the theorem's own numbers. */
export interface ConstructionInput {
  readonly inputs: readonly (readonly Rational[])[];
  readonly targets: readonly (readonly Rational[])[];
  /** one positive weight a sample, or null for 1 each */
  readonly weights: readonly Rational[] | null;
  /** data of type "box" as the format writes them, instead of samples; for the constructions that accept it */
  readonly box?: Fields;
  /** widths of the hidden layers; null for the theorem's smallest */
  readonly hidden: readonly number[] | null;
  /** an activation layer of the format, such as {"type":"activation","function":"relu"} */
  readonly activation: Fields;
  /** a loss of the format, such as {"function":"squared","factor":"1"} */
  readonly loss: Fields;
  /** the theorem's own numbers, by name, as written by the user */
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly effort: number;
  readonly observe?: Observe;
  /** where the lines of a long proof go; without it they are part of the certificate */
  readonly store?: LineStore;
}

/** What became of building an instance. */
export type Built =
  | { readonly kind: 'built'; readonly text: string; readonly theorem: Theorem; readonly notes: readonly string[] }
  /** a hypothesis of the theorem fails on these data: which one, and the numbers that show it */
  | { readonly kind: 'hypothesis-fails'; readonly hypothesis: string; readonly message: string }
  | { readonly kind: 'gave-up'; readonly message: string }
  /** an option that the theorem does not have, or a value that it cannot take; which option, where it is a single one */
  | {
      readonly kind: 'usage';
      readonly option?: 'theorem' | 'settings' | 'activation' | 'loss' | 'box';
      readonly message: string;
    };

/** One of a theorem's own numbers. */
export interface Setting {
  readonly name: string;
  readonly type: 'quantity' | 'integer' | 'choice';
  readonly default: string;
  readonly text: string;
}

/** One theorem: the record feeds the command line, the documentation and the messages. */
export interface Construction {
  readonly id: string;
  readonly title: string;
  /** the citation, one line */
  readonly source: string;
  readonly bibtex: string;
  /** hypotheses as people read them; messages name the one that fails */
  readonly hypotheses: readonly { readonly name: string; readonly text: string }[];
  readonly settings: readonly Setting[];
  /** whether it takes the true loss on a box, too */
  readonly onBoxes?: boolean;
  /** builds an instance: `construct` calls it */
  readonly build: (input: ConstructionInput) => Promise<Built>;
}
