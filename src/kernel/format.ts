/**
 * The formats as plain data (proofs/format.md). decode.ts interprets this description; the types of what it answers follow from
 * it, and JSON Schemas can be printed from it, so that nothing about a format is written twice.
 */
import type { Matrix, Tensor, Vector } from './arithmetic/matrix.js';
import type { Rational } from './arithmetic/rational.js';
import { deepFreeze } from './freeze.js';
import type { DeclinedCode, RejectedCode } from './verdict.js';

export type Schema =
  | { readonly is: 'quantity' | 'vector' | 'matrix' | 'tensor' | 'flag' | 'text' | 'unit' | 'layer' | 'tree' }
  /** functions of a family's parameters, or of the parameter of a target's piece; lists of them */
  | { readonly is: 'function' | 'functions' | 'function-tensor' }
  /** nested lists of quantities, to any depth; a point whose entries may be numbers of one field */
  | { readonly is: 'nested' | 'point' }
  /** a matrix, or nested lists where some entry is a number of the point's field */
  | { readonly is: 'numbers' }
  | { readonly is: 'count'; readonly least: number }
  /** a count, or a list of counts */
  | { readonly is: 'counts'; readonly least: number }
  | { readonly is: 'list'; readonly of: Schema; readonly least: number }
  /** a list, or a stream that has its entries, one a line; the name of a stream */
  | { readonly is: 'list-or-stream'; readonly of: Schema; readonly least: number }
  | { readonly is: 'stream-name' }
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

/** A tree of signs of w·x̃ − τ for `enumeration` (proofs/format.md 8); which keys stand together is checked by the rule. */
export interface SignTree {
  readonly sample?: number;
  readonly breakpoint?: number;
  readonly below?: SignTree;
  readonly above?: SignTree;
  readonly infeasible?: Vector;
  readonly kept?: boolean;
}

/** An entry of a family: a number, or a quotient of polynomials in the parameters (proofs/format.md 6). */
export type DecodedFunction =
  | { readonly form: 'constant'; readonly value: Rational }
  | {
      /** `coefficients` in one parameter, `terms` in several */
      readonly form: 'coefficients' | 'terms';
      readonly numerator: readonly DecodedTerm[];
      /** null: 1 */
      readonly denominator: readonly DecodedTerm[] | null;
    };

export interface DecodedTerm {
  readonly coefficient: Rational;
  readonly exponents: readonly number[];
}

/** Nested lists of functions, laid flat like those of a tensor. */
export interface FunctionTensor {
  readonly rows: readonly (readonly DecodedFunction[])[];
  readonly shape: readonly number[];
}

/** A quantity, or lists of them to any depth: without the network an entry that is a list looks like a list of entries. */
export type NestedQuantities = Rational | readonly NestedQuantities[];

/** What decode.ts answers for a schema. */
export type Decoded<S> = S extends { is: keyof DecodedPlain }
  ? DecodedPlain[S['is']]
  : S extends { is: 'list'; of: infer E }
    ? readonly Decoded<E>[]
    : S extends { is: 'list-or-stream'; of: infer E }
      ? readonly Decoded<E>[] | StreamReference
      : S extends { is: 'record'; required: infer R; optional: infer O }
        ? { readonly [K in keyof R]: Decoded<R[K]> } & { readonly [K in keyof O]?: Decoded<O[K]> }
        : S extends { is: 'variants'; tag: infer T extends string; cases: infer C }
          ? { [K in keyof C]: { readonly [tag in T]: K } & Decoded<C[K]> }[keyof C]
          : never;

/** In the place of a list: the file beside the certificate that has its entries, one a line (proofs/format.md 15.28). */
export interface StreamReference {
  readonly stream: string;
}

interface DecodedPlain {
  readonly quantity: Rational;
  readonly vector: Vector;
  readonly matrix: Matrix;
  readonly tensor: Tensor;
  readonly flag: boolean;
  readonly text: string;
  readonly count: number;
  readonly counts: readonly number[];
  readonly unit: UnitHint;
  readonly tree: SignTree;
  readonly layer: Layer;
  readonly function: DecodedFunction;
  readonly functions: readonly DecodedFunction[];
  readonly 'function-tensor': FunctionTensor;
  readonly nested: NestedQuantities;
  readonly numbers: Matrix | NestedQuantities;
  readonly point: DecodedPoint | DecodedAlgebraicPoint;
}

/** A number as a string; its text may not be "-0". The groups are the decimals. */
export const quantityPattern = /^-?(?:0|[1-9][0-9]*)(?:\.([0-9]+)|\/[1-9][0-9]*)?$/;
/** Numerators and denominators of lists over a common denominator; "-0" is refused here, too. */
export const integerPattern = /^-?(?:0|[1-9][0-9]*)$/;
export const positivePattern = /^[1-9][0-9]*$/;
/** A count as JSON writes it. */
export const countPattern = /^(?:0|[1-9][0-9]{0,9})$/;
export const largestCount = 2_147_483_647;
/** Lengths of texts, and of those under the key `name`, in UTF-16 units. */
export const longestText = 2_000;
export const longestName = 200;
/** Of a stream: neither / nor \, and no drive. */
export const streamPattern = /^[^/\\:]+\.leaves\.jsonl$/;
export const controlCharacter =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: texts are shown in terminals and pages
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|[\ud800-\udfff]/u;

const quantity = { is: 'quantity' } as const;
const vector = { is: 'vector' } as const;
const matrix = { is: 'matrix' } as const;
const tensor = { is: 'tensor' } as const;
const size = { is: 'count', least: 1 } as const;
const sizes = { is: 'counts', least: 1 } as const;
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
    elu: record({}, { ...name, alpha: quantity }),
    celu: record({}, { ...name, alpha: quantity }),
    isrlu: record({}, { ...name, alpha: quantity }),
    selu: record({}, { ...name, alpha: quantity, scale: quantity }),
    hardswish: record({}, name),
    sigmoid: record({}, name),
    tanh: record({}, name),
    atan: record({}, name),
    softplus: record({}, name),
    silu: record({}, name),
    gelu: record({}, name),
    sin: record({}, name),
    quadratic: record({}, name),
    piecewise: record(
      {
        breakpoints: vector,
        // A piece has either a polynomial, or all the others: model/activation.ts checks it.
        pieces: {
          is: 'list',
          least: 1,
          of: record(
            {},
            { polynomial: vector, function: text, scale: quantity, rate: quantity, shift: quantity, offset: quantity },
          ),
        } as const,
      },
      name,
    ),
  },
  unsupported: [],
  code: { unknown: 'unknown-name', unsupported: 'unsupported-activation' },
} as const satisfies Schema;

const weighted = {
  ...name,
  bias: { is: 'flag' } as const,
  fixed: record({ weights: tensor }, { bias: vector }),
} as const;
const ungrouped = {
  is: 'refused',
  code: 'unsupported-layer',
  message: 'grouped and dilated convolutions have no rule in this version',
} as const;
const convolution = record(
  { channels: size, kernel: sizes },
  { ...weighted, stride: sizes, padding: { is: 'counts', least: 0 } as const, groups: ungrouped, dilation: ungrouped },
);
const pool = record({ kernel: sizes }, { ...name, stride: sizes });

const plainLayers = {
  is: 'variants',
  tag: 'type',
  cases: {
    dense: record({ units: size }, weighted),
    conv1d: convolution,
    conv2d: convolution,
    avgpool: pool,
    maxpool: pool,
    flatten: record({}, name),
    activation,
  },
  unsupported: [],
  code: { unknown: 'unknown-name', unsupported: 'unsupported-layer' },
} as const satisfies Schema;

/** One layer: the formats nest without end here alone, and in the hints of a unit. */
export const layerSchema = {
  ...plainLayers,
  cases: {
    ...plainLayers.cases,
    residual: record({ layers: { is: 'list', of: { is: 'layer' }, least: 1 } as const }, name),
  },
} as const satisfies Schema;

export type Layer = Decoded<typeof plainLayers> | ResidualLayer;

export interface ResidualLayer {
  readonly type: 'residual';
  readonly name?: string;
  readonly layers: readonly Layer[];
}

export const networkSchema = record(
  {
    input: { is: 'list', of: { is: 'count', least: 1 }, least: 1 } as const,
    layers: { is: 'list', of: { is: 'layer' }, least: 1 } as const,
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
    'log-cosh': record({}, factor),
    logistic: record({}, factor),
    'cross-entropy': record({}, factor),
    polynomial: record({ coefficients: vector }, factor),
  },
  unsupported: [],
  code: { unknown: 'unknown-name', unsupported: 'unsupported-loss' },
} as const satisfies Schema;

/** Terms of a polynomial in any number of variables. */
export const terms = {
  is: 'list',
  least: 0,
  of: record(
    { coefficient: quantity, exponents: { is: 'list', least: 0, of: { is: 'count', least: 0 } } as const },
    {},
  ),
} as const;

/** x = X(u) and the double integral G of a target's piece (proofs/format.md 5). */
const parametrized = record(
  {
    from: quantity,
    to: quantity,
    x: { is: 'function' } as const,
    doubleIntegral: { is: 'function' } as const,
  },
  {},
);

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
    // Which keys stand together is checked by model/box.ts and model/parametrized-target.ts.
    box: record(
      {
        lower: vector,
        upper: vector,
        targets: {
          is: 'list',
          least: 1,
          of: record(
            {},
            {
              terms,
              breakpoints: vector,
              pieces: { is: 'list', of: record({}, { polynomial: vector, parametrized }), least: 1 } as const,
            },
          ),
        } as const,
      },
      { density: record({}, { polynomial: vector, terms }) },
    ),
    'gaussian-teacher': record({ dimension: { is: 'count', least: 1 } as const, teacher: matrix }, {}),
  },
  unsupported: [],
  code: { unknown: 'unknown-name', unsupported: 'unsupported-data' },
} as const satisfies Schema;

export const problemSchema = record(
  { network: networkSchema, loss: lossSchema, data: dataSchema },
  { regularization: record({ l2: quantity }, {}) },
);
export const pointSchema = record(
  { layers: { is: 'list', of: record({ weights: tensor }, { bias: vector }), least: 0 } as const },
  {
    field: {
      is: 'refused',
      code: 'unsupported-point',
      message: 'algebraic numbers are for points, better points and curves: here only rational ones have a rule',
    } as const,
  },
);

/** A point with `field`: a is the root of the polynomial between the two numbers, and an entry c₀ + c₁a + … is the list of its c_k. */
export const algebraicPointSchema = record(
  {
    field: record({ name: text, polynomial: vector, root: vector }, {}),
    layers: {
      is: 'list',
      of: record({ weights: { is: 'nested' } as const }, { bias: { is: 'nested' } as const }),
      least: 0,
    } as const,
  },
  {},
);

/** A point with a field or without. */
export const anyPoint = { is: 'point' } as const;
const at = { problem: problemSchema, point: anyPoint } as const;
const better = { ...at, betterPoint: anyPoint } as const;

const family = record(
  {
    parameters: { is: 'list', of: record({ name: text, from: quantity, to: quantity }, {}), least: 1 } as const,
    layers: {
      is: 'list',
      of: record({ weights: { is: 'function-tensor' } as const }, { bias: { is: 'functions' } as const }),
      least: 0,
    } as const,
  },
  {},
);

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
    'local-minimum-near': record({ ...at, radius: quantity }, {}),
    'spurious-local-minimum-near': record({ ...better, radius: quantity }, {}),
    'no-local-minimum-near': record({ ...at, radius: quantity }, {}),
    'ill-posed-best-approximation': record({ ...at, otherPoint: pointSchema, jump: quantity }, {}),
    'spurious-family': record(
      { problem: problemSchema, family, betterPoint: anyPoint, gap: quantity, realizations: text },
      {},
    ),
    'complete-critical-realizations': record(
      {
        problem: problemSchema,
        // A realization has either a point that has it, or an interval of its kink: statement.ts checks it.
        realizations: {
          is: 'list',
          of: record(
            { kind: text },
            { point: pointSchema, kink: record({ opens: text, from: quantity, to: quantity }, {}) },
          ),
          least: 1,
        } as const,
      },
      {},
    ),
  },
  unsupported: [],
  code: { unknown: 'unknown-kind', unsupported: 'unsupported-combination' },
} as const satisfies Schema;

const bits = { bits: { is: 'count', least: 1 } } as const;
const curve = { coefficients: { is: 'list', of: anyPoint, least: 1 } } as const;
const direction = { direction: pointSchema } as const;
const index = { is: 'count', least: 0 } as const;
/** A weight (`unit`, `input`) or a bias of an entry of `layers`; which keys stand together is checked by the rule. */
const coordinate = record({ layer: index }, { unit: index, input: index, bias: index });
/** An output of the network, at a sample or at an input of its own. */
const prediction = record({ output: index }, { sample: index, input: vector });
/** Which parameters need not move; which keys of a coordinate stand together is checked by rules/slice-hints.ts. */
const slice = {
  gauge: { is: 'list', of: coordinate, least: 0 },
  silent: { is: 'list', of: coordinate, least: 0 },
  redundant: record({ columns: { is: 'list', of: index, least: 1 } as const, T: matrix }, {}),
  logit: index,
} as const;

/** In the place of a list that is a stream. */
export const streamSchema = record({ stream: { is: 'stream-name' } as const }, {});

/** One combination of `enumeration`: an entry of a list, or a line of a stream. */
export const combinationSchema = record(
  { prediction: vector, multipliers: { is: 'list', of: vector, least: 1 } as const },
  {},
);

/** One node a rule: the name is the rule's everywhere (theory.md, rules/, proofs/rules/). */
export const proofNodeSchema = {
  is: 'variants',
  tag: 'rule',
  cases: {
    'affine-span': record({}, {}),
    'affine-span-near': record(
      {
        center: vector,
        ballRadius: quantity,
        modulus: quantity,
        embedding: { is: 'list', of: pointSchema, least: 1 } as const,
      },
      bits,
    ),
    'strongly-convex-ball': record({ modulus: quantity }, { ...bits, ...slice, ballRadius: quantity }),
    'exact-hessian': record({}, { ...bits, ...slice }),
    // `solveFor` and `prediction` are for the -near kinds: claims/near-point.ts.
    'coincident-preactivations': record(
      { halfWidth: quantity, vectors: matrix },
      { ...bits, solveFor: coordinate, prediction: quantity },
    ),
    'neuron-dominance': record({ units: { is: 'list', of: { is: 'unit' }, least: 1 } as const }, {}),
    'neuron-dominance-1d': record({}, {}),
    'reduced-hessian-1d': record({}, {}),
    'profile-family': record({ parameter: text }, {}),
    'zero-loss': record({}, {}),
    'convex-span': record({}, {}),
    enumeration: record(
      {
        tree: { is: 'tree' } as const,
        combinations: { is: 'list-or-stream', of: combinationSchema, least: 1 } as const,
      },
      {},
    ),
    'eckart-young': record(
      {
        threshold: { is: 'nested' } as const,
        excess: { is: 'numbers' } as const,
        bestFit: record({ weights: matrix }, { bias: vector }),
      },
      {},
    ),
    'zero-gradient': record({}, {}),
    'lower-risk': record({}, bits),
    'descent-direction': record(direction, bits),
    'ascent-direction': record(direction, bits),
    'descent-curve': record(curve, bits),
    'ascent-curve': record(curve, bits),
    'flat-then-descent': record({ unit: { is: 'count', least: 0 } as const, direction: vector }, {}),
    'negative-curvature': record(direction, bits),
    'gradient-bound': record({}, bits),
    'hinge-profile': record({}, {}),
    'least-critical-risk': record({}, {}),
    'strictly-monotone': record(
      { coordinates: { is: 'list', of: coordinate, least: 1 } as const },
      { predictions: { is: 'list', of: prediction, least: 1 } as const },
    ),
  },
  unsupported: [],
  code: { unknown: 'unknown-rule', unsupported: 'unsupported-combination' },
} as const satisfies Schema;

/** A hint for one unit of `neuron-dominance`, and a tree of `enumeration`: each nests in itself. */
export const unitSchema: RecordSchema = record(
  {},
  {
    multipliers: vector,
    cone: vector,
    sample: index,
    implied: vector,
    nonnegative: { is: 'unit' },
    nonpositive: { is: 'unit' },
    transport: matrix,
    radius: quantity,
    vertices: { is: 'list', of: { is: 'unit' }, least: 0 },
  },
);
export const treeSchema: RecordSchema = record(
  {},
  {
    sample: index,
    breakpoint: index,
    below: { is: 'tree' },
    above: { is: 'tree' },
    infeasible: vector,
    kept: { is: 'flag' },
  },
);

export const aboutSchema = record({}, { theorem: text, source: text, text });

/** What a certificate claims. */
export type Kind = keyof (typeof statementSchema)['cases'];
/** A rule: proofs/rules has a page for each. */
export type RuleName = keyof (typeof proofNodeSchema)['cases'];
export type DecodedStatement = Decoded<typeof statementSchema>;
export type DecodedProblem = Decoded<typeof problemSchema>;
export type DecodedSamples = Extract<DecodedProblem['data'], { type: 'samples' }>;
export type DecodedBox = Extract<DecodedProblem['data'], { type: 'box' }>;
export type DecodedPoint = Decoded<typeof pointSchema>;
export type DecodedAlgebraicPoint = Decoded<typeof algebraicPointSchema>;
export type DecodedFamily = Decoded<typeof family>;
/** One step of a proof, as it was written: a rule and its hints. */
export type ProofNode = Decoded<typeof proofNodeSchema>;
/** What a file says of itself: nobody has checked it. */
export type About = Decoded<typeof aboutSchema>;

const minimum = [
  'affine-span',
  'neuron-dominance',
  'exact-hessian',
  'coincident-preactivations',
  'neuron-dominance-1d',
  'reduced-hessian-1d',
] as const;
const minimumNear = ['affine-span-near', 'strongly-convex-ball', 'coincident-preactivations'] as const;
const descent = ['descent-direction', 'descent-curve', 'flat-then-descent', 'negative-curvature'] as const;

/** The obligations of a kind: the keys of `proof`, each with the rules that can discharge it. */
export const obligations: Readonly<Record<Kind, Readonly<Record<string, readonly RuleName[]>>>> = {
  'local-minimum': { localMinimum: minimum },
  'spurious-local-minimum': { localMinimum: minimum, lowerRisk: ['lower-risk'] },
  'global-minimum': { globalMinimum: ['zero-loss', 'convex-span', 'eckart-young', 'enumeration'] },
  'not-global-minimum': { lowerRisk: ['lower-risk'] },
  'not-local-minimum': { descent },
  saddle: { critical: ['zero-gradient'], descent, ascent: ['ascent-direction', 'ascent-curve'] },
  'local-minimum-near': { localMinimum: minimumNear },
  'spurious-local-minimum-near': { localMinimum: minimumNear, lowerRisk: ['lower-risk'] },
  'no-local-minimum-near': { descent: ['gradient-bound', 'negative-curvature'] },
  'ill-posed-best-approximation': { globalMinimum: ['enumeration'] },
  'spurious-family': {
    localMinimum: ['affine-span', 'profile-family'],
    lowerRisk: ['lower-risk'],
    injective: ['strictly-monotone'],
  },
  // Besides, `each` has the obligations of every realization.
  'complete-critical-realizations': { cells: ['hinge-profile'] },
};

const minimumOnList = ['affine-span', 'neuron-dominance-1d', 'reduced-hessian-1d', 'hinge-profile'] as const;

/** What is said of one realization on a complete list. */
export type RealizationKind = 'local-minimum' | 'spurious-local-minimum' | 'global-minimum' | 'saddle';

/** The obligations of one realization on a complete list, by its kind. */
export const realizationObligations: Readonly<Record<RealizationKind, Readonly<Record<string, readonly RuleName[]>>>> =
  {
    'local-minimum': { localMinimum: minimumOnList },
    'spurious-local-minimum': { localMinimum: minimumOnList, lowerRisk: ['lower-risk'] },
    'global-minimum': { globalMinimum: ['least-critical-risk'] },
    saddle: {
      critical: ['zero-gradient', 'hinge-profile'],
      descent: ['descent-curve', 'hinge-profile'],
      ascent: ['ascent-curve', 'hinge-profile'],
    },
  };

/** The name of a realization's proof node among those of its list: its path under `proof`. */
export function nodeKey(realization: number, obligation: string): string {
  return `each[${realization}].${obligation}`;
}

for (const table of [
  problemSchema,
  layerSchema,
  pointSchema,
  algebraicPointSchema,
  statementSchema,
  proofNodeSchema,
  unitSchema,
  treeSchema,
  streamSchema,
  combinationSchema,
  aboutSchema,
  obligations,
  realizationObligations,
])
  deepFreeze(table);
