/** Cheridito, Jentzen and Rossmannek's list of critical points for affine targets: every row for one, two and three units, some for more. */
import { findConstruction } from '../src/constructions/index.js';

type Settings = Readonly<Record<string, string>>;

/** Intervals and targets α x + β, taken in turn. */
const targets: readonly Settings[] = [
  { a: '0', b: '1', alpha: '3', beta: '-1/2' },
  { a: '-1', b: '1', alpha: '-1', beta: '0' },
  { a: '-1', b: '2', alpha: '1/2', beta: '2' },
];

const reluTypes = [
  ...['inactive', 'lower-end', 'upper-end', 'lower-end-falling', 'upper-end-falling'],
  ...['lower-end-flat', 'upper-end-flat', 'semi-active-flat', 'degenerate-flat'],
];
const quadraticTypes = ['flat-constant', 'flat-zero', 'flat-centered', 'zero-positive', 'zero-negative'];
const leakyTypes = ['flat-above', 'flat-below', 'degenerate-flat'];

/** Multisets of so many. */
const multisets = (types: readonly string[], size: number): readonly (readonly string[])[] =>
  size === 0
    ? [[]]
    : types.flatMap((first, i) => multisets(types.slice(i), size - 1).map((others) => [first, ...others]));

type Row = readonly [name: string, file: string, settings: Settings];

const constants = (name: string, types: readonly string[], ...sizes: readonly number[]): readonly Row[] =>
  sizes.flatMap((size) =>
    multisets(types, size).map((list): Row => [name, `${size}-${list.join('-and-')}`, { types: list.join(',') }]),
  );

const rows: readonly Row[] = [
  ...constants('relu', reluTypes, 1, 2),
  ['relu', '1-global', { kind: 'global', N: '1' }],
  ['relu', '2-global', { kind: 'global', N: '2' }],
  ['relu', '2-kinks', { kind: 'even-kinks' }],
  ['relu', '4-kinks', { kind: 'even-kinks', n: '4' }],
  ...constants('quadratic', quadraticTypes, 1, 2),
  ['quadratic', '2-global', { kind: 'global' }],
  ...constants('leaky-relu', leakyTypes, 1, 2),
  ['leaky-relu', '1-global', { kind: 'global' }],
  ['leaky-relu', '1-kink', { kind: 'kinks', n: '1', slope: '1/4' }],
  ['leaky-relu', '1-kink-of-negative-weight', { kind: 'kinks', n: '1', slope: '1/4', first: 'negative' }],
  ['leaky-relu', '2-kinks', { kind: 'kinks', n: '2', slope: '9/16' }],
  ['leaky-relu', '2-kinks-of-negative-weight-first', { kind: 'kinks', n: '2', slope: '9/16', first: 'negative' }],
  ...constants('relu', reluTypes, 3),
  ['relu', '3-global', { kind: 'global', N: '3' }],
  ...[...reluTypes, 'kinked-flat', 'kinked-twin'].map(
    (type): Row => ['relu', `3-kinks-and-${type}`, { kind: 'even-kinks', types: type }],
  ),
  ...constants('quadratic', quadraticTypes, 3),
  ['quadratic', '3-global', { kind: 'global', N: '3' }],
  ...constants('leaky-relu', leakyTypes, 3),
  ['leaky-relu', '2-global', { kind: 'global', N: '2' }],
  ['leaky-relu', '3-global', { kind: 'global', N: '3' }],
  // The spacings are square roots: Q(√2), Q(√3), Q(√6), Q(√2, √6), …
  ...[1, 2, 3].flatMap((n) =>
    (['positive', 'negative'] as const).map((first): readonly [string, string, Settings] => [
      'leaky-relu',
      `${n}-irrational-kink${n === 1 ? '' : 's'}${first === 'positive' ? '' : '-of-negative-weight-first'}`,
      { kind: 'kinks', n: String(n), slope: '1/2', first },
    ]),
  ),
  ['leaky-relu', '3-irrational-kinks-of-one-root', { kind: 'kinks', n: '3', slope: '8' }],
  // Kinks beside units of which nothing goes out.
  ...[
    [1, 1],
    [1, 2],
    [2, 1],
  ].flatMap(([n = 0, others = 0]) =>
    multisets(leakyTypes, others).flatMap((list) =>
      (['positive', 'negative'] as const).map((first): Row => {
        const kinks = `${n + others}-kink${n === 1 ? '' : 's'}${first === 'positive' ? '' : '-of-negative-weight-first'}`;
        const settings = { kind: 'kinks', n: String(n), slope: n === 1 ? '1/4' : '9/16', first, types: list.join(',') };
        return ['leaky-relu', `${kinks}-and-${list.join('-and-')}`, settings];
      }),
    ),
  ),
];

export const affineTargetCases: readonly (readonly [string, () => Promise<string>])[] = rows.map(
  ([name, file, settings], i) => [
    `cheridito-jentzen-rossmannek-2022/${name}-${file}`,
    async () => {
      const id = `cheridito-jentzen-rossmannek-2022-${name}`;
      const found = findConstruction(id);
      if (found.kind !== 'found') throw new Error(`no construction ${id}`);
      const built = await found.construction.build({
        ...{ inputs: [], targets: [], weights: null, hidden: null, seed: 1, effort: 10 },
        activation: { function: name },
        loss: { function: 'squared' },
        settings: { ...(targets[i % targets.length] as Settings), ...settings },
      });
      if (built.kind !== 'built') throw new Error(`${id}: ${JSON.stringify(built)}`);
      return built.text;
    },
  ],
);
