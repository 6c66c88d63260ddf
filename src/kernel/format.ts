/**
 * The formats as plain data (proofs/format.md). decode.ts interprets this description; the types of what it answers follow from
 * it, and JSON Schemas can be printed from it, so that nothing about a format is written twice.
 */
import type { Matrix, Vector } from './arithmetic/matrix.js';
import type { Rational } from './arithmetic/rational.js';
import { deepFreeze } from './freeze.js';
import type { DeclinedCode, RejectedCode } from './verdict.js';

export type Schema =
  | { readonly is: 'quantity' | 'vector' | 'matrix' | 'flag' | 'text' | 'unit' }
  | { readonly is: 'count'; readonly least: number }
  | { readonly is: 'list'; readonly of: Schema; readonly least: number }
  | RecordSchema
  | VariantsSchema
  /** a key that is known, and that this kernel has no rule for */
  | { readonly is: 'refused'; readonly code: ReasonCodeOf; readonly message: string };

type ReasonCodeOf = RejectedCode | DeclinedCode;

export interface RecordSchema {
  readonly is: 'record';
  readonly required: Readonly<Record<string, Schema>>;
  readonly optional: Readonly<Record<string, Schema>>;
}

/** Records told apart by the name under one key. */
export interface VariantsSchema {
  readonly is: 'variants';
  readonly tag: string;
  readonly cases: Readonly<Record<string, RecordSchema | VariantsSchema>>;
  /** names of the contract that this kernel has no rule for yet */
  readonly unsupported: readonly string[];
  readonly code: { readonly unknown: RejectedCode; readonly unsupported: DeclinedCode };
}

/** A hint for one unit of `neuron-dominance` (proofs/format.md 8); which keys stand together is checked by the rule. */
export interface UnitHint {
  readonly multipliers?: Vector;
  readonly cone?: Vector;
  readonly sample?: number;
  readonly implied?: Vector;
  readonly nonnegative?: UnitHint;
  readonly nonpositive?: UnitHint;
  readonly transport?: Matrix;
  readonly radius?: Rational;
  readonly vertices?: readonly UnitHint[];
}

/** What decode.ts answers for a schema. */
export type Decoded<S> = S extends { is: 'quantity' }
  ? Rational
  : S extends { is: 'vector' }
    ? Vector
    : S extends { is: 'matrix' }
      ? Matrix
      : S extends { is: 'flag' }
        ? boolean
        : S extends { is: 'text' }
          ? string
          : S extends { is: 'count' }
            ? number
            : S extends { is: 'unit' }
              ? UnitHint
              : S extends { is: 'list'; of: infer E }
                ? readonly Decoded<E>[]
                : S extends { is: 'record'; required: infer R; optional: infer O }
                  ? { readonly [K in keyof R]: Decoded<R[K]> } & { readonly [K in keyof O]?: Decoded<O[K]> }
                  : S extends { is: 'variants'; tag: infer T extends string; cases: infer C }
                    ? { [K in keyof C]: { readonly [tag in T]: K } & Decoded<C[K]> }[keyof C]
                    : never;

const quantity = { is: 'quantity' } as const;
const vector = { is: 'vector' } as const;
const matrix = { is: 'matrix' } as const;
const text = { is: 'text' } as const;
const name = { name: text } as const;

function record<R extends Record<string, Schema>, O extends Record<string, Schema>>(required: R, optional: O) {
  return { is: 'record', required, optional } as const;
}

const activation = {
  is: 'variants',
  tag: 'function',
  cases: {
    relu: record({}, name),
    identity: record({}, name),
    abs: record({}, name),
    'leaky-relu': record({}, { ...name, slope: quantity }),
    prelu: record({ slope: quantity }, name),
    hardtanh: record({}, name),
    relu6: record({}, name),
    'hard-sigmoid': record({}, name),
    softshrink: record({}, { ...name, threshold: quantity }),
    piecewise: record(
      {
        breakpoints: vector,
        pieces: {
          is: 'list',
          least: 1,
          of: record(
            { polynomial: vector },
            {
              function: {
                is: 'refused',
                code: 'unsupported-activation',
                message: 'smooth pieces have no rule in this version',
              },
            },
          ),
        } as const,
      },
      name,
    ),
  },
  unsupported: [
    'elu',
    'celu',
    'isrlu',
    'selu',
    'hardswish',
    'sigmoid',
    'tanh',
    'atan',
    'softplus',
    'silu',
    'gelu',
    'sin',
    'quadratic',
  ],
  code: { unknown: 'unknown-name', unsupported: 'unsupported-activation' },
} as const satisfies Schema;

const layer = {
  is: 'variants',
  tag: 'type',
  cases: {
    dense: record(
      { units: { is: 'count', least: 1 } as const },
      { ...name, bias: { is: 'flag' } as const, fixed: record({ weights: matrix }, { bias: vector }) },
    ),
    activation,
  },
  unsupported: ['conv1d', 'conv2d', 'avgpool', 'maxpool', 'flatten', 'residual'],
  code: { unknown: 'unknown-name', unsupported: 'unsupported-layer' },
} as const satisfies Schema;

export const networkSchema = record(
  {
    input: { is: 'list', of: { is: 'count', least: 1 }, least: 1 } as const,
    layers: { is: 'list', of: layer, least: 1 } as const,
  },
  {},
);

const factor = { factor: quantity } as const;
export const lossSchema = {
  is: 'variants',
  tag: 'function',
  cases: {
    squared: record({}, factor),
    power: record({ exponent: quantity }, factor),
    huber: record({ threshold: quantity }, factor),
    'smooth-quantile': record({ level: quantity, width: quantity }, factor),
  },
  unsupported: ['log-cosh', 'logistic', 'cross-entropy', 'polynomial'],
  code: { unknown: 'unknown-name', unsupported: 'unsupported-loss' },
} as const satisfies Schema;

export const dataSchema = {
  is: 'variants',
  tag: 'type',
  cases: {
    samples: record(
      { inputs: matrix, targets: matrix },
      {
        weights: vector,
        file: { is: 'refused', code: 'file-reference', message: 'a certificate contains its data inline' } as const,
      },
    ),
  },
  unsupported: ['box', 'gaussian-teacher'],
  code: { unknown: 'unknown-name', unsupported: 'unsupported-data' },
} as const satisfies Schema;

const regularization = {
  is: 'refused',
  code: 'unsupported-loss',
  message: 'weight decay has no rule in this version',
} as const;

export const problemSchema = record({ network: networkSchema, loss: lossSchema, data: dataSchema }, { regularization });
export const pointSchema = record(
  { layers: { is: 'list', of: record({ weights: matrix }, { bias: vector }), least: 0 } as const },
  {
    field: {
      is: 'refused',
      code: 'unsupported-point',
      message: 'algebraic points have no rule in this version',
    } as const,
  },
);

const at = { problem: problemSchema, point: pointSchema } as const;
const better = { ...at, betterPoint: pointSchema } as const;

export const statementSchema = {
  is: 'variants',
  tag: 'kind',
  cases: {
    'local-minimum': record(at, {}),
    'spurious-local-minimum': record(better, {}),
    'global-minimum': record(at, {}),
    'not-global-minimum': record(better, {}),
    'not-local-minimum': record(at, {}),
    saddle: record(at, {}),
    'no-local-minimum-near': record({ ...at, radius: quantity }, {}),
  },
  unsupported: [
    'local-minimum-near',
    'spurious-local-minimum-near',
    'spurious-family',
    'ill-posed-best-approximation',
    'complete-critical-realizations',
  ],
  code: { unknown: 'unknown-kind', unsupported: 'unsupported-kind' },
} as const satisfies Schema;

const bits = { bits: { is: 'count', least: 1 } } as const;
const curve = { coefficients: { is: 'list', of: pointSchema, least: 1 } } as const;
const direction = { direction: pointSchema } as const;

/** One node a rule: the name is the rule's everywhere (theory.md, rules/, proofs/rules/). */
export const proofNodeSchema = {
  is: 'variants',
  tag: 'rule',
  cases: {
    'affine-span': record({}, {}),
    'neuron-dominance': record({ units: { is: 'list', of: { is: 'unit' }, least: 1 } as const }, {}),
    'zero-loss': record({}, {}),
    'convex-span': record({}, {}),
    'zero-gradient': record({}, {}),
    'lower-risk': record({}, bits),
    'descent-direction': record(direction, {}),
    'ascent-direction': record(direction, {}),
    'descent-curve': record(curve, {}),
    'ascent-curve': record(curve, {}),
    'flat-then-descent': record({ unit: { is: 'count', least: 0 } as const, direction: vector }, {}),
    'negative-curvature': record(direction, {}),
    'gradient-bound': record({}, bits),
  },
  unsupported: [
    'affine-span-near',
    'strongly-convex-ball',
    'exact-hessian',
    'coincident-preactivations',
    'neuron-dominance-1d',
    'reduced-hessian-1d',
    'profile-family',
    'enumeration',
  ],
  code: { unknown: 'unknown-rule', unsupported: 'unsupported-rule' },
} as const satisfies Schema;

export const aboutSchema = record({}, { theorem: text, source: text, text });

export type Kind = keyof (typeof statementSchema)['cases'];
export type RuleName = keyof (typeof proofNodeSchema)['cases'];
export type DecodedStatement = Decoded<typeof statementSchema>;
export type DecodedProblem = Decoded<typeof problemSchema>;
export type DecodedPoint = Decoded<typeof pointSchema>;
export type ProofNode = Decoded<typeof proofNodeSchema>;
export type About = Decoded<typeof aboutSchema>;

const minimum = ['affine-span', 'neuron-dominance'] as const;
const descent = ['descent-direction', 'descent-curve', 'flat-then-descent', 'negative-curvature'] as const;

/** The obligations of a kind: the keys of `proof`, each with the rules that can discharge it. */
export const obligations: Readonly<Record<Kind, Readonly<Record<string, readonly RuleName[]>>>> = {
  'local-minimum': { localMinimum: minimum },
  'spurious-local-minimum': { localMinimum: minimum, lowerRisk: ['lower-risk'] },
  'global-minimum': { globalMinimum: ['zero-loss', 'convex-span'] },
  'not-global-minimum': { lowerRisk: ['lower-risk'] },
  'not-local-minimum': { descent },
  saddle: { critical: ['zero-gradient'], descent, ascent: ['ascent-direction', 'ascent-curve'] },
  'no-local-minimum-near': { descent: ['gradient-bound'] },
};

for (const table of [problemSchema, pointSchema, statementSchema, proofNodeSchema, aboutSchema, obligations])
  deepFreeze(table);
