/** Complete lists of critical realizations of one hidden unit (Ibragimov, Jentzen, Kröger and Riekert, Theorem 1.2). */
import { findConstruction } from '../src/constructions/index.js';

const id = 'ibragimov-jentzen-kroeger-riekert-2022-theorem-1-2';

type Target = { readonly [key: string]: string | readonly string[] | readonly Target[] | readonly number[] };

const terms = (...coefficients: readonly string[]): Target => ({
  terms: coefficients.flatMap((coefficient, k) => (coefficient === '0' ? [] : [{ coefficient, exponents: [k] }])),
});

const pieces = (breakpoints: readonly string[], ...polynomials: readonly (readonly string[])[]): Target => ({
  breakpoints,
  pieces: polynomials.map((polynomial) => ({ polynomial })),
});

const square = terms('0', '0', '1');
const relu = { function: 'relu' };
/** 0, up to 1, down to −1 and back, by parabolas between: four pieces, not mirrored. */
const wave = pieces(['1/4', '1/2', '3/4'], ['0', '8', '-16'], ['2', '-4'], ['-4', '8'], ['2']);

const rows: readonly (readonly [
  file: string,
  ends: readonly [string, string],
  target: Target,
  activation: { readonly [key: string]: string },
])[] = [
  ['square', ['0', '1'], square, relu],
  ['cube', ['0', '1'], terms('0', '0', '0', '1'), relu],
  ['bump', ['0', '1'], terms('0', '0', '16', '-32', '16'), relu],
  ['legendre', ['0', '1'], terms('-1', '12', '-30', '20'), relu],
  ['wave', ['0', '1'], wave, relu],
  ['one-unit', ['0', '1'], pieces(['1/3'], ['1'], ['2/3', '1']), relu],
  ['flat-minimum', ['0', '1'], terms('-504/125', '-10704/125', '55584/125', '-18048/25', '9888/25'), relu],
  ['inflection', ['0', '1'], terms('-201/10', '573/5', '-1188/5', '168'), relu],
  ['line', ['-1', '2'], terms('2', '1/2'), relu],
  ['square-leaky-relu', ['0', '1'], square, { function: 'leaky-relu', slope: '1/4' }],
  ['square-abs', ['0', '1'], square, { function: 'abs' }],
];

export const completeListCases: readonly (readonly [string, () => Promise<string>])[] = rows.map(
  ([file, [lower, upper], target, activation]) => [
    `complete-lists/${file}`,
    async () => {
      const found = findConstruction(id);
      if (found.kind !== 'found') throw new Error(`no construction ${id}`);
      const built = await found.construction.build({
        ...{ inputs: [], targets: [], weights: null, hidden: null, seed: 1, effort: 10, settings: {} },
        activation: { type: 'activation', ...activation },
        loss: { function: 'squared' },
        box: { type: 'box', lower: [lower], upper: [upper], targets: [target] },
      });
      if (built.kind !== 'built') throw new Error(`${id}: ${JSON.stringify(built)}`);
      return built.text;
    },
  ],
);
