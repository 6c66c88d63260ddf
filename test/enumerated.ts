/** Global minima by enumeration for tests: what the search finds, as parts of certificates. */
import { pointJson } from '../src/formats/write.js';
import { type Rational, rational } from '../src/kernel/arithmetic/rational.js';
import { readPoint, readProblem } from '../src/kernel/check.js';
import { defaultLimits, Meter } from '../src/kernel/limits.js';
import { evaluateExactly } from '../src/kernel/model/evaluation.js';
import { exactRisk } from '../src/kernel/model/risk.js';
import type { SampleProblem } from '../src/kernel/statement.js';
import { PatternEnumeration } from '../src/provers/enumeration.js';
import type { LineStore } from '../src/provers/prover.js';
import { certificate, type Fields } from './certificate.js';

const mostCombinations = 25_000;

export function samplesOf(problem: Fields): SampleProblem {
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...problem }));
  if (read.kind !== 'read' || read.value.type !== 'samples') throw new Error('not a problem of samples');
  return read.value;
}

export function enumerationOf(problem: Fields, most = mostCombinations): PatternEnumeration {
  const found = PatternEnumeration.of(samplesOf(problem), most);
  if (found === null) throw new Error('the search does not cover this problem');
  return found;
}

/** The node that shows a risk to be minimal. */
export function nodeFor(problem: Fields, risk: Rational): Fields {
  const proved = enumerationOf(problem).prove(risk);
  if (proved.kind !== 'proved') throw new Error('some combination goes below the risk');
  return proved.node;
}

export function riskAt(problem: Fields, point: Fields): Rational {
  const posed = samplesOf(problem);
  const read = readPoint(JSON.stringify({ format: 'cairn-point', version: 1, ...point }), posed);
  if (read.kind !== 'read') throw new Error('not a point of the problem');
  const meter = new Meter(defaultLimits);
  const evaluation = evaluateExactly(posed.network, read.value.parameters, posed.data, meter);
  return exactRisk(evaluation, posed.loss, posed.data, meter);
}

/** The global minimum that the search finds, with its certificate. */
export function minimumOf(
  problem: Fields,
  most = mostCombinations,
): { readonly risk: Rational; readonly points: readonly Fields[] } {
  const found = enumerationOf(problem, most).findMinima();
  if (found.kind !== 'found') throw new Error('no minimum is attained');
  const { network } = samplesOf(problem);
  return { risk: found.risk, points: found.minima.map(({ parameters }) => pointJson(network, parameters) as Fields) };
}

export function globalBy(problem: Fields, point: Fields, node: Fields): Fields {
  return certificate('global-minimum', { problem, point }, { globalMinimum: node });
}

/** The certificate of the global minimum that the search finds. */
export function enumerated(problem: Fields): Fields {
  const { risk, points } = minimumOf(problem);
  return globalBy(problem, points[0] as Fields, nodeFor(problem, risk));
}

/** The same certificate with its combinations in a stream of this name. */
export function streamed(
  listed: Fields,
  name = 'a.leaves.jsonl',
): { readonly certificate: Fields; readonly lines: string[] } {
  const { proof } = listed as { proof: { globalMinimum: Fields & { combinations: readonly Fields[] } } };
  const { combinations, ...node } = proof.globalMinimum;
  const globalMinimum = { ...node, combinations: { stream: name } };
  return {
    certificate: { ...listed, proof: { globalMinimum } },
    lines: combinations.map((combination) => JSON.stringify(combination)),
  };
}

/** A store that keeps its lines in memory. */
export class MemoryStore implements LineStore {
  readonly name = 'kept.leaves.jsonl';
  lines: string[] = [];

  constructor(readonly above: number) {}

  write(lines: Iterable<string>): void {
    this.lines = [...lines];
  }

  read(): Iterable<string> {
    return this.lines;
  }
}

export { rational };
