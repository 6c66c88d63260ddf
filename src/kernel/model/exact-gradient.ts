import { bitLength, lcm } from '../arithmetic/gcd.js';
import { integers } from '../arithmetic/integers.js';
import { multiply, type Rational, rational } from '../arithmetic/rational.js';
import type { Meter } from '../limits.js';
import type { SummedProblem } from '../statement.js';
import { decline } from '../verdict.js';
import { type AffinePiece, affinePieceOf, exactSlope, isIdentity } from './activation.js';
import { type Evaluation, locationOf, predictions, type StageValues } from './evaluation.js';
import { type Additive, formalGradients } from './formal-gradient.js';
import type { DenseValues, Parameters, Stage } from './network.js';
import { residualGradients } from './risk.js';
import type { Slice } from './slice.js';
import { linksOf } from './tape.js';
import { decayOf } from './weight-decay.js';
import { type StageWiring, wiringOf } from './wiring.js';

/**
 * Whether ∇R = 0 in a slice, exactly, at a point where all values are rational: layers of every kind, pools with one winner, activations with one
 * slope at each preactivation. Of a smooth loss the residual gradients are formal sums, and a derivative that is not formally 0 counts as not 0.
 *
 * Reverse differentiation on multiples of residual gradients, sample by sample, over denominators that are the same for all samples.
 *
 * @throws Refusal (declined) where a slope is not known to be rational
 * @see proofs/rules/exact-hessian.md
 */
export function isCritical(
  problem: SummedProblem,
  slice: Slice,
  parameters: Parameters,
  evaluation: Evaluation<bigint>,
  meter: Meter,
): boolean {
  const { loss, data } = problem;
  if (loss.family === 'polynomial') {
    const { rows, denominator, bits } = residualGradients(evaluation, loss, data, meter);
    const numbers = { ...integers, isZero: (a: bigint) => a === 0n };
    const g = { rows, numbers, one: 1n, scale: rational(denominator), bits, names: 1 };
    return vanishes(problem, slice, parameters, evaluation, g, meter);
  }
  const { preactivations, denominator } = predictions(evaluation);
  const { rows, numbers, scale, bits } = formalGradients(loss, preactivations, denominator, data, meter);
  const names = new Set(rows.flatMap((row) => row.flatMap((sum) => [...sum.keys()]))).size + 1;
  const g = { rows, numbers, one: new Map([['1', 1n]]), scale, bits, names };
  return vanishes(problem, slice, parameters, evaluation, g, meter);
}

/** Residual gradients times one positive number. */
interface Scaled<G> {
  readonly rows: readonly (readonly G[])[];
  readonly numbers: Additive<G>;
  /** the number 1 */
  readonly one: G;
  /** C > 0: rows are C g_i */
  readonly scale: Rational;
  readonly bits: number;
  /** how many integers a number may consist of, for the meter */
  readonly names: number;
}

/** The derivatives by the weights of one unit, then by its bias: all times C · over. */
type UnitTotals<G> = G[];

function vanishes<G>(
  problem: SummedProblem,
  slice: Slice,
  parameters: Parameters,
  evaluation: Evaluation<bigint>,
  g: Scaled<G>,
  meter: Meter,
): boolean {
  const { network, data } = problem;
  const { numbers } = g;
  const wiring = wiringOf(network, meter);
  const slopes = network.stages.map((stage, s) => slopesOf(stage, evaluation.stages[s] as StageValues<bigint>, meter));
  const overs = denominatorsOf(wiring, slopes, parameters);
  const totals = network.stages.map(({ fixed, units, inputs }): UnitTotals<G>[] =>
    fixed !== null || inputs === 0
      ? []
      : Array.from({ length: units }, () => new Array<G>(inputs + 1).fill(numbers.zero)),
  );
  // Every number is a sum of products of a residual gradient, weights and slopes.
  const bits = wiring.reduce(
    (sum, { stage, count }, s) => {
      const { bits: own, denominator } = parameters[s] as DenseValues;
      const most = own > bitLength(denominator) ? own : bitLength(denominator);
      return sum + most + (slopes[s] as Slopes).bits + bitLength(BigInt(count * (stage.inputs + 1)));
    },
    g.bits + bitLength(BigInt(data.inputs.rows.length)),
  );
  const cells = totals.reduce((sum, units) => sum + units.length * (units[0]?.length ?? 0), 0);
  meter.hold(cells * g.names, bits, '$.statement');
  data.inputs.rows.forEach((datum, i) => {
    const joins: { readonly delta: readonly G[]; readonly over: bigint }[] = [];
    let beta: readonly G[] = g.rows[i] as readonly G[];
    for (let s = wiring.length - 1; s >= 0; s--) {
      const links = wiring[s] as StageWiring;
      const { inputs, inputsDenominator, winners, bits: size } = evaluation.stages[s] as StageValues<bigint>;
      const { rows } = slopes[s] as Slopes;
      const count = beta.length * (2 + links.stage.inputs) + 2 * linksOf(links.entries);
      meter.charge(8 * g.names * count, bits, bits + size);
      const delta = rows === null ? beta : beta.map((b, entry) => numbers.scale(b, rows[i]?.[entry] as bigint));
      addLayer(totals[s] as readonly UnitTotals<G>[], numbers, links, delta, inputs?.[i] ?? datum, inputsDenominator);
      if (s === 0) break;
      const over = overs[s] as bigint;
      const { size: before } = (wiring[s - 1] as StageWiring).stage;
      const back = pulledBack(numbers, links, parameters[s] as DenseValues, delta, winners[i] ?? [], before);
      if (links.stage.kind === 'join') joins.push({ delta, over });
      if (links.stage.kind === 'fork') {
        const beside = joins.pop() as { readonly delta: readonly G[]; readonly over: bigint };
        const factor = over / beside.over;
        beside.delta.forEach((d, entry) => {
          back[entry] = numbers.add(back[entry] as G, numbers.scale(d, factor));
        });
      }
      beta = back;
    }
  });
  const decay = decayOf(problem);
  return totals.every((units, s) => {
    const { weights, bias, denominator, bits: size } = parameters[s] as DenseValues;
    const { inputsDenominator } = evaluation.stages[s] as StageValues<bigint>;
    const isZero = (total: G, w: bigint): boolean => {
      if (decay === null) return numbers.isZero(total);
      meter.charge(
        16 * g.names,
        bits + size + bitLength(inputsDenominator),
        bits + size + bitLength(decay.num * decay.den),
      );
      const over = multiply(g.scale, rational((overs[s] as bigint) * inputsDenominator));
      const { num, den } = multiply(multiply(decay, rational(2n * w, denominator)), over);
      return numbers.isZero(numbers.add(numbers.scale(total, den), numbers.scale(g.one, num)));
    };
    return units.every((row, u) =>
      row.every((total, j) => {
        const isBias = j + 1 === row.length;
        const moves = (isBias ? slice.biases[s]?.[u] : slice.weights[s]?.[u]?.[j]) ?? -1;
        return moves < 0 || isZero(total, (isBias ? bias?.[u] : weights[u]?.[j]) as bigint);
      }),
    );
  });
}

function addLayer<G>(
  totals: readonly UnitTotals<G>[],
  numbers: Additive<G>,
  { entries, stage }: StageWiring,
  delta: readonly G[],
  before: readonly bigint[],
  inputsDenominator: bigint,
): void {
  if (totals.length === 0) return;
  entries.forEach(({ unit, sources, taps }, entry) => {
    const multiples = new Array<bigint>(stage.inputs).fill(0n);
    sources.forEach((source, j) => {
      multiples[taps?.[j] as number] = before[source] as bigint;
    });
    numbers.addMultiples(totals[unit] as UnitTotals<G>, delta[entry] as G, [...multiples, inputsDenominator]);
  });
}

/** What the sources of a stage receive, over its denominator times that of its weights, or the size of its windows. */
function pulledBack<G>(
  numbers: Additive<G>,
  { stage, entries }: StageWiring,
  { weights }: DenseValues,
  delta: readonly G[],
  winners: readonly (readonly number[])[],
  size: number,
): G[] {
  const back = new Array<G>(size).fill(numbers.zero);
  entries.forEach(({ unit, sources, taps }, entry) => {
    const d = delta[entry] as G;
    const taken = stage.kind === 'maximum' ? [(winners[entry] as readonly number[])[0] as number] : sources;
    taken.forEach((source, j) => {
      const factor = taps === null ? 1n : (weights[unit]?.[taps[j] as number] as bigint);
      if (factor !== 0n) back[source] = numbers.add(back[source] as G, numbers.scale(d, factor));
    });
  });
  return back;
}

/** h' at all preactivations of a stage, over one denominator; no rows where the stage has no activation. */
interface Slopes {
  readonly rows: readonly (readonly bigint[])[] | null;
  readonly denominator: bigint;
  /** of the longest number here */
  readonly bits: number;
}

function slopesOf(
  { activation: h }: Stage,
  { preactivations, denominator, locations, bits }: StageValues<bigint>,
  meter: Meter,
): Slopes {
  if (isIdentity(h)) return { rows: null, denominator: 1n, bits: 1 };
  let common = h.denominator;
  const found = preactivations.map((row, i) =>
    row.map((z, entry): Rational => {
      // Where h is C¹ at a breakpoint, both pieces have one slope.
      const { lower } = locationOf(h, locations, i, entry);
      meter.charge(8, bits + bitLength(common), bits + bitLength(common));
      const slope = exactSlope(
        h.smooth?.[lower] ?? (affinePieceOf(h, lower) as AffinePiece),
        rational(z, denominator),
        meter,
      );
      if (slope === null) {
        return decline('irrational-value', '$.statement.point', 'a slope at the point is not known to be rational');
      }
      common = lcm(common, slope.den);
      return slope;
    }),
  );
  const rows = found.map((row) => row.map(({ num, den }) => num * (common / den)));
  return { rows, denominator: common, bits: integers.mostBits([common, ...rows.flat()]) };
}

/** What the derivatives by the preactivations of each stage are over, the same for all samples. */
function denominatorsOf(
  wiring: readonly StageWiring[],
  slopes: readonly Slopes[],
  parameters: Parameters,
): readonly bigint[] {
  const overs = new Array<bigint>(wiring.length).fill(1n);
  for (let s = wiring.length - 2; s >= 0; s--) {
    const { stage, count } = wiring[s + 1] as StageWiring;
    const { denominator } = parameters[s + 1] as DenseValues;
    const factor = stage.inputs > 0 ? denominator : BigInt(count);
    overs[s] = (overs[s + 1] as bigint) * factor * (slopes[s] as Slopes).denominator;
  }
  return overs;
}
