/**
 * Makes every certificate of the library again, to the same bytes: `npm run certificates`. Each is written only after the kernel has proved it
 * from its text.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  certify,
  type CertifyOptions,
  type ConstructionInput,
  checkCertificate,
  findConstruction,
  parseCsv,
  readPoint,
  readProblem,
  selectColumns,
} from '../src/index.js';

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

const activation = (name: string, parameters: Fields = {}): Fields => ({ type: 'activation', function: name, ...parameters });
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
