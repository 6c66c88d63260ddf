/** Directions along which the risk near a point does not change, by name: they are no evidence, and say where a Hessian is singular of itself. */
import { isPositivelyHomogeneous } from '../kernel/model/activation.js';
import { locationOf, type StageValues } from '../kernel/model/evaluation.js';
import type { DenseValues } from '../kernel/model/network.js';
import { type Block, list, paragraph } from './document.js';
import type { Subject } from './subject.js';

const mostNamed = 12;

/** For dense free layers with piecewise affine activations; nothing for other networks, or where none is known. */
export function flatDirections({ problem: { network }, theta, evaluation }: Subject): readonly Block[] {
  const { stages } = network;
  const isKnown = stages.every(
    ({ kind, fixed, activation }) => kind === 'dense' && fixed === null && activation.smooth === null,
  );
  if (!isKnown) return [];
  const found: string[] = [];
  stages.slice(0, -1).forEach(({ activation, units }, s) => {
    const { preactivations, locations } = evaluation.stages[s] as StageValues<bigint>;
    const [own, next] = [theta[s] as DenseValues, theta[s + 1] as DenseValues];
    for (let u = 0; u < units; u++) {
      const name = `unit ${u + 1} of layer ${s + 1}`;
      const isDead = preactivations.every((_, i) => {
        const { lower, upper } = locationOf(activation, locations, i, u);
        return lower === upper && activation.slopes[lower] === 0n;
      });
      if (isDead) {
        found.push(`all incoming weights of ${name}: it is strictly inside a constant piece at every sample`);
      } else if (next.weights.every((row) => row[u] === 0n)) {
        found.push(`all incoming weights of ${name}: its outgoing weights are 0`);
      } else if (
        isPositivelyHomogeneous(activation) &&
        (own.weights[u]?.some((w) => w !== 0n) || (own.bias?.[u] ?? 0n) !== 0n)
      ) {
        found.push(`the scale of ${name}: incoming weights times s > 0, outgoing ones divided by s`);
      }
    }
  });
  if (found.length === 0) return [];
  const more = found.length - mostNamed;
  return [
    paragraph('Flat directions, along which the risk near θ does not change at all:'),
    list(...found.slice(0, mostNamed).map((text) => [text])),
    ...(more > 0 ? [paragraph(`… and ${more} more.`)] : []),
  ];
}
