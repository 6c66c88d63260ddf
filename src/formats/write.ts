/** Writes the three formats as files: key order as in proofs/format.md, 2-space indent, rows of a matrix on one line, LF at the end. */
import { bitLength } from '../kernel/arithmetic/gcd.js';
import type { Matrix, Vector } from '../kernel/arithmetic/matrix.js';
import { formatRational, type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { DecodedProblem } from '../kernel/format.js';
import type { DenseValues, Network, Parameters } from '../kernel/model/network.js';
import type { Problem } from '../kernel/statement.js';

/** What JSON can hold here: numbers are counts, quantities are strings. */
export type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };
export type Fields = { readonly [key: string]: Plain };

/** Above this size a common denominator is written once, and not in every entry. */
const sharedDenominatorBits = 128;

function layout(value: Plain, indent: string): string {
  if (Array.isArray(value)) {
    if (value.every((element) => typeof element !== 'object')) return JSON.stringify(value);
    const inner = `${indent}  `;
    return `[\n${value.map((element) => inner + layout(element, inner)).join(',\n')}\n${indent}]`;
  }
  if (typeof value === 'object') {
    const inner = `${indent}  `;
    const entries = Object.entries(value as Fields);
    if (entries.every(([, element]) => typeof element !== 'object')) {
      return `{${entries.map(([key, element]) => `${JSON.stringify(key)}: ${JSON.stringify(element)}`).join(', ')}}`;
    }
    return `{\n${entries.map(([key, element]) => `${inner}${JSON.stringify(key)}: ${layout(element, inner)}`).join(',\n')}\n${indent}}`;
  }
  return JSON.stringify(value);
}

/** @returns the text of a file */
export function writeFile(fields: Fields): string {
  return `${layout(fields, '')}\n`;
}

export function quantity(a: Rational): string {
  return formatRational(a);
}

/** A row of numerators over one denominator, as quantities in lowest terms or over the common denominator. */
export function vectorJson(values: readonly bigint[], denominator: bigint): Plain {
  if (denominator === 1n) return values.map(String);
  if (bitLength(denominator) > sharedDenominatorBits) {
    return { denominator: String(denominator), numerators: values.map(String) };
  }
  return values.map((n) => formatRational(rational(n, denominator)));
}

export function matrixJson(rows: readonly (readonly bigint[])[], denominator: bigint): Plain {
  if (denominator !== 1n && bitLength(denominator) > sharedDenominatorBits) {
    return { denominator: String(denominator), numerators: rows.map((row) => row.map(String)) };
  }
  return rows.map((row) => vectorJson(row, denominator));
}

/** The entry of a point for one dense layer. */
export function layerJson({
  weights,
  bias,
  denominator,
}: Pick<DenseValues, 'weights' | 'bias' | 'denominator'>): Fields {
  const matrix = matrixJson(weights, denominator);
  return bias === null ? { weights: matrix } : { weights: matrix, bias: vectorJson(bias, denominator) };
}

/** A point (or direction) of a network: frozen layers have no entry. */
export function pointJson(network: Network, parameters: Parameters): Fields {
  const entries = network.stages.flatMap(({ fixed }, s) =>
    fixed === null ? [layerJson(parameters[s] as DenseValues)] : [],
  );
  return { layers: entries };
}

export interface Certificate {
  readonly statement: Fields;
  readonly proof: Fields;
  readonly about?: { readonly theorem?: string; readonly source?: string; readonly text?: string };
}

export function writeCertificate({ statement, proof, about }: Certificate): string {
  const fields: Fields = { format: 'cairn-certificate', version: 1, statement, proof };
  return writeFile(about === undefined ? fields : { ...fields, about: about as Fields });
}

export function writePoint(network: Network, parameters: Parameters): string {
  return writeFile({ format: 'cairn-point', version: 1, ...pointJson(network, parameters) });
}

/** The problem as a certificate carries it: everything inline, defaults as they were written. */
export function problemJson({ written }: Problem): Fields {
  const { network, loss, data } = written;
  const { function: name, ...parameters } = loss;
  const quantities = Object.entries(parameters).map(([key, value]) => [key, formatRational(value)] as const);
  const samples: Fields = {
    type: 'samples',
    inputs: matrixJson(data.inputs.rows, data.inputs.denominator),
    targets: matrixJson(data.targets.rows, data.targets.denominator),
  };
  return {
    network: { input: network.input, layers: network.layers.map(layerOfProblem) },
    loss: { function: name, ...Object.fromEntries(quantities) },
    data:
      data.weights === undefined
        ? samples
        : { ...samples, weights: vectorJson(data.weights.values, data.weights.denominator) },
  };
}

function layerOfProblem(layer: DecodedProblem['network']['layers'][number]): Fields {
  const name: Fields = layer.name === undefined ? {} : { name: layer.name };
  if (layer.type === 'dense') {
    const bias: Fields = layer.bias === undefined ? {} : { bias: layer.bias };
    const fixed: Fields = layer.fixed === undefined ? {} : { fixed: affineJson(layer.fixed) };
    return { type: 'dense', units: layer.units, ...bias, ...fixed, ...name };
  }
  return { type: 'activation', function: layer.function, ...activationJson(layer), ...name };
}

function affineJson({ weights, bias }: { readonly weights: Matrix; readonly bias?: Vector }): Fields {
  const matrix = matrixJson(weights.rows, weights.denominator);
  return bias === undefined
    ? { weights: matrix }
    : { weights: matrix, bias: vectorJson(bias.values, bias.denominator) };
}

function activationJson(layer: Extract<DecodedProblem['network']['layers'][number], { type: 'activation' }>): Fields {
  if (layer.function === 'piecewise') {
    return {
      breakpoints: vectorJson(layer.breakpoints.values, layer.breakpoints.denominator),
      pieces: layer.pieces.map(({ polynomial }) => ({
        polynomial: vectorJson(polynomial.values, polynomial.denominator),
      })),
    };
  }
  if ('slope' in layer && layer.slope !== undefined) return { slope: formatRational(layer.slope) };
  if ('threshold' in layer && layer.threshold !== undefined) return { threshold: formatRational(layer.threshold) };
  return {};
}
