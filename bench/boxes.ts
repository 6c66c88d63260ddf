/** Exact risks of library certificates on boxes against Monte Carlo estimates of the same integrals, in doubles. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkCertificate } from '../src/index.js';
import { defaultLimits, Meter } from '../src/kernel/limits.js';
import { BoxInstance } from '../src/kernel/model/box-instance.js';
import type { BoxProblem, Point } from '../src/kernel/statement.js';
import { floatLoss } from '../src/numerics/float-loss.js';
import { floatLayer, floatNetwork } from '../src/numerics/float-realization.js';
import { ratio } from '../src/numerics/floats.js';
import { floatPolynomial } from '../src/numerics/quadrature.js';
import { seeded } from '../src/provers/random.js';

const folder = '../certificates/christof-kowalczyk-2023-spurious-minima/';
/** points of one estimate */
const samples = 1_000_000;
/** exact integrations that are timed together */
const repeats = 50;

interface Estimate {
  readonly mean: number;
  readonly standardError: number;
}

/** ∫ ρ ℓ over the box from uniform points; targets of one piece only. */
function monteCarlo({ network, data, loss }: BoxProblem, { parameters }: Point): Estimate {
  const { lower, upper, denominator } = data.domain;
  const from = lower.map((a) => ratio(a, denominator));
  const length = upper.map((b, j) => ratio(b, denominator) - (from[j] as number));
  const volume = length.reduce((product, side) => product * side, 1);
  const realization = floatNetwork(network);
  const layers = parameters.map(floatLayer);
  const density = floatPolynomial(data.density);
  const targets = data.targets.map(({ pieces: [piece, ...others] }) => {
    if (piece === undefined || others.length > 0) throw new Error('The target has several pieces');
    return floatPolynomial(piece);
  });
  const { value: lossOf } = floatLoss(loss);
  const random = seeded(1);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < samples; i++) {
    const x = Float64Array.from(from, (a, j) => a + (length[j] as number) * random.uniform());
    const y = Float64Array.from(targets, (target) => target(x));
    const value = volume * density(x) * lossOf(realization(layers, x), y);
    sum += value;
    squares += value * value;
  }
  const mean = sum / samples;
  return { mean, standardError: Math.sqrt((squares / samples - mean * mean) / samples) };
}

function row(name: string, problem: BoxProblem, point: Point): readonly string[] {
  const exact = () => new BoxInstance(problem, point.parameters, new Meter(defaultLimits), '$').risk;
  // Once before, so that both are compiled.
  const { num, den } = exact();
  const value = ratio(num, den);
  const start = performance.now();
  for (let i = 0; i < repeats; i++) exact();
  const exactMs = (performance.now() - start) / repeats;
  const startEstimate = performance.now();
  const { mean, standardError } = monteCarlo(problem, point);
  const estimateMs = performance.now() - startEstimate;
  const sigmas = Math.abs(mean - value) / standardError;
  return [
    name,
    `${value.toPrecision(8)} (${exactMs.toFixed(2)} ms)`,
    `${mean.toPrecision(8)} ± ${standardError.toExponential(1)} (${estimateMs.toFixed(0)} ms)`,
    `${sigmas.toFixed(1)} σ`,
    `${(estimateMs / exactMs).toFixed(0)}×`,
  ];
}

/** @returns the table, header first */
export async function run(): Promise<readonly (readonly string[])[]> {
  const rows = ['box-3-relu-4', 'box-2-hardswish-2'].flatMap((name) => {
    const text = readFileSync(fileURLToPath(new URL(`${folder}${name}.cert.json`, import.meta.url)), 'utf8');
    const verdict = checkCertificate(text);
    if (verdict.kind !== 'proved') throw new Error(`${name}: ${verdict.reason.message}`);
    const { problem, point, betterPoint } = verdict.theorem.statement;
    if (problem.type !== 'box' || betterPoint?.algebraic !== null || point.algebraic !== null)
      throw new Error(`${name}: no box, or no rational better point`);
    return [row(`${name}: R`, problem, point), row(`${name}: R°`, problem, betterPoint)];
  });
  return [['boxes', 'exact', `Monte Carlo, ${samples.toLocaleString('en')} points`, 'apart', 'time ÷ exact'], ...rows];
}
