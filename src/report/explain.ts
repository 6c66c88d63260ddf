/**
 * The proof of a theorem in words, with the numbers of the instance at hand. Everything is derived from `theorem.statement`; nothing here
 * is evidence, and the page says so.
 */

import { match } from 'ts-pattern';
import type { RuleName } from '../kernel/format.js';
import type { Risk } from '../kernel/model/enclosing.js';
import { freeParameters } from '../kernel/model/network.js';
import type { Problem, SummedProblem } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';
import { architecture, countingNote, riskWords } from './architecture.js';
import { arguesAffineSpan, arguesConvexSpan } from './argue-affine-span.js';
import { arguesCoincidentPreactivations } from './argue-coincident.js';
import { completeListBlocks } from './argue-complete-list.js';
import { arguesGradientBound, arguesMotion, lowerRiskBlocks } from './argue-descent.js';
import { arguesEnumeration } from './argue-enumeration.js';
import { arguesFamilyGap, arguesInjective, familyBlocks } from './argue-family.js';
import { argumentOfGaussian } from './argue-gaussian-teacher.js';
import { arguesInField } from './argue-in-field.js';
import { arguesEckartYoung, rankBlocks } from './argue-linear.js';
import { arguesAffineSpanNear } from './argue-near.js';
import { arguesNeuronDominance } from './argue-neuron-dominance.js';
import { argumentOnABox } from './argue-on-a-box.js';
import { argumentOfProfile } from './argue-profile.js';
import { arguesExactHessian, arguesStronglyConvexBall } from './argue-strongly-convex.js';
import { argumentWithDecay } from './argue-weight-decay.js';
import { type Block, type Format, formula, heading, type Inline, list, paragraph, print, table } from './document.js';
import { fieldBlocks } from './field-words.js';
import { flatDirections } from './flat-directions.js';
import { plural } from './inspect.js';
import { exactly } from './numbers.js';
import { pointRisk } from './risk-string.js';
import { claimTitle, minimumName, restatement } from './statement.js';
import { type Subject, subjectOf } from './subject.js';

/**
 * Explains a theorem and why it holds, with its numbers, for people. As HTML it is what stands in a body: `explanationPage` is a whole page.
 *
 * @throws Refusal where a limit of the kernel is met
 */
export async function explain(theorem: Theorem, format: Format = 'text'): Promise<string> {
  const { claim, setting, argument, checked } = await explanation(theorem);
  return print([...claim, ...setting, ...argument, ...checked], format);
}

/** The page in its parts. */
export interface Explanation {
  /** title and theorem */
  readonly claim: readonly Block[];
  /** the network, the risk, and the numbers */
  readonly setting: readonly Block[];
  /** why the theorem holds */
  readonly argument: readonly Block[];
  /** the obligations, what the file claims of itself, what one must believe */
  readonly checked: readonly Block[];
}

export async function explanation(theorem: Theorem): Promise<Explanation> {
  const { problem, list: listed } = theorem.statement;
  // Whatever is said about samples is computed from a subject; on a box there is none.
  const tell =
    problem.type === 'box'
      ? (key: string, rule: RuleName) => argumentOnABox(theorem, problem, key, rule)
      : problem.type === 'gaussian-teacher'
        ? (key: string) => argumentOfGaussian(theorem, problem, key)
        : problem.type === 'parametrized-target'
          ? (key: string) => argumentOfProfile(theorem, problem, key)
          : problem.type === 'decayed-samples'
            ? (key: string) => argumentWithDecay(theorem, problem, key)
            : (key: string, rule: RuleName) => argumentAt(subjectOf(theorem), key, rule);
  const claim: readonly Block[] = [
    heading(1, ...claimTitle(theorem)),
    heading(2, 'Theorem'),
    { block: 'quote', content: await restatement(theorem) },
    paragraph(
      'Proved by the kernel of cairn from exact numbers: ',
      `${plural(theorem.obligations.total, 'obligation')} discharged, none assumed.`,
    ),
  ];
  const argument = [
    ...(problem.type === 'box' && listed !== null
      ? completeListBlocks(theorem, problem, listed)
      : Object.entries(theorem.steps).flatMap(([key, { rule }]) => [
          heading(2, ...titleOf(theorem, key), ` (rule ${rule})`),
          ...tell(key, rule),
        ])),
  ];
  const checked: readonly Block[] = [
    heading(2, 'What was checked'),
    table(
      ['obligation', 'how often'],
      [
        ...Object.entries(theorem.obligations.by).map(([name, count]) => [name, `${count}`]),
        ['in all', `${theorem.obligations.total}`],
      ],
    ),
    ...sourceBlocks(theorem),
    heading(2, 'What one must believe'),
    beliefs(theorem),
  ];
  return { claim, setting: problemBlocks(theorem), argument, checked };
}

function problemBlocks(theorem: Theorem): readonly Block[] {
  const { problem } = theorem.statement;
  const { network } = problem;
  const { formula: risks, where } = riskWords(problem);
  const { point, better, gap } = theorem.risk;
  const count = (n: number): Inline => formula(`${n}`);
  return [
    heading(2, 'Problem'),
    table(
      ['quantity', 'value'],
      [
        ['network', architecture(problem)],
        ['free parameters', count(freeParameters(network))],
        ['risk', risks],
        ...where.map((words): readonly Inline[] => ['where', words]),
        ...(isSum(problem) ? [['samples n', count(problem.data.inputs.rows.length)]] : []),
        ['inputs d', count(network.inputs)],
        ['outputs k', count(network.outputs)],
        ...(point === null
          ? []
          : [
              [
                theorem.statement.list === null
                  ? `R(${minimumName(theorem.statement.kind)})`
                  : formula('min R', '\\min R'),
                exactly(point),
              ],
            ]),
        ...(better === null ? [] : [['R(θ°)', exactly(better)]]),
        ...(gap === null ? [] : [[`R(${minimumName(theorem.statement.kind)}) − R(θ°)`, exactly(gap)]]),
      ],
    ),
    paragraph(
      theorem.statement.list !== null
        ? 'θ and θ′ stand for any choices of the free parameters'
        : theorem.statement.family === null
          ? 'θ is the point of the theorem'
          : 'θ(t) is any member of the family, θ the one in the middle of the range',
      better === null ? '' : ', θ° the better point',
      theorem.statement.list !== null ? '' : '; θ′ stands for any choice of the free parameters',
      `. ${countingNote}`,
    ),
    ...fieldBlocks(theorem.statement.point, network, 'θ'),
    ...(theorem.statement.betterPoint === null ? [] : fieldBlocks(theorem.statement.betterPoint, network, 'θ°')),
  ];
}

function isSum(problem: Problem): problem is SummedProblem {
  return problem.type === 'samples' || problem.type === 'decayed-samples';
}

function titleOf({ statement: { kind } }: Theorem, key: string): readonly Inline[] {
  if (kind === 'no-local-minimum-near') return ['Why no point of the ball is a local minimum'];
  const isNear = kind === 'local-minimum-near' || kind === 'spurious-local-minimum-near';
  const titles: Readonly<Record<string, string>> = {
    localMinimum:
      kind === 'spurious-family'
        ? 'Why every θ(t) is a local minimum'
        : isNear
          ? 'Why a local minimum is near θ'
          : 'Why θ is a local minimum',
    globalMinimum: 'Why θ is a global minimum',
    lowerRisk: kind.startsWith('spurious') ? 'Why it is spurious' : 'Why θ is not a global minimum',
    descent: 'Why lower risk is arbitrarily close',
    ascent: 'Why higher risk is arbitrarily close',
    critical: 'Why θ is a critical point',
    injective: 'Why different t give different points',
  };
  return [titles[key] ?? key];
}

function argumentAt(subject: Subject, key: string, rule: RuleName): readonly Block[] {
  const { theorem } = subject;
  const isRational = theorem.statement.point.algebraic === null;
  if (!isRational && (rule === 'affine-span' || rule === 'convex-span' || rule === 'neuron-dominance')) {
    return arguesInField(theorem, rule);
  }
  return match(rule)
    .returnType<readonly Block[]>()
    .with('affine-span', () => [...familyBlocks(theorem), ...arguesAffineSpan(subject)])
    .with('affine-span-near', () => arguesAffineSpanNear(subject))
    .with('strongly-convex-ball', () => arguesStronglyConvexBall(theorem))
    .with('exact-hessian', () => arguesExactHessian(theorem))
    .with('coincident-preactivations', () => arguesCoincidentPreactivations(subject))
    .with('convex-span', () => [
      ...arguesConvexSpan(subject),
      ...rankBlocks(subject.problem.network, theorem.statement.point),
    ])
    .with('eckart-young', () => arguesEckartYoung(subject))
    .with('neuron-dominance', () => arguesNeuronDominance(subject))
    .with('zero-loss', () => [
      paragraph(
        'Every prediction equals its target exactly: ',
        formula('N_θ(x_i) = y_i', 'N_\\theta(x_i) = y_i'),
        ` for all ${plural(subject.problem.data.inputs.rows.length, 'sample')}. The loss is ≥ 0 everywhere and is 0 there, so R(θ) = 0, and no risk is lower.`,
      ),
    ])
    .with('neuron-dominance-1d', 'reduced-hessian-1d', 'profile-family', 'hinge-profile', 'least-critical-risk', () => {
      throw new Error('Cannot happen: rules for an interval prove nothing about samples');
    })
    .with('enumeration', () => arguesEnumeration(subject))
    .with('lower-risk', () => {
      const { better, gap } = theorem.risk;
      if (theorem.statement.family !== null) return arguesFamilyGap(theorem);
      return lowerRiskBlocks(better as Risk, pointRisk(theorem), gap as Risk, minimumName(theorem.statement.kind));
    })
    .with('zero-gradient', () => [
      ...criticalBlocks(theorem),
      ...flatDirections(subject),
      ...rankBlocks(subject.problem.network, theorem.statement.point),
    ])
    .with('gradient-bound', () => arguesGradientBound(theorem, subject.problem))
    .with('strictly-monotone', () => arguesInjective(theorem))
    .with('descent-direction', 'descent-curve', 'flat-then-descent', 'negative-curvature', () =>
      arguesMotion(subject, rule, key, -1),
    )
    .with('ascent-direction', 'ascent-curve', () => arguesMotion(subject, rule, key, 1))
    .exhaustive();
}

function criticalBlocks({ obligations: { by } }: Theorem): readonly Block[] {
  const partials = by['partial-derivative'];
  if (partials !== undefined) {
    return [
      paragraph(
        'No visible preactivation is on a kink, so R is differentiable near θ. ',
        `All ${plural(partials, 'partial derivative')} of R at θ were computed exactly; each is 0.`,
      ),
    ];
  }
  return [
    paragraph(
      'Some preactivation is on a kink. R is differentiable at θ all the same, with gradient 0: the residual gradients add up to 0, ',
      formula('ψ(w_j) = Σ_i g_i h(w_j·x̃_i) = 0', '\\psi(w_j) = \\sum_i g_i\\, h(w_j \\cdot \\tilde x_i) = 0'),
      ' for every unit, and v_j ψ′(w_j; e) vanishes in every direction e, its kinks and its linear part alike.',
    ),
  ];
}

/** Text from the file, escaped by the printer and never called true. */
function sourceBlocks({ about }: Theorem): readonly Block[] {
  if (about === null) return [];
  const parts = [
    ['theorem', about.theorem],
    ['source', about.source],
    ['text', about.text],
  ].flatMap(([name, claimed]): readonly (readonly Inline[])[] =>
    claimed === undefined ? [] : [[`${name}: “`, { claimed }, '”']],
  );
  if (parts.length === 0) return [];
  return [
    heading(2, 'Claimed source (not checked)'),
    paragraph('The certificate says of itself, and nobody has checked it:'),
    list(...parts),
  ];
}

function beliefs({ rules, statement }: Theorem): Block {
  const besides = {
    ...{ box: ['boxes'], 'gaussian-teacher': ['gaussian-teacher'], 'parametrized-target': ['profile-family'] },
    ...{ samples: [], 'decayed-samples': ['weight-decay'] },
  }[statement.problem.type];
  const { point, betterPoint } = statement;
  const isRational = point.algebraic === null && (betterPoint?.algebraic ?? null) === null;
  // Its proof is on the page of the profile.
  const proved = rules.filter((rule) => rule !== 'least-critical-risk');
  const names = [...new Set<string>([...proved, ...besides, ...(isRational ? [] : ['algebraic'])])];
  const pages = names.flatMap((rule, r): Inline[] => [r === 0 ? '' : ', ', { code: `proofs/rules/${rule}.md` }]);
  return list(
    [
      'The kernel (',
      { code: 'src/kernel' },
      '): it read the certificate as text, computed everything again in exact integers, and is the only code that can make the theorem that this page prints.',
    ],
    [
      'The proofs on paper that its rules are sound: ',
      ...pages,
      '; trusted base: ',
      { code: 'proofs/trusted-base.md' },
      '.',
    ],
    ['The JavaScript engine (and the machine under it): integer arithmetic, comparison, control flow.'],
    ['That the digests above belong to the problem, the data and the points that you mean (SHA-256).'],
    [
      'Nothing else. Searches and constructions, decimals marked ≈, pictures, claimed sources and the wording of this page are no part of the proof.',
    ],
  );
}
