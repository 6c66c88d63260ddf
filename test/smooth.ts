/**
 * A second way to compute risks with smooth activations and losses: decimal.js at 40 digits, from the definitions of proofs/format.md 3 and 4,
 * one sample at a time, dense layers only. Nothing is shared with src/kernel.
 */
import { Decimal as AnyDecimal } from 'decimal.js';
import type { Fields, Value } from './certificate.js';

export const Decimal = AnyDecimal.clone({ precision: 40, toExpNeg: -100, toExpPos: 100 });
export type Decimal = AnyDecimal;

export const decimal = (q: Value): Decimal => {
  const [n, d] = String(q).split('/');
  return new Decimal(n as string).div(d ?? '1');
};

const one = new Decimal(1);
const softplus = (z: Decimal): Decimal => z.exp().add(1).ln();

/** 2/√π e^(−z²) Σ 2^n z^(2n+1)/(1·3·…·(2n+1)), all of one sign */
function erf(z: Decimal): Decimal {
  if (z.abs().gt(9)) return new Decimal(z.s);
  let [term, sum] = [z, z];
  for (let n = 1; term.abs().gt('1e-45'); n++) {
    term = term
      .mul(z)
      .mul(z)
      .mul(2)
      .div(2 * n + 1);
    sum = sum.add(term);
  }
  return sum.mul(2).mul(z.mul(z).neg().exp()).div(Decimal.acos(-1).sqrt());
}

const functions: Readonly<Record<string, (z: Decimal) => Decimal>> = {
  exp: (z) => z.exp(),
  tanh: (z) => z.tanh(),
  sigmoid: (z) => one.div(z.neg().exp().add(1)),
  atan: (z) => z.atan(),
  sin: (z) => z.sin(),
  softplus,
  erf,
  isru: (z) => z.div(z.mul(z).add(1).sqrt()),
};
export const functionNames = Object.keys(functions);

const clamp = (t: Decimal, low: number, high: number): Decimal => Decimal.max(low, Decimal.min(high, t));

/** h(t) by its definition. */
export function activate(h: Fields, t: Decimal): Decimal {
  const parameter = (key: string, otherwise: string): Decimal => decimal(h[key] ?? otherwise);
  switch (h['function']) {
    case 'relu':
      return Decimal.max(t, 0);
    case 'identity':
      return t;
    case 'abs':
      return t.abs();
    case 'leaky-relu':
    case 'prelu':
      return t.gt(0) ? t : t.mul(parameter('slope', '1/100'));
    case 'hardtanh':
      return clamp(t, -1, 1);
    case 'relu6':
      return clamp(t, 0, 6);
    case 'hard-sigmoid':
      return clamp(t.add(3), 0, 6).div(6);
    case 'hardswish':
      return t.mul(clamp(t.add(3), 0, 6)).div(6);
    case 'softshrink': {
      const threshold = parameter('threshold', '1/2');
      return t.gt(threshold) ? t.sub(threshold) : t.lt(threshold.neg()) ? t.add(threshold) : new Decimal(0);
    }
    case 'elu':
      return t.gt(0) ? t : t.exp().sub(1).mul(parameter('alpha', '1'));
    case 'celu': {
      const alpha = parameter('alpha', '1');
      return Decimal.max(t, 0).add(Decimal.min(t.div(alpha).exp().sub(1).mul(alpha), 0));
    }
    case 'selu': {
      const alpha = parameter('alpha', '1.6732632423543772848170429916717');
      const scale = parameter('scale', '1.0507009873554804934193349852946');
      return scale.mul(t.gt(0) ? t : t.exp().sub(1).mul(alpha));
    }
    case 'isrlu':
      return t.gt(0) ? t : t.div(t.mul(t).mul(parameter('alpha', '1')).add(1).sqrt());
    case 'silu':
      return t.mul((functions['sigmoid'] as (z: Decimal) => Decimal)(t));
    case 'gelu':
      return t.mul(erf(t.div(new Decimal(2).sqrt())).add(1)).div(2);
    case 'quadratic':
      return t.mul(t);
    case 'sigmoid':
    case 'tanh':
    case 'atan':
    case 'softplus':
    case 'sin':
      return (functions[h['function']] as (z: Decimal) => Decimal)(t);
    case 'piecewise': {
      const breakpoints = h['breakpoints'] as readonly Value[];
      const at = breakpoints.filter((tau) => decimal(tau).lt(t)).length;
      const piece = (h['pieces'] as readonly Fields[])[at] as Fields;
      if (piece['polynomial'] !== undefined) {
        return (piece['polynomial'] as readonly Value[]).reduceRight<Decimal>(
          (value, c) => value.mul(t).add(decimal(c)),
          new Decimal(0),
        );
      }
      const [scale, rate, shift, offset] = ['scale', 'rate', 'shift', 'offset'].map((key) =>
        decimal(piece[key] as Value),
      ) as [Decimal, Decimal, Decimal, Decimal];
      const f = functions[piece['function'] as string] as (z: Decimal) => Decimal;
      return offset.add(scale.mul(f(rate.mul(t).add(shift))));
    }
    default:
      throw new Error(`no definition of ${String(h['function'])}`);
  }
}

/** ℓ(p, y) by its definition. */
export function lossAt(loss: Fields, p: readonly Decimal[], y: readonly Decimal[]): Decimal {
  const parameter = (key: string): Decimal => decimal(loss[key] as Value);
  const summed = (L: (r: Decimal) => Decimal): Decimal =>
    p.reduce((sum, z, c) => sum.add(L(z.sub(y[c] as Decimal))), new Decimal(0));
  const products = (): Decimal => p.reduce((sum, z, c) => sum.add(z.mul(y[c] as Decimal)), new Decimal(0));
  const value = (): Decimal => {
    switch (loss['function']) {
      case 'squared':
        return summed((r) => r.mul(r));
      case 'power':
        return summed((r) => (r.isZero() ? r : r.abs().ln().mul(parameter('exponent')).exp()));
      case 'huber': {
        const d = parameter('threshold');
        return summed((r) => (r.abs().lte(d) ? r.mul(r).div(2) : r.abs().sub(d.div(2)).mul(d)));
      }
      case 'log-cosh':
        return summed((r) => r.cosh().ln());
      case 'logistic':
        return p.reduce((sum, z) => sum.add(softplus(z)), new Decimal(0)).sub(products());
      case 'cross-entropy':
        return p
          .reduce((sum, z) => sum.add(z.exp()), new Decimal(0))
          .ln()
          .sub(products());
      case 'smooth-quantile': {
        const [tau, w] = [parameter('level'), parameter('width')];
        const above = one.sub(tau);
        return summed((r) => {
          if (r.gte(w.mul(above))) return above.mul(r.sub(w.mul(above).div(2)));
          if (r.lte(w.mul(tau).neg())) return tau.neg().mul(r.add(w.mul(tau).div(2)));
          return r.mul(r).div(w.mul(2));
        });
      }
      case 'polynomial':
        return summed((r) =>
          (loss['coefficients'] as readonly Value[]).reduceRight<Decimal>(
            (v, c) => v.mul(r).add(decimal(c)),
            new Decimal(0),
          ),
        );
      default:
        throw new Error(`no definition of ${String(loss['function'])}`);
    }
  };
  return value().mul(decimal(loss['factor'] ?? '1'));
}

/** Weights [unit][input] and biases of one layer. */
export interface DecimalLayer {
  readonly weights: readonly (readonly Decimal[])[];
  readonly bias: readonly Decimal[] | null;
}

export function layersOf(point: Fields): readonly DecimalLayer[] {
  return (point['layers'] as readonly Fields[]).map(({ weights, bias }) => ({
    weights: (weights as readonly (readonly Value[])[]).map((row) => row.map(decimal)),
    bias: bias === undefined ? null : (bias as readonly Value[]).map(decimal),
  }));
}

/** θ + t·ξ */
export function moved(
  theta: readonly DecimalLayer[],
  t: Decimal | number,
  xi: readonly DecimalLayer[],
): readonly DecimalLayer[] {
  return theta.map(({ weights, bias }, l) => {
    const way = xi[l] as DecimalLayer;
    const along = (row: readonly Decimal[], other: readonly Decimal[]): readonly Decimal[] =>
      row.map((w, j) => w.add((other[j] as Decimal).mul(t)));
    return {
      weights: weights.map((row, u) => along(row, way.weights[u] as readonly Decimal[])),
      bias: bias === null ? null : along(bias, way.bias as readonly Decimal[]),
    };
  });
}

/** The risk of a problem that test/certificate.ts builds, all layers free. */
export function riskOf(problem: Fields, theta: readonly DecimalLayer[]): Decimal {
  const { network, loss, data } = problem as { network: Fields; loss: Fields; data: Fields };
  const matrix = (key: string): readonly (readonly Decimal[])[] =>
    (data[key] as readonly (readonly Value[])[]).map((row) => row.map(decimal));
  const [x, y] = [matrix('inputs'), matrix('targets')];
  const mu = (data['weights'] as readonly Value[] | undefined)?.map(decimal);
  return x.reduce((sum, inputs, i) => {
    let values = inputs;
    let at = 0;
    for (const layer of network['layers'] as readonly Fields[]) {
      if (layer['type'] === 'activation') values = values.map((z) => activate(layer, z));
      else {
        const { weights, bias } = theta[at++] as DecimalLayer;
        const before = values;
        values = weights.map((row, u) =>
          row.reduce((z, w, j) => z.add(w.mul(before[j] as Decimal)), bias?.[u] ?? new Decimal(0)),
        );
      }
    }
    return sum.add(lossAt(loss, values, y[i] as readonly Decimal[]).mul(mu?.[i] ?? 1));
  }, new Decimal(0));
}

/** A small deterministic source of whole numbers below n. */
export class Chance {
  #state: number;
  constructor(seed: number) {
    this.#state = (seed * 2654435761 + 1) >>> 0;
  }

  below(n: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * n);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  list<T>(n: number, make: () => T): T[] {
    return Array.from({ length: n }, make);
  }

  /** n/d with |n| ≤ most */
  fraction(most = 8, dens: readonly number[] = [1, 2, 3, 4]): string {
    return `${this.below(2 * most + 1) - most}/${this.of(dens)}`;
  }
}
