/**
 * Canonical texts: one text for each value, whatever way it was written (proofs/format.md 14). Digests of them are taken outside the
 * kernel; two statements with the same text are the same statement.
 */
import { gcd } from './arithmetic/gcd.js';
import type { Matrix, Vector } from './arithmetic/matrix.js';
import { formatRational, one, type Rational, rational } from './arithmetic/rational.js';
import type { DecodedPoint, DecodedProblem } from './format.js';
import type { Samples } from './model/data.js';
import type { Problem, Statement } from './statement.js';

type Layer = DecodedProblem['network']['layers'][number];

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

function affine(values: { readonly weights: Matrix; readonly bias?: Vector }): string {
  return `{"weights":${matrix(values.weights)}${values.bias === undefined ? '' : `,"bias":${vector(values.bias)}`}}`;
}

function activationText(layer: Extract<Layer, { type: 'activation' }>): string {
  switch (layer.function) {
    case 'leaky-relu':
      return `,"slope":${quantity(layer.slope ?? rational(1n, 100n))}`;
    case 'prelu':
      return `,"slope":${quantity(layer.slope)}`;
    case 'softshrink':
      return `,"threshold":${quantity(layer.threshold ?? rational(1n, 2n))}`;
    case 'piecewise': {
      const pieces = layer.pieces.map(({ polynomial }) => `{"polynomial":${vector(polynomial)}}`);
      return `,"breakpoints":${vector(layer.breakpoints)},"pieces":[${pieces.join(',')}]`;
    }
    default:
      return '';
  }
}

/** Names of layers are left out: they say nothing about the problem. */
function layerText(layer: Layer): string {
  if (layer.type === 'activation') {
    return `{"type":"activation","function":${string(layer.function)}${activationText(layer)}}`;
  }
  const fixed = layer.fixed === undefined ? '' : `,"fixed":${affine(layer.fixed)}`;
  return `{"type":"dense","units":${layer.units},"bias":${layer.bias ?? true}${fixed}}`;
}

function lossText({ factor, ...loss }: DecodedProblem['loss']): string {
  const { function: name, ...parameters } = loss;
  const rest = Object.entries(parameters).map(([key, value]) => `,${string(key)}:${quantity(value)}`);
  return `{"function":${string(name)}${rest.join('')},"factor":${quantity(factor ?? one)}}`;
}

export function canonicalData({ inputs, targets, weights }: Samples): string {
  return `{"type":"samples","inputs":${matrix(inputs)},"targets":${matrix(targets)},"weights":${vector(weights)}}`;
}

export function canonicalProblem(problem: Problem): string {
  return problemText(problem, canonicalData(problem.data));
}

function problemText({ written: { network, loss } }: Problem, data: string): string {
  const layers = network.layers.map(layerText).join(',');
  const networkText = `{"input":[${network.input.join(',')}],"layers":[${layers}]}`;
  return `{"network":${networkText},"loss":${lossText(loss)},"data":${data}}`;
}

export function canonicalPoint({ layers }: DecodedPoint): string {
  return `{"layers":[${layers.map(affine).join(',')}]}`;
}

/** The texts of a statement and of its parts. */
export interface CanonicalTexts {
  readonly statement: string;
  readonly problem: string;
  readonly data: string;
  readonly point: string;
  readonly better: string | null;
}

export function canonicalTexts(statement: Statement): CanonicalTexts {
  const { kind, betterPoint, radius } = statement;
  const data = canonicalData(statement.problem.data);
  const problem = problemText(statement.problem, data);
  const point = canonicalPoint(statement.point.written);
  const better = betterPoint === null ? null : canonicalPoint(betterPoint.written);
  const rest = `${radius === null ? '' : `,"radius":${quantity(radius)}`}${better === null ? '' : `,"betterPoint":${better}`}`;
  return {
    ...{ data, problem, point, better },
    statement: `{"kind":${string(kind)},"problem":${problem},"point":${point}${rest}}`,
  };
}

export function canonicalStatement(statement: Statement): string {
  return canonicalTexts(statement).statement;
}
