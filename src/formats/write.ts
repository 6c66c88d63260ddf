/** Writes the three formats as files: key order as in proofs/format.md, 2-space indent, rows of a matrix on one line, LF at the end. */
import { bitLength } from '../kernel/arithmetic/gcd.js';
import type { Tensor, Vector } from '../kernel/arithmetic/matrix.js';
import { formatRational, type Rational, rational } from '../kernel/arithmetic/rational.js';
import type {
  DecodedBox,
  DecodedFunction,
  DecodedProblem,
  DecodedSamples,
  DecodedTerm,
  Layer,
} from '../kernel/format.js';
import type { WrittenPolynomial } from '../kernel/model/box.js';
import type { DenseValues, Network, Parameters } from '../kernel/model/network.js';
import type { WrittenLayer } from '../kernel/model/number-field.js';
import type { AnyPoint, Problem } from '../kernel/statement.js';
import { unreachable } from '../kernel/verdict.js';

/** What JSON can hold here: numbers are counts, quantities are strings. */
export type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };
/** A record of the formats, as JSON.stringify takes it. */
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

/** Rows laid flat, nested again as the shape says. */
export function tensorJson(rows: readonly (readonly bigint[])[], denominator: bigint, shape: readonly number[]): Plain {
  const flat = matrixJson(rows, denominator);
  if (Array.isArray(flat)) return flat.map((row) => nestedAs(shape, row as readonly Plain[]));
  const { numerators } = flat as { readonly numerators: readonly (readonly Plain[])[] };
  return { denominator: String(denominator), numerators: numerators.map((row) => nestedAs(shape, row)) };
}

/** @param cells  what stands under one first index, laid flat */
function nestedAs(shape: readonly number[], cells: readonly Plain[], depth = 1): readonly Plain[] {
  if (depth + 1 >= shape.length) return cells;
  const length = cells.length / (shape[depth] as number);
  return Array.from({ length: shape[depth] as number }, (_, i) =>
    nestedAs(shape, cells.slice(i * length, (i + 1) * length), depth + 1),
  );
}

/** The entry of a point for one layer with weights, dense unless a shape is given. */
export function layerJson(
  { weights, bias, denominator }: Pick<DenseValues, 'weights' | 'bias' | 'denominator'>,
  shape: readonly number[] = [],
): Fields {
  const tensor = tensorJson(weights, denominator, shape);
  return bias === null ? { weights: tensor } : { weights: tensor, bias: vectorJson(bias, denominator) };
}

/** A point (or direction) of a network: frozen layers have no entry. */
export function pointJson(network: Network, parameters: Parameters): Fields {
  const entries = network.stages.flatMap(({ entry, weightShape }, s) =>
    entry === null ? [] : [layerJson(parameters[s] as DenseValues, weightShape)],
  );
  return { layers: entries };
}

/** An entry of a point in a field: c₀ + c₁a + … as the list of its coefficients, or c₀ alone. */
export function entryJson(coefficients: readonly Rational[]): Plain {
  let length = coefficients.length;
  while (length > 1 && coefficients[length - 1]?.num === 0n) length--;
  const texts = coefficients.slice(0, length).map(quantity);
  return length <= 1 ? (texts[0] ?? '0') : texts;
}

/** A point with numbers of the field of the polynomial's one root between two numbers; layers are dense unless a shape is given. */
export function pointInFieldJson(
  field: { readonly polynomial: readonly bigint[]; readonly from: Rational; readonly to: Rational },
  layers: readonly (Pick<WrittenLayer, 'weights' | 'bias'> & Partial<Pick<WrittenLayer, 'shape'>>)[],
): Fields {
  const { polynomial, from, to } = field;
  return {
    field: { name: 'a', polynomial: polynomial.map(String), root: [quantity(from), quantity(to)] },
    layers: layers.map(({ weights, bias, shape = [] }): Fields => {
      const rows = weights.map((row) => nestedAs(shape, row.map(entryJson)));
      return bias === null ? { weights: rows } : { weights: rows, bias: bias.map(entryJson) };
    }),
  };
}

/** A rational point, or one with numbers of a field. */
export function anyPointJson(network: Network, { parameters, algebraic }: AnyPoint): Fields {
  return algebraic === null ? pointJson(network, parameters) : pointInFieldJson(algebraic.field, algebraic.layers);
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

/** @returns the text of the point file of a problem's point */
export function writePoint({ network }: Pick<Problem, 'network'>, point: AnyPoint): string {
  return writeFile({ format: 'cairn-point', version: 1, ...anyPointJson(network, point) });
}

/** @returns the text of the problem file, with its data inline */
export function writeProblem(problem: Problem): string {
  return writeFile({ format: 'cairn-problem', version: 1, ...problemJson(problem) });
}

/** The problem as a certificate carries it: everything inline, defaults as they were written. */
export function problemJson({ written }: Problem): Fields {
  const { network, loss, data, regularization } = written;
  const { function: name, ...parameters } = loss;
  const numbers = Object.entries(parameters).map(([key, value]: [string, Rational | Vector]) => [
    key,
    'values' in value ? vectorJson(value.values, value.denominator) : formatRational(value),
  ]);
  return {
    network: { input: network.input, layers: network.layers.map(layerOfProblem) },
    loss: { function: name, ...Object.fromEntries(numbers) },
    data: dataJson(data),
    ...(regularization === undefined ? {} : { regularization: { l2: formatRational(regularization.l2) } }),
  };
}

function dataJson(data: DecodedProblem['data']): Fields {
  switch (data.type) {
    case 'box':
      return boxJson(data);
    case 'gaussian-teacher': {
      const { type, dimension, teacher } = data;
      return { type, dimension, teacher: matrixJson(teacher.rows, teacher.denominator) };
    }
    case 'samples':
      return samplesJson(data);
  }
}

function samplesJson({ inputs, targets, weights }: DecodedSamples): Fields {
  const samples: Fields = {
    type: 'samples',
    inputs: matrixJson(inputs.rows, inputs.denominator),
    targets: matrixJson(targets.rows, targets.denominator),
  };
  return weights === undefined ? samples : { ...samples, weights: vectorJson(weights.values, weights.denominator) };
}

function boxJson({ lower, upper, density, targets }: DecodedBox): Fields {
  const vector = ({ values, denominator }: Vector): Plain => vectorJson(values, denominator);
  return {
    type: 'box',
    lower: vector(lower),
    upper: vector(upper),
    ...(density === undefined ? {} : { density: polynomialJson(density) }),
    targets: targets.map(
      ({ terms, breakpoints, pieces }): Fields => ({
        ...(terms === undefined ? {} : polynomialJson({ terms })),
        ...(breakpoints === undefined ? {} : { breakpoints: vector(breakpoints) }),
        ...(pieces === undefined ? {} : { pieces: pieces.map(pieceJson) }),
      }),
    ),
  };
}

function pieceJson({ polynomial, parametrized }: NonNullable<DecodedBox['targets'][number]['pieces']>[number]): Fields {
  return {
    ...(polynomial === undefined ? {} : polynomialJson({ polynomial })),
    ...(parametrized === undefined
      ? {}
      : {
          parametrized: {
            from: formatRational(parametrized.from),
            to: formatRational(parametrized.to),
            x: functionJson(parametrized.x),
            doubleIntegral: functionJson(parametrized.doubleIntegral),
          },
        }),
  };
}

/** A function of one parameter, as a target's piece has it: coefficients, the lowest degree first. */
function functionJson(f: DecodedFunction): Plain {
  if (f.form === 'constant') return formatRational(f.value);
  const list = (terms: readonly DecodedTerm[]): Plain => terms.map(({ coefficient }) => formatRational(coefficient));
  return {
    numerator: list(f.numerator),
    ...(f.denominator === null ? {} : { denominator: list(f.denominator) }),
  };
}

function polynomialJson({ polynomial, terms }: WrittenPolynomial): Fields {
  return {
    ...(polynomial === undefined ? {} : { polynomial: vectorJson(polynomial.values, polynomial.denominator) }),
    ...(terms === undefined
      ? {}
      : {
          terms: terms.map(({ coefficient, exponents }) => ({ coefficient: formatRational(coefficient), exponents })),
        }),
  };
}

function layerOfProblem(layer: Layer): Fields {
  const name: Fields = layer.name === undefined ? {} : { name: layer.name };
  switch (layer.type) {
    case 'activation':
      return { type: 'activation', function: layer.function, ...activationJson(layer), ...name };
    case 'dense':
      return { type: 'dense', units: layer.units, ...weightedJson(layer), ...name };
    case 'conv1d':
    case 'conv2d':
      return { type: layer.type, channels: layer.channels, ...windowJson(layer), ...weightedJson(layer), ...name };
    case 'avgpool':
    case 'maxpool':
      return { type: layer.type, ...windowJson(layer), ...name };
    case 'flatten':
      return { type: 'flatten', ...name };
    case 'residual':
      return { type: 'residual', layers: layer.layers.map(layerOfProblem), ...name };
    default:
      return unreachable(layer);
  }
}

type Windows = { readonly [key in 'kernel' | 'stride' | 'padding']?: readonly number[] };

/** One extent is written as a number. */
function windowJson({ kernel, stride, padding }: Windows): Fields {
  const entries = Object.entries({ kernel, stride, padding }).filter(([, sizes]) => sizes !== undefined);
  return Object.fromEntries(
    entries.map(([key, sizes]) => [key, sizes?.length === 1 ? (sizes[0] as number) : (sizes as readonly number[])]),
  );
}

function weightedJson({ bias, fixed }: Extract<Layer, { type: 'dense' | 'conv1d' | 'conv2d' }>): Fields {
  return {
    ...(bias === undefined ? {} : { bias }),
    ...(fixed === undefined ? {} : { fixed: affineJson(fixed) }),
  };
}

function affineJson({ weights, bias }: { readonly weights: Tensor; readonly bias?: Vector }): Fields {
  const tensor = tensorJson(weights.rows, weights.denominator, weights.shape);
  return bias === undefined
    ? { weights: tensor }
    : { weights: tensor, bias: vectorJson(bias.values, bias.denominator) };
}

function activationJson(layer: Extract<Layer, { type: 'activation' }>): Fields {
  if (layer.function === 'piecewise') {
    return {
      breakpoints: vectorJson(layer.breakpoints.values, layer.breakpoints.denominator),
      pieces: layer.pieces.map(({ polynomial, function: name, ...numbers }) =>
        polynomial === undefined
          ? { function: name as string, ...quantities(numbers) }
          : { polynomial: vectorJson(polynomial.values, polynomial.denominator) },
      ),
    };
  }
  const { type: _, function: __, name: ___, ...parameters } = layer;
  return quantities(parameters);
}

function quantities(parameters: { readonly [key: string]: Rational | undefined }): Fields {
  const written = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return Object.fromEntries(written.map(([key, value]) => [key, formatRational(value as Rational)]));
}
