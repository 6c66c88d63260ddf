/** Losses in doubles, for searches and pictures. Nothing here is evidence. */
import type { Loss } from '../kernel/model/loss.js';
import { cut } from './float-realization.js';
import { ratio } from './floats.js';

export interface FloatLoss {
  /** ℓ(p, y) at one sample */
  readonly value: (p: Float64Array, y: Float64Array) => number;
  /** ∂_pℓ(p, y) */
  readonly gradient: (p: Float64Array, y: Float64Array) => Float64Array;
}

export function floatLoss(loss: Loss): FloatLoss {
  if (loss.family === 'polynomial') {
    const breaks = loss.breakpoints.map((tau) => ratio(tau, loss.breakpointDenominator));
    const pieces = loss.pieces.map((piece) => piece.map((c) => ratio(c, loss.denominator)));
    const slopes = pieces.map((piece) => piece.slice(1).map((c, k) => c * (k + 1)));
    const at = (tables: readonly (readonly number[])[], r: number): number => {
      let j = 0;
      while (j < breaks.length && r > (breaks[j] as number)) j++;
      return (tables[j] as readonly number[]).reduceRight((value, c) => value * r + c, 0);
    };
    return separate(
      (p, y) => at(pieces, cut(p - y)),
      (p, y) => at(slopes, cut(p - y)),
    );
  }
  const factor = ratio(loss.factor.num, loss.factor.den);
  switch (loss.name) {
    case 'log-cosh':
      return separate(
        (p, y) => factor * (Math.abs(p - y) + Math.log1p(Math.exp(-2 * Math.abs(p - y))) - Math.LN2),
        (p, y) => factor * Math.tanh(p - y),
      );
    case 'logistic':
      return separate(
        (p, y) => factor * (Math.max(p, 0) + Math.log1p(Math.exp(-Math.abs(p))) - y * p),
        (p, y) => factor * (1 / (1 + Math.exp(-p)) - y),
      );
    case 'power': {
      const q = ratio(loss.exponent.num, loss.exponent.den);
      return separate(
        (p, y) => factor * cut(Math.abs(p - y) ** q),
        (p, y) => factor * cut(q * Math.sign(p - y) * Math.abs(p - y) ** (q - 1)),
      );
    }
    case 'cross-entropy':
      return {
        value: (p, y) => {
          const top = Math.max(...p);
          const logSum = top + Math.log(p.reduce((sum, z) => sum + Math.exp(z - top), 0));
          return factor * (logSum - p.reduce((sum, z, c) => sum + z * (y[c] as number), 0));
        },
        gradient: (p, y) => {
          const top = Math.max(...p);
          const exponentials = p.map((z) => Math.exp(z - top));
          const total = exponentials.reduce((a, b) => a + b, 0);
          return exponentials.map((e, c) => factor * (e / total - (y[c] as number)));
        },
      };
  }
}

/** A loss that is a sum over the outputs. */
function separate(value: (p: number, y: number) => number, slope: (p: number, y: number) => number): FloatLoss {
  return {
    value: (p, y) => p.reduce((sum, z, c) => sum + value(z, y[c] as number), 0),
    gradient: (p, y) => p.map((z, c) => slope(z, y[c] as number)),
  };
}
