/**
 * Canonical texts: one text for each value, whatever way it was written (proofs/format.md 14). Digests of them are taken outside the
 * kernel; two statements with the same text are the same statement.
 */
import { gcd } from './arithmetic/gcd.js';
import type { Matrix, Tensor, Vector } from './arithmetic/matrix.js';
import { compare, formatRational, one, type Rational, rational } from './arithmetic/rational.js';
import type { DecodedProblem, Layer } from './format.js';
import { seluAlpha, seluScale } from './model/activation.js';
import type { BoxData, Target, TermList } from './model/box.js';
import type { Family, FamilyFunction, Term } from './model/family.js';
import type { ParametrizedData } from './model/parametrized-target.js';
import type { AnyPoint, AnyStatement, CriticalRealization, Problem } from './statement.js';
import { unreachable } from './verdict.js';

const string = (text: string): string => JSON.stringify(text);
const quantity = (a: Rational): string => `"${formatRational(a)}"`;

function row(values: readonly bigint[], denominator: bigint): string {
  if (denominator === 1n) return values.length === 0 ? '[]' : `["${values.join('","')}"]`;
  const cells = values.map((n) => {
    const g = gcd(n, denominator);
    return g === denominator ? `"${n / g}"` : `"${n / g}/${denominator / g}"`;
  });
  return `[${cells.join(',')}]`;
}

const vector = ({ values, denominator }: Vector): string => row(values, denominator);
const matrix = ({ rows, denominator }: Matrix): string => `[${rows.map((r) => row(r, denominator)).join(',')}]`;

function tensor({ rows, denominator, shape }: Tensor): string {
  const nested = (cells: readonly bigint[], depth: number): string => {
    if (depth + 1 >= shape.length) return row(cells, denominator);
    const extent = shape[depth] as number;
    const length = extent === 0 ? 0 : cells.length / extent;
    const parts = Array.from({ length: extent }, (_, i) =>
      nested(cells.slice(i * length, (i + 1) * length), depth + 1),
    );
    return `[${parts.join(',')}]`;
  };
  return `[${rows.map((cells) => nested(cells, 1)).join(',')}]`;
}

function affine(values: { readonly weights: Tensor; readonly bias?: Vector }): string {
  return `{"weights":${tensor(values.weights)}${values.bias === undefined ? '' : `,"bias":${vector(values.bias)}`}}`;
}

function activationText(layer: Extract<Layer, { type: 'activation' }>): string {
  switch (layer.function) {
    case 'leaky-relu':
      return `,"slope":${quantity(layer.slope ?? rational(1n, 100n))}`;
    case 'prelu':
      return `,"slope":${quantity(layer.slope)}`;
    case 'softshrink':
      return `,"threshold":${quantity(layer.threshold ?? rational(1n, 2n))}`;
    case 'elu':
    case 'celu':
    case 'isrlu':
      return `,"alpha":${quantity(layer.alpha ?? one)}`;
    case 'selu': {
      const { alpha = seluAlpha, scale = seluScale } = layer;
      return `,"alpha":${quantity(alpha)},"scale":${quantity(scale)}`;
    }
    case 'piecewise': {
      const pieces = layer.pieces.map(({ polynomial, function: name, scale, rate, shift, offset }) => {
        if (polynomial !== undefined) return `{"polynomial":${vector(polynomial)}}`;
        const numbers = Object.entries({ scale, rate, shift, offset }).map(
          ([key, value]) => `,"${key}":${quantity(value as Rational)}`,
        );
        return `{"function":${string(name as string)}${numbers.join('')}}`;
      });
      return `,"breakpoints":${vector(layer.breakpoints)},"pieces":[${pieces.join(',')}]`;
    }
    default:
      return '';
  }
}

/** One extent stands alone, several in a list. */
function extents(sizes: readonly number[]): string {
  return sizes.length === 1 ? String(sizes[0]) : `[${sizes.join(',')}]`;
}

/** Names of layers are left out: they say nothing about the problem. */
function layerText(layer: Layer): string {
  switch (layer.type) {
    case 'activation':
      return `{"type":"activation","function":${string(layer.function)}${activationText(layer)}}`;
    case 'dense':
      return `{"type":"dense","units":${layer.units}${weightedText(layer)}}`;
    case 'conv1d':
    case 'conv2d': {
      const { type, channels, kernel, stride = kernel.map(() => 1), padding = kernel.map(() => 0) } = layer;
      const windows = `"kernel":${extents(kernel)},"stride":${extents(stride)},"padding":${extents(padding)}`;
      return `{"type":"${type}","channels":${channels},${windows}${weightedText(layer)}}`;
    }
    case 'avgpool':
    case 'maxpool': {
      const { type, kernel, stride = kernel } = layer;
      return `{"type":"${type}","kernel":${extents(kernel)},"stride":${extents(stride)}}`;
    }
    case 'flatten':
      return '{"type":"flatten"}';
    case 'residual':
      return `{"type":"residual","layers":[${layer.layers.map(layerText).join(',')}]}`;
    default:
      return unreachable(layer);
  }
}

function weightedText({ bias, fixed }: Extract<Layer, { type: 'dense' | 'conv1d' | 'conv2d' }>): string {
  return `,"bias":${bias ?? true}${fixed === undefined ? '' : `,"fixed":${affine(fixed)}`}`;
}

function lossText({ factor, ...loss }: DecodedProblem['loss']): string {
  const { function: name, ...parameters } = loss;
  const rest = Object.entries(parameters).map(([key, value]: [string, Rational | Vector]) => {
    // Trailing zeros say nothing.
    if ('values' in value) return `,${string(key)}:${vector(trimmed(value))}`;
    return `,${string(key)}:${quantity(value)}`;
  });
  return `{"function":${string(name)}${rest.join('')},"factor":${quantity(factor ?? one)}}`;
}

function trimmed({ values, ...rest }: Vector): Vector {
  let length = values.length;
  while (length > 1 && values[length - 1] === 0n) length--;
  return { ...rest, values: values.slice(0, length) };
}

export function canonicalData({ type, data }: Problem): string {
  if (type === 'box') return boxText(data);
  if (type === 'parametrized-target') return parametrizedText(data);
  if (type === 'gaussian-teacher') {
    return `{"type":"gaussian-teacher","dimension":${data.dimension},"teacher":${matrix(data.teacher)}}`;
  }
  const { inputs, targets, weights } = data;
  return `{"type":"samples","inputs":${matrix(inputs)},"targets":${matrix(targets)},"weights":${vector(weights)}}`;
}

/** On the box alone: breakpoints of a target that are not inside it, or at which nothing bends, say nothing. */
function boxText({ domain, density, targets }: BoxData): string {
  const { lower, upper, denominator } = domain;
  const ends = `"lower":${row(lower, denominator)},"upper":${row(upper, denominator)}`;
  const texts = targets.map((target) => targetText(target, lower, upper, denominator));
  return `{"type":"box",${ends},"density":${termsText(density)},"targets":[${texts.join(',')}]}`;
}

function targetText(
  { breakpoints, pieces }: Target,
  [a]: readonly bigint[],
  [b]: readonly bigint[],
  denominator: bigint,
): string {
  const [from, to] = [rational(a as bigint, denominator), rational(b as bigint, denominator)];
  const inside = breakpoints.filter((at) => compare(from, at) < 0 && compare(at, to) < 0);
  const first = breakpoints.filter((at) => compare(at, from) <= 0).length;
  const here = pieces.slice(first, first + inside.length + 1);
  const texts = here.map(termsText);
  const bends = inside.flatMap((at, j) => (texts[j] === texts[j + 1] ? [] : [{ at, j }]));
  if (bends.length === 0) return texts[0] as string;
  const ends = bends.map(({ at }) => quantity(at)).join(',');
  const left = [...bends.map(({ j }) => j), inside.length].map((j) => coefficientsText(here[j] as TermList));
  return `{"breakpoints":[${ends}],"pieces":[${left.join(',')}]}`;
}

/** Pieces as they are given: one function may be written with other parameters, and then has another text. */
function parametrizedText({ domain, breakpoints, pieces }: ParametrizedData): string {
  const { lower, upper, denominator } = domain;
  const texts = pieces.map(({ written, from, to }) => {
    if (written.form === 'polynomial') return coefficientsText(written.polynomial);
    const functions = `"x":${functionText(written.x, 1)},"doubleIntegral":${functionText(written.doubleIntegral, 1)}`;
    return `{"parametrized":{"from":${quantity(from)},"to":${quantity(to)},${functions}}}`;
  });
  const target = `{"breakpoints":[${breakpoints.map(quantity).join(',')}],"pieces":[${texts.join(',')}]}`;
  const ends = `"lower":${row(lower, denominator)},"upper":${row(upper, denominator)}`;
  return `{"type":"box",${ends},"density":{"terms":[{"coefficient":"1","exponents":[0]}]},"targets":[${target}]}`;
}

/** In one variable, without zeros at the end. */
function coefficientsText({ terms, denominator }: TermList): string {
  const [degree = 0] = terms[terms.length - 1]?.exponents ?? [];
  const coefficients = new Array<bigint>(degree + 1).fill(0n);
  for (const { exponents, coefficient } of terms) coefficients[exponents[0] as number] = coefficient;
  return `{"polynomial":${row(coefficients, denominator)}}`;
}

function termsText({ terms, denominator }: TermList): string {
  const texts = terms.map(
    ({ exponents, coefficient }) =>
      `{"coefficient":${quantity(rational(coefficient, denominator))},"exponents":[${exponents.join(',')}]}`,
  );
  return `{"terms":[${texts.join(',')}]}`;
}

export function canonicalProblem(problem: Problem): string {
  return problemText(problem, canonicalData(problem));
}

function problemText({ written: { network, loss, regularization } }: Problem, data: string): string {
  const layers = network.layers.map(layerText).join(',');
  const networkText = `{"input":[${network.input.join(',')}],"layers":[${layers}]}`;
  const decay = regularization === undefined ? '' : `,"regularization":{"l2":${quantity(regularization.l2)}}`;
  return `{"network":${networkText},"loss":${lossText(loss)},"data":${data}${decay}}`;
}

/** Of a point in a field: its root by how many roots of the polynomial are less. */
export function canonicalPoint({ written, algebraic }: AnyPoint): string {
  if (algebraic === null) return `{"layers":[${written.layers.map(affine).join(',')}]}`;
  const { polynomial, index } = algebraic.field;
  const layers = algebraic.layers.map(({ weights, shape, bias }) => {
    const rest = bias === null ? '' : `,"bias":[${bias.map(coefficientText).join(',')}]`;
    return `{"weights":${nestedText(weights.flat(), shape, coefficientText)}${rest}}`;
  });
  return `{"field":{"polynomial":${row(polynomial, 1n)},"root":${index}},"layers":[${layers.join(',')}]}`;
}

/** c₀ + c₁a + …: the list of its coefficients, without zeros at the end, or c₀ alone. */
function coefficientText(coefficients: readonly Rational[]): string {
  let length = coefficients.length;
  while (length > 1 && coefficients[length - 1]?.num === 0n) length--;
  const texts = coefficients.slice(0, length).map(quantity);
  return length === 1 ? (texts[0] as string) : `[${texts.join(',')}]`;
}

/** Cells in C order, as nested lists. */
function nestedText<C>(cells: readonly C[], shape: readonly number[], text: (cell: C) => string): string {
  const [extent = 0, ...inner] = shape;
  if (inner.length === 0) return `[${cells.map(text).join(',')}]`;
  const length = extent === 0 ? 0 : cells.length / extent;
  const parts = Array.from({ length: extent }, (_, i) =>
    nestedText(cells.slice(i * length, (i + 1) * length), inner, text),
  );
  return `[${parts.join(',')}]`;
}

/** Names of parameters are left out, since functions name them by their places; functions are in lowest terms (model/family.ts). */
export function canonicalFamily({ parameters, layers }: Family): string {
  const ranges = parameters.map(({ from, to }) => `{"from":${quantity(from)},"to":${quantity(to)}}`);
  const text = (f: FamilyFunction): string => functionText(f, parameters.length);
  const texts = layers.map(({ weights, shape, bias }) => {
    const rest = bias === null ? '' : `,"bias":[${bias.map(text).join(',')}]`;
    return `{"weights":${nestedText(weights.flat(), shape, text)}${rest}}`;
  });
  return `{"parameters":[${ranges.join(',')}],"layers":[${texts.join(',')}]}`;
}

function listText(list: readonly CriticalRealization[]): string {
  const texts = list.map(({ kind, place }) => {
    if (place.type === 'point') return `{"kind":${string(kind)},"point":${canonicalPoint(place.point)}}`;
    const { opens, from, to } = place;
    return `{"kind":${string(kind)},"kink":{"opens":${string(opens)},"from":${quantity(from)},"to":${quantity(to)}}}`;
  });
  return `[${texts.join(',')}]`;
}

function functionText({ numerator, denominator }: FamilyFunction, dimension: number): string {
  const isConstant = (terms: readonly Term[]): boolean =>
    terms.every(({ exponents }) => exponents.every((e) => e === 0));
  if (isConstant(numerator) && isConstant(denominator)) {
    return quantity(rational(numerator[0]?.coefficient ?? 0n, denominator[0]?.coefficient));
  }
  const text = dimension === 1 ? coefficientList : termList;
  return `{"numerator":${text(numerator)},"denominator":${text(denominator)}}`;
}

function coefficientList(terms: readonly Term[]): string {
  const coefficients: bigint[] = [];
  for (const { exponents, coefficient } of terms) {
    while (coefficients.length < (exponents[0] as number)) coefficients.push(0n);
    coefficients.push(coefficient);
  }
  return row(coefficients, 1n);
}

function termList(terms: readonly Term[]): string {
  const texts = terms.map(
    ({ coefficient, exponents }) => `{"coefficient":"${coefficient}","exponents":[${exponents.join(',')}]}`,
  );
  return `[${texts.join(',')}]`;
}

/** The texts of a statement and of its parts. */
export interface CanonicalTexts {
  readonly statement: string;
  readonly problem: string;
  readonly data: string;
  /** of a family or a list: its text, in the place of a point's */
  readonly point: string;
  readonly better: string | null;
}

/** Writes a statement and its parts in the one canonical way (proofs/format.md 14), of which digests are taken. */
export function canonicalTexts(statement: AnyStatement): CanonicalTexts {
  const { kind, betterPoint, radius, family, list, other } = statement;
  const data = canonicalData(statement.problem);
  const problem = problemText(statement.problem, data);
  const point =
    list !== null ? listText(list) : family !== null ? canonicalFamily(family) : canonicalPoint(statement.point);
  const better = betterPoint === null ? null : canonicalPoint(betterPoint);
  const rest = `${radius === null ? '' : `,"radius":${quantity(radius)}`}${better === null ? '' : `,"betterPoint":${better}`}`;
  const apart = other === null ? '' : `,"otherPoint":${canonicalPoint(other.point)},"jump":${quantity(other.jump)}`;
  const claimed =
    list !== null
      ? `"realizations":${point}`
      : family === null
        ? `"point":${point}${rest}${apart}`
        : `"family":${point}${rest},"gap":${quantity(family.gap)},"realizations":${string(family.realizations)}`;
  return {
    ...{ data, problem, point, better },
    statement: `{"kind":${string(kind)},"problem":${problem},${claimed}}`,
  };
}

export function canonicalStatement(statement: AnyStatement): string {
  return canonicalTexts(statement).statement;
}
