/**
 * cairn as a library: search for a proof, check it, show it. Only `checkCertificate` answers a Theorem; it is exported alone from
 * `cairn-certificates/kernel`. Nothing here reads or writes files, so it runs in browsers, too.
 */

export type { Built, Construction, ConstructionInput, Setting } from './constructions/construction.js';
export { constructions, type Found, findConstruction } from './constructions/index.js';
export { type Columns, type CsvRefusal, type CsvTable, parseCsv, type Samples, selectColumns } from './formats/csv.js';
export {
  type Certificate,
  type Fields,
  type Plain,
  pointJson,
  problemJson,
  writeCertificate,
  writeFile,
  writePoint,
} from './formats/write.js';
export { formatRational, type Rational, rational } from './kernel/arithmetic/rational.js';
export { canonicalData, canonicalPoint, canonicalProblem, canonicalStatement } from './kernel/canonical.js';
export { type CheckOptions, checkCertificate, type Phase, type Read, readPoint, readProblem } from './kernel/check.js';
export type { About, Kind, ProofNode, RuleName } from './kernel/format.js';
export { defaultLimits, type Limits } from './kernel/limits.js';
export type { BoxProblem, Point, Problem, SampleProblem, Statement } from './kernel/statement.js';
export type { Facts, Theorem } from './kernel/theorem.js';
export { type Reason, type ReasonCode, reasonCodes, type Verdict } from './kernel/verdict.js';
export { certify } from './provers/certify.js';
export type { Answer, CertifyOptions, Observe, Undecided } from './provers/prover.js';
export { type Digests, digestsOf, sha256 } from './report/digest.js';
export type { Format } from './report/document.js';
export { explain } from './report/explain.js';
export { explanationPage } from './report/explanation-page.js';
export { inspect } from './report/inspect.js';
export { type PlotOptions, plot, type View, views } from './report/plot.js';
export { restate, type VerdictPieces, verdictPieces } from './report/statement.js';
