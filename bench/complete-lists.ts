/** Complete lists of critical realizations for targets of many pieces: found, and checked from the text. */
import { findConstruction } from '../src/constructions/index.js';
import { checkCertificate } from '../src/index.js';
import { add, formatRational, multiply, type Rational, rational, zero } from '../src/kernel/arithmetic/rational.js';
import { seeded } from '../src/provers/random.js';

const id = 'ibragimov-jentzen-kroeger-riekert-2022-theorem-1-2';
const degree = 5;
const pieceCounts = [5, 10, 20, 40];

/** Pieces in powers of their share of the way, with random digits: each starts where the one before it ends. */
function target(count: number): {
  readonly breakpoints: readonly string[];
  readonly pieces: readonly { readonly polynomial: readonly string[] }[];
} {
  const random = seeded(7);
  let before = zero;
  const pieces = Array.from({ length: count }, (_, i) => {
    const shares = [
      before,
      ...Array.from({ length: degree }, () => rational(BigInt(Math.floor(random.uniform() * 19) - 9))),
    ];
    before = shares.reduce(add, zero);
    // In powers of x, with share = count · x − i.
    let value: readonly Rational[] = [];
    for (const c of shares.toReversed()) {
      value = Array.from({ length: value.length + 1 }, (_, k) => {
        const [lower, own] = [value[k - 1] ?? zero, value[k] ?? zero];
        const moved = add(multiply(rational(BigInt(count)), lower), multiply(rational(BigInt(-i)), own));
        return k === 0 ? add(moved, c) : moved;
      });
    }
    return { polynomial: value.map(formatRational) };
  });
  const breakpoints = Array.from({ length: count - 1 }, (_, i) =>
    formatRational(rational(BigInt(i + 1), BigInt(count))),
  );
  return { breakpoints, pieces };
}

async function row(
  count: number,
  first: number | null,
): Promise<{ readonly cells: readonly string[]; readonly ms: number }> {
  const found = findConstruction(id);
  if (found.kind !== 'found') throw new Error(`no construction ${id}`);
  const start = performance.now();
  const built = await found.construction.build({
    ...{ inputs: [], targets: [], weights: null, hidden: null, seed: 1, effort: 10, settings: {} },
    activation: { type: 'activation', function: 'relu' },
    loss: { function: 'squared' },
    box: { type: 'box', lower: ['0'], upper: ['1'], targets: [target(count)] },
  });
  const ms = performance.now() - start;
  if (built.kind !== 'built') throw new Error(`${count} pieces: ${built.message}`);
  const startCheck = performance.now();
  checkCertificate(built.text);
  const checkMs = performance.now() - startCheck;
  const { list } = built.theorem.statement;
  return {
    ms,
    cells: [
      `${count} pieces of degree ${degree}`,
      `${list?.length ?? 0}`,
      `${ms.toFixed(0)} ms`,
      `${checkMs.toFixed(0)} ms`,
      `${(checkMs / ms).toFixed(2)}`,
      `${(ms / (first ?? ms)).toFixed(1)}×`,
    ],
  };
}

/** @returns the table, header first */
export async function run(): Promise<readonly (readonly string[])[]> {
  // Once before, so that everything is compiled.
  await row(2, null);
  const rows: (readonly string[])[] = [];
  let first: number | null = null;
  for (const count of pieceCounts) {
    const { cells, ms } = await row(count, first);
    first ??= ms;
    rows.push(cells);
  }
  return [
    ['complete lists', 'functions', 'found', 'checked', 'checked ÷ found', `÷ ${pieceCounts[0]} pieces`],
    ...rows,
  ];
}
