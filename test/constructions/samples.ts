import { readFileSync } from 'node:fs';
import { match } from 'ts-pattern';
import { expect } from 'vitest';
import type { Built, Construction, ConstructionInput } from '../../src/constructions/construction.js';
import { parseCsv, selectColumns } from '../../src/formats/csv.js';
import type { Fields } from '../../src/formats/write.js';
import { formatRational, type Rational, rational } from '../../src/kernel/arithmetic/rational.js';
import { checkCertificate } from '../../src/kernel/check.js';
import { Theorem } from '../../src/kernel/theorem.js';
import { pointRisk } from '../../src/report/risk-string.js';

export type Cell = number | string;
export type Data = Pick<ConstructionInput, 'inputs' | 'targets' | 'weights'>;

export function number(cell: Cell): Rational {
  const [num = '', den = '1'] = String(cell).split('/');
  return rational(BigInt(num), BigInt(den));
}

export function samples(
  inputs: readonly (readonly Cell[])[],
  targets: readonly Cell[],
  weights?: readonly Cell[],
): Data {
  return {
    inputs: inputs.map((row) => row.map(number)),
    targets: targets.map((y) => [number(y)]),
    weights: weights?.map(number) ?? null,
  };
}

export function csv(name: string): Data {
  const table = parseCsv(readFileSync(new URL(`../../certificates/data/${name}.csv`, import.meta.url)), name);
  return match(table)
    .with({ kind: 'table' }, (read) => {
      const chosen = selectColumns(read);
      if (chosen.kind === 'refused') throw new Error(chosen.message);
      return chosen;
    })
    .with({ kind: 'refused' }, ({ message }) => {
      throw new Error(message);
    })
    .exhaustive();
}

/** "leaky-relu:slope=1/10" */
export function layer(text: string): Fields {
  const [name = '', ...rest] = text.split(':');
  return { function: name, ...Object.fromEntries(rest.map((field) => field.split('=') as [string, string])) };
}

export const piecewise = (breakpoints: readonly string[], pieces: readonly (readonly string[])[]): Fields => ({
  function: 'piecewise',
  breakpoints,
  pieces: pieces.map((polynomial) => ({ polynomial })),
});

export interface Options {
  readonly hidden?: readonly number[];
  readonly activation?: string | Fields;
  readonly loss?: string | Fields;
  readonly settings?: Readonly<Record<string, string>>;
  readonly effort?: number;
}

export function build(
  construction: Construction,
  data: Data,
  { hidden, activation = 'relu', loss = 'squared', settings = {}, effort = 2 }: Options = {},
): Promise<Built> {
  return construction.build({
    ...data,
    hidden: hidden ?? null,
    activation: { type: 'activation', ...(typeof activation === 'string' ? layer(activation) : activation) },
    loss: typeof loss === 'string' ? layer(loss) : loss,
    settings,
    seed: 1,
    effort,
  });
}

/** Expects a certificate, and proves it once more from its text. */
export function theoremOf(built: Built, kind = 'spurious-local-minimum'): Theorem {
  if (built.kind !== 'built') throw new Error(`not built: ${JSON.stringify(built)}`);
  const verdict = checkCertificate(built.text);
  expect(verdict.kind).toBe('proved');
  expect(built.theorem).toBeInstanceOf(Theorem);
  expect(built.theorem.statement.kind).toBe(kind);
  return built.theorem;
}

export function share(theorem: Theorem): number {
  const { gap } = theorem.risk;
  if (gap === null) throw new Error('no gap');
  const [part, whole] = [gap.lower, pointRisk(theorem).upper];
  return Number((10n ** 12n * part.num * whole.den) / (part.den * whole.num)) / 1e12;
}

/** A risk that is known exactly. */
export function exact(risk: Theorem['risk']['better']): string {
  if (risk === null) throw new Error('no risk');
  expect(risk.lower).toEqual(risk.upper);
  return formatRational(risk.upper);
}
