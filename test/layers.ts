/** Layers on channels × positions, and points with kernels, in few words. */
import { type Fields, type ProblemParts, problem, type Quantity, type Row, row, type Value } from './certificate.js';

/** Nested lists of quantities. */
export type Nested = Quantity | readonly Nested[];

const nested = (value: Nested): Value =>
  typeof value === 'object' ? (value as readonly Nested[]).map(nested) : String(value);

/** The entry of a point, or the values of a frozen layer. */
export function values(weights: Nested, bias?: Row): Fields {
  return bias === undefined ? { weights: nested(weights) } : { weights: nested(weights), bias: row(bias) };
}

export function pointOf(...layers: readonly (readonly [weights: Nested, bias?: Row])[]): Fields {
  return { layers: layers.map(([weights, bias]) => values(weights, bias)) };
}

export function conv1d(channels: number, kernel: number, rest: Fields = {}): Fields {
  return { type: 'conv1d', channels, kernel, ...rest };
}

export function conv2d(channels: number, kernel: readonly [number, number], rest: Fields = {}): Fields {
  return { type: 'conv2d', channels, kernel, ...rest };
}

export function maxpool(kernel: Value, rest: Fields = {}): Fields {
  return { type: 'maxpool', kernel, ...rest };
}

export function avgpool(kernel: Value, rest: Fields = {}): Fields {
  return { type: 'avgpool', kernel, ...rest };
}

export const flatten: Fields = { type: 'flatten' };

export function residual(...layers: readonly Fields[]): Fields {
  return { type: 'residual', layers };
}

export interface ShapedParts extends Omit<ProblemParts, 'input'> {
  readonly input: readonly number[];
}

export function shaped({ input, ...parts }: ShapedParts): Fields {
  const { network, ...rest } = problem(parts) as { network: Fields; loss: Fields; data: Fields };
  return { network: { ...network, input }, ...rest };
}
