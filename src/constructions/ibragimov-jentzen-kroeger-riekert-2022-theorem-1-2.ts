import { writeFile } from '../formats/write.js';
import { readProblem } from '../kernel/check.js';
import { Refusal } from '../kernel/verdict.js';
import { findCompleteList } from '../provers/complete-list.js';
import { countsOf } from '../report/statement.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { proveBuilt } from './prove-built.js';
import { fails, unknownSetting } from './training-problem.js';

const hypotheses = {
  unit: { name: 'one hidden unit', text: 'the network has one hidden layer with one unit (H = 1), and one output' },
  activation: {
    name: 'two slopes',
    text: 'the activation has two different slopes that meet at 0, where it is 0: relu, leaky relu, abs',
  },
  interval: {
    name: 'an interval',
    text: 'the true squared loss on an interval; the target is continuous and piecewise polynomial',
  },
} as const;

export const ibragimovJentzenKroegerRiekert2022Theorem2: Construction = {
  id: 'ibragimov-jentzen-kroeger-riekert-2022-theorem-1-2',
  title: 'All realizations of critical points of one hidden unit on an interval: finitely many, listed completely',
  source:
    'Ibragimov, Jentzen, Kröger, Riekert, On the existence of infinitely many realization functions of non-global local minima in the training of artificial neural networks with ReLU activation, 2022, Theorem 1.2',
  bibtex: `@misc{ibragimov2022infinitely,
  title   = {On the existence of infinitely many realization functions of non-global local minima in the training of artificial neural networks with {ReLU} activation},
  author  = {Ibragimov, Shokhrukh and Jentzen, Arnulf and Kr{\\"o}ger, Timo and Riekert, Adrian},
  year    = {2022},
  eprint  = {2202.11481},
  archivePrefix = {arXiv}
}`,
  hypotheses: Object.values(hypotheses),
  settings: [],
  onBoxes: true,
  build: async (input) => build(input),
};

function build(input: ConstructionInput): Built {
  const construction = ibragimovJentzenKroegerRiekert2022Theorem2;
  const unknown = unknownSetting(input, construction.settings);
  if (unknown !== null) return { kind: 'usage', message: unknown };
  const { box, hidden, activation, loss } = input;
  if (box === undefined) return fails(hypotheses.interval, 'no interval is given: --box and --target');
  const widths = hidden ?? [1];
  if (widths.length !== 1 || widths[0] !== 1) return fails(hypotheses.unit, `found the widths ${widths.join(', ')}`);
  const layers = [{ type: 'dense', units: 1 }, activation, { type: 'dense', units: 1 }];
  const inputs = (box['lower'] as readonly string[]).length;
  const problem = { network: { input: [inputs], layers }, loss, data: box };
  const read = readProblem(writeFile({ format: 'cairn-problem', version: 1, ...problem }));
  if (read.kind !== 'read') return fails(hypotheses.interval, `${read.path}: ${read.reason.message}`);
  if (read.value.type !== 'box') throw new Error('Cannot happen: the data are on a box');
  try {
    const found = findCompleteList(read.value);
    if (found === null) return { kind: 'gave-up', message: 'no intervals were found that tell the kinks apart' };
    const note =
      found.undecided === 0
        ? []
        : [`${found.undecided} local minima have risks that were not told apart: not said to be global or spurious`];
    const built = proveBuilt(construction, found.statement, found.proof, note);
    if (built.kind !== 'built') return built;
    return { ...built, notes: [countsOf(built.theorem.statement.list ?? []), ...built.notes] };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const hypothesis = error.path.endsWith('.network') ? hypotheses.activation : hypotheses.interval;
    return fails(hypothesis, error.message);
  }
}
