/** Networks that train.ts has trained on the iris flowers, and the certificates of the minima near their weights, from the committed weights. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Fields as Plain, writeFile } from '../src/formats/write.js';
import {
  type ConstructionInput,
  certify,
  formatRational,
  parseCsv,
  rational,
  readPoint,
  readProblem,
  selectColumns,
} from '../src/index.js';
import type { Point, SampleProblem } from '../src/kernel/statement.js';

export interface Trained {
  /** of the certificate, and of its points in data/trained */
  readonly name: string;
  readonly activation: 'tanh' | 'relu';
  /** widths of the hidden layers */
  readonly hidden: readonly number[];
  /** where training ends at the two minima */
  readonly seeds: { readonly minimum: number; readonly better: number };
}

/** The width of the petals from the three other measurements of all 150 flowers: more samples than parameters. */
export const trainedNetworks: readonly Trained[] = [
  { name: 'iris-tanh-3', activation: 'tanh', hidden: [3], seeds: { minimum: 14, better: 23 } },
  { name: 'iris-tanh-2-2', activation: 'tanh', hidden: [2, 2], seeds: { minimum: 37, better: 6 } },
  { name: 'iris-relu-3', activation: 'relu', hidden: [3], seeds: { minimum: 313, better: 434 } },
];

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where the weights are: those near the minimum, and those of the better one. */
export const pointFile = (name: string, which: 'minimum' | 'better'): string =>
  here(`data/trained/${name}.${which}.point.json`);

export function irisPetals(): Pick<ConstructionInput, 'inputs' | 'targets'> {
  const table = parseCsv(readFileSync(here('data/iris.csv')), 'iris.csv');
  if (table.kind === 'refused') throw new Error(table.message);
  const inputs = ['sepal_length', 'sepal_width', 'petal_length'];
  const selected = selectColumns(table, { inputs, targets: ['petal_width'] });
  if (selected.kind === 'refused') throw new Error(selected.message);
  return selected;
}

export function problemOf({ activation, hidden }: Trained): SampleProblem {
  const { inputs, targets } = irisPetals();
  const cells = (rows: typeof inputs) => rows.map((row) => row.map(formatRational));
  const layers = hidden.flatMap((units) => [
    { type: 'dense', units },
    { type: 'activation', function: activation },
  ]);
  const problem = readProblem(
    writeFile({
      format: 'cairn-problem',
      version: 1,
      network: { input: [3], layers: [...layers, { type: 'dense', units: 1 }] },
      loss: { function: 'squared' },
      data: { type: 'samples', inputs: cells(inputs), targets: cells(targets) },
    } as Plain),
  );
  if (problem.kind !== 'read' || problem.value.type !== 'samples') throw new Error('Cannot happen: posed above');
  return problem.value;
}

function weightsOf(trained: Trained, which: 'minimum' | 'better', problem: SampleProblem): Point {
  const point = readPoint(readFileSync(pointFile(trained.name, which), 'utf8'), problem);
  if (point.kind !== 'read') throw new Error(`${trained.name}: ${point.reason.message}`);
  return point.value;
}

async function text(trained: Trained): Promise<string> {
  const problem = problemOf(trained);
  const answer = await certify(problem, weightsOf(trained, 'minimum', problem), {
    better: weightsOf(trained, 'better', problem),
    radius: rational(1n, 100_000_000n),
    claim: 'spurious-local-minimum-near',
    seed: 1,
    effort: 1,
  });
  if (answer.kind !== 'certified') throw new Error(`${trained.name}: ${answer.reason.message}`);
  return answer.text;
}

export const trainedCases: readonly (readonly [string, () => Promise<string>])[] = trainedNetworks.map((trained) => [
  `trained/${trained.name}`,
  () => text(trained),
]);
