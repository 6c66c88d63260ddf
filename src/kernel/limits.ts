import { decline } from './verdict.js';

/** Bounds on what one certificate may cost. They count bytes, digits, nodes and operations, never seconds. */
export interface Limits {
  /** UTF-16 units of the text; a file's bytes are at most as many times three. */
  readonly bytes: number;
  /** decimal digits of one number */
  readonly digits: number;
  /** nested lists and records */
  readonly nesting: number;
  /** values (numbers, strings, lists, records) in the text */
  readonly numbers: number;
  /** nodes of the proof */
  readonly nodes: number;
  /** degree of a polynomial, an exponent or a curve */
  readonly degree: number;
  /** 64-bit limbs of one matrix over its common denominator, read or computed */
  readonly limbs: number;
  /** products of two 64-bit limbs */
  readonly operations: number;
}

/** The bounds where no others are given. */
export const defaultLimits: Limits = Object.freeze({
  bytes: 256 * 1024 * 1024,
  digits: 100_000,
  nesting: 200,
  numbers: 10_000_000,
  nodes: 1_000_000,
  degree: 1_000,
  limbs: 50_000_000,
  operations: 100_000_000_000,
});

/** Counts limb operations before they are done, so that a hostile text is declined and not computed. */
export class Meter {
  #spent = 0;

  /** @param path  of what is metered */
  constructor(
    readonly limits: Limits,
    readonly path = '$',
  ) {
    for (const [name, value] of Object.entries(limits)) {
      if (!(value >= 0)) throw new RangeError(`Cannot set the limit ${name}: expected a number ≥ 0, found ${value}`);
    }
  }

  /** Declines numbers that would not fit, before they are made. */
  hold(cells: number, bits: number, path: string): void {
    if (!(cells * (1 + bits / 64) <= this.limits.limbs)) {
      decline('limit-limbs', path, `over a common denominator this needs more than ${this.limits.limbs} limbs`);
    }
  }

  /** @param count how many products  @param a, b  sizes of the factors in bits */
  charge(count: number, a: number, b: number): void {
    this.#spent += count * (1 + a / 64) * (1 + b / 64);
    if (!(this.#spent <= this.limits.operations)) {
      decline('limit-operations', this.path, `the proof needs more than ${this.limits.operations} limb operations`);
    }
  }
}
