/** The risk of affine functions of the data, in decimals: what Newton's method minimises for an irrational best fit. */
import type { Decimal } from 'decimal.js';
import type { Rational } from '../kernel/arithmetic/rational.js';
import type { Loss } from '../kernel/model/loss.js';
import { D, type Objective } from '../numerics/newton.js';

/** The risk in one block of coordinates. */
export interface BlockRisk extends Objective {
  /** a lower bound of the Hessian, as the kernel has it */
  curvatureAt(a: readonly Decimal[]): readonly (readonly Decimal[])[];
}

interface Slopes {
  /** ∂_pL, and its derivative, at a prediction and a target */
  readonly first: (p: Decimal, y: Decimal) => Decimal;
  readonly second: (p: Decimal, y: Decimal) => Decimal;
}

/** null for losses whose outputs are not separate, or that are not convex */
function slopesOf(loss: Loss): Slopes | null {
  const decimal = ({ num, den }: Rational): Decimal => new D(num.toString()).div(den.toString());
  if (loss.family === 'polynomial') {
    if (!loss.convex) return null;
    const breaks = loss.breakpoints.map((tau) => new D(tau.toString()).div(loss.breakpointDenominator.toString()));
    const tables = [0, 1, 2].map((order) =>
      loss.pieces.map((piece) => {
        let coefficients = piece.map((c) => new D(c.toString()).div(loss.denominator.toString()));
        for (let n = 0; n < order; n++) coefficients = coefficients.slice(1).map((c, k) => c.times(k + 1));
        return coefficients;
      }),
    );
    const at = (order: number, r: Decimal): Decimal => {
      const j = breaks.filter((tau) => r.gt(tau)).length;
      const [coefficients = []] = tables.slice(order, order + 1).map((table) => table[j]);
      return coefficients.reduceRight((sum, c) => sum.times(r).plus(c), new D(0));
    };
    return { first: (p, y) => at(1, p.minus(y)), second: (p, y) => at(2, p.minus(y)) };
  }
  const factor = decimal(loss.factor);
  switch (loss.name) {
    case 'log-cosh':
      return {
        first: (p, y) => factor.times(p.minus(y).tanh()),
        second: (p, y) => factor.times(new D(1).minus(p.minus(y).tanh().pow(2))),
      };
    case 'logistic': {
      const sigmoid = (p: Decimal): Decimal => new D(1).div(p.neg().exp().plus(1));
      return {
        first: (p, y) => factor.times(sigmoid(p).minus(y)),
        second: (p) => factor.times(sigmoid(p)).times(new D(1).minus(sigmoid(p))),
      };
    }
    case 'power': {
      const q = decimal(loss.exponent);
      return {
        first: (p, y) => {
          const r = p.minus(y);
          return r.isZero()
            ? new D(0)
            : factor
                .times(q)
                .times(r.abs().pow(q.minus(1)))
                .times(r.s);
        },
        second: (p, y) => {
          const r = p.minus(y).abs();
          return factor
            .times(q)
            .times(q.minus(1))
            .times((r.isZero() ? new D('1e-30') : r).pow(q.minus(2)));
        },
      };
    }
    case 'cross-entropy':
      return null;
  }
}

/** One block of coordinates, and where Newton's method starts in it. */
export interface Search {
  readonly objective: BlockRisk;
  readonly start: readonly Decimal[];
}

export type Decimals = readonly (readonly Decimal[])[];

/** Output by output; for cross-entropy the logits of all classes but the last at once. */
export function searchesFor(
  loss: Loss,
  rows: Decimals,
  y: Decimals,
  mu: readonly Decimal[],
  leastSquaresOf: (c: number) => readonly Decimal[],
): readonly Search[] | null {
  const outputs = y[0]?.length ?? 0;
  if (loss.family === 'smooth' && loss.name === 'cross-entropy') {
    // Of one class every prediction has the risk 0.
    if (outputs === 1) return null;
    const factor = new D(loss.factor.num.toString()).div(loss.factor.den.toString());
    const start = new Array<Decimal>((outputs - 1) * (rows[0]?.length ?? 0)).fill(new D(0));
    return [{ objective: crossEntropyOf(rows, y, mu, factor), start }];
  }
  const slopes = slopesOf(loss);
  if (slopes === null) return null;
  return Array.from({ length: outputs }, (_, c) => ({
    objective: oneOutput(
      rows,
      y.map((row) => row[c] as Decimal),
      mu,
      slopes,
    ),
    start: leastSquaresOf(c),
  }));
}

function dot(x: readonly Decimal[], a: readonly Decimal[]): Decimal {
  return x.reduce((sum, v, j) => sum.plus(v.times(a[j] as Decimal)), new D(0));
}

/** Adds factor · x xᵀ at the place (from, to). */
function addSquare(H: Decimal[][], factor: Decimal, x: readonly Decimal[], from = 0, to = 0): void {
  for (let j = 0; j < x.length; j++) {
    const row = H[from + j] as Decimal[];
    const cx = factor.times(x[j] as Decimal);
    for (let l = 0; l < x.length; l++) row[to + l] = (row[to + l] as Decimal).plus(cx.times(x[l] as Decimal));
  }
}

function zeroMatrix(size: number): Decimal[][] {
  return Array.from({ length: size }, () => new Array<Decimal>(size).fill(new D(0)));
}

function oneOutput(
  rows: Decimals,
  y: readonly Decimal[],
  mu: readonly Decimal[],
  { first, second }: Slopes,
): BlockRisk {
  const hessianAt = (a: readonly Decimal[]): Decimals => {
    const H = zeroMatrix(a.length);
    rows.forEach((x, i) => {
      addSquare(H, (mu[i] as Decimal).times(second(dot(x, a), y[i] as Decimal)), x);
    });
    return H;
  };
  return {
    gradientAt(a) {
      const g = a.map(() => new D(0));
      rows.forEach((x, i) => {
        const slope = (mu[i] as Decimal).times(first(dot(x, a), y[i] as Decimal));
        for (let j = 0; j < g.length; j++) g[j] = (g[j] as Decimal).plus(slope.times(x[j] as Decimal));
      });
      return g;
    },
    hessianAt,
    curvatureAt: hessianAt,
  };
}

/** Coordinates class by class; the logit of the last class is 0. */
function crossEntropyOf(rows: Decimals, y: Decimals, mu: readonly Decimal[], factor: Decimal): BlockRisk {
  const m = rows[0]?.length ?? 0;
  /** the probabilities of all classes at sample i, the last one's last */
  const softmax = (x: readonly Decimal[], a: readonly Decimal[]): readonly Decimal[] => {
    const weights = Array.from({ length: a.length / m }, (_, c) => dot(x, a.slice(c * m, (c + 1) * m)).exp());
    const total = weights.reduce((sum, w) => sum.plus(w), new D(1));
    return [...weights, new D(1)].map((w) => w.div(total));
  };
  const matrixAt = (
    a: readonly Decimal[],
    entry: (s: readonly Decimal[], c: number, d: number) => Decimal,
  ): Decimals => {
    const H = zeroMatrix(a.length);
    const classes = a.length / m;
    rows.forEach((x, i) => {
      const s = softmax(x, a);
      for (let c = 0; c < classes; c++) {
        for (let d = 0; d < classes; d++) {
          addSquare(H, factor.times(mu[i] as Decimal).times(entry(s, c, d)), x, c * m, d * m);
        }
      }
    });
    return H;
  };
  return {
    gradientAt(a) {
      const g = a.map(() => new D(0));
      rows.forEach((x, i) => {
        softmax(x, a)
          .slice(0, -1)
          .forEach((s, c) => {
            const slope = factor.times(mu[i] as Decimal).times(s.minus(y[i]?.[c] as Decimal));
            for (let j = 0; j < m; j++) g[c * m + j] = (g[c * m + j] as Decimal).plus(slope.times(x[j] as Decimal));
          });
      });
      return g;
    },
    hessianAt: (a) =>
      matrixAt(a, (s, c, d) => {
        const product = (s[c] as Decimal).times(s[d] as Decimal);
        return c === d ? (s[c] as Decimal).minus(product) : product.neg();
      }),
    curvatureAt: (a) =>
      matrixAt(a, (s, c, d) => (c === d ? (s[c] as Decimal).times(s[s.length - 1] as Decimal) : new D(0))),
  };
}
