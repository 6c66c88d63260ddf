/**
 * The one door of the kernel: text in, verdict out. What `checkCertificate` calls proved is a theorem about the numbers in the text;
 * nothing else in cairn can say so.
 */
import { subtract } from './arithmetic/rational.js';
import { Decoder } from './decode.js';
import {
  aboutSchema,
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
import { evaluateExactly, exactRisk } from './model/evaluation.js';
import { Instance } from './model/instance.js';
import { interpretDirection } from './model/network.js';
import { checkAffineSpan } from './rules/affine-span.js';
import { checkConvexSpan } from './rules/convex-span.js';
import { checkCurve, checkDirection } from './rules/curve.js';
import { checkFlatThenDescent } from './rules/flat-then-descent.js';
import { checkGradientBound } from './rules/gradient-bound.js';
import { checkLowerRisk } from './rules/lower-risk.js';
import { checkNegativeCurvature } from './rules/negative-curvature.js';
import { checkNeuronDominance } from './rules/neuron-dominance.js';
import { checkZeroGradient } from './rules/zero-gradient.js';
import { checkZeroLoss } from './rules/zero-loss.js';
import {
  interpretProblem,
  interpretStatement,
  type Point,
  type Problem,
  pointOf,
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
  const { problem, point, betterPoint } = statement;
  const { network, loss, data } = problem;
  const instance = new Instance(problem, evaluateExactly(network, point.parameters, data, meter), meter);
  const risk = exactRisk(instance.evaluation, loss, data, meter);
  const better =
    betterPoint === null
      ? null
      : exactRisk(evaluateExactly(network, betterPoint.parameters, data, meter), loss, data, meter);
  observe('points evaluated');
  const ledger = new Ledger();
  for (const [key, node] of nodes) {
    const before = ledger.total;
    if (node.rule === 'lower-risk') {
      if (better === null) throw new Error('Cannot happen: lower-risk is asked of a kind without a better point');
      checkLowerRisk(risk, better, ledger);
    } else checkRule(node, statement, instance, `$.proof.${key}`, meter, ledger);
    if (ledger.total === before) reject('no-obligations', `$.proof.${key}`, 'nothing was shown');
  }
  observe('proof checked');
  return {
    statement,
    rule: (nodes[0] as [string, ProofNode])[1].rule,
    steps: Object.fromEntries(nodes),
    risk: { point: risk, better, gap: better === null ? null : subtract(risk, better) },
    obligations: { total: ledger.total, by: ledger.by },
    about: about === undefined ? null : decoder.decode(aboutSchema, about, '$.about'),
  };
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
  { problem, point, radius }: Statement,
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
    case 'negative-curvature':
      return checkNegativeCurvature(
        problem,
        theta,
        interpretDirection(network, node.direction, meter, `${path}.direction`),
        path,
        meter,
        ledger,
      );
    case 'gradient-bound':
      if (radius === null) throw new Error('Cannot happen: gradient-bound is asked of a kind without a radius');
      return checkGradientBound(problem, theta, radius, node.bits ?? defaultBits, path, meter, ledger);
    default:
      return unreachable(node);
  }
}
