/**
 * Makes every certificate of the library again, to the same bytes: `npm run certificates`. Each is written only after the kernel has proved it
 * from its text.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Fields as Plain, writeFile } from '../src/formats/write.js';
import {
  type CertifyOptions,
  type ConstructionInput,
  certify,
  checkCertificate,
  findConstruction,
  parseCsv,
  plot,
  rational,
  readPoint,
  readProblem,
  selectColumns,
} from '../src/index.js';
import { ratio } from '../src/numerics/floats.js';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

type Fields = { readonly [key: string]: unknown };
type Samples = Pick<ConstructionInput, 'inputs' | 'targets' | 'weights'>;

function samples(file: string, inputs?: readonly string[], targets?: readonly string[]): Samples {
  const table = parseCsv(readFileSync(here(`data/${file}`)), file);
  if (table.kind === 'refused') throw new Error(table.message);
  const selected = selectColumns(table, { ...(inputs && { inputs }), ...(targets && { targets }) });
  if (selected.kind === 'refused') throw new Error(selected.message);
  return selected;
}

const activation = (name: string, parameters: Fields = {}): Fields => ({
  type: 'activation',
  function: name,
  ...parameters,
});
const relu = activation('relu');
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

async function decide(problem: Fields, point: Fields, options: Partial<CertifyOptions> = {}): Promise<string> {
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...problem }));
  if (read.kind !== 'read') throw new Error(read.reason.message);
  const at = readPoint(JSON.stringify({ format: 'cairn-point', version: 1, ...point }), read.value);
  if (at.kind !== 'read') throw new Error(at.reason.message);
  const answer = await certify(read.value, at.value, { seed: 1, effort: 10, ...options });
  if (answer.kind !== 'certified') throw new Error(answer.reason.message);
  return answer.text;
}

const network = (inputs: number, units: number, act: Fields, outputs = 1): Fields => ({
  input: [inputs],
  layers: [{ type: 'dense', units }, act, { type: 'dense', units: outputs }],
});
const inline = (inputs: readonly (readonly string[])[], targets: readonly (readonly string[])[]): Fields => ({
  type: 'samples',
  inputs,
  targets,
});
const problem = (net: Fields, data: Fields, loss: Fields = { function: 'squared' }): Fields => ({
  network: net,
  loss,
  data,
});

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

const column = (...values: readonly (number | string)[]): string[][] => values.map((value) => [String(value)]);
const point = (...layers: readonly (readonly [string[][], string[]])[]): Fields => ({
  layers: layers.map(([weights, bias]) => ({ weights, bias })),
});

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

/** Each species' indicator as one output. */
function species(): Samples {
  const { inputs, targets } = samples('iris.csv');
  const [zero, one] = [0n, 1n].map((num) => ({ num, den: 1n })) as unknown as [
    Samples['inputs'][number][number],
    Samples['inputs'][number][number],
  ];
  return {
    inputs,
    targets: targets.map(([kind]) => [0n, 1n, 2n].map((k) => (kind?.num === k ? one : zero))),
    weights: null,
  };
}

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
  [
    'global/best-line',
    () => decide(problem(network(1, 1, activation('identity')), vShape), point([[['3/29']], ['0']], [[['1']], ['3']])),
  ],
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
    'outputs/iris-three-species',
    () =>
      construct('christof-kowalczyk-2023-spurious-minima', species(), {
        hidden: [5],
        activation: activation('leaky-relu'),
      }),
  ],
];

/** The one whose picture README shows. */
const pictured = 'yun-sra-jadbabaie-2019-theorem-1/iris-relu-8';

await examples();
for (const [name, make] of cases) {
  const text = await make();
  const verdict = checkCertificate(text);
  if (verdict.kind !== 'proved') throw new Error(`${name}: ${verdict.reason.message}`);
  const file = here(`${name}.cert.json`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  if (name === pictured) writeFileSync(here(`${name}.svg`), plot(verdict.theorem));
  process.stdout.write(`${name}: ${verdict.theorem.statement.kind} by ${verdict.theorem.rule}, ${text.length} bytes\n`);
}
