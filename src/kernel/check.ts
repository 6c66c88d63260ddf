/**
 * The one door of the kernel: text in, verdict out. What `checkCertificate` calls proved is a theorem about the numbers in the text;
 * nothing else in cairn can say so.
 */
import { type Rational, subtract } from './arithmetic/rational.js';
import { Decoder } from './decode.js';
import {
  aboutSchema,
  type DecodedPoint,
  obligations,
  type ProofNode,
  pointSchema,
  problemSchema,
  proofNodeSchema,
  type RuleName,
  statementSchema,
} from './format.js';
import { deepFreeze } from './freeze.js';
import { type Json, type JsonObject, pathKey, quote, readJson } from './json.js';
import { defaultLimits, type Limits, Meter } from './limits.js';
import { gaussianRisk } from './model/arc-cosine.js';
import { BoxInstance } from './model/box-instance.js';
import { evaluateIfRational, exactly, type Risk, riskAt, riskOf } from './model/enclosing.js';
import { Instance } from './model/instance.js';
import { interpretDirection, interpretPoint } from './model/network.js';
import { checkAffineSpan } from './rules/affine-span.js';
import { checkAffineSpanNear } from './rules/affine-span-near.js';
import { checkBoxAffineSpan, checkBoxConvexSpan } from './rules/box-affine-span.js';
import { checkBoxZeroLoss } from './rules/box-zero-loss.js';
import { checkConvexSpan } from './rules/convex-span.js';
import { checkCurve, checkDirection } from './rules/curve.js';
import { checkExactHessian } from './rules/exact-hessian.js';
import { checkFlatThenDescent } from './rules/flat-then-descent.js';
import { checkGaussianBall, checkGaussianCurvature } from './rules/gaussian-teacher.js';
import { checkGradientBound } from './rules/gradient-bound.js';
import { checkLowerRisk, gapBetween } from './rules/lower-risk.js';
import { checkNegativeCurvature, checkNegativeCurvatureNear } from './rules/negative-curvature.js';
import { checkNeuronDominance } from './rules/neuron-dominance.js';
import { checkSpuriousFamily } from './rules/spurious-family.js';
import { checkStronglyConvexBall } from './rules/strongly-convex-ball.js';
import { checkZeroGradient } from './rules/zero-gradient.js';
import { checkZeroLoss } from './rules/zero-loss.js';
import {
  type BoxProblem,
  type GaussianProblem,
  interpretProblem,
  interpretStatement,
  type Point,
  type Problem,
  pointOf,
  type SampleProblem,
  type Statement,
} from './statement.js';
import { type Facts, takeMint } from './theorem.js';
import { decline, Ledger, Refusal, reject, unreachable, type Verdict } from './verdict.js';

export interface CheckOptions {
  readonly limits?: Partial<Limits>;
  /** told what has been done, for people who wait */
  readonly observe?: (done: Phase) => void;
}

export type Phase = 'text read' | 'statement checked' | 'points evaluated' | 'proof checked';

const mint = takeMint();
/** The precision of enclosures where a node names none. */
const defaultBits = 64;

/**
 * Checks one certificate.
 *
 * @param text  the whole file
 * @returns `proved` with the theorem; `rejected` or `declined` with one reason and its JSON path
 * @throws only on a bug of the kernel: a throw is never a proof
 */
export function checkCertificate(text: string, options: CheckOptions = {}): Verdict {
  return answer<Verdict>(options, (meter) => ({
    kind: 'proved',
    theorem: mint(prove(text, meter, options.observe ?? (() => {}))),
  }));
}

type NotProved = Exclude<Verdict, { kind: 'proved' }>;
export type Read<V> = { readonly kind: 'read'; readonly value: V } | NotProved;

/** Reads a problem file by the same code that reads certificates. */
export function readProblem(text: string, options: CheckOptions = {}): Read<Problem> {
  return answer<Read<Problem>>(options, (meter) => {
    const rest = openFile(text, 'cairn-problem', meter);
    return {
      kind: 'read',
      value: deepFreeze(interpretProblem(new Decoder(meter).decode(problemSchema, rest, '$'), meter, '$')),
    };
  });
}

/** Reads a point file for a problem. */
export function readPoint(text: string, problem: Problem, options: CheckOptions = {}): Read<Point> {
  return answer<Read<Point>>(options, (meter) => {
    const rest = openFile(text, 'cairn-point', meter);
    return {
      kind: 'read',
      value: deepFreeze(pointOf(problem, new Decoder(meter).decode(pointSchema, rest, '$'), meter, '$')),
    };
  });
}

function answer<A>({ limits }: CheckOptions, act: (meter: Meter) => A): A | NotProved {
  try {
    return act(new Meter({ ...defaultLimits, ...limits }));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: error.kind, path: error.path, reason: { code: error.code, message: error.message } };
  }
}

/** Reads the text, checks format and version, and returns the other keys. */
function openFile(text: string, format: string, meter: Meter): JsonObject {
  if (typeof text !== 'string') throw new TypeError('Cannot check a value that is not a text');
  const json = readJson(text, meter.limits);
  if (!(json instanceof Map)) return reject('wrong-type', '$', 'expected a record');
  const rest = new Map<string, Json>(json);
  const found = rest.get('format');
  if (found === undefined) reject('missing-key', '$', 'expected the key "format"');
  if (found !== format) {
    reject(
      'wrong-format',
      '$.format',
      `expected ${quote(format)}, found ${typeof found === 'string' ? quote(found) : 'no name'}`,
    );
  }
  const version = rest.get('version');
  if (version === undefined) reject('missing-key', '$', 'expected the key "version"');
  const number = new Decoder(meter).decode({ is: 'count', least: 1 }, version as Json, '$.version');
  if (number > 1) decline('unsupported-version', '$.version', `this kernel reads version 1, found ${number}`);
  rest.delete('format');
  rest.delete('version');
  return rest;
}

function prove(text: string, meter: Meter, observe: (done: Phase) => void): Facts {
  const file = openFile(text, 'cairn-certificate', meter);
  observe('text read');
  for (const key of file.keys()) {
    if (!['statement', 'proof', 'about'].includes(key)) {
      reject('unknown-key', `$${pathKey(key)}`, 'the format has no such key here');
    }
  }
  const [written, proof, about] = [file.get('statement'), file.get('proof'), file.get('about')];
  if (written === undefined) reject('missing-key', '$', 'expected the key "statement"');
  if (proof === undefined) reject('missing-key', '$', 'expected the key "proof"');
  const decoder = new Decoder(meter);
  const statement = interpretStatement(
    decoder.decode(statementSchema, written as Json, '$.statement'),
    meter,
    '$.statement',
  );
  const nodes = decodeProof(decoder, statement, proof as Json);
  observe('statement checked');
  const ledger = new Ledger();
  const { problem } = statement;
  const risk =
    problem.type === 'box'
      ? proveOnBox({ ...statement, problem }, nodes, meter, observe, ledger)
      : problem.type === 'gaussian-teacher'
        ? proveGaussian({ ...statement, problem }, nodes, meter, observe, ledger)
        : isNear(statement.kind)
          ? proveNear({ ...statement, problem }, nodes, meter, observe, ledger)
          : statement.kind === 'spurious-family'
            ? proveFamily({ ...statement, problem }, nodes, meter, observe, ledger)
            : proveAt({ ...statement, problem }, nodes, meter, observe, ledger);
  observe('proof checked');
  return {
    statement,
    rule: (nodes[0] as [string, ProofNode])[1].rule,
    steps: Object.fromEntries(nodes),
    risk,
    obligations: { total: ledger.total, by: ledger.by },
    about: about === undefined ? null : decoder.decode(aboutSchema, about, '$.about'),
  };
}

type Nodes = readonly (readonly [string, ProofNode])[];

/** Claims about an exact point. */
function proveAt(
  statement: Statement<SampleProblem>,
  nodes: Nodes,
  meter: Meter,
  observe: (done: Phase) => void,
  ledger: Ledger,
): Facts['risk'] {
  const { problem, point, betterPoint } = statement;
  const bits = bitsOf(nodes, meter);
  const evaluation = evaluateIfRational(problem, point.parameters, meter);
  const risk = riskOf(problem, point.parameters, evaluation, bits, meter);
  const better = betterPoint === null ? null : riskAt(problem, betterPoint.parameters, bits, meter);
  // Only bounds of the risk are known where a value is irrational; every rule but lower-risk needs the point itself.
  const instance = evaluation === null ? null : new Instance(problem, evaluation, meter);
  observe('points evaluated');
  for (const [key, node] of nodes) {
    const before = ledger.total;
    if (node.rule === 'lower-risk') {
      if (better === null) throw new Error('Cannot happen: lower-risk is asked of a kind without a better point');
      checkLowerRisk(risk, better, ledger);
    } else if (instance === null) {
      decline('irrational-value', '$.statement.point', 'a value at the point is not known to be rational');
    } else checkRule(node, statement, instance, `$.proof.${key}`, meter, ledger);
    if (ledger.total === before) reject('no-obligations', `$.proof.${key}`, 'nothing was shown');
  }
  return { point: risk, better, gap: better === null ? null : gapBetween(risk, better) };
}

function isNear(kind: Statement['kind']): boolean {
  return kind === 'local-minimum-near' || kind === 'spurious-local-minimum-near';
}

/** Claims that a local minimum exists near a point: its risk is known by bounds. */
function proveNear(
  { problem, point, betterPoint, radius }: Statement<SampleProblem>,
  nodes: Nodes,
  meter: Meter,
  observe: (done: Phase) => void,
  ledger: Ledger,
): Facts['risk'] {
  const [first] = nodes as readonly [readonly [string, ProofNode]];
  const [key, node] = first;
  if (radius === null) throw new Error('Cannot happen: the kind has a radius');
  const path = `$.proof.${key}`;
  const risk =
    node.rule === 'strongly-convex-ball'
      ? checkStronglyConvexBall(
          problem,
          point.parameters,
          radius,
          { ...node, ballRadius: node.ballRadius ?? radius, bits: precisionOf(node, path, meter) },
          path,
          meter,
          ledger,
        )
      : proveAffineSpanNear(problem, point, radius, node, path, meter, ledger);
  const better = betterPoint === null ? null : riskAt(problem, betterPoint.parameters, bitsOf(nodes, meter), meter);
  observe('points evaluated');
  if (better !== null) checkLowerRisk(risk, better, ledger);
  return { point: risk, better, gap: better === null ? null : gapBetween(risk, better) };
}

function precisionOf({ bits = defaultBits }: { readonly bits?: number }, path: string, meter: Meter): number {
  if (bits > meter.limits.digits)
    decline('limit-digits', `${path}.bits`, `expected at most ${meter.limits.digits} bits`);
  return bits;
}

function proveAffineSpanNear(
  problem: SampleProblem,
  point: Point,
  radius: Rational,
  node: ProofNode,
  path: string,
  meter: Meter,
  ledger: Ledger,
): Risk {
  if (node.rule !== 'affine-span-near') throw new Error('Cannot happen: another rule for this kind');
  const { network } = problem;
  const [constant, ...directions] = node.embedding as readonly [DecodedPoint, ...DecodedPoint[]];
  const bits = precisionOf(node, path, meter);
  return checkAffineSpanNear(
    problem,
    point.parameters,
    radius,
    {
      ...{ center: node.center, ballRadius: node.ballRadius, modulus: node.modulus, bits },
      constant: interpretPoint(network, constant, meter, `${path}.embedding[0]`),
      directions: directions.map((direction, m) =>
        interpretDirection(network, direction, meter, `${path}.embedding[${m + 1}]`),
      ),
    },
    path,
    meter,
    ledger,
  );
}

/** Claims about all members of a family; `point` is the one in the middle of the range, whose risk is that of all. */
function proveFamily(
  { problem, point, betterPoint, family }: Statement<SampleProblem>,
  nodes: Nodes,
  meter: Meter,
  observe: (done: Phase) => void,
  ledger: Ledger,
): Facts['risk'] {
  const injective = nodes.map(([, node]) => node).find((node) => node.rule === 'strictly-monotone');
  if (family === null || betterPoint === null || injective === undefined) {
    throw new Error('Cannot happen: the kind names a family, a better point and this rule');
  }
  const bits = bitsOf(nodes, meter);
  const middle = riskAt(problem, point.parameters, bits, meter);
  const better = riskAt(problem, betterPoint.parameters, bits, meter);
  observe('points evaluated');
  checkSpuriousFamily({ problem, family, middle, better, injective }, meter, ledger);
  return { point: middle, better, gap: { lower: family.gap, upper: subtract(middle.upper, better.lower) } };
}

/** Claims about the true loss on a box: the rules that are written for boxes, and no other. */
function proveOnBox(
  { kind, problem, point, betterPoint }: Statement<BoxProblem>,
  nodes: Nodes,
  meter: Meter,
  observe: (done: Phase) => void,
  ledger: Ledger,
): Facts['risk'] {
  for (const [key, { rule }] of nodes) {
    if (!isRuleOnBox(rule)) noPair(`$.proof.${key}.rule`, rule);
  }
  // A kind that says more than its rules do on a box is none of ours, whatever its rules are.
  if (!kindsOnBox.includes(kind)) noPair('$.statement.kind', kind);
  const at = new BoxInstance(problem, point.parameters, meter, '$.statement.point');
  const risk = exactly(at.risk);
  const better =
    betterPoint === null
      ? null
      : exactly(new BoxInstance(problem, betterPoint.parameters, meter, '$.statement.betterPoint').risk);
  observe('points evaluated');
  for (const [key, { rule }] of nodes) {
    const before = ledger.total;
    if (!isRuleOnBox(rule)) throw new Error('Cannot happen: this rule was declined above');
    switch (rule) {
      case 'affine-span':
        checkBoxAffineSpan(at, ledger);
        break;
      case 'convex-span':
        checkBoxConvexSpan(at, ledger);
        break;
      case 'zero-loss':
        checkBoxZeroLoss(at, ledger);
        break;
      case 'lower-risk':
        if (better === null) throw new Error('Cannot happen: lower-risk is asked of a kind without a better point');
        checkLowerRisk(risk, better, ledger);
        break;
      default:
        return unreachable(rule);
    }
    if (ledger.total === before) reject('no-obligations', `$.proof.${key}`, 'nothing was shown');
  }
  return { point: risk, better, gap: better === null ? null : gapBetween(risk, better) };
}

/** Claims about the population loss of a Gaussian teacher: rules over a ball, and comparison of risks. */
function proveGaussian(
  { kind, problem, point, betterPoint, radius }: Statement<GaussianProblem>,
  nodes: Nodes,
  meter: Meter,
  observe: (done: Phase) => void,
  ledger: Ledger,
): Facts['risk'] {
  const noRule = (path: string, name: string): never =>
    decline('unsupported-combination', path, `the pair (${name}, gaussian-teacher) has no rule in this version`);
  if (!kindsOfGaussian.includes(kind)) noRule('$.statement.kind', kind);
  const { parameters: theta } = point;
  const bits = bitsOf(nodes, meter);
  let risk = gaussianRisk(problem.data, theta, bits, meter);
  const better = betterPoint === null ? null : gaussianRisk(problem.data, betterPoint.parameters, bits, meter);
  observe('points evaluated');
  // The obligation about the point comes first: it bounds the risk that the better one is compared with.
  for (const [key, node] of nodes) {
    const path = `$.proof.${key}`;
    switch (node.rule) {
      case 'strongly-convex-ball': {
        const { gauge, silent, redundant, ballRadius, modulus } = node;
        if (gauge !== undefined || silent !== undefined || redundant !== undefined) {
          reject(
            'wrong-hint',
            path,
            'with a Gaussian teacher all parameters move: expected no gauge, silent or redundant',
          );
        }
        const needed = radiusOf(radius);
        const hints = { modulus, ballRadius: ballRadius ?? needed, bits: precisionOf(node, path, meter) };
        risk = checkGaussianBall(problem, theta, needed, hints, path, meter, ledger);
        break;
      }
      case 'negative-curvature': {
        const xi = interpretDirection(problem.network, node.direction, meter, `${path}.direction`);
        const precision = precisionOf(node, path, meter);
        checkGaussianCurvature(problem, theta, radiusOf(radius), xi, precision, path, meter, ledger);
        break;
      }
      case 'lower-risk':
        if (better === null) throw new Error('Cannot happen: lower-risk is asked of a kind without a better point');
        checkLowerRisk(risk, better, ledger);
        break;
      default:
        noRule(`${path}.rule`, node.rule);
    }
  }
  return { point: risk, better, gap: better === null ? null : gapBetween(risk, better) };
}

const kindsOfGaussian: readonly Statement['kind'][] = [
  'local-minimum-near',
  'spurious-local-minimum-near',
  'no-local-minimum-near',
  'not-global-minimum',
];

function radiusOf(radius: Rational | null): Rational {
  if (radius === null) throw new Error('Cannot happen: the kind has a radius');
  return radius;
}

const rulesOnBox = ['affine-span', 'convex-span', 'zero-loss', 'lower-risk'] as const satisfies readonly RuleName[];
const kindsOnBox: readonly Statement['kind'][] = [
  'local-minimum',
  'spurious-local-minimum',
  'global-minimum',
  'not-global-minimum',
];

function isRuleOnBox(rule: RuleName): rule is (typeof rulesOnBox)[number] {
  return (rulesOnBox as readonly RuleName[]).includes(rule);
}

function noPair(path: string, name: string): never {
  return decline('unsupported-combination', path, `the pair (${name}, box) has no rule in this version`);
}

/** The precision that `lower-risk` asks for; risks that are rational need none. */
function bitsOf(nodes: Nodes, meter: Meter): number {
  for (const [key, node] of nodes) {
    if (node.rule !== 'lower-risk' || node.bits === undefined) continue;
    const path = `$.proof.${key}.bits`;
    if (node.bits > meter.limits.digits) {
      decline('limit-digits', path, `expected at most ${meter.limits.digits} bits`);
    }
    return node.bits;
  }
  return defaultBits;
}

/** The obligations are the statement's: each must have its node, and no node may stand beside them. */
function decodeProof(decoder: Decoder, { kind }: Statement, json: Json): [string, ProofNode][] {
  if (!(json instanceof Map)) return reject('wrong-type', '$.proof', 'expected a record');
  const wanted = obligations[kind];
  for (const key of json.keys()) {
    if (!Object.hasOwn(wanted, key))
      reject('unknown-key', `$.proof${pathKey(key)}`, `a ${kind} has no such obligation`);
  }
  return Object.entries(wanted).map(([key, rules]) => {
    const node = json.get(key);
    if (node === undefined) reject('missing-obligation', '$.proof', `expected the key ${quote(key)}`);
    const decoded = decoder.decode(proofNodeSchema, node as Json, `$.proof.${key}`);
    if (!(rules as readonly RuleName[]).includes(decoded.rule)) {
      decline('unsupported-combination', `$.proof.${key}.rule`, `${decoded.rule} does not discharge this obligation`);
    }
    return [key, decoded];
  });
}

function checkRule(
  node: Exclude<ProofNode, { rule: 'lower-risk' }>,
  { problem, point, radius }: Statement<SampleProblem>,
  instance: Instance<bigint>,
  path: string,
  meter: Meter,
  ledger: Ledger,
): void {
  const { network } = problem;
  const theta = point.parameters;
  switch (node.rule) {
    case 'affine-span':
      return checkAffineSpan(instance, ledger);
    case 'neuron-dominance':
      return checkNeuronDominance(instance, node.units, path, ledger);
    case 'exact-hessian': {
      const bits = precisionOf(node, path, meter);
      return checkExactHessian(instance, theta, { ...node, bits }, path, meter, ledger);
    }
    case 'zero-loss':
      return checkZeroLoss(instance, ledger);
    case 'convex-span':
      return checkConvexSpan(instance, ledger);
    case 'zero-gradient':
      return checkZeroGradient(instance, ledger);
    case 'descent-direction':
    case 'ascent-direction': {
      const xi = interpretDirection(network, node.direction, meter, `${path}.direction`);
      return checkDirection(
        problem,
        theta,
        xi,
        node.rule === 'descent-direction' ? 'descent' : 'ascent',
        path,
        meter,
        ledger,
      );
    }
    case 'descent-curve':
    case 'ascent-curve': {
      const coefficients = node.coefficients.map((c, k) =>
        interpretDirection(network, c, meter, `${path}.coefficients[${k}]`),
      );
      return checkCurve(
        problem,
        theta,
        coefficients,
        node.rule === 'descent-curve' ? 'descent' : 'ascent',
        path,
        meter,
        ledger,
      );
    }
    case 'flat-then-descent':
      return checkFlatThenDescent(instance, node.unit, node.direction, path, ledger);
    case 'negative-curvature': {
      const xi = interpretDirection(network, node.direction, meter, `${path}.direction`);
      return radius === null
        ? checkNegativeCurvature(problem, theta, xi, path, meter, ledger)
        : checkNegativeCurvatureNear(problem, theta, radius, xi, precisionOf(node, path, meter), path, meter, ledger);
    }
    case 'gradient-bound':
      if (radius === null) throw new Error('Cannot happen: gradient-bound is asked of a kind without a radius');
      return checkGradientBound(problem, theta, radius, node.bits ?? defaultBits, path, meter, ledger);
    case 'affine-span-near':
    case 'strongly-convex-ball':
      throw new Error('Cannot happen: only claims about a neighbourhood ask for this rule');
    case 'strictly-monotone':
      throw new Error('Cannot happen: only claims about a family ask for this rule');
    default:
      return unreachable(node);
  }
}
