/** The worked certificate of proofs/format.md 9, and files made from it. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const inputs = [['-4'], ['-3'], ['-2'], ['2'], ['3'], ['4']];
export const targets = [['4'], ['2'], ['2'], ['2'], ['4'], ['4']];
export const network = {
  input: [1],
  layers: [
    { type: 'dense', units: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'dense', units: 1 },
  ],
};
export const problem = { network, loss: { function: 'squared' }, data: { type: 'samples', inputs, targets } };
export const minimum = {
  layers: [
    { weights: [['3/29'], ['0']], bias: ['3', '-1'] },
    { weights: [['1', '0']], bias: ['0'] },
  ],
};
export const better = {
  layers: [
    { weights: [['-2'], ['1']], bias: ['-2/3', '301/3'] },
    { weights: [['1', '1']], bias: ['-100'] },
  ],
};
/** The kink of the first unit is at x = 0, and moving it lowers the risk: no local minimum. */
export const noMinimum = {
  layers: [
    { weights: [['1'], ['0']], bias: ['0', '-1'] },
    { weights: [['1', '0']], bias: ['0'] },
  ],
};
export const statement = { kind: 'spurious-local-minimum', problem, point: minimum, betterPoint: better };
export const proof = { localMinimum: { rule: 'affine-span' }, lowerRisk: { rule: 'lower-risk' } };
export const certificate = { format: 'cairn-certificate', version: 1, statement, proof };

export const problemFile = { format: 'cairn-problem', version: 1, ...problem };
export const pointFile = (point: object): object => ({ format: 'cairn-point', version: 1, ...point });

export const csv = `x,y\n${inputs.map(([x], i) => `${x},${targets[i]?.[0]}`).join('\n')}\n`;
/** The same problem, with its data in a file beside it. */
export const referringProblem = {
  ...problemFile,
  data: { type: 'samples', file: 'd.csv', sha256: createHash('sha256').update(csv).digest('hex') },
};

/** Writes JSON, or text, under these names. */
export function write(folder: string, files: Readonly<Record<string, object | string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const isText = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(join(folder, name), isText ? content : JSON.stringify(content));
  }
}
