/**
 * The kernel alone, as `cairn-certificates/kernel`: text in, verdict out. It has no dependency, uses nothing of Node or of a browser,
 * and decides with exact integers only.
 *
 * @module
 */
export { formatRational, type Rational, rational } from './arithmetic/rational.js';
export { type CanonicalTexts, canonicalTexts } from './canonical.js';
export {
  type CheckOptions,
  checkCertificate,
  type Lines,
  type ObserveLines,
  type Phase,
  type Read,
  readAnyPoint,
  readPoint,
  readProblem,
} from './check.js';
export type { About, Kind, ProofNode, RuleName } from './format.js';
export { defaultLimits, type Limits } from './limits.js';
export type { Risk } from './model/enclosing.js';
export type {
  AnyPoint,
  AnyStatement,
  BoxProblem,
  CriticalRealization,
  DecayedProblem,
  FamilyClaim,
  GaussianProblem,
  IsolatedKink,
  ParametrizedProblem,
  Point,
  PointInField,
  Problem,
  SampleProblem,
  Statement,
} from './statement.js';
export type { Facts, Theorem } from './theorem.js';
export {
  type DeclinedCode,
  type Reason,
  type ReasonCode,
  type RejectedCode,
  reasonCodes,
  type Verdict,
} from './verdict.js';
