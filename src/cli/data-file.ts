import { parseCsv, type Samples, selectColumns } from '../formats/csv.js';
import { defaultLimits } from '../kernel/limits.js';
import { Failure } from './failure.js';
import { needBytes } from './read.js';

/** @returns the samples of a CSV file, or ends the command */
export function needSamples(
  path: string,
  columns: { readonly inputs?: readonly string[] | undefined; readonly targets?: readonly string[] | undefined },
): Samples {
  const table = parseCsv(needBytes(path, defaultLimits.bytes), path);
  if (table.kind === 'refused') throw new Failure(table.message);
  const samples = selectColumns(table, columns);
  if (samples.kind === 'refused') throw new Failure(samples.message);
  return samples;
}
