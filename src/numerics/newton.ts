/** Newton's method in decimals of many digits, for searches. */
import { Decimal } from 'decimal.js';

/** decimal.js keeps its settings in the constructor. */
export const D = Decimal.clone({ precision: 64, rounding: Decimal.ROUND_HALF_EVEN });

/** A strictly convex function of some coordinates, by its first two derivatives. */
export interface Objective {
  gradientAt(a: readonly Decimal[]): readonly Decimal[];
  hessianAt(a: readonly Decimal[]): readonly (readonly Decimal[])[];
}

/**
 * Damped Newton steps until the gradient is shorter than wanted.
 *
 * @returns null where it does not settle
 */
export function newton(
  { gradientAt, hessianAt }: Objective,
  start: readonly Decimal[],
  { wanted, mostSteps }: { readonly wanted: Decimal; readonly mostSteps: number },
  observe: (step: number) => void,
): readonly Decimal[] | null {
  const at = (a: readonly Decimal[]) => {
    const g = gradientAt(a);
    return { a, g, size: g.reduce((sum, v) => sum.plus(v.pow(2)), new D(0)).sqrt() };
  };
  let here = at(start);
  for (let step = 0; step < mostSteps; step++) {
    observe(step);
    if (here.size.lt(wanted)) return here.a;
    const move = solve(hessianAt(here.a), here.g);
    if (move === null) return null;
    let share = new D(1);
    let next = here;
    for (let halvings = 0; halvings < 40 && !next.size.lt(here.size); halvings++) {
      next = at(here.a.map((v, j) => v.minus(share.times(move[j] as Decimal))));
      share = share.div(2);
    }
    // No step makes the gradient smaller: it is as small as these decimals can make it, or the method fails.
    if (!next.size.lt(here.size)) return here.size.lt(wanted.times(1e6)) ? here.a : null;
    here = next;
  }
  return null;
}

/** Gaussian elimination with pivots. */
function solve(H: readonly (readonly Decimal[])[], g: readonly Decimal[]): Decimal[] | null {
  const rows = H.map((row, j) => [...row, g[j] as Decimal]);
  const m = g.length;
  const at = (i: number, j: number): Decimal => rows[i]?.[j] as Decimal;
  for (let j = 0; j < m; j++) {
    let pivot = j;
    for (let i = j + 1; i < m; i++) if (at(i, j).abs().gt(at(pivot, j).abs())) pivot = i;
    [rows[j], rows[pivot]] = [rows[pivot] as Decimal[], rows[j] as Decimal[]];
    const lead = (rows[j] as Decimal[])[j] as Decimal;
    if (lead.isZero()) return null;
    for (let i = 0; i < m; i++) {
      if (i === j) continue;
      const factor = at(i, j).div(lead);
      if (factor.isZero()) continue;
      const row = rows[i] as Decimal[];
      for (let l = j; l <= m; l++)
        row[l] = (row[l] as Decimal).minus(factor.times((rows[j] as Decimal[])[l] as Decimal));
    }
  }
  return rows.map((row, j) => (row[m] as Decimal).div(row[j] as Decimal));
}
