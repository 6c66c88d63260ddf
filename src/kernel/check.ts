/**
 * The one door of the kernel: text in, verdict out. What `checkCertificate` calls proved is a theorem about the numbers in the text;
 * nothing else in cairn can say so.
 */
import { proveAt } from './claims/at-point.js';
import type { Phase, Proof } from './claims/claim.js';
import { proveCompleteList } from './claims/complete-list.js';
import { proveDecayed } from './claims/decayed.js';
import { proveGaussian } from './claims/gaussian-teacher.js';
import { proveIllPosed } from './claims/ill-posed.js';
import { proveInField } from './claims/in-field.js';
import { proveNear } from './claims/near-point.js';
import { proveFamily } from './claims/of-family.js';
import { proveOnBox } from './claims/on-box.js';
import { proveForParametrized } from './claims/parametrized-target.js';
import { Decoder } from './decode.js';
import {
  aboutSchema,
  anyPoint,
  nodeKey,
  obligations,
  type ProofNode,
  pointSchema,
  problemSchema,
  proofNodeSchema,
  type RuleName,
  realizationObligations,
  statementSchema,
} from './format.js';
import { deepFreeze } from './freeze.js';
import { type Json, type JsonObject, pathKey, quote, readJson } from './json.js';
import { defaultLimits, type Limits, Meter } from './limits.js';
import {
  type AnyPoint,
  type AnyStatement,
  anyPointOf,
  interpretProblem,
  interpretStatement,
  isRational,
  type Point,
  type Problem,
  pointOf,
} from './statement.js';
import { type Lines, type ObserveLines, Streams } from './streams.js';
import { type Facts, takeMint } from './theorem.js';
import { decline, Ledger, Refusal, reject, unreachable, type Verdict } from './verdict.js';

/** How a text is checked. */
export interface CheckOptions {
  readonly limits?: Partial<Limits>;
  /** told what has been done, for people who wait */
  readonly observe?: (done: Phase) => void;
  /** lends the lines of a stream that the proof names; without it such certificates are declined */
  readonly lines?: Lines;
  /** told after each line that was checked how many are, and how many there have to be */
  readonly observeLines?: ObserveLines;
  /**
   * how many lines at the start of a stream are believed to have been checked, and not looked at: for whoever goes on with a run of the same
   * kernel on the same bytes. The theorem says so (`believed`). Without a stream it means nothing.
   */
  readonly from?: number;
}

export type { Lines, ObserveLines, Phase };

const mint = takeMint();

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
    theorem: mint(prove(text, meter, options)),
  }));
}

type NotProved = Exclude<Verdict, { kind: 'proved' }>;
/** What was read, or why not. */
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

/** Reads the file of a rational point for a problem. */
export function readPoint(text: string, problem: Problem, options: CheckOptions = {}): Read<Point> {
  return answer<Read<Point>>(options, (meter) => {
    const rest = openFile(text, 'cairn-point', meter);
    return {
      kind: 'read',
      value: deepFreeze(pointOf(problem, new Decoder(meter).decode(pointSchema, rest, '$'), meter, '$')),
    };
  });
}

/** Reads a point file for a problem: of a rational point, or of one with numbers of a field. */
export function readAnyPoint(text: string, problem: Problem, options: CheckOptions = {}): Read<AnyPoint> {
  return answer<Read<AnyPoint>>(options, (meter) => {
    const rest = openFile(text, 'cairn-point', meter);
    const written = new Decoder(meter).decode(anyPoint, rest, '$');
    return { kind: 'read', value: deepFreeze(anyPointOf(problem, written, meter, '$')) };
  });
}

function answer<A>({ limits }: CheckOptions, act: (meter: Meter) => A): A | NotProved {
  try {
    return act(new Meter({ ...defaultLimits, ...limits }));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { kind, path, code, message, unknown } = error;
    if (unknown === undefined) return { kind, path, reason: { code, message } };
    // A copy: whoever gets the answer must not hold a table of the kernel.
    return { kind, path, reason: { code, message, unknown: { name: unknown.name, known: [...unknown.known] } } };
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

const fileKeys: readonly string[] = ['statement', 'proof', 'about'];

function prove(text: string, meter: Meter, { observe = () => {}, ...options }: CheckOptions): Facts {
  const streams = new Streams(options.lines ?? null, options.from ?? 0, options.observeLines ?? (() => {}));
  const file = openFile(text, 'cairn-certificate', meter);
  observe('text read');
  for (const key of file.keys()) {
    if (!fileKeys.includes(key)) {
      reject('unknown-key', `$${pathKey(key)}`, 'the format has no such key here', { name: key, known: fileKeys });
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
  const risk = proveClaim(statement, { nodes, meter, observe, ledger, streams });
  observe('proof checked');
  return {
    statement,
    rule: (nodes[0] as [string, ProofNode])[1].rule,
    steps: Object.fromEntries(nodes),
    risk,
    obligations: { total: ledger.total, by: ledger.by },
    believed: streams.believed,
    about: about === undefined ? null : decoder.decode(aboutSchema, about, '$.about'),
  };
}

/** By what the risk is, and what is claimed of it. */
function proveClaim(statement: AnyStatement, proof: Proof): Facts['risk'] {
  if (!isRational(statement)) return proveInField(statement, proof);
  const { problem } = statement;
  if (statement.list !== null && problem.type !== 'box') {
    const message = `the pair (${statement.kind}, ${problem.type}) has no rule in this version`;
    decline('unsupported-combination', '$.statement.kind', message);
  }
  switch (problem.type) {
    case 'box':
      if (statement.list !== null) return proveCompleteList({ ...statement, problem }, proof);
      return proveOnBox({ ...statement, problem }, proof);
    case 'parametrized-target':
      return proveForParametrized({ ...statement, problem }, proof);
    case 'gaussian-teacher':
      return proveGaussian({ ...statement, problem }, proof);
    case 'decayed-samples':
      return proveDecayed({ ...statement, problem }, proof);
    case 'samples':
      if (statement.radius !== null) return proveNear({ ...statement, problem }, proof);
      if (statement.kind === 'spurious-family') return proveFamily({ ...statement, problem }, proof);
      if (statement.other !== null) return proveIllPosed({ ...statement, problem }, proof);
      return proveAt({ ...statement, problem }, proof);
    default:
      return unreachable(problem);
  }
}

type Obligations = Readonly<Record<string, readonly RuleName[]>>;

/** The obligations are the statement's: each must have its node, and no node may stand beside them. */
function decodeProof(decoder: Decoder, { kind, list }: AnyStatement, json: Json): [string, ProofNode][] {
  if (!(json instanceof Map)) return reject('wrong-type', '$.proof', 'expected a record');
  if (list === null) return decodeNodes(decoder, kind, obligations[kind], json, '$.proof', (key) => key);
  const rest = new Map(json);
  const each = rest.get('each');
  rest.delete('each');
  const cells = decodeNodes(decoder, kind, obligations[kind], rest, '$.proof', (key) => key);
  if (each === undefined) return reject('missing-obligation', '$.proof', 'expected the key "each"');
  if (!Array.isArray(each)) return reject('wrong-type', '$.proof.each', 'expected a list');
  if (each.length !== list.length) {
    reject('wrong-length', '$.proof.each', `expected ${list.length} proofs, one a realization, found ${each.length}`);
  }
  return [
    ...cells,
    ...list.flatMap((realization, i) => {
      const path = `$.proof.each[${i}]`;
      const proof = each[i] as Json;
      if (!(proof instanceof Map)) return reject('wrong-type', path, 'expected a record');
      const wanted = realizationObligations[realization.kind];
      return decodeNodes(decoder, realization.kind, wanted, proof, path, (key) => nodeKey(i, key));
    }),
  ];
}

/** @param name  of a node among those of the proof, by its key in the record */
function decodeNodes(
  decoder: Decoder,
  kind: string,
  wanted: Obligations,
  json: JsonObject,
  path: string,
  name: (key: string) => string,
): [string, ProofNode][] {
  for (const key of json.keys()) {
    if (!Object.hasOwn(wanted, key))
      reject('unknown-key', `${path}${pathKey(key)}`, `a ${kind} has no such obligation`, {
        name: key,
        known: Object.keys(wanted),
      });
  }
  return Object.entries(wanted).map(([key, rules]) => {
    const node = json.get(key);
    if (node === undefined) reject('missing-obligation', path, `expected the key ${quote(key)}`);
    const decoded = decoder.decode(proofNodeSchema, node as Json, `${path}.${key}`);
    if (!rules.includes(decoded.rule)) {
      decline('unsupported-combination', `${path}.${key}.rule`, `${decoded.rule} does not discharge this obligation`);
    }
    return [name(key), decoded];
  });
}
