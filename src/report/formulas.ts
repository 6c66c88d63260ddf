/**
 * The function of a region as a formula in the parameters and x. The text is assembled here, in the order of the layers; nerdamer
 * turns it into LaTeX (and, in tests, expands it). What it is fed are names and "n/d" strings only (see packages.md 1): two underscores in
 * a name, or a decimal, would be read as something else.
 */
import { formatRational, type Rational, rational } from '../kernel/arithmetic/rational.js';
import { affinePieceOf } from '../kernel/model/activation.js';
import type { DenseValues, Network } from '../kernel/model/network.js';
import type { Point } from '../kernel/statement.js';
import { type Formula, formula } from './document.js';
import { affineCount } from './layers.js';
import type { Region } from './regions.js';

/** Names of parameters, and the value of each at a point. */
export interface Names {
  readonly weight: (stage: number, unit: number, input: number) => string;
  readonly bias: (stage: number, unit: number) => string;
}

/**
 * w11, b1, v1, c with one hidden layer of fewer than 10 inputs and units; else w2r1c3 and b2r1 for layer 2, row 1, column 3. Only affine
 * layers are counted; the columns of a convolution are its taps.
 */
export function parameterNames(network: Network): Names {
  const { stages, inputs, outputs } = network;
  const [first] = stages;
  const small =
    stages.length === 2 && isDense(network) && inputs < 10 && outputs < 10 && first !== undefined && first.units < 10;
  if (!small) {
    return {
      weight: (s, u, j) => `w${affineCount(network, s)}r${u + 1}c${j + 1}`,
      bias: (s, u) => `b${affineCount(network, s)}r${u + 1}`,
    };
  }
  return {
    weight: (s, u, j) => (s === 0 ? `w${u + 1}${j + 1}` : outputs === 1 ? `v${j + 1}` : `v${u + 1}${j + 1}`),
    bias: (s, u) => (s === 0 ? `b${u + 1}` : outputs === 1 ? 'c' : `c${u + 1}`),
  };
}

/** @returns the value of every named parameter, as "n/d" */
export function parameterValues(network: Network, { parameters }: Point): Readonly<Record<string, string>> {
  const names = parameterNames(network);
  const values: Record<string, string> = {};
  network.stages.forEach(({ units, inputs }, s) => {
    const { weights, bias, denominator } = parameters[s] as DenseValues;
    const text = (n: bigint): string => formatRational(rational(n, denominator));
    for (let u = 0; u < units; u++) {
      for (let j = 0; j < inputs; j++) values[names.weight(s, u, j)] = text(weights[u]?.[j] as bigint);
      if (bias !== null) values[names.bias(s, u)] = text(bias[u] as bigint);
    }
  });
  return values;
}

/** A sum or a product in the making; null is 0. */
type Term = { readonly text: string; readonly isSum: boolean } | null;

/** Why a formula is not written: it would be too long, or it goes through a smooth piece. */
export type Unwritten = { readonly unwritten: 'long' | 'smooth' };

export function isDense({ stages }: Network): boolean {
  return stages.every(({ kind }) => kind === 'dense');
}

/**
 * @param network  with dense layers only: weights that are shared between positions, and winners, have no short formulas
 * @param most  longest text; a longer one is not written, so that deep networks do not explode
 * @returns one formula per output, such as "v1*(w11*x1 + w12*x2 + b1) + c"
 */
export function regionFormulas(
  network: Network,
  locations: Region['locations'],
  most: number,
): readonly (string | Unwritten)[] {
  const names = parameterNames(network);
  let values: readonly (Term | Unwritten)[] = Array.from({ length: network.inputs }, (_, j) => ({
    text: `x${j + 1}`,
    isSum: false,
  }));
  network.stages.forEach(({ units, bias, activation }, s) => {
    const before = values;
    values = Array.from({ length: units }, (_, u) => {
      const location = locations[s]?.[u];
      const piece =
        location === undefined
          ? null
          : (affinePieceOf(activation, location.lower) ?? affinePieceOf(activation, location.upper));
      // Whatever a constant piece is given, it says the constant.
      if (piece !== null && piece.slope.num === 0n) return applied(piece.slope, piece.intercept, null);
      const failed = before.find((value) => value !== null && 'unwritten' in value);
      if (failed !== undefined) return failed;
      const terms = (before as readonly Term[]).flatMap((value, j) =>
        value === null ? [] : [product(names.weight(s, u, j), value)],
      );
      if (bias) terms.push(names.bias(s, u));
      const sum: Term = terms.length === 0 ? null : { text: terms.join(' + '), isSum: terms.length > 1 };
      if ((sum?.text.length ?? 0) > most) return { unwritten: 'long' };
      if (s + 1 === network.stages.length) return sum;
      return piece === null ? { unwritten: 'smooth' } : applied(piece.slope, piece.intercept, sum);
    });
  });
  return values.map((value) => (value === null ? '0' : 'unwritten' in value ? value : value.text));
}

function product(factor: string, { text, isSum }: NonNullable<Term>): string {
  if (text === '1') return factor;
  return isSum ? `${factor}*(${text})` : `${factor}*${text}`;
}

/** slope · value + intercept */
function applied(slope: Rational, intercept: Rational, value: Term): Term {
  const linear = slope.num === 0n || value === null ? null : scaled(slope, value);
  if (intercept.num === 0n) return linear;
  const constant = number(intercept);
  return linear === null ? { text: constant, isSum: false } : { text: `${linear.text} + ${constant}`, isSum: true };
}

function scaled(slope: Rational, value: NonNullable<Term>): NonNullable<Term> {
  if (slope.num === 1n && slope.den === 1n) return value;
  return { text: product(number(slope), value), isSum: false };
}

function number(a: Rational): string {
  const text = formatRational(a);
  return a.den === 1n && a.num >= 0n ? text : `(${text})`;
}

/** The name of a parameter as a formula: w2r1c3 is w^{(2)}_{1,3}. */
export function parameterFormula(name: string): Formula {
  return formula(name, subscripts(name));
}

/** Loads nerdamer when a formula is first wanted: it takes half a second. */
export async function latexOf(formulas: readonly string[]): Promise<readonly string[]> {
  const { default: nerdamer } = await import('nerdamer');
  return formulas.map((text) => subscripts(nerdamer.convertToLaTeX(text)));
}

/** w11 → w_{11}, w2r1c3 → w^{(2)}_{1,3}; products without a dot, sums with + */
function subscripts(latex: string): string {
  return latex
    .replaceAll(/\b([wb])(\d+)r(\d+)(?:c(\d+))?/g, (_, letter: string, layer: string, row: string, column?: string) => {
      return `${letter}^{(${layer})}_{${row}${column === undefined ? '' : `,${column}`}}`;
    })
    .replaceAll(/\b([wvbcx])(\d+)/g, '$1_{$2}')
    .replaceAll(' \\cdot ', ' \\, ');
}
