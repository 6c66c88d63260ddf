/** Polynomials as people write them, such as x1^2 − 3/4*(x2 + 1): what `construct --target` takes. */
import {
  add,
  constantPolynomial,
  type MultiPolynomial,
  monomial,
  multiply,
  negate,
  scale,
  terms,
} from '../kernel/arithmetic/multivariate.js';
import { formatRational, rational } from '../kernel/arithmetic/rational.js';
import { quoted } from './quoted.js';
import type { Fields } from './write.js';

/** A target on a box as the format writes it, or why the text is none. */
export type Expression =
  | { readonly kind: 'polynomial'; readonly target: Fields }
  | { readonly kind: 'refused'; readonly message: string };

/** A polynomial over one positive denominator. */
interface Value {
  readonly numerator: MultiPolynomial;
  readonly denominator: bigint;
}

const largestPower = 100;
const mostTerms = 2_000;
const longest = 2_000;
const deepest = 100;

class Unreadable extends Error {}

/**
 * Reads numbers (3, 0.5, 3/4), the variables x1 … xd (x alone, too, for d = 1), + − * ^ and parentheses. A product needs its sign, ^ takes an integer,
 * and / only stands between two integers.
 *
 * @param d  how many variables there are
 * @returns  a target as the format writes it, {"terms": …}
 */
export function parseExpression(text: string, d: number): Expression {
  try {
    if (text.length > longest) throw new Unreadable(`expected at most ${longest} characters`);
    const { numerator, denominator } = new Parser(text, d).whole();
    const list = [...terms(numerator)].map(({ exponents, coefficient }) => ({
      coefficient: formatRational(rational(coefficient, denominator)),
      exponents,
    }));
    return { kind: 'polynomial', target: { terms: list } };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { kind: 'refused', message: error.message };
  }
}

/**
 * Reads an expression, or in one variable several with the breakpoints between them: "x; 1/2; 1 - x" is x up to 1/2 and 1 − x beyond.
 *
 * @returns a target as the format writes it, {"terms": …} or {"breakpoints": …, "pieces": …}
 */
export function parseTarget(text: string, d: number): Expression {
  const parts = text.split(';').map((part) => part.trim());
  if (parts.length === 1) return parseExpression(text, d);
  if (d !== 1) return { kind: 'refused', message: `pieces are for one dimension, found ${d}` };
  if (parts.length % 2 === 0) return { kind: 'refused', message: 'expected expressions with breakpoints between them' };
  try {
    const pieces = parts.filter((_, i) => i % 2 === 0).map((part) => coefficientsOf(new Parser(part, 1).whole()));
    const breakpoints = parts
      .filter((_, i) => i % 2 === 1)
      .map((part) => {
        const [at = '0', ...rest] = coefficientsOf(new Parser(part, 1).whole());
        if (rest.length > 0) throw new Unreadable(`expected a number as a breakpoint, found ${quoted(part)}`);
        return at;
      });
    return { kind: 'polynomial', target: { breakpoints, pieces: pieces.map((polynomial) => ({ polynomial })) } };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { kind: 'refused', message: error.message };
  }
}

/** In one variable, lowest degree first. */
function coefficientsOf({ numerator, denominator }: Value): readonly string[] {
  const coefficients = ['0'];
  for (const { exponents, coefficient } of terms(numerator)) {
    const degree = exponents[0] as number;
    while (coefficients.length <= degree) coefficients.push('0');
    coefficients[degree] = formatRational(rational(coefficient, denominator));
  }
  return coefficients;
}

class Parser {
  readonly #tokens: readonly string[];
  #next = 0;
  #depth = 0;

  constructor(
    text: string,
    readonly d: number,
  ) {
    // Whatever is no token of the language is one of its own, and refused where it stands.
    this.#tokens = text.replaceAll('−', '-').match(/(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|[A-Za-z_][A-Za-z0-9_]*|\S/g) ?? [];
  }

  whole(): Value {
    const value = this.#sum();
    if (this.#next < this.#tokens.length) this.#expected('an operator');
    return value;
  }

  #expected(what: string): never {
    const found = this.#tokens[this.#next];
    throw new Unreadable(`expected ${what}, found ${found === undefined ? 'the end' : quoted(found)}`);
  }

  #take(...wanted: readonly string[]): string | null {
    const token = this.#tokens[this.#next];
    if (token === undefined || !wanted.includes(token)) return null;
    this.#next++;
    return token;
  }

  #sum(): Value {
    let value = this.#signed();
    for (let sign = this.#take('+', '-'); sign !== null; sign = this.#take('+', '-')) {
      const other = this.#product();
      value = sum(value, sign === '-' ? { ...other, numerator: negate(other.numerator) } : other);
    }
    return value;
  }

  #signed(): Value {
    const isNegative = this.#take('-') !== null;
    const value = this.#product();
    return isNegative ? { ...value, numerator: negate(value.numerator) } : value;
  }

  #product(): Value {
    let value = this.#power();
    while (this.#take('*') !== null) value = product(value, this.#power());
    return value;
  }

  #power(): Value {
    const base = this.#atom();
    if (this.#take('^') === null) return base;
    const token = this.#tokens[this.#next] ?? '';
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(token) || Number(token) > largestPower) {
      this.#expected(`an exponent from 0 to ${largestPower}`);
    }
    this.#next++;
    let value: Value = { numerator: constantPolynomial(this.d, 1n), denominator: 1n };
    for (let n = Number(token); n > 0; n--) value = product(value, base);
    return value;
  }

  #atom(): Value {
    const token = this.#tokens[this.#next] ?? '';
    if (/^[0-9]/.test(token)) return this.#number(token);
    if (/^[A-Za-z_]/.test(token)) return this.#variable(token);
    if (this.#take('(') === null) this.#expected('a number, a variable or "("');
    if (++this.#depth > deepest) throw new Unreadable(`expected at most ${deepest} parentheses inside one another`);
    const value = this.#sum();
    if (this.#take(')') === null) this.#expected('")"');
    this.#depth--;
    return value;
  }

  #number(token: string): Value {
    this.#next++;
    const [whole = '', decimals = ''] = token.split('.');
    let [num, den] = [BigInt(whole + decimals), 10n ** BigInt(decimals.length)];
    if (this.#take('/') !== null) {
      const below = this.#tokens[this.#next] ?? '';
      if (decimals !== '' || !/^[1-9][0-9]*$/.test(below)) this.#expected('an integer > 0 below an integer');
      this.#next++;
      den = BigInt(below);
    }
    const value = rational(num, den);
    [num, den] = [value.num, value.den];
    return { numerator: constantPolynomial(this.d, num), denominator: den };
  }

  #variable(token: string): Value {
    const index = token === 'x' && this.d === 1 ? 1 : Number(/^x([1-9][0-9]{0,6})$/.exec(token)?.[1] ?? 0);
    if (index < 1 || index > this.d) {
      this.#expected(this.d === 1 ? 'the variable x' : `a variable from x1 to x${this.d}`);
    }
    this.#next++;
    const exponents = Array.from({ length: this.d }, (_, j) => (j + 1 === index ? 1 : 0));
    return { numerator: monomial(exponents, 1n), denominator: 1n };
  }
}

function sum(a: Value, b: Value): Value {
  const numerator = add(scale(a.numerator, b.denominator), scale(b.numerator, a.denominator));
  return { numerator, denominator: a.denominator * b.denominator };
}

function product(a: Value, b: Value): Value {
  if (a.numerator.size * b.numerator.size > mostTerms) throw new Unreadable(`more than ${mostTerms} terms`);
  return { numerator: multiply(a.numerator, b.numerator), denominator: a.denominator * b.denominator };
}
