/**
 * Interprets the description in format.ts: JSON → plain typed values, with every number exact and every limit charged before
 * arithmetic is done. What the values mean together (shapes, continuity, signs) is checked by statement.ts and model/.
 */
import { bitLength, lcm } from './arithmetic/gcd.js';
import type { Matrix, Tensor, Vector } from './arithmetic/matrix.js';
import { type Rational, rational } from './arithmetic/rational.js';
import {
  algebraicPointSchema,
  controlCharacter,
  countPattern,
  type Decoded,
  type DecodedFunction,
  type DecodedTerm,
  type FunctionTensor,
  integerPattern,
  largestCount,
  layerSchema,
  longestName,
  longestText,
  type NestedQuantities,
  pointSchema,
  positivePattern,
  quantityPattern,
  type RecordSchema,
  type Schema,
  type SignTree,
  streamPattern,
  streamSchema,
  terms,
  treeSchema,
  type UnitHint,
  unitSchema,
  type VariantsSchema,
} from './format.js';
import { type Json, type JsonObject, pathKey, quote } from './json.js';
import type { Limits, Meter } from './limits.js';
import { decline, type ReasonCode, Refusal, reject, unreachable } from './verdict.js';

/** A quantity as written: not in lowest terms, and its bits bounded by its digits. */
interface Fraction {
  readonly num: bigint;
  readonly den: bigint;
  readonly digits: number;
  /** the numerator over the common denominator that was last asked for: cells of a data set repeat */
  over: bigint;
  numerator: bigint;
}

const bitsPerDigit = 3.33;
/** Texts of at most so many characters are remembered: the cells of a data set repeat. */
const rememberedLength = 12;
const rememberedTexts = 100_000;

function fraction(num: bigint, den: bigint, digits: number): Fraction {
  return { num, den, digits, over: den, numerator: num };
}

/** @param text  at most ten decimal digits, so that the count is exact */
export function countOf(text: string): number {
  let count = 0;
  for (const digit of text) count = 10 * count + '0123456789'.indexOf(digit);
  return count;
}

const index = (j: number): string => `[${j}]`;

function describe(json: Json): string {
  if (typeof json === 'string') return quote(json);
  if (json === null || typeof json === 'boolean') return String(json);
  if (Array.isArray(json)) return 'a list';
  if (json instanceof Map) return 'a record';
  const { number } = json as { number: string };
  return number.length > 40 ? `${number.slice(0, 37)}...` : number;
}

export class Decoder {
  readonly #limits: Limits;
  readonly #fractions = new Map<string, Fraction>();
  #nodes = 0;

  constructor(readonly meter: Meter) {
    this.#limits = meter.limits;
  }

  /** @throws Refusal with the path of the first value that does not fit the schema */
  decode<S extends Schema>(schema: S, json: Json, path: string): Decoded<S> {
    return this.#any(schema, json, path) as Decoded<S>;
  }

  #any(schema: Schema, json: Json, path: string): unknown {
    switch (schema.is) {
      case 'quantity':
        return this.#quantity(json, path);
      case 'vector':
        return this.#vector(json, path);
      case 'matrix':
        return this.#matrix(json, path);
      case 'tensor':
        return this.#tensor(json, path);
      case 'layer':
        return this.#variants(layerSchema, this.#object(json, path), path, []);
      case 'flag':
        if (typeof json !== 'boolean') return this.#wrongType('true or false', json, path);
        return json;
      case 'text':
        return this.#text(json, path);
      case 'count':
        return this.#count(json, schema.least, path);
      case 'counts':
        if (!Array.isArray(json)) return [this.#count(json as Json, schema.least, path)];
        if (json.length === 0) reject('empty-list', path, 'expected at least 1 entry, found 0');
        return json.map((element: Json, i) => this.#count(element, schema.least, `${path}[${i}]`));
      case 'unit':
        return this.#unit(json, path);
      case 'tree':
        return this.#tree(json, path);
      case 'function':
        return this.#function(json, path);
      case 'functions':
        return this.#functions(json, path);
      case 'function-tensor':
        return this.#functionTensor(json, path);
      case 'nested':
        return this.#nested(json, path);
      case 'numbers':
        return this.#hasListForEntry(json) ? this.#nested(json, path) : this.#matrix(json, path);
      case 'point': {
        const point = this.#object(json, path);
        return this.#record(point.has('field') ? algebraicPointSchema : pointSchema, point, path, []);
      }
      case 'list': {
        const list = this.#list(json, path);
        if (list.length < schema.least) {
          reject('empty-list', path, `expected at least ${schema.least} entries, found ${list.length}`);
        }
        return list.map((element, i) => this.#any(schema.of, element, `${path}[${i}]`));
      }
      case 'list-or-stream':
        if (json instanceof Map) return this.#record(streamSchema, json, path, []);
        return this.#any({ is: 'list', of: schema.of, least: schema.least }, json, path);
      case 'stream-name':
        return this.#streamName(json, path);
      case 'record':
        return this.#record(schema, this.#object(json, path), path, []);
      case 'variants':
        return this.#variants(schema, this.#object(json, path), path, []);
      case 'refused':
        throw new Refusal(
          schema.code === 'file-reference' ? 'rejected' : 'declined',
          schema.code as ReasonCode,
          path,
          schema.message,
        );
      default:
        return unreachable(schema);
    }
  }

  #wrongType(expected: string, json: Json, path: string): never {
    return reject('wrong-type', path, `expected ${expected}, found ${describe(json)}`);
  }

  #object(json: Json, path: string): JsonObject {
    if (!(json instanceof Map)) return this.#wrongType('a record', json, path);
    return json;
  }

  #list(json: Json, path: string): readonly Json[] {
    if (!Array.isArray(json)) return this.#wrongType('a list', json, path);
    return json;
  }

  /** @param seen  keys that the caller has read already */
  #record(schema: RecordSchema, json: JsonObject, path: string, seen: readonly string[]): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    // Refused keys first: what is answered must not depend on the order of keys.
    for (const [key, of] of Object.entries(schema.optional)) {
      if (of.is === 'refused' && json.has(key)) this.#any(of, json.get(key) as Json, `${path}${pathKey(key)}`);
    }
    for (const key of json.keys()) {
      if (own(schema.required, key) !== undefined || own(schema.optional, key) !== undefined) continue;
      if (seen.includes(key)) continue;
      const known = [...Object.keys(schema.required), ...Object.keys(schema.optional)];
      reject('unknown-key', `${path}${pathKey(key)}`, 'the format has no such key here', { name: key, known });
    }
    for (const [key, of] of [...Object.entries(schema.required), ...Object.entries(schema.optional)]) {
      const element = json.get(key);
      if (element !== undefined) value[key] = this.#any(of, element, `${path}${pathKey(key)}`);
      else if (Object.hasOwn(schema.required, key)) reject('missing-key', path, `expected the key ${quote(key)}`);
    }
    return value;
  }

  #variants(schema: VariantsSchema, json: JsonObject, path: string, seen: readonly string[]): Record<string, unknown> {
    const tag = json.get(schema.tag);
    if (tag === undefined) reject('missing-key', path, `expected the key ${quote(schema.tag)}`);
    const tagPath = `${path}${pathKey(schema.tag)}`;
    if (typeof tag !== 'string') return this.#wrongType('a name', tag, tagPath);
    const found = own(schema.cases, tag);
    if (found === undefined) {
      if (schema.unsupported.includes(tag)) {
        decline(schema.code.unsupported, tagPath, `this version has no rule for ${quote(tag)}`);
      }
      reject(schema.code.unknown, tagPath, `unknown name ${quote(tag)}`, {
        name: tag,
        known: Object.keys(schema.cases),
      });
    }
    if (schema.tag === 'rule') this.#node(path);
    const keys = [...seen, schema.tag];
    const rest =
      found.is === 'record' ? this.#record(found, json, path, keys) : this.#variants(found, json, path, keys);
    return { [schema.tag]: tag, ...rest };
  }

  #node(path: string): void {
    if (++this.#nodes > this.#limits.nodes) {
      decline('limit-nodes', path, `the proof has more than ${this.#limits.nodes} nodes`);
    }
  }

  #text(json: Json, path: string): string {
    if (typeof json !== 'string') return this.#wrongType('a string', json, path);
    const most = path.endsWith('.name') ? longestName : longestText;
    if (json.length > most) reject('out-of-range', path, `expected at most ${most} characters, found ${json.length}`);
    if (controlCharacter.test(json)) reject('control-character', path, 'control characters are not allowed in texts');
    return json;
  }

  /** A plain name: what is beside a certificate, and nothing else, may be read for it. */
  #streamName(json: Json, path: string): string {
    const name = this.#text(json, path);
    if (name.length > longestName || name.includes('..') || !streamPattern.test(name)) {
      const expected = 'the name of a file beside the certificate, such as "a.leaves.jsonl"';
      reject('file-reference', path, `expected ${expected}, found ${quote(name)}`);
    }
    return name;
  }

  #count(json: Json, least: number, path: string): number {
    const text = typeof json === 'object' && json !== null && 'number' in json ? json.number : null;
    const count = text !== null && countPattern.test(text) ? countOf(text) : -1;
    if (count < least || count > largestCount) return this.#wrongType(`an integer ≥ ${least}`, json, path);
    return count;
  }

  #quantity(json: Json, path: string): Rational {
    const { num, den } = this.#fraction(json, path);
    return rational(num, den);
  }

  #fraction(json: Json, path: string): Fraction {
    if (typeof json !== 'string') return this.#wrongType('a quantity in a string, such as "3/7"', json, path);
    const known = this.#fractions.get(json);
    if (known !== undefined) return known;
    const fraction = this.#parse(json, path);
    if (json.length <= rememberedLength && this.#fractions.size < rememberedTexts) this.#fractions.set(json, fraction);
    return fraction;
  }

  #parse(text: string, path: string): Fraction {
    // The longest number that the limit allows has a sign, a bar and two parts.
    if (text.length > 2 * this.#limits.digits + 2) this.#tooManyDigits(path);
    const match = quantityPattern.exec(text);
    if (match === null || text === '-0') {
      return reject('malformed-quantity', path, `expected a quantity such as "3/7" or "-0.125", found ${quote(text)}`);
    }
    const bar = text.indexOf('/');
    const decimals = match[1]?.length ?? 0;
    const digits = text.length - (text.startsWith('-') ? 1 : 0) - (bar > 0 || decimals > 0 ? 1 : 0);
    const denominatorDigits = bar > 0 ? text.length - bar - 1 : 0;
    const longest = denominatorDigits > digits - denominatorDigits ? denominatorDigits : digits - denominatorDigits;
    if (longest > this.#limits.digits) this.#tooManyDigits(path);
    // Long fractions are brought to lowest terms somewhere, by a gcd that costs at most the square of their size.
    if (digits > 100 && (bar > 0 || decimals > 0)) this.meter.charge(1, digits * bitsPerDigit, digits * bitsPerDigit);
    if (bar > 0) return fraction(BigInt(text.slice(0, bar)), BigInt(text.slice(bar + 1)), digits);
    if (decimals === 0) return fraction(BigInt(text), 1n, digits);
    return fraction(BigInt(text.replace('.', '')), 10n ** BigInt(decimals), digits);
  }

  #tooManyDigits(path: string): never {
    return decline('limit-digits', path, `a number has more than ${this.#limits.digits} digits`);
  }

  #integer(json: Json, pattern: RegExp, what: string, path: string): bigint {
    if (typeof json !== 'string') return this.#wrongType(`${what} in a string`, json, path);
    if (json.length - (json.startsWith('-') ? 1 : 0) > this.#limits.digits) this.#tooManyDigits(path);
    if (!pattern.test(json) || json === '-0') {
      reject('malformed-quantity', path, `expected ${what}, found ${quote(json)}`);
    }
    return BigInt(json);
  }

  /** @returns the denominator and the numerators of {"denominator":"6","numerators":…}, or null for the plain form */
  #overDenominator(json: Json, path: string): { denominator: bigint; numerators: readonly Json[] } | null {
    if (!(json instanceof Map)) return null;
    for (const key of json.keys()) {
      if (key !== 'denominator' && key !== 'numerators') {
        reject('unknown-key', `${path}${pathKey(key)}`, 'the format has no such key here');
      }
    }
    const [denominator, numerators] = [json.get('denominator'), json.get('numerators')];
    if (denominator === undefined) reject('missing-key', path, 'expected the key "denominator"');
    if (numerators === undefined) reject('missing-key', path, 'expected the key "numerators"');
    return {
      denominator: this.#integer(denominator, positivePattern, 'a positive integer', `${path}.denominator`),
      numerators: this.#list(numerators, `${path}.numerators`),
    };
  }

  #vector(json: Json, path: string): Vector {
    const over = this.#overDenominator(json, path);
    const { rows, denominator, bits } =
      over === null
        ? this.#overCommon([this.#list(json, path)], () => path)
        : this.#overGiven([over.numerators], () => `${path}.numerators`, over.denominator);
    return { values: rows[0] as readonly bigint[], denominator, bits };
  }

  #matrix(json: Json, path: string): Matrix {
    const over = this.#overDenominator(json, path);
    const list = over === null ? this.#list(json, path) : over.numerators;
    const base = over === null ? path : `${path}.numerators`;
    const pathOf = (i: number): string => `${base}[${i}]`;
    const rows = list.map((row, i) => (Array.isArray(row) ? (row as readonly Json[]) : this.#list(row, pathOf(i))));
    const width = rows[0]?.length ?? 0;
    for (const [i, { length }] of rows.entries()) {
      if (length !== width) reject('wrong-shape', pathOf(i), `expected ${width} entries, found ${length}`);
    }
    return over === null ? this.#overCommon(rows, pathOf) : this.#overGiven(rows, pathOf, over.denominator);
  }

  /** Nested lists: the rows are the lists under each first index, laid flat in C order. */
  #tensor(json: Json, path: string): Tensor {
    const over = this.#overDenominator(json, path);
    const list = over === null ? this.#list(json, path) : over.numerators;
    const base = over === null ? path : `${path}.numerators`;
    const shape = [list.length];
    for (let first = list[0]; Array.isArray(first); first = first[0] as Json | undefined) shape.push(first.length);
    if (shape.length < 2) this.#wrongType('a list of lists', list[0] ?? null, `${base}[0]`);
    // The paths of a row's cells, should one be wrong, name every index.
    const flat = (row: Json, depth: number, at: string, into: Json[]): Json[] => {
      const cells = this.#list(row, at);
      if (cells.length !== shape[depth]) {
        reject('wrong-shape', at, `expected ${shape[depth]} entries, found ${cells.length}`);
      }
      if (depth + 1 === shape.length) for (const cell of cells) into.push(cell);
      else cells.forEach((cell, i) => void flat(cell, depth + 1, `${at}[${i}]`, into));
      return into;
    };
    const rows = list.map((row, i) => flat(row, 1, `${base}[${i}]`, []));
    const place = (j: number): string => {
      let text = '';
      let rest = j;
      for (let a = shape.length - 1; a > 0; a--) {
        const extent = shape[a] as number;
        text = `[${rest % extent}]${text}`;
        rest = (rest - (rest % extent)) / extent;
      }
      return text;
    };
    const pathOf = (i: number): string => `${base}[${i}]`;
    const matrix =
      over === null ? this.#overCommon(rows, pathOf, place) : this.#overGiven(rows, pathOf, over.denominator, place);
    return { ...matrix, shape };
  }

  #overGiven(
    rows: readonly (readonly Json[])[],
    pathOf: (i: number) => string,
    denominator: bigint,
    place: (j: number) => string = index,
  ): Matrix {
    let digits = 1;
    const values = rows.map((row, i) =>
      row.map((cell, j) => {
        const n = this.#integer(cell, integerPattern, 'an integer', `${pathOf(i)}${place(j)}`);
        if ((cell as string).length > digits) digits = (cell as string).length;
        return n;
      }),
    );
    return { rows: values, denominator, bits: digits * bitsPerDigit + bitLength(denominator) };
  }

  #overCommon(
    rows: readonly (readonly Json[])[],
    pathOf: (i: number) => string,
    place: (j: number) => string = index,
  ): Matrix {
    let digits = 1;
    let cells = 0;
    const denominators = new Set<bigint>();
    const fractions = rows.map((row, i) => {
      const out = new Array<Fraction>(row.length);
      for (let j = 0; j < row.length; j++) {
        const known = this.#fractions.get(row[j] as string);
        const fraction = known ?? this.#fraction(row[j] as Json, `${pathOf(i)}${place(j)}`);
        if (fraction.den !== 1n) denominators.add(fraction.den);
        if (fraction.digits > digits) digits = fraction.digits;
        out[j] = fraction;
      }
      cells += row.length;
      return out;
    });
    let common = 1n;
    for (const den of denominators) {
      const size = bitLength(common);
      this.meter.charge(1, size, bitLength(den));
      this.#bound(cells, size + digits * bitsPerDigit, pathOf);
      common = lcm(common, den);
    }
    const bits = bitLength(common) + digits * bitsPerDigit;
    this.#bound(cells, bits, pathOf);
    if (common !== 1n) this.meter.charge(cells, bitLength(common), digits * bitsPerDigit);
    const numerators = fractions.map((row) => {
      const out = new Array<bigint>(row.length);
      for (let j = 0; j < row.length; j++) {
        const cell = row[j] as Fraction;
        if (cell.over !== common) {
          cell.numerator = cell.num * (common / cell.den);
          cell.over = common;
        }
        out[j] = cell.numerator;
      }
      return out;
    });
    return { rows: numerators, denominator: common, bits };
  }

  /** Entries of a family; over a common denominator all of them are numbers. */
  #functions(json: Json, path: string): readonly DecodedFunction[] {
    if (json instanceof Map) {
      const { values, denominator } = this.#vector(json, path);
      return values.map((n) => ({ form: 'constant', value: rational(n, denominator) }));
    }
    return this.#list(json, path).map((cell, j) => this.#function(cell, `${path}[${j}]`));
  }

  #functionTensor(json: Json, path: string): FunctionTensor {
    if (json instanceof Map) {
      const { rows, denominator, shape } = this.#tensor(json, path);
      return {
        rows: rows.map((row) => row.map((n) => ({ form: 'constant', value: rational(n, denominator) }))),
        shape,
      };
    }
    const list = this.#list(json, path);
    const shape = [list.length];
    for (let first = list[0]; Array.isArray(first); first = first[0] as Json | undefined) shape.push(first.length);
    if (shape.length < 2) this.#wrongType('a list of lists', list[0] ?? null, `${path}[0]`);
    const flat = (row: Json, depth: number, at: string, into: DecodedFunction[]): DecodedFunction[] => {
      const cells = this.#list(row, at);
      if (cells.length !== shape[depth]) {
        reject('wrong-shape', at, `expected ${shape[depth]} entries, found ${cells.length}`);
      }
      cells.forEach((cell, i) => {
        if (depth + 1 === shape.length) into.push(this.#function(cell, `${at}[${i}]`));
        else flat(cell, depth + 1, `${at}[${i}]`, into);
      });
      return into;
    };
    return { rows: list.map((row, i) => flat(row, 1, `${path}[${i}]`, [])), shape };
  }

  #hasListForEntry(json: Json): boolean {
    return Array.isArray(json) && json.some((row: Json) => Array.isArray(row) && row.some(Array.isArray));
  }

  #nested(json: Json, path: string): NestedQuantities {
    if (!Array.isArray(json)) return this.#quantity(json, path);
    return json.map((element: Json, i) => this.#nested(element, `${path}[${i}]`));
  }

  #function(json: Json, path: string): DecodedFunction {
    if (!(json instanceof Map)) return { form: 'constant', value: this.#quantity(json, path) };
    const numerator = json.get('numerator');
    const form = Array.isArray(numerator) && numerator[0] instanceof Map ? 'terms' : 'coefficients';
    const of = form === 'terms' ? { ...terms, least: 1 } : ({ is: 'list', of: { is: 'quantity' }, least: 1 } as const);
    const record = { is: 'record', required: { numerator: of }, optional: { denominator: of } } as const;
    const read = this.decode(record, json, path) as {
      readonly numerator: readonly (Rational | DecodedTerm)[];
      readonly denominator?: readonly (Rational | DecodedTerm)[];
    };
    const asTerms = (list: readonly (Rational | DecodedTerm)[]): readonly DecodedTerm[] =>
      list.map((entry, k) => ('exponents' in entry ? entry : { coefficient: entry, exponents: [k] }));
    return {
      form,
      numerator: asTerms(read.numerator),
      denominator: read.denominator === undefined ? null : asTerms(read.denominator),
    };
  }

  #bound(cells: number, bits: number, pathOf: (i: number) => string): void {
    this.meter.hold(cells, bits, pathOf(0));
  }

  #unit(json: Json, path: string): UnitHint {
    this.#node(path);
    const object = this.#object(json, path);
    return this.#record(unitSchema, object, path, []) as UnitHint;
  }

  #tree(json: Json, path: string): SignTree {
    this.#node(path);
    return this.#record(treeSchema, this.#object(json, path), path, []) as SignTree;
  }
}

/** Names from a file must not find what every object inherits ("constructor", "__proto__"). */
function own<V>(table: Readonly<Record<string, V>>, key: string): V | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
