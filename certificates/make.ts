/**
 * Makes every certificate of the library again, to the same bytes: `npm run certificates`. Each is written only after the kernel has proved it
 * from its text.
 */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findConstruction } from '../src/constructions/index.js';
import { parseExpression } from '../src/formats/expression.js';
import { type Fields as Plain, pointJson, writeFile } from '../src/formats/write.js';
import {
  type ConstructionInput,
  certify,
  checkCertificate,
  formatRational,
  parseCsv,
  plot,
  type Rational,
  rational,
  readPoint,
  readProblem,
  selectColumns,
} from '../src/index.js';
import { ratio } from '../src/numerics/floats.js';
import { PatternEnumeration } from '../src/provers/enumeration.js';
import { affineTargetCases } from './affine-targets.js';
import { activation, column, decide, type Fields, inline, network, point, problem, relu } from './by-hand.js';
import { completeListCases } from './complete-lists.js';
import { literatureCases } from './literature.js';
import { profileCases } from './profiles.js';
import { published } from './safran-shamir.js';
import { eluFit, smoothCases } from './smooth.js';
import { trainedCases } from './trained.js';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

type Samples = Pick<ConstructionInput, 'inputs' | 'targets' | 'weights'>;

function samples(file: string, inputs?: readonly string[], targets?: readonly string[]): Samples {
  const table = parseCsv(readFileSync(here(`data/${file}`)), file);
  if (table.kind === 'refused') throw new Error(table.message);
  const selected = selectColumns(table, { ...(inputs && { inputs }), ...(targets && { targets }) });
  if (selected.kind === 'refused') throw new Error(selected.message);
  return selected;
}

const squared: Fields = { function: 'squared', factor: '1' };

async function construct(
  theorem: string,
  data: Samples,
  rest: { hidden: readonly number[]; activation?: Fields; loss?: Fields; settings?: Readonly<Record<string, string>> },
): Promise<string> {
  const found = findConstruction(theorem);
  if (found.kind !== 'found') throw new Error(`no construction ${theorem}`);
  const built = await found.construction.build({
    inputs: data.inputs,
    targets: data.targets,
    weights: data.weights,
    hidden: rest.hidden,
    activation: (rest.activation ?? relu) as ConstructionInput['activation'],
    loss: (rest.loss ?? squared) as ConstructionInput['loss'],
    settings: rest.settings ?? {},
    seed: 1,
    effort: 10,
  });
  if (built.kind !== 'built') throw new Error(`${theorem}: ${JSON.stringify(built)}`);
  return built.text;
}

/** The global minimum of a small problem, by enumeration. */
async function least(problem: Fields): Promise<string> {
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...problem }));
  if (read.kind !== 'read' || read.value.type !== 'samples') throw new Error('not a problem of samples');
  const found = PatternEnumeration.of(read.value, 25_000)?.findMinima();
  const [minimum] = found?.kind === 'found' ? found.minima : [];
  if (minimum === undefined) throw new Error('no global minimum was found');
  return decide(problem, pointJson(read.value.network, minimum.parameters), { claim: 'global-minimum' });
}

/** The part of a certificate that other cases start from. */
interface Parsed {
  readonly statement: {
    readonly problem: Fields & { data: Fields };
    readonly point: Point;
    readonly betterPoint: Point;
  };
}
interface Point extends Fields {
  readonly layers: readonly { readonly weights: string[][]; readonly bias: string[] }[];
}
const parse = (text: string): Parsed => JSON.parse(text) as Parsed;

const measurements = ['sepal_length', 'sepal_width', 'petal_length'];
const petals = samples('iris.csv', measurements, ['petal_width']);

/** Corners and midpoints: residuals that a convex function cannot lower, by Jensen's inequality, at a unit with w = 0. */
function jensen(corners: readonly (readonly number[])[], pairs: readonly (readonly [number, number])[]): Fields {
  const degree = corners.map((_, p) => pairs.filter((pair) => pair.includes(p)).length);
  const used = corners
    .map((corner, p) => ({ x: corner.map(String), y: `-${degree[p]}/4` }))
    .filter((_, p) => degree[p] !== 0);
  const middles = pairs.map(([p, q]) => ({
    x: (corners[p] as readonly number[]).map((c, k) => half(c + (corners[q]?.[k] as number))),
    y: '1/2',
  }));
  const all = [...used, ...middles];
  return inline(
    all.map(({ x }) => x),
    all.map(({ y }) => [y]),
  );
}
const half = (n: number): string => (n % 2 === 0 ? String(n / 2) : `${n}/2`);
const cube = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [k & 1, (k >> 1) & 1, k >> 2].map((bit) => 3 * bit - 1));
const square = [
  [-1, -1],
  [3, -1],
  [-1, 3],
  [3, 3],
  [5, 0],
];

const atZeroUnit = (data: Fields, d: number): Promise<string> =>
  decide(problem(network(d, 1, relu), data), point([[new Array<string>(d).fill('0')], ['0']], [[['1']], ['0']]));

async function petalProblem(hidden: number): Promise<Parsed['statement']> {
  return parse(await construct('yun-sra-jadbabaie-2019-theorem-1', petals, { hidden: [hidden] })).statement;
}

/** The spurious minimum of two units, with the second one given other weights. */
async function withSecondUnit(
  weights: string[],
  bias: string,
  outgoing: string,
): Promise<{ problem: Fields; point: Fields }> {
  const { problem, point } = await petalProblem(2);
  const [first, last] = point.layers as [Point['layers'][number], Point['layers'][number]];
  return {
    problem,
    point: {
      layers: [
        { weights: [first.weights[0], weights], bias: [first.bias[0], bias] },
        { weights: [[last.weights[0]?.[0], outgoing]], bias: last.bias },
      ],
    },
  };
}

/** The kink of the second unit passes through the one flower with the longest sepals; the sign of its residual decides which v is a minimum. */
async function irisOnAKink(): Promise<string> {
  for (const outgoing of ['1', '-1']) {
    const { problem, point } = await withSecondUnit(['1', '0', '0'], '-79/10', outgoing);
    const text = await decide(problem, point);
    if (text.includes('"spurious-local-minimum"')) return text;
  }
  throw new Error('neither sign gives a local minimum');
}

async function irisUnitAtZero(): Promise<string> {
  const { problem, point } = await withSecondUnit(['0', '0', '0'], '0', '0');
  return decide(problem, point);
}

/** Weights as a training program would print them: four decimals of the good fit. */
async function fitInFloats(hidden: number): Promise<{ problem: Fields; point: Fields }> {
  const { problem, betterPoint } = await petalProblem(hidden);
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...problem }));
  if (read.kind !== 'read') throw new Error(read.reason.message);
  const at = readPoint(JSON.stringify({ format: 'cairn-point', version: 1, ...betterPoint }), read.value);
  if (at.kind !== 'read') throw new Error(at.reason.message);
  const layers = at.value.parameters.map(({ weights, bias, denominator }) => {
    const rounded = (n: bigint): string => String(Number(ratio(n, denominator).toFixed(4)));
    return { weights: weights.map((row) => row.map(rounded)), bias: bias?.map(rounded) };
  });
  return { problem, point: { layers } };
}

/** The files that README's `certify` starts from: a problem that names its data by digest, and three points of it. */
async function examples(): Promise<void> {
  const { problem, point } = await petalProblem(2);
  const sha256 = createHash('sha256')
    .update(readFileSync(here('data/iris.csv')))
    .digest('hex');
  const data = {
    type: 'samples',
    file: 'iris.csv',
    sha256,
    columns: { inputs: measurements, targets: ['petal_width'] },
  };
  const write = (name: string, fields: Fields): void =>
    writeFileSync(here(`data/${name}.json`), writeFile(fields as Plain));
  write('iris-petals.problem', {
    format: 'cairn-problem',
    version: 1,
    network: problem['network'],
    loss: problem['loss'],
    data,
  });
  const points = {
    'iris-minimum': point,
    'iris-unit-at-zero': (await withSecondUnit(['0', '0', '0'], '0', '0')).point,
    'iris-fit': (await fitInFloats(2)).point,
  };
  for (const [name, at] of Object.entries(points)) write(`${name}.point`, { format: 'cairn-point', version: 1, ...at });
}

const deep = (...widths: readonly number[]): Fields => ({
  input: [1],
  layers: widths.flatMap((units, l) =>
    l + 1 < widths.length ? [{ type: 'dense', units }, relu] : [{ type: 'dense', units }],
  ),
});
const vShape = inline(column(-4, -3, -2, 2, 3, 4), column(4, 2, 2, 2, 4, 4));

/** The indicator of each class 0, 1, … as one output. */
function classes(file: string, count: number): Samples {
  const { inputs, targets } = samples(file);
  const labels = Array.from({ length: count }, (_, k) => BigInt(k));
  const [zero, one] = [rational(0n), rational(1n)];
  return { inputs, targets: targets.map(([y]) => labels.map((k) => (y?.num === k ? one : zero))), weights: null };
}
const species = (): Samples => classes('iris.csv', 3);

/** The first so many samples with different inputs. */
function distinct({ inputs, targets }: Samples, count = inputs.length): Samples {
  const seen = new Set<string>();
  const kept = inputs.flatMap((row, i) => {
    const key = row.map(({ num, den }) => `${num}/${den}`).join();
    if (seen.has(key) || seen.size === count) return [];
    seen.add(key);
    return [i];
  });
  const of = <T>(rows: readonly T[]): T[] => kept.map((i) => rows[i] as T);
  return { inputs: of(inputs), targets: of(targets), weights: null };
}
const first = (count: number, { inputs, targets }: Samples): Samples => ({
  inputs: inputs.slice(0, count),
  targets: targets.slice(0, count),
  weights: null,
});

/** Christof and Kowalczyk, or He, Wang and Tao, for several layers: a name, the data, the widths, the activation. */
type DeepCase = readonly [string, () => Samples, readonly number[], Fields?, Fields?];
const deepCases = (theorem: string, list: readonly DeepCase[]): (readonly [string, () => Promise<string>])[] =>
  list.map(([name, data, hidden, act = relu, loss = squared]) => [
    `${theorem}/${name}`,
    () => construct(theorem, data(), { hidden, activation: act, loss }),
  ]);
const diabetes = (): Samples => samples('diabetes.csv');
const wine = (): Samples => samples('wine.csv');
const digits = (): Samples => samples('digits.csv');

/** Every fifth flower: ten of each species. */
const fewPetals = (): Samples => every(5, petals);

function every(step: number, { inputs, targets }: Samples): Samples {
  const kept = <R>(rows: readonly R[]): R[] => rows.filter((_, i) => i % step === 0);
  return { inputs: kept(inputs), targets: kept(targets), weights: null };
}

/** Whether the petals are of middle width: a class between two others, which no line separates. */
const middlePetals = (): Samples => {
  const { inputs, targets } = fewPetals();
  const isMiddle = (y: { readonly num: bigint; readonly den: bigint }): boolean =>
    10n * y.num >= 10n * y.den && 10n * y.num <= 16n * y.den;
  return { inputs, targets: targets.map((row) => row.map((y) => rational(isMiddle(y) ? 1n : 0n))), weights: null };
};

/** The species by the width of the sepals alone, which separates none from another. */
const speciesBySepals = (): Samples => {
  const { inputs, targets } = every(5, species());
  return { inputs: inputs.map(([, width]) => [width as Rational]), targets, weights: null };
};

/** Whether each digit is a zero. */
function zeros({ inputs, targets }: Samples): Samples {
  return { inputs, targets: targets.map(([y]) => [rational(y?.num === 0n ? 1n : 0n)]), weights: null };
}

/** By rows of integers: inputs and a target. */
function byHand(rows: readonly (readonly [readonly number[], number])[]): Samples {
  return {
    inputs: rows.map(([x]) => x.map((c) => rational(BigInt(c)))),
    targets: rows.map(([, y]) => [rational(BigInt(y))]),
    weights: null,
  };
}

/** Signals of length 6, and how many peaks they have. */
const signals: readonly (readonly [readonly number[], number])[] = [
  [[0, 0, 0, 0, 0, 0], 0],
  [[1, 1, 1, 1, 1, 1], 0],
  [[0, 2, 0, 0, 0, 0], 1],
  [[0, 0, 3, 1, 0, 0], 1],
  [[0, 1, 2, 3, 2, 1], 1],
  [[1, 1, 1, 4, 1, 1], 1],
  [[0, 0, 0, 1, 5, 1], 1],
  [[0, 2, 0, 2, 0, 0], 2],
  [[0, 3, 1, 0, 2, 0], 2],
  [[1, 4, 1, 1, 3, 1], 2],
  [[0, 1, 0, 0, 4, 2], 2],
  [[0, 0, 2, 1, 3, 0], 2],
];
const sixPoints = byHand([
  [[-4], 4],
  [[-3], 2],
  [[-2], 2],
  [[2], 2],
  [[3], 4],
  [[4], 4],
]);

/** Christof and Kowalczyk for the true loss on a box: sides "0,1", targets as polynomials or in pieces. */
async function onBox(
  sides: readonly string[],
  targets: readonly (string | Fields)[],
  rest: { hidden: readonly number[]; activation?: Fields; loss?: Fields; density?: Fields },
): Promise<string> {
  const found = findConstruction('christof-kowalczyk-2023-spurious-minima');
  if (found.kind !== 'found') throw new Error('no construction for boxes');
  const ends = sides.map((side) => side.split(','));
  const box: Fields = {
    type: 'box',
    lower: ends.map(([a]) => a),
    upper: ends.map(([, b]) => b),
    ...(rest.density === undefined ? {} : { density: rest.density }),
    targets: targets.map((target) => {
      if (typeof target !== 'string') return target;
      const read = parseExpression(target, ends.length);
      if (read.kind === 'refused') throw new Error(read.message);
      return read.target;
    }),
  };
  const built = await found.construction.build({
    ...{ inputs: [], targets: [], weights: null, hidden: rest.hidden, settings: {}, seed: 1, effort: 10 },
    box: box as ConstructionInput['loss'],
    activation: (rest.activation ?? relu) as ConstructionInput['activation'],
    loss: (rest.loss ?? squared) as ConstructionInput['loss'],
  });
  if (built.kind !== 'built') throw new Error(`on a box: ${JSON.stringify(built)}`);
  return built.text;
}
const boxCase = (name: string, ...given: Parameters<typeof onBox>): readonly [string, () => Promise<string>] => [
  `christof-kowalczyk-2023-spurious-minima/box-${name}`,
  () => onBox(...given),
];
/** |x| */
const vTarget: Fields = { breakpoints: ['0'], pieces: [{ polynomial: ['0', '-1'] }, { polynomial: ['0', '1'] }] };

/** A continuum of Christof and Kowalczyk's minima: a name, the data, the widths, the activation, how many parameters. */
type ContinuumCase = readonly [string, () => Samples, readonly number[], Fields, string];
const continuumCases = (
  theorem: string,
  list: readonly ContinuumCase[],
): (readonly [string, () => Promise<string>])[] =>
  list.map(([name, data, hidden, act, family]) => [
    `${theorem}/${name}`,
    () => construct(theorem, data(), { hidden, activation: act, settings: { family } }),
  ]);

/** The text of a certificate about a family, with the rules that there are. */
const certificateOf = ({ statement, injective }: { readonly statement: Fields; readonly injective: Fields }): string =>
  writeFile({
    format: 'cairn-certificate',
    version: 1,
    statement: { kind: 'spurious-family', ...statement },
    proof: {
      localMinimum: { rule: 'affine-span' },
      lowerRisk: { rule: 'lower-risk' },
      injective: { rule: 'strictly-monotone', ...injective },
    },
  } as Plain);

/** Residuals of 5 to 15 in the linear parts of Huber's loss, as many above as below: the constant t may be anything between −5 and 5. */
const huberContinuum = {
  statement: {
    problem: problem(network(1, 2, relu), inline(column(-2, -1, 1, 2), column(10, -10, -10, 10)), {
      function: 'huber',
      threshold: '1',
    }),
    family: {
      parameters: [{ name: 'height', from: '-5', to: '5' }],
      layers: [
        { weights: column(0, 0), bias: ['-1', '-1'] },
        { weights: [['0', '0']], bias: [{ numerator: ['0', '1'] }] },
      ],
    },
    betterPoint: point([column(1, -1), ['-1', '-1']], [[['20', '20']], ['-10']]),
    gap: '38',
    realizations: 'distinct',
  },
  injective: { coordinates: [{ layer: 1, bias: 0 }], predictions: [{ sample: 0, output: 0 }] },
};

/** The kink of relu(3x/29 + 3 + t) − t lies at x = −29(3 + t)/3, left of all data: one line on them, different functions beyond. */
const kinkContinuum = {
  statement: {
    problem: problem(network(1, 2, relu), vShape),
    family: {
      parameters: [{ name: 'lift', from: '0', to: '1' }],
      layers: [
        { weights: column('3/29', 0), bias: [{ numerator: ['3', '1'] }, '-1'] },
        { weights: [['1', '0']], bias: [{ numerator: ['0', '-1'] }] },
      ],
    },
    betterPoint: point([column(-2, 1), ['-2/3', '301/3']], [[['1', '1']], ['-100']]),
    gap: '352/87',
    realizations: 'distinct',
  },
  injective: { coordinates: [{ layer: 0, bias: 0 }], predictions: [{ input: ['-50'], output: 0 }] },
};

const dense = (units: number, bias = true): Fields => ({ type: 'dense', units, bias });
const conv = (channels: number, kernel: number): Fields => ({ type: 'conv1d', channels, kernel, bias: false });

/** A certificate of what is near a point that was trained in doubles. */
async function trained(problem: Plain, point: Layers, better: Layers | null, radius: bigint): Promise<string> {
  const posed = readProblem(writeFile({ format: 'cairn-problem', version: 1, ...problem }));
  if (posed.kind !== 'read') throw new Error(posed.reason.message);
  const pointOf = (layers: Layers) => {
    const read = readPoint(writeFile({ format: 'cairn-point', version: 1, layers }), posed.value);
    if (read.kind !== 'read') throw new Error(read.reason.message);
    return read.value;
  };
  const answer = await certify(posed.value, pointOf(point), {
    ...{ radius: rational(1n, radius), seed: 1, effort: 1 },
    ...(better === null ? {} : { better: pointOf(better) }),
  });
  if (answer.kind !== 'certified') throw new Error(answer.reason.message);
  return answer.text;
}

type Layers = readonly { readonly weights: readonly (readonly string[])[]; readonly bias: readonly string[] }[];

const cells = (rows: Samples['inputs']) => rows.map((row) => row.map(formatRational));

/** A tanh unit that was trained on the petals by Levenberg–Marquardt steps in doubles, until the gradient was about 10⁻⁹. */
function trainedTanh(): Promise<string> {
  const { inputs, targets } = fewPetals();
  const problem = {
    network: { input: [3], layers: [{ type: 'dense', units: 1 }, activation('tanh'), { type: 'dense', units: 1 }] },
    loss: { function: 'squared' },
    data: { type: 'samples', inputs: cells(inputs), targets: cells(targets) },
  } as Plain;
  const layers = [
    {
      weights: [['-0.08687612416074271', '-0.10551535437002173', '0.9680766523383735']],
      bias: ['-3.2697931485601393'],
    },
    { weights: [['1.0214834896708527']], bias: ['1.2807307160424974'] },
  ];
  return trained(problem, layers, null, 1_000_000n);
}

/** The species of fifteen flowers by their petals: two tanh units and cross-entropy, trained by Newton steps in doubles. */
function classifier(targetsOf: (row: readonly Rational[]) => readonly string[], more: Plain): Plain {
  const { inputs, targets } = species();
  const kept = <R>(rows: readonly R[]): R[] => rows.filter((_, i) => i % 10 === 4);
  const petal = kept(inputs).map((row) => row.slice(2));
  return {
    network: { input: [2], layers: [{ type: 'dense', units: 2 }, activation('tanh'), { type: 'dense', units: 3 }] },
    loss: { function: 'cross-entropy' },
    data: { type: 'samples', inputs: cells(petal), targets: kept(targets).map(targetsOf) },
    ...more,
  } as Plain;
}

/** Each class with probability 9/10: with certain classes the risk would have no minimum. */
const smoothed = (row: readonly Rational[]): readonly string[] => row.map(({ num }) => (num === 1n ? '9/10' : '1/20'));
const certain = (row: readonly Rational[]): readonly string[] => row.map(({ num }) => String(num));

const stuck: Layers = [
  {
    weights: [
      ['1.5627191013161459', '-11.433449156227475'],
      ['0.19568536341059276', '0.4653293787193884'],
    ],
    bias: ['6.896815238373225', '-1.4880307612038444'],
  },
  {
    weights: [
      ['-1.053403244845151', '-6.014481884250185'],
      ['-5.6778423314038555', '-10.22942205638536'],
      ['0.0', '0.0'],
    ],
    bias: ['-0.8436108791119665', '-2.4124064635637286', '0.0'],
  },
];
const better: Layers = [
  {
    weights: [
      ['-19.8', '-10.1'],
      ['-0.2', '-20.9'],
    ],
    bias: ['115.8', '18.4'],
  },
  {
    weights: [
      ['1.4', '1.4'],
      ['2.9', '-1.4'],
      ['0.0', '0.0'],
    ],
    bias: ['-0.0', '-1.4', '0.0'],
  },
];
const decayed: Layers = [
  {
    weights: [
      ['0.8777492683250995', '0.5404216666840252'],
      ['0.4899502530494111', '1.4271077936890153'],
    ],
    bias: ['-5.157703953378954', '-2.3959085972017684'],
  },
  {
    weights: [
      ['-1.4046848882919536', '-3.3327523335104874'],
      ['-3.0799638638247178', '2.705017875264176'],
      ['4.484648752116596', '0.6277344582463752'],
    ],
    bias: ['0.4936408601677209', '-0.9248963378684754', '0.4312554777007249'],
  },
];

/** The construction brings the paper's three points itself. */
const threePoints: Samples = { inputs: [], targets: [], weights: null };
const flat = (
  name: string,
  data: () => Samples,
  act: string,
  units: number,
): readonly [string, () => Promise<string>] => [
  `yun-sra-jadbabaie-2019-theorem-2/${name}-${act}-${units}`,
  () =>
    construct('yun-sra-jadbabaie-2019-theorem-2', data(), {
      hidden: [units],
      activation: activation(act),
      loss: { ...squared, factor: '1/2' },
    }),
];
const design = (): Samples => samples('composite-design.csv');
const flatCases = [
  ...['sigmoid', 'tanh', 'atan', 'quadratic', 'elu', 'selu', 'softplus', 'silu', 'gelu', 'sin'].map((act) =>
    flat('three-points', () => threePoints, act, 2),
  ),
  flat('three-points', () => threePoints, 'tanh', 5),
  flat('design', design, 'hardswish', 3),
  flat('design', design, 'gelu', 4),
];

function illPosedCases(): readonly (readonly [string, () => Promise<string>])[] {
  const own: Samples = { inputs: [], targets: [], weights: null };
  const entries: readonly (readonly [string, Fields, number, string])[] = [
    ['relu-1', relu, 1, '1/2'],
    ['relu-1-jump-1000000', relu, 1, '1000000'],
    ['relu-2', relu, 2, '1'],
    ['leaky-relu-1', activation('leaky-relu', { slope: '1/4' }), 1, '1'],
    ['hardtanh-1', activation('hardtanh'), 1, '3'],
  ];
  return entries.map(([name, act, units, jump]) => [
    `christof-kowalczyk-2023-ill-posedness/${name}`,
    () =>
      construct('christof-kowalczyk-2023-ill-posedness', own, {
        hidden: [units],
        activation: act,
        settings: { jump },
      }),
  ]);
}
/** The corners of {−1, 1}^d with targets; products of coordinates are orthogonal to the coordinates and to 1. */
function corners(d: number, targets: (x: readonly number[]) => readonly number[]): Samples {
  const all = Array.from({ length: 2 ** d }, (_, at) => Array.from({ length: d }, (__, j) => ((at >> j) & 1 ? -1 : 1)));
  const exact = (row: readonly number[]): Rational[] => row.map((n) => rational(BigInt(n)));
  return { inputs: all.map(exact), targets: all.map((x) => exact(targets(x))), weights: null };
}
/** The best fit is diag(3, 2, 1)x, and explains 72, 32 and 8. */
/** What is explained has the eigenvalues 4(3 ± √5)/2. */
const golden = (): Samples => corners(2, ([a = 0, b = 0]) => [a + b + a * b, a]);
/** What is explained has three conjugate eigenvalues. */
const cubic = (): Samples => corners(3, ([a = 0, b = 0, c = 0]) => [a + b, a + c, b]);
const diagonal = (): Samples => corners(3, ([a = 0, b = 0, c = 0]) => [3 * a + a * b * c, 2 * b, c + a * b]);
const four = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
const flowers = (): Samples => samples('iris.csv', four, four);
const petalsFromSepals = (): Samples =>
  samples('iris.csv', ['sepal_length', 'sepal_width'], ['petal_length', 'petal_width']);

/** Deep linear networks: the data, the widths, the settings, the loss. */
type LinearCase = readonly [() => Samples, readonly number[], Readonly<Record<string, string>>, Fields?];
const deepLinear: Readonly<Record<string, LinearCase>> = {
  'iris-autoencoder-saddle': [flowers, [4, 5], { kind: 'saddle' }],
  'iris-autoencoder-global': [flowers, [4], { kind: 'global' }],
  'iris-petals-saddle-depth-4': [petalsFromSepals, [2, 3, 2], { kind: 'saddle', bias: 'yes' }],
  'iris-petals-global': [petalsFromSepals, [3, 2], { kind: 'global', bias: 'yes' }],
  'iris-petals-narrow-global': [petalsFromSepals, [1], { kind: 'global', bias: 'yes' }],
  'iris-petals-narrow-saddle': [petalsFromSepals, [1], { kind: 'saddle', rank: '1', bias: 'yes' }],
  'iris-species-log-cosh-saddle': [species, [3, 3], { kind: 'saddle' }, { function: 'log-cosh' }],
  'corners-rank-1-depth-2': [diagonal, [3], { kind: 'saddle', rank: '1' }],
  'golden-narrow-global': [golden, [1], { kind: 'global' }],
  'golden-narrow-saddle': [golden, [1], { kind: 'saddle', rank: '1' }],
  'cubic-narrow-global': [cubic, [1], { kind: 'global' }],
  'corners-rank-2-depth-4': [diagonal, [3, 4, 3], { kind: 'saddle', rank: '2' }],
  'corners-narrow-global': [diagonal, [2], { kind: 'global' }],
  'corners-narrow-global-with-biases': [
    () => corners(3, ([a = 0, b = 0, c = 0]) => [5 + 3 * a + 2 * b, 7 + 2 * a + 6 * b, a * b * c]),
    [3, 1],
    { kind: 'global', bias: 'yes' },
  ],
  'corners-narrow-saddle': [diagonal, [3, 2, 3], { kind: 'saddle', rank: '2' }],
};

const cases: readonly (readonly [string, () => Promise<string>])[] = [
  [
    'yun-sra-jadbabaie-2019-theorem-1/iris-relu-8',
    () => construct('yun-sra-jadbabaie-2019-theorem-1', petals, { hidden: [8] }),
  ],
  [
    'yun-sra-jadbabaie-2019-theorem-1/diabetes-leaky-relu-4',
    () =>
      construct('yun-sra-jadbabaie-2019-theorem-1', samples('diabetes.csv'), {
        hidden: [4],
        activation: activation('leaky-relu', { slope: '1/10' }),
      }),
  ],
  [
    'yun-sra-jadbabaie-2019-theorem-1/digits-relu-4',
    () =>
      construct('yun-sra-jadbabaie-2019-theorem-1', samples('digits.csv'), {
        hidden: [4],
        loss: { ...squared, factor: '1/2' },
      }),
  ],
  [
    'yun-sra-jadbabaie-2019-theorem-1/xor-relu-2',
    () => {
      const one = { num: 1n, den: 1n } as ConstructionInput['inputs'][number][number];
      const [zero, minus] = [
        { ...one, num: 0n },
        { ...one, num: -1n },
      ];
      const inputs = [
        [one, zero],
        [minus, zero],
        [zero, one],
        [zero, minus],
      ];
      const data = { inputs, targets: [[one], [one], [minus], [minus]], weights: null };
      return construct('yun-sra-jadbabaie-2019-theorem-1', data, { hidden: [2], loss: { ...squared, factor: '1/2' } });
    },
  ],
  ...flatCases,
  [
    'christof-kowalczyk-2023-spurious-minima/iris-abs-3',
    () => construct('christof-kowalczyk-2023-spurious-minima', petals, { hidden: [3], activation: activation('abs') }),
  ],
  [
    'christof-kowalczyk-2023-spurious-minima/iris-hardtanh-4',
    () =>
      construct('christof-kowalczyk-2023-spurious-minima', petals, { hidden: [4], activation: activation('hardtanh') }),
  ],
  [
    'christof-kowalczyk-2023-spurious-minima/diabetes-relu6-2',
    () =>
      construct('christof-kowalczyk-2023-spurious-minima', samples('diabetes.csv'), {
        hidden: [2],
        activation: activation('relu6'),
      }),
  ],
  [
    'christof-kowalczyk-2023-spurious-minima/wine-softshrink-3',
    () =>
      construct('christof-kowalczyk-2023-spurious-minima', samples('wine.csv'), {
        hidden: [3],
        activation: activation('softshrink'),
      }),
  ],
  [
    'christof-kowalczyk-2023-spurious-minima/iris-hard-sigmoid-constant-2',
    () =>
      construct('christof-kowalczyk-2023-spurious-minima', petals, {
        hidden: [2],
        activation: activation('hard-sigmoid'),
        settings: { segment: 'constant' },
      }),
  ],
  [
    'christof-kowalczyk-2023-spurious-minima/iris-hardtanh-constant-3-1',
    () =>
      construct('christof-kowalczyk-2023-spurious-minima', petals, {
        hidden: [3, 1],
        activation: activation('hardtanh'),
        settings: { segment: 'constant' },
      }),
  ],
  ...deepCases('christof-kowalczyk-2023-spurious-minima', [
    ['near-log-cosh-relu-3', fewPetals, [3], relu, { function: 'log-cosh' }],
    ['near-logistic-elu-3-2', middlePetals, [3, 2], activation('elu'), { function: 'logistic' }],
    ['near-cross-entropy-relu-4', speciesBySepals, [4], relu, { function: 'cross-entropy' }],
    ['near-power-hardswish-3', fewPetals, [3], activation('hardswish'), { function: 'power', exponent: '3/2' }],
    [
      'near-quartic-hardtanh-3-3',
      fewPetals,
      [3, 3],
      activation('hardtanh'),
      { function: 'polynomial', coefficients: ['0', '0', '1', '0', '1'] },
    ],
    ['iris-relu-8-4', () => petals, [8, 4]],
    ['iris-leaky-relu-6-5-4', () => petals, [6, 5, 4], activation('leaky-relu')],
    ['iris-hardtanh-2-2-2-2', () => petals, [2, 2, 2, 2], activation('hardtanh')],
    ['iris-relu-8-6-4-4-3-2', () => petals, [8, 6, 4, 4, 3, 2]],
    ['iris-abs-4-3', () => petals, [4, 3], activation('abs')],
    [
      'iris-huber-softshrink-3-2',
      () => petals,
      [3, 2],
      activation('softshrink'),
      { function: 'huber', threshold: '1/4' },
    ],
    ['diabetes-relu-8-4-2', diabetes, [8, 4, 2]],
    ['diabetes-relu6-2-2', diabetes, [2, 2], activation('relu6')],
    ['wine-hard-sigmoid-3-2-2', wine, [3, 2, 2], activation('hard-sigmoid')],
    ['digits-relu-4-2', () => first(600, digits()), [4, 2]],
  ]),
  boxCase('1-square-relu-2', ['0,1'], ['x^2'], { hidden: [2] }),
  boxCase('1-two-outputs-hardtanh-4-3', ['-1,1'], ['x^2', 'x^3 - x'], {
    hidden: [4, 3],
    activation: activation('hardtanh'),
  }),
  boxCase('1-piecewise-abs-3', ['-1,2'], [vTarget], { hidden: [3], activation: activation('abs') }),
  boxCase('1-density-leaky-relu-3-2-2', ['0,1'], ['x^3'], {
    hidden: [3, 2, 2],
    activation: activation('leaky-relu'),
    density: { polynomial: ['0', '2'] },
  }),
  boxCase('1-fourth-power-relu-3-2', ['-1,1'], [vTarget], {
    hidden: [3, 2],
    loss: { function: 'power', exponent: '4' },
  }),
  boxCase('2-product-relu-2', ['0,1', '0,1'], ['x1*x2'], { hidden: [2] }),
  boxCase('2-density-relu6-3-2', ['-1,1', '0,2'], ['x1^2 - 1/2*x2^2'], {
    hidden: [3, 2],
    activation: activation('relu6'),
    density: {
      terms: [
        { coefficient: '1', exponents: [0, 0] },
        { coefficient: '1/2', exponents: [0, 1] },
      ],
    },
  }),
  boxCase('1-cubic-hardswish-3-2', ['-1,1'], ['x^3 - x^2'], { hidden: [3, 2], activation: activation('hardswish') }),
  boxCase('2-hardswish-2', ['0,1', '-1,1'], ['x1*x2 + x1^2'], { hidden: [2], activation: activation('hardswish') }),
  boxCase('3-relu-4', ['0,1', '-1,1', '0,2'], ['x1^2 - x2*x3 + 1/2'], { hidden: [4] }),
  ...continuumCases('christof-kowalczyk-2023-spurious-minima', [
    ['family-iris-relu-2', () => petals, [2], relu, '1'],
    ['family-iris-leaky-relu-3', fewPetals, [3], activation('leaky-relu'), '1'],
    ['family-iris-hardtanh-2-2', fewPetals, [2, 2], activation('hardtanh'), '1'],
    ['family-iris-relu-3-of-dimension-3', fewPetals, [3], relu, '3'],
    ['family-iris-hard-sigmoid-2', fewPetals, [2], activation('hard-sigmoid'), '2'],
  ]),
  ['continua/huber-different-functions', async () => certificateOf(huberContinuum)],
  ['continua/v-kink-beyond-the-data', async () => certificateOf(kinkContinuum)],
  ...deepCases('he-wang-tao-2020', [
    ['iris-species-relu-4', () => distinct(species()), [4]],
    ['iris-species-leaky-relu-5-4', () => distinct(species()), [5, 4], activation('leaky-relu')],
    ['iris-species-hardtanh-6-5-4', () => distinct(species()), [6, 5, 4], activation('hardtanh')],
    ['digits-classes-relu-12-11', () => distinct(classes('digits.csv', 10), 250), [12, 11]],
  ]),
  [
    'liu-2021/max-of-two-fits',
    () =>
      decide(
        problem(network(1, 2, relu), inline(column(-4, -3, -2, 2, 3, 4), column(4, 2, 2, 2, 4, 4))),
        point(
          [
            [['-2'], ['1']],
            ['-2/3', '301/3'],
          ],
          [[['1', '1']], ['-100']],
        ),
      ),
  ],
  [
    'liu-2021-fully-connected/six-points-two-fits',
    () => construct('liu-2021-fully-connected', sixPoints, { hidden: [2], loss: { ...squared, factor: '1/2' } }),
  ],
  ['liu-2021-fully-connected/iris-two-groups', () => construct('liu-2021-fully-connected', petals, { hidden: [] })],
  [
    'liu-2021-fully-connected/iris-four-groups',
    () => construct('liu-2021-fully-connected', petals, { hidden: [], settings: { level: '4' } }),
  ],
  [
    'liu-2021-fully-connected/diabetes-two-groups',
    () => construct('liu-2021-fully-connected', samples('diabetes.csv'), { hidden: [6] }),
  ],
  [
    'liu-2021-fully-connected/wine-extreme-of-two-fits',
    () =>
      construct('liu-2021-fully-connected', samples('wine.csv'), { hidden: [4], settings: { grouping: 'extreme' } }),
  ],
  [
    'liu-2021-fully-connected/iris-deep-leaky-relu',
    () =>
      construct('liu-2021-fully-connected', petals, {
        hidden: [7, 3, 2],
        activation: activation('leaky-relu', { slope: '1/10' }),
        settings: { level: '3' },
      }),
  ],
  [
    'liu-2021-convolutional/signals-average-pool',
    () =>
      construct('liu-2021-convolutional', byHand(signals), {
        hidden: [],
        settings: { shape: '1x6', kernel: '2', window: 'global' },
      }),
  ],
  [
    'liu-2021-convolutional/digits-average-pool',
    () => construct('liu-2021-convolutional', first(150, digits()), { hidden: [] }),
  ],
  [
    'liu-2021-convolutional/digits-two-groups-leaky-relu',
    () =>
      construct('liu-2021-convolutional', first(150, digits()), {
        hidden: [5],
        activation: activation('leaky-relu'),
        settings: { level: '2', window: '3' },
      }),
  ],
  [
    'liu-2021-convolutional/digits-zero-max-pool',
    () => construct('liu-2021-convolutional', zeros(first(100, digits())), { hidden: [], settings: { pool: 'max' } }),
  ],
  ...smoothCases(() => samples('iris.csv')),
  [
    'smooth/elu-squared-iris',
    async () => {
      const { problem, point } = await withSecondUnit(['0', '0', '0'], '1', '0');
      return eluFit(network(3, 2, activation('elu')), problem, point);
    },
  ],
  ['kinks/iris-one-sample-on-a-kink', irisOnAKink],
  [
    'kinks/jensen-square-cells',
    () =>
      atZeroUnit(
        jensen(square, [
          [0, 1],
          [0, 2],
          [1, 3],
          [2, 3],
          [0, 4],
          [3, 4],
          [2, 4],
        ]),
        2,
      ),
  ],
  [
    'kinks/jensen-cube-transport',
    () =>
      atZeroUnit(
        jensen(
          cube,
          cube.flatMap((_, p) => cube.flatMap((__, q) => (p < q ? [[p, q] as const] : []))),
        ),
        3,
      ),
  ],
  [
    'kinks/abs-three-cells',
    () =>
      decide(
        problem(network(1, 1, activation('abs')), inline(column(-2, -1, 0, 1, 2), column(0, '1/2', 1, '1/2', 0))),
        point([[['0']], ['0']], [[['1']], ['2/5']]),
      ),
  ],
  // x² on [−1, 1]: the best hinge bends at the root (√13 − 2)/3 of 3q² + 4q − 3; a second unit can do better.
  [
    'kinks/square-irrational-hinge',
    () =>
      decide(
        problem(network(1, 2, relu), {
          ...{ type: 'box', lower: ['-1'], upper: ['1'] },
          targets: [{ terms: [{ coefficient: '1', exponents: [2] }] }],
        }),
        {
          field: { name: 'a', polynomial: ['-13', '0', '1'], root: ['3', '4'] },
          layers: [
            { weights: column(1, -1), bias: [['2/3', '-1/3'], '-2'] },
            { weights: [[['1/3', '1/3'], '1']], bias: [['32/27', '-7/27']] },
          ],
        },
        { better: point([column(1, -1), ['-1/4', '-1/4']], [[['5/4', '5/4']], ['1/32']]) },
      ),
  ],
  ['saddles/iris-unit-at-zero', irisUnitAtZero],
  [
    'saddles/two-layers-flat',
    () =>
      decide(
        problem(deep(2, 2, 1), vShape),
        point(
          [column(0, 0), ['1', '1']],
          [
            [
              ['0', '0'],
              ['0', '0'],
            ],
            ['1', '1'],
          ],
          [[['0', '0']], ['3']],
        ),
      ),
  ],
  [
    'refuted/iris-fit-in-floats',
    async () => {
      const { problem, point } = await fitInFloats(8);
      return decide(problem, point);
    },
  ],
  [
    'refuted/iris-no-minimum-near-the-fit',
    async () => {
      const { problem, point } = await fitInFloats(8);
      return decide(problem, point, { radius: rational(1n, 100_000n) });
    },
  ],
  [
    'refuted/xor-kink-that-descends',
    () =>
      decide(
        problem(
          network(2, 1, relu),
          inline(
            [
              ['1', '0'],
              ['-1', '0'],
              ['0', '1'],
              ['0', '-1'],
            ],
            [['1'], ['1'], ['-1'], ['-1']],
          ),
        ),
        point([[['0', '0']], ['0']], [[['1']], ['0']]),
      ),
  ],
  [
    'global/diabetes-linear',
    async () => {
      const { statement } = parse(
        await construct('yun-sra-jadbabaie-2019-theorem-1', samples('diabetes.csv'), { hidden: [2] }),
      );
      return decide({ ...statement.problem, network: network(10, 2, activation('identity')) }, statement.point);
    },
  ],
  ...Object.entries(deepLinear).map(
    ([name, [data, hidden, settings, loss]]): readonly [string, () => Promise<string>] => [
      `yun-sra-jadbabaie-2019-theorem-4/${name}`,
      () => construct('yun-sra-jadbabaie-2019-theorem-4', data(), { hidden, settings, ...(loss && { loss }) }),
    ],
  ),
  [
    'global/best-line',
    () => decide(problem(network(1, 1, activation('identity')), vShape), point([[['3/29']], ['0']], [[['1']], ['3']])),
  ],
  ['global/enumerated-relu-2', () => least(problem(network(1, 2, relu), vShape))],
  ['global/enumerated-abs-1', () => least(problem(network(1, 1, activation('abs')), vShape))],
  [
    'global/enumerated-leaky-relu-1',
    () =>
      least(
        problem(network(1, 1, activation('leaky-relu', { slope: '1/10' })), {
          ...inline(column('-3/2', -1, 0, '1/2', 2, 3), column(1, '5/2', 0, -1, 2, 1)),
          weights: ['1', '2', '1', '1/2', '1', '3'],
        }),
      ),
  ],
  [
    'global/enumerated-hardtanh-1',
    () => least(problem(network(1, 1, activation('hardtanh')), inline(column(-2, -1, 1, 2), column(0, 1, -1, 3)))),
  ],
  [
    'global/enumerated-relu-plane-1',
    () =>
      least(
        problem(
          network(2, 1, relu),
          inline(
            [
              ['0', '0'],
              ['1', '0'],
              ['0', '1'],
              ['1', '1'],
              ['2', '1'],
            ],
            column(0, 1, 1, 0, 2),
          ),
        ),
      ),
  ],
  [
    'global/enumerated-abs-plane-1',
    () =>
      least(
        problem(
          network(2, 1, activation('abs')),
          inline(
            [
              ['-1', '0'],
              ['1', '2'],
              ['0', '1'],
              ['1', '-1'],
              ['2', '1'],
            ],
            column(3, 1, -1, 0, 2),
          ),
        ),
      ),
  ],
  ...illPosedCases(),
  [
    'global/two-hinges-fit-exactly',
    () =>
      decide(
        problem(network(1, 2, relu), inline(column(-2, -1, 0, 1, 2), column(3, 1, 1, 1, 2)), {
          function: 'huber',
          threshold: '1',
        }),
        point(
          [
            [['-1'], ['1']],
            ['-1', '-1'],
          ],
          [[['2', '1']], ['1']],
        ),
      ),
  ],
  [
    'deep/max-of-two-fits',
    () =>
      decide(
        problem(deep(2, 1, 1), vShape),
        point([column(-2, 1), ['-2/3', '301/3']], [[['1', '1']], ['0']], [[['1']], ['-100']]),
        { claim: 'local-minimum' },
      ),
  ],
  [
    'deep/dead-layer',
    () =>
      decide(
        problem(deep(2, 2, 1), vShape),
        point(
          [column(0, 0), ['0', '0']],
          [
            [
              ['1', '0'],
              ['0', '1'],
            ],
            ['-1', '-2'],
          ],
          [[['1', '-1']], ['3']],
        ),
      ),
  ],
  [
    'kinks/convolution-global-pool',
    () =>
      decide(
        problem(
          {
            input: [1, 3],
            layers: [conv(2, 2), relu, { type: 'avgpool', kernel: 2 }, { type: 'flatten' }, dense(1, false)],
          },
          inline(
            [
              ['1', '1', '0'],
              ['2', '1', '1'],
              ['1', '1', '1'],
            ],
            [['-1/2'], ['3/2'], ['-1']],
          ),
        ),
        { layers: [{ weights: [[['1', '-1']], [['-1', '-1']]] }, { weights: [['1', '-1']] }] },
      ),
  ],
  [
    'kinks/convolution-flatten',
    () =>
      decide(
        problem(
          { input: [1, 2], layers: [conv(1, 1), relu, { type: 'flatten' }, dense(1, false)] },
          inline([['1', '2']], [['-1']]),
        ),
        { layers: [{ weights: [[['0']]] }, { weights: [['1', '0']] }] },
      ),
  ],
  [
    'outputs/iris-three-species',
    () =>
      construct('christof-kowalczyk-2023-spurious-minima', species(), {
        hidden: [5],
        activation: activation('leaky-relu'),
      }),
  ],
  ['trained/iris-tanh-1', trainedTanh],
  ['trained/iris-cross-entropy-tanh-2', () => trained(classifier(smoothed, {}), stuck, better, 10_000_000n)],
  [
    'trained/iris-weight-decay-tanh-2',
    () => trained(classifier(certain, { regularization: { l2: '1/100' } }), decayed, null, 10_000_000n),
  ],
  ...trainedCases,
  ...affineTargetCases,
  ...literatureCases,
  ...completeListCases,
  ...profileCases,
  ...[0, 1, 3, 4, 10, 18, 28, 33, 48, 90].map((at) => {
    const { name, make } = published(at);
    return [`safran-shamir-2018/${name}`, make] as const;
  }),
];

/** The one whose picture README shows. */
const pictured = 'yun-sra-jadbabaie-2019-theorem-1/iris-relu-8';

/** Which of the cases this process makes; several processes take them in turn. */
interface Part {
  readonly at: number;
  readonly of: number;
}

async function make(only: readonly string[], { at, of }: Part): Promise<void> {
  const chosen = cases.filter(([name]) => only.length === 0 || only.some((beginning) => name.startsWith(beginning)));
  for (const [i, [name, write]] of chosen.entries()) {
    if (i % of !== at) continue;
    const text = await write();
    const verdict = checkCertificate(text);
    if (verdict.kind !== 'proved') throw new Error(`${name}: ${verdict.reason.message}`);
    const file = here(`${name}.cert.json`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (name === pictured) writeFileSync(here(`${name}.svg`), plot(verdict.theorem));
    process.stdout.write(
      `${name}: ${verdict.theorem.statement.kind} by ${verdict.theorem.rule}, ${text.length} bytes\n`,
    );
  }
}

/** Runs this program once for each part, and fails if one of them does. */
async function makeInParts(only: readonly string[], jobs: number): Promise<void> {
  const script = fileURLToPath(import.meta.url);
  const codes = await Promise.all(
    Array.from({ length: jobs }, (_, at) => {
      const args = [...process.execArgv, script, '--part', `${at}/${jobs}`, ...only];
      const child = spawn(process.execPath, args, { stdio: 'inherit' });
      return new Promise<number | null>((resolve) => child.on('close', resolve));
    }),
  );
  if (codes.some((code) => code !== 0)) throw new Error('some certificates were not made');
}

/** Names, or beginnings of names: only these are made; without any, all, and the examples beside them. */
const { values, positionals } = parseArgs({
  options: { jobs: { type: 'string', default: '1' }, part: { type: 'string' } },
  allowPositionals: true,
});
const [at = 0, of = 1] = values.part?.split('/').map(Number) ?? [];
if (positionals.length === 0 && values.part === undefined) await examples();
if (Number(values.jobs) > 1) await makeInParts(positionals, Number(values.jobs));
else await make(positionals, { at, of });
