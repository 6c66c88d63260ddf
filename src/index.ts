/**
 * cairn as a library: build or find a proof, check it, show it. Nothing here reads or writes files, and all of it runs in browsers. Only
 * `checkCertificate` makes a `Theorem`; `cairn-certificates/kernel` exports it alone.
 *
 * What is expected to fail answers a value that says why (`kind` tells which); only misuse throws, and `Refusal`, where drawing or
 * explaining a theorem meets a limit.
 *
 * @module
 */

export { type ConstructOptions, construct } from './constructions/construct.js';
export type { Built, Construction, ConstructionInput, Setting } from './constructions/construction.js';
export { type ExactGap, withExactGap } from './constructions/exact-gap.js';
export { constructions } from './constructions/index.js';
export {
  type Columns,
  type ColumnsRefusal,
  type CsvCode,
  type CsvLimits,
  type CsvRefusal,
  type CsvTable,
  parseCsv,
  type Samples,
  selectColumns,
} from './formats/csv.js';
export { type Expression, parseTarget } from './formats/expression.js';
export {
  type ImportedModel,
  type ImportedWeights,
  type ImportRefusal,
  importModel,
  importWeights,
  type TrainingLoss,
} from './formats/import.js';
export { type JsonSchema, jsonSchema, type SchemaName, schemaNames } from './formats/json-schema.js';
export { type Fields, type Plain, writePoint, writeProblem } from './formats/write.js';
export * from './kernel/index.js';
export { Refusal } from './kernel/verdict.js';
export { type CertifyRequest, certify } from './provers/certify.js';
export type { Answer, LineStore, Observe, Undecided } from './provers/prover.js';
export { type Digests, digestsOf } from './report/digest.js';
export type { Format } from './report/document.js';
export { explain } from './report/explain.js';
export { explanationPage } from './report/explanation-page.js';
export { inspect } from './report/inspect.js';
export { bibtex, type Cited, paper, paperBody } from './report/paper.js';
export { type PlotOptions, plot, tellingViews, type View } from './report/plot.js';
export { type RiskAnswer, type RiskOptions, riskOf } from './report/risk.js';
export type { BoundString, RiskString } from './report/risk-string.js';
export { type RiskStrings, restate, type VerdictPieces, verdictPieces } from './report/statement.js';
