/** Rule `enumeration` and the kind `ill-posed-best-approximation`, told with the numbers of one instance (theory.md 6). */
import { integers } from '../kernel/arithmetic/integers.js';
import { compare, type Rational, rational, subtract } from '../kernel/arithmetic/rational.js';
import type { combinationSchema, Decoded, ProofNode, SignTree } from '../kernel/format.js';
import { defaultLimits, Meter } from '../kernel/limits.js';
import type { Activation } from '../kernel/model/activation.js';
import { evaluateExactly, predictions } from '../kernel/model/evaluation.js';
import type { Parameters, Stage } from '../kernel/model/network.js';
import { residualsOf } from '../kernel/model/risk.js';
import type { Point, SampleProblem } from '../kernel/statement.js';
import { type Block, display, formula, type Inline, paragraph, table } from './document.js';
import { plural } from './inspect.js';
import { exactly, fraction } from './numbers.js';
import type { Subject } from './subject.js';

type Carried = Extract<ProofNode, { rule: 'enumeration' }>['combinations'];

export function arguesEnumeration(subject: Subject): readonly Block[] {
  const { theorem, problem } = subject;
  const step = theorem.steps['globalMinimum'];
  if (step?.rule !== 'enumeration') return [];
  const [hidden, output] = problem.network.stages.slice(-2) as [Stage, Stage];
  const n = problem.data.inputs.rows.length;
  const { infeasible, kept, depth } = countLeaves(step.tree);
  const combinations = theorem.believed + (theorem.obligations.by['combination'] ?? 0);
  const hasBias = output.bias && (output.fixed === null || output.fixed.bias?.[0] !== 0n);
  return [
    paragraph(
      'A unit sees the data through the signs of ',
      formula('w·x̃_i − τ', 'w \\cdot \\tilde x_i - \\tau'),
      ` alone: they tell which piece of the activation, with ${breakpointWords(hidden.activation)}, it takes at each of the ${plural(n, 'sample')}. `,
      `A binary tree on these signs, of depth ${depth}, has ${kept + infeasible} ${kept + infeasible === 1 ? 'leaf' : 'leaves'}. On ${infeasible} of them no w has the signs of the path: `,
      'some nonnegative combination of the inequalities is a contradiction. ',
      kept === 1 ? 'The closure of the 1 that is kept covers' : `The closures of the ${kept} that are kept cover`,
      ' all w.',
    ),
    paragraph(
      'On a kept leaf, and for one sign σ of v, what the unit adds to the predictions is linear in ',
      formula('u = |v|w, t = |v|', 'u = |v| w,\\ t = |v|'),
      ', on a polyhedral cone. So on each combination of leaves and signs, one for each hidden unit ',
      `(${hidden.units}) and without regard to their order, the predictions range over a convex cone, and R is convex in them. `,
      `There are ${plural(combinations, 'combination')}. For each one ${'stream' in step.combinations ? 'a line of the stream beside the certificate' : 'the certificate'} carries predictions p̂ whose residual gradient g satisfies`,
    ),
    display(
      hasBias
        ? formula(
            'Σ_i g_i = 0,  ⟨g, ·⟩ ≥ 0 on the cone of every unit,  R(p̂) − ⟨g, p̂⟩ ≥ R(θ)',
            '\\sum_i g_i = 0,\\quad \\langle g, \\cdot\\rangle \\ge 0 \\text{ on the cone of every unit},\\quad R(\\hat p) - \\langle g, \\hat p\\rangle \\ge R(\\theta)',
          )
        : formula(
            '⟨g, ·⟩ ≥ 0 on the cone of every unit,  R(p̂) − ⟨g, p̂⟩ ≥ R(θ)',
            '\\langle g, \\cdot\\rangle \\ge 0 \\text{ on the cone of every unit},\\quad R(\\hat p) - \\langle g, \\hat p\\rangle \\ge R(\\theta)',
          ),
    ),
    paragraph(
      'exactly, the second by nonnegative multipliers of the inequalities of each cone. A convex function lies above its tangents, so for all predictions p of such units ',
      formula(
        'R(p) ≥ R(p̂) + ⟨g, p − p̂⟩ ≥ R(p̂) − ⟨g, p̂⟩ ≥ R(θ)',
        'R(p) \\ge R(\\hat p) + \\langle g, p - \\hat p\\rangle \\ge R(\\hat p) - \\langle g, \\hat p\\rangle \\ge R(\\theta)',
      ),
      '. Every θ′ belongs to some combination: θ is a global minimum.',
    ),
    table(
      ['quantity', 'value'],
      [
        ['kept leaves (activation patterns)', `${kept}`],
        ['empty leaves', `${infeasible}`],
        ['combinations', `${combinations}`],
        ...boundRows(subject, step.combinations),
      ],
    ),
    ...illPosedBlocks(subject),
  ];
}

function breakpointWords({ breakpoints, breakpointDenominator }: Activation): string {
  const places = breakpoints.map((tau) => fraction(rational(tau, breakpointDenominator)).unicode);
  if (places.length === 0) return 'no breakpoint';
  return `${places.length === 1 ? 'its breakpoint' : 'its breakpoints'} τ = ${places.join(', ')}`;
}

function countLeaves(tree: SignTree): { infeasible: number; kept: number; depth: number } {
  if (tree.below === undefined || tree.above === undefined) {
    return { infeasible: tree.infeasible === undefined ? 0 : 1, kept: tree.kept === true ? 1 : 0, depth: 0 };
  }
  const [below, above] = [countLeaves(tree.below), countLeaves(tree.above)];
  return {
    infeasible: below.infeasible + above.infeasible,
    kept: below.kept + above.kept,
    depth: 1 + Math.max(below.depth, above.depth),
  };
}

/** Nothing of a stream is left to be shown. */
function boundRows(subject: Subject, combinations: Carried): readonly (readonly [string, Inline])[] {
  if ('stream' in combinations) return [];
  const bounds = boundsOf(subject, combinations);
  const least = bounds.reduce((low, bound) => (compare(bound, low) < 0 ? bound : low));
  const tight = bounds.filter((bound) => compare(bound, least) === 0).length;
  const most = bounds.reduce((high, bound) => (compare(bound, high) > 0 ? bound : high));
  return [
    ['least bound R(p̂) − ⟨g, p̂⟩', exactly(least)],
    ['combinations with the least bound', `${tight}`],
    ['greatest bound', exactly(most)],
  ];
}

/** R(p̂) − ⟨g, p̂⟩ for each combination. */
function boundsOf(
  { problem: { loss, data } }: Subject,
  combinations: readonly Decoded<typeof combinationSchema>[],
): readonly Rational[] {
  const meter = new Meter({ ...defaultLimits, operations: Number.POSITIVE_INFINITY });
  return combinations.map(({ prediction: { values, denominator, bits } }) => {
    const at = { preactivations: values.map((p) => [p]), denominator, bits };
    const { loss: L, rows } = residualsOf(integers, at, loss, data, meter);
    let value = 0n;
    let slope = 0n;
    rows.forEach(([r], i) => {
      const mu = data.weights.values[i] as bigint;
      value += mu * L.value(r as bigint);
      slope += mu * L.derivative(r as bigint) * (values[i] as bigint);
    });
    const over = data.weights.denominator;
    return subtract(
      rational(value, L.valueDenominator * over),
      rational(slope, L.derivativeDenominator * over * denominator),
    );
  });
}

/** The predictions of a network with one output. */
export function predictionsAt({ network, data }: SampleProblem, parameters: Parameters): readonly Rational[] {
  const evaluation = evaluateExactly(network, parameters, data, new Meter(defaultLimits));
  const { preactivations, denominator } = predictions(evaluation);
  return preactivations.map(([value]) => rational(value as bigint, denominator));
}

const mostRows = 12;

function illPosedBlocks({ theorem, problem }: Subject): readonly Block[] {
  const { point, other } = theorem.statement;
  if (other === null) return [];
  const predicted = ({ parameters }: Pick<Point, 'parameters'>): readonly Rational[] =>
    predictionsAt(problem, parameters);
  const [p, q] = [predicted(point), predicted(other.point)];
  const { rows, denominator } = problem.data.targets;
  const y = rows.map(([value]) => rational(value as bigint, denominator));
  const apart = p.map((value, i) => subtract(value, q[i] as Rational));
  const cells = (i: number): readonly Inline[] => [y, p, q, apart].map((column) => fraction(column[i] as Rational));
  return [
    paragraph(
      'The other point θ₂ has the same risk, so it is a global minimum too. Its predictions p₂ are others than those of θ, p₁:',
    ),
    table(
      ['sample', 'label y', 'p₁', 'p₂', 'p₁ − p₂'],
      y.slice(0, mostRows).map((_, i) => [`${i + 1}`, ...cells(i)]),
    ),
    ...(y.length > mostRows ? [paragraph(`(and ${plural(y.length - mostRows, 'more sample')})`)] : []),
    paragraph(
      'Move the labels a little towards either: for 0 < s < 1 let ',
      formula('y_k(s) = y + s(p_k − y)', 'y_k(s) = y + s\\,(p_k - y)'),
      '. For all predictions q of the network, in the norm that the squared loss is made of,',
    ),
    display(
      formula(
        '|q − y_k(s)| ≥ |q − y| − s|p_k − y| ≥ (1 − s)|p_k − y| = |p_k − y_k(s)|',
        '|q - y_k(s)| \\ge |q - y| - s\\,|p_k - y| \\ge (1 - s)\\,|p_k - y| = |p_k - y_k(s)|',
      ),
    ),
    paragraph(
      'with equality for q = p_k only, since the norm is strictly convex. So p_k is the only best approximation of y_k(s). As s → 0 both labels tend to y, by ',
      formula('s|p_k − y|', 's\\,|p_k - y|'),
      ', while their best approximations stay where they are, at least ',
      fraction(other.jump),
      ' apart at some sample: the best approximation does not depend continuously on the labels (Hadamard).',
    ),
  ];
}
