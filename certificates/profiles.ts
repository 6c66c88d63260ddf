/** Ibragimov, Jentzen, Kröger and Riekert's continua of realizations, on several intervals, for several gaps and widths. */
import { findConstruction } from '../src/constructions/index.js';

const id = 'ibragimov-jentzen-kroeger-riekert-2022-theorem-1-1';

type Settings = Readonly<Record<string, string>>;

const rows: readonly (readonly [file: string, settings: Settings, factor: string])[] = [
  ['unit-interval-2-units', {}, '1'],
  ['gap-1000-8-units', { a: '-1', b: '1', delta: '1000', H: '8', from: '51/100', to: '199/100' }, '1'],
  ['short-interval-3-units', { a: '2/3', b: '5/7', delta: '1/1000', H: '3', from: '3/4', to: '4/3' }, '1/2'],
  ['one-active-unit', { target: 'one-unit' }, '1'],
  [
    'one-active-unit-of-5',
    { target: 'one-unit', a: '-3', b: '1/2', delta: '100', H: '5', from: '1/2', to: '4/5' },
    '1',
  ],
];

export const profileCases: readonly (readonly [string, () => Promise<string>])[] = rows.map(
  ([file, settings, factor]) => [
    `${id}/${file}`,
    async () => {
      const found = findConstruction(id);
      if (found.kind !== 'found') throw new Error(`no construction ${id}`);
      const built = await found.construction.build({
        ...{ inputs: [], targets: [], weights: null, hidden: null, seed: 1, effort: 10 },
        activation: { function: 'relu' },
        loss: { function: 'squared', factor },
        settings,
      });
      if (built.kind !== 'built') throw new Error(`${file}: ${JSON.stringify(built)}`);
      return built.text;
    },
  ],
);
