/** Times enumerations: what the search takes, and what the kernel takes for each leaf and combination. */
import { pointJson, problemJson, writeCertificate } from '../src/formats/write.js';
import { checkCertificate, readProblem } from '../src/index.js';
import { PatternEnumeration } from '../src/provers/enumeration.js';

interface Case {
  readonly name: string;
  readonly activation: string;
  readonly units: number;
  readonly inputs: readonly (readonly number[])[];
}

const labels = [4, 2, 7, 2, 4, 1, 9, 4, 2, 6, 5, 1];
const line = (n: number) => Array.from({ length: n }, (_, i) => [i]);
const plane = [
  [0, 1],
  [2, 3],
  [1, 1],
  [4, 0],
  [3, 3],
  [-1, 2],
  [-2, -2],
  [0, -3],
  [2, -1],
  [1, 5],
];
const cases: readonly Case[] = [
  { name: 'relu, d = 1, n = 12, 3 units', activation: 'relu', units: 3, inputs: line(12) },
  { name: 'relu, d = 2, n = 10, 2 units', activation: 'relu', units: 2, inputs: plane },
  { name: 'abs, d = 2, n = 10, 2 units', activation: 'abs', units: 2, inputs: plane },
  { name: 'hardtanh, d = 1, n = 6, 2 units', activation: 'hardtanh', units: 2, inputs: line(6) },
];

/** @returns the table, header first */
export async function run(): Promise<readonly (readonly string[])[]> {
  return [['enumerations', 'measured', 'target'], ...cases.flatMap(measured)];
}

function measured({ name, activation, units, inputs }: Case): readonly (readonly string[])[] {
  const read = readProblem(
    JSON.stringify({
      format: 'cairn-problem',
      version: 1,
      network: {
        input: [inputs[0]?.length],
        layers: [
          { type: 'dense', units },
          { type: 'activation', function: activation },
          { type: 'dense', units: 1 },
        ],
      },
      loss: { function: 'squared' },
      data: {
        type: 'samples',
        inputs: inputs.map((row) => row.map(String)),
        targets: inputs.map((_, i) => [String(labels[i])]),
      },
    }),
  );
  if (read.kind !== 'read' || read.value.type !== 'samples') throw new Error(`${name}: not a problem of samples`);
  const { value: problem } = read;
  const start = performance.now();
  const enumeration = PatternEnumeration.of(problem, 25_000);
  const found = enumeration?.findMinima();
  if (enumeration === null || found?.kind !== 'found') throw new Error(`${name}: no minimum was found`);
  const proved = enumeration.prove(found.risk);
  const [minimum] = found.minima;
  if (proved.kind !== 'proved' || minimum === undefined) throw new Error(`${name}: not proved`);
  const text = writeCertificate({
    statement: {
      kind: 'global-minimum',
      problem: problemJson(problem),
      point: pointJson(problem.network, minimum.parameters),
    },
    proof: { globalMinimum: proved.node },
  });
  const searched = performance.now();
  const verdict = checkCertificate(text);
  const checked = performance.now();
  if (verdict.kind !== 'proved') throw new Error(`${name}: ${verdict.reason.message}`);
  const rate = (1000 * (enumeration.combinations + enumeration.leaves.length)) / (checked - searched);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const size = `${(text.length / 1e6).toFixed(1)} MB`;
  return [
    [`${name}: search`, `${seconds(searched - start)}, ${enumeration.combinations} combinations, ${size}`, '< 600 s'],
    [`${name}: kernel`, `${rate.toFixed(0)} leaves and combinations a second`, '> 2,000'],
  ];
}
