/** Certificates for tests, in few words: whole numbers stand for their quantities, and what is not said has its default. */
import { type CheckOptions, checkCertificate } from '../src/kernel/check.js';
import { reasonCodes, type Verdict } from '../src/kernel/verdict.js';

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Fields = { readonly [key: string]: Value };
/** A quantity: an integer, or the text of the format. */
export type Quantity = number | string;
export type Row = readonly Quantity[];

export const row = (values: Row): Value => values.map(String);
export const rows = (values: readonly Row[]): Value => values.map(row);

/** `weights` without a bias, or `[weights, bias]`. */
export type Affine = readonly [weights: readonly Row[], bias?: Row];

export function affine([weights, bias]: Affine): Fields {
  return bias === undefined ? { weights: rows(weights) } : { weights: rows(weights), bias: row(bias) };
}

export function point(...layers: readonly Affine[]): Fields {
  return { layers: layers.map(affine) };
}

export function dense(units: number, bias = true): Fields {
  return bias ? { type: 'dense', units } : { type: 'dense', units, bias };
}

export function frozen(values: Affine): Fields {
  const bias = values[1] === undefined ? { bias: false } : {};
  return { type: 'dense', units: values[0].length, ...bias, fixed: affine(values) };
}

export function activation(name: string, parameters: Fields = {}): Fields {
  return { type: 'activation', function: name, ...parameters };
}

/** A piecewise affine function from its breakpoints and [slope, intercept] pieces. */
export function piecewise(breakpoints: Row, ...pieces: readonly (readonly [Quantity, Quantity])[]): Fields {
  return activation('piecewise', {
    breakpoints: row(breakpoints),
    pieces: pieces.map(([slope, intercept]) => ({ polynomial: row([intercept, slope]) })),
  });
}

export const relu = activation('relu');
export const abs = activation('abs');

export interface ProblemParts {
  /** default: as many as the first sample has */
  readonly input?: number;
  readonly layers: readonly Fields[];
  /** default: squared */
  readonly loss?: Fields;
  /** one row a sample, or one number where there is one input */
  readonly x: readonly (Row | Quantity)[];
  readonly y: readonly (Row | Quantity)[];
  readonly weights?: Row;
}

const matrix = (values: readonly (Row | Quantity)[]): Value =>
  rows(values.map((value) => (Array.isArray(value) ? value : [value]) as Row));

export function problem({ input, layers, loss, x, y, weights }: ProblemParts): Fields {
  const first = x[0];
  return {
    network: { input: [input ?? (Array.isArray(first) ? first.length : 1)], layers },
    loss: loss ?? { function: 'squared' },
    data: {
      type: 'samples',
      inputs: matrix(x),
      targets: matrix(y),
      ...(weights === undefined ? {} : { weights: row(weights) }),
    },
  };
}

/** @param proof  the nodes by obligation */
export function certificate(kind: string, statement: Fields, proof: Fields): Fields {
  return { format: 'cairn-certificate', version: 1, statement: { kind, ...statement }, proof };
}

export function localMinimum(problem: Fields, point: Fields, node: Fields = { rule: 'affine-span' }): Fields {
  return certificate('local-minimum', { problem, point }, { localMinimum: node });
}

export function globalMinimum(problem: Fields, point: Fields, rule: string): Fields {
  return certificate('global-minimum', { problem, point }, { globalMinimum: { rule } });
}

export function notLocalMinimum(problem: Fields, point: Fields, node: Fields): Fields {
  return certificate('not-local-minimum', { problem, point }, { descent: node });
}

export function dominance(...units: readonly Value[]): Fields {
  return { rule: 'neuron-dominance', units };
}

/** The leaf {"multipliers":…}, with "cone" below a split. */
export function leaf(multipliers: Row, cone?: Row): Fields {
  return cone === undefined ? { multipliers: row(multipliers) } : { multipliers: row(multipliers), cone: row(cone) };
}

export function check(certificate: Value, options: CheckOptions = {}): Verdict {
  return checkCertificate(JSON.stringify(certificate), options);
}

/**
 * One line for a verdict: `proved`, or the reason's code and path. That the code belongs to the verdict's kind is asserted on
 * the way, so a table need not say "rejected" or "declined".
 */
export function answer(verdict: Verdict): string {
  if (verdict.kind === 'proved') return 'proved';
  const codes: readonly string[] = reasonCodes[verdict.kind];
  if (!codes.includes(verdict.reason.code)) throw new Error(`${verdict.kind} with the code ${verdict.reason.code}`);
  if (/\p{Cc}/u.test(`${verdict.path}${verdict.reason.message}`)) throw new Error('more than one line');
  return `${verdict.reason.code} ${verdict.path}`;
}

/** The answer without its path, for tables about codes. */
export function codeOf(verdict: Verdict): string {
  return answer(verdict).split(' ')[0] as string;
}

/** A copy with the value at `$.a[0].b` replaced, added, or left out where `by` is undefined. */
export function changed(value: Value, path: string, by: Value | undefined): Value {
  const keys = path.match(/[^.[\]$]+/g) ?? [];
  return change(value, keys, by) as Value;
}

function change(value: Value | undefined, [key, ...rest]: readonly string[], by: Value | undefined): Value | undefined {
  if (key === undefined) return by;
  if (Array.isArray(value)) {
    const copy: Value[] = [...(value as readonly Value[])];
    const entry = change(copy[Number(key)], rest, by);
    if (entry === undefined) copy.splice(Number(key), 1);
    else copy[Number(key)] = entry;
    return copy;
  }
  if (typeof value !== 'object' || value === null) throw new Error(`no such place: ${key}`);
  const fields = value as Fields;
  const entry = change(fields[key], rest, by);
  if (entry !== undefined) return { ...fields, [key]: entry };
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
}
