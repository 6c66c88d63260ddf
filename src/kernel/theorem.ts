import type { About, ProofNode, RuleName } from './format.js';
import { deepFreeze } from './freeze.js';
import type { Risk } from './model/enclosing.js';
import type { AnyStatement } from './statement.js';

/** What the kernel found while it checked: the statement that it decoded, what it computed, and the proof nodes that it checked. */
export interface Facts {
  readonly statement: AnyStatement;
  /** the rule under the kind's first proof key */
  readonly rule: RuleName;
  /** the proof nodes, by key, as they were checked */
  readonly steps: Readonly<Record<string, ProofNode>>;
  /** null where the kind names no such point, and where risks are known only up to λ∫f² (claims/parametrized-target.ts): then the gap is exact */
  readonly risk: { readonly point: Risk | null; readonly better: Risk | null; readonly gap: Risk | null };
  readonly obligations: { readonly total: number; readonly by: Readonly<Record<string, number>> };
  /** how many entries at the start of a stream were not looked at, since the caller said that an earlier run had checked them; else 0 */
  readonly believed: number;
  /** claimed source: not checked, and always shown as such */
  readonly about: About | null;
}

const seal = Symbol('theorem');
let mint: ((facts: Facts) => Theorem) | null = null;

/** A claim that the kernel has proved. Holding one is the proof: nothing outside check.ts can make it. */
export class Theorem {
  readonly #facts: Facts;

  constructor(key: typeof seal, facts: Facts) {
    if (key !== seal) throw new TypeError('Cannot make a Theorem: only the kernel can');
    this.#facts = deepFreeze(facts);
  }

  static {
    mint = (facts) => new Theorem(seal, facts);
  }

  get statement(): AnyStatement {
    return this.#facts.statement;
  }

  get rule(): RuleName {
    return this.#facts.rule;
  }

  /** the rules of all obligations, each once, the first of them as `rule` */
  get rules(): readonly RuleName[] {
    return [...new Set(Object.values(this.steps).map(({ rule }) => rule))];
  }

  get steps(): Facts['steps'] {
    return this.#facts.steps;
  }

  get risk(): Facts['risk'] {
    return this.#facts.risk;
  }

  get obligations(): Facts['obligations'] {
    return this.#facts.obligations;
  }

  /** 0 for a theorem of which every step was checked here; otherwise so many entries of a stream are believed (proofs/trusted-base.md 7) */
  get believed(): number {
    return this.#facts.believed;
  }

  get about(): About | null {
    return this.#facts.about;
  }
}

/** Hands out the right to make theorems, once: check.ts takes it when it is loaded. */
export function takeMint(): (facts: Facts) => Theorem {
  if (mint === null) throw new TypeError('Cannot take the right to make theorems: check.ts has it');
  const taken = mint;
  mint = null;
  return taken;
}
