import { type Evaluation, locationOf, type StageValues } from '../model/evaluation.js';
import type { Instance } from '../model/instance.js';
import type { Stage } from '../model/network.js';
import { Ties } from '../model/ties.js';
import { isVisible, type Visibility, type Visible, visibility } from '../model/visibility.js';
import { type Ledger, reject } from '../verdict.js';

/** Samples at which all that is visible takes the same pieces and winners near θ, so that one affine function of x serves them all. */
export interface Group {
  readonly samples: number[];
  /** by stage and entry the piece taken; −1 where shadowed */
  readonly pieces: readonly (readonly number[])[];
  /** by stage and entry, for maximum pools, the input entry that wins; −1 where shadowed; empty for other stages */
  readonly winners: readonly (readonly number[])[];
}

/**
 * Checks that every visible preactivation lies strictly inside an affine piece, and that every visible maximum pool has one winner (or a tie
 * that lasts), and groups the samples by what they take.
 *
 * @see theory.md 1 (i); proofs/rules/affine-span.md 1 to 4
 */
export function groupBySignature<T>(instance: Instance<T>, ledger: Ledger): readonly Group[] {
  const { stages } = instance.problem.network;
  const pools = stages.some(({ kind }) => kind === 'maximum');
  const groups = new Map<string, Group>();
  let last: Taken | null = null;
  for (let i = 0; i < instance.problem.data.inputs.rows.length; i++) {
    // Without pools, what is visible and taken at a sample depends on its locations alone.
    if (last === null || pools || !sameLocations(instance.evaluation, i - 1, i)) last = takenAt(instance, i, groups);
    last.group.samples.push(i);
    ledger.discharge('strict-piece', last.strict);
    ledger.discharge('shadowed-unit', last.shadowed);
    ledger.discharge('pool-winner', last.pools);
  }
  return [...groups.values()];
}

/** A sample's group, and what had to be shown for it. */
interface Taken {
  readonly group: Group;
  readonly strict: number;
  readonly shadowed: number;
  readonly pools: number;
}

function takenAt<T>(instance: Instance<T>, i: number, groups: Map<string, Group>): Taken {
  const visible = visibility(instance, i);
  const ties = new Ties(instance, i);
  const count = { strict: 0, shadowed: 0, pools: 0 };
  const pieces: (readonly number[])[] = [];
  const winners: (readonly number[])[] = [];
  for (const [s, stage] of instance.problem.network.stages.entries()) {
    const { mixed, output } = visible[s] as Visibility;
    const taken = strictPieces(stage, instance.evaluation.stages[s] as StageValues<T>, output, i);
    const hidden = taken.reduce((sum, piece) => (piece < 0 ? sum + 1 : sum), 0);
    count.shadowed += hidden;
    if (stage.activation.breakpoints.length > 0) count.strict += stage.size - hidden;
    pieces.push(taken);
    const won = stage.kind === 'maximum' ? strictWinners(instance, s, mixed, ties) : [];
    count.pools += won.reduce((sum, entry) => (entry < 0 ? sum : sum + 1), 0);
    winners.push(won);
  }
  const signature = [...pieces, ...winners].map((list) => list.join()).join(';');
  const group = groups.get(signature) ?? { samples: [], pieces, winners };
  groups.set(signature, group);
  return { group, ...count };
}

function sameLocations<T>({ stages }: Evaluation<T>, i: number, j: number): boolean {
  for (const { locations } of stages) {
    const [left, right] = [locations[i] ?? [], locations[j] ?? []];
    for (let e = 0; e < left.length; e++) if (left[e] !== right[e]) return false;
  }
  return true;
}

function strictPieces<T>(
  { activation, size, positions, layer }: Stage,
  { locations }: StageValues<T>,
  visible: Visible,
  i: number,
): readonly number[] {
  const pieces = new Array<number>(size);
  for (let e = 0; e < size; e++) {
    if (!isVisible(visible, e)) {
      pieces[e] = -1;
      continue;
    }
    const { lower, upper } = locationOf(activation, locations, i, e);
    if (lower !== upper) {
      const unit = positions === 1 ? `${e}` : `${(e - (e % positions)) / positions} at position ${e % positions}`;
      reject('on-a-kink', '$.statement.point', `unit ${unit} of layer ${layer} is on a kink at sample ${i}`);
    }
    if (activation.slopes[lower] === null) {
      reject(
        'in-a-smooth-piece',
        '$.statement.point',
        `unit ${e} of layer ${layer} is in a smooth piece at sample ${i}`,
      );
    }
    pieces[e] = lower;
  }
  return pieces;
}

function strictWinners<T>(instance: Instance<T>, s: number, visible: Visible, ties: Ties<T>): readonly number[] {
  const { winners } = instance.evaluation.stages[s] as StageValues<T>;
  const i = ties.sample;
  return (winners[i] as readonly (readonly number[])[]).map((entries, e) => {
    if (!isVisible(visible, e)) return -1;
    if (entries.length > 1 && !ties.mayTie(s, entries)) {
      const { layer } = instance.problem.network.stages[s] as Stage;
      reject(
        'tied-pool',
        '$.statement.point',
        `entry ${e} of the pool of layer ${layer} has no strict winner at sample ${i}`,
      );
    }
    return entries[0] as number;
  });
}
