/** Problems with a Gaussian teacher, and the point of six units that Safran and Shamir published, to 25 digits (proofs/sources.md 6). */
import type { Plain } from '../src/formats/write.js';

export type Rows = readonly (readonly string[])[];

export const identity = (d: number): Rows =>
  Array.from({ length: d }, (_, j) => Array.from({ length: d }, (__, u) => (u === j ? '1' : '0')));

const [a, b, s, t, u] = [
  '0.9867038188885768422414222',
  '-0.05041340321680873742141619',
  '0.3080109914790687458326791',
  '0.2245158075994778888490001',
  '-0.6015119235610937100839567',
];

/** Neuron i ≤ 5 is a e_i + b Σ_{j ≤ 5, j ≠ i} e_j + s e_6, the last one t Σ_{j ≤ 5} e_j + u e_6. */
export const sixUnits: Rows = [
  ...Array.from({ length: 5 }, (_, i) => [...Array.from({ length: 5 }, (__, j) => (j === i ? a : b)), s]),
  [...new Array<string>(5).fill(t), u],
];

export interface GaussianParts {
  readonly student: Rows;
  readonly teacher: Rows;
  readonly kind?: string;
  readonly better?: Rows;
  readonly radius?: string;
  readonly proof?: Readonly<Record<string, Plain>>;
  readonly layers?: readonly Plain[];
  readonly loss?: Plain;
  readonly dimension?: number;
  readonly input?: number;
}

export const studentLayers = (units: number): readonly Plain[] => [
  { type: 'dense', units, bias: false },
  { type: 'activation', function: 'relu' },
  { type: 'dense', units: 1, bias: false, fixed: { weights: [new Array<string>(units).fill('1')] } },
];

export const point = (rows: Rows): Plain => ({ layers: [{ weights: rows }] });

export function gaussianCertificate(parts: GaussianParts): string {
  const { student, teacher, kind = 'local-minimum-near', better, radius = '1/1000000', proof = {} } = parts;
  const d = teacher[0]?.length ?? 1;
  return JSON.stringify({
    format: 'cairn-certificate',
    version: 1,
    statement: {
      kind,
      problem: {
        network: { input: [parts.input ?? d], layers: parts.layers ?? studentLayers(student.length) },
        loss: parts.loss ?? { function: 'squared', factor: '1/2' },
        data: { type: 'gaussian-teacher', dimension: parts.dimension ?? d, teacher },
      },
      point: point(student),
      ...(kind.endsWith('near') ? { radius } : {}),
      ...(better === undefined ? {} : { betterPoint: point(better) }),
    },
    proof,
  });
}
