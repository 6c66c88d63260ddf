import fc from 'fast-check';

export type System = {
  readonly A: readonly (readonly bigint[])[];
  readonly b: readonly bigint[];
  readonly upper: readonly (bigint | null)[];
};

export const numbers = {
  'small numbers': fc.bigInt({ min: -3n, max: 3n }),
  'double precision': fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }),
  '500-bit numbers': fc.oneof(fc.constant(0n), fc.bigInt({ min: -(2n ** 500n), max: 2n ** 500n })),
};

const array = <T>(item: fc.Arbitrary<T>, length: number) => fc.array(item, { minLength: length, maxLength: length });

/** Sizes up to most, or exactly most where 'full'. */
const size = (most: number, full?: 'full') => fc.integer({ min: full ? most : 0, max: most });

/** A matrix whose rows and columns are drawn afresh, zero, or copies of earlier ones. */
function matrix(m: number, n: number, number: fc.Arbitrary<bigint>): fc.Arbitrary<bigint[][]> {
  const fate = fc.integer({ min: 0, max: 9 });
  return fc
    .record({ entries: array(array(number, n), m), rows: array(fate, m), columns: array(fate, n) })
    .map(({ entries, rows, columns }) =>
      entries.map((row, i) =>
        row.map((entry, j) => {
          if (rows[i] === 0 || columns[j] === 0) return 0n;
          const copied = rows[i] === 1 ? (entries[0]?.[j] ?? 0n) : entry;
          return columns[j] === 1 ? (row[0] ?? 0n) : copied;
        }),
      ),
    );
}

/** Systems A x = b with 0 ≤ x ≤ upper for an integer x, often at its bounds. */
export function withPoint(mostRows: number, mostColumns: number, number: fc.Arbitrary<bigint>, full?: 'full') {
  const coordinate = fc.record({
    x: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 5n })),
    slack: fc.option(fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 5n }))),
  });
  return fc
    .tuple(size(mostRows, full), size(mostColumns, full))
    .chain(([m, n]) => fc.record({ A: matrix(m, n, number), point: array(coordinate, n) }))
    .map(
      ({ A, point }): System => ({
        A,
        b: A.map((row) => row.reduce((sum, a, j) => sum + a * (point[j]?.x ?? 0n), 0n)),
        upper: point.map(({ x, slack }) => (slack === null ? null : x + slack)),
      }),
    );
}

/** Systems where y·b exceeds the greatest value of y·A x by 1, for y = (1, …, 1) and the last row chosen to that end. */
export function withProof(mostRows: number, mostColumns: number, number: fc.Arbitrary<bigint>, full?: 'full') {
  const column = fc.oneof(
    fc.record({ gain: fc.bigInt({ min: -3n, max: 0n }), upper: fc.option(fc.bigInt({ min: 0n, max: 5n })) }),
    fc.record({ gain: fc.bigInt({ min: 1n, max: 3n }), upper: fc.bigInt({ min: 0n, max: 5n }) }),
  );
  return fc
    .tuple(size(mostRows - 1, full), size(mostColumns, full))
    .chain(([m, n]) => fc.record({ A: matrix(m, n, number), b: array(number, m), columns: array(column, n) }))
    .map(({ A, b, columns }): System => {
      const last = columns.map(({ gain }, j) => A.reduce((rest, row) => rest - (row[j] ?? 0n), gain));
      const most = columns.reduce((sum, { gain, upper }) => sum + (gain > 0n ? gain * (upper ?? 0n) : 0n), 0n);
      return {
        A: [...A, last],
        b: [...b, b.reduce((rest, b_i) => rest - b_i, most + 1n)],
        upper: columns.map(({ upper }) => upper),
      };
    });
}
