import { describe, expect, test } from 'vitest';
import { restate, verdictPieces } from '../../src/report/statement.js';
import { all, theoremOf, worked } from './instances.js';

const digest = /sha256:([0-9a-f]{64})/g;

test('the worked certificate is restated as in the contract', async () => {
  expect(await restate(theoremOf(worked))).toBe(
    'For the network R¹ → dense 2 → relu → dense 1 (7 free parameters) and the risk R(θ) = Σ_{i=1..6} (N_θ(x_i) − y_i)² ' +
      'on data sha256:fd1840676fc23cdd5d42996dfa5faf5d35597feaeff9fb22dffc70644ab11bdc, ' +
      'the point sha256:2ec161996b17ec08ad2b697a74f47fcea14770e74b0fbd3b68094056f0877152 is a local minimum with R = 156/29; ' +
      'the point sha256:0264bb5548e4cc9a80ccc1013862a54bc13d068e41f2899e45f894563fbe7618 has R = 4/3, lower by exactly 352/87. ' +
      'Problem sha256:13d2a038e8d33e7b21758cd4c6463b41ee9f4dd79cd1c612d9b9c9ab560f0910',
  );
});

describe('every kind', () => {
  const linear = 'For the network R¹ → dense 1 without bias → dense 1 without bias (2 free parameters) and the risk';
  const hinge = 'For the network R¹ → dense 1 → relu → dense 1 (4 free parameters) and the risk';
  test.each([
    [
      'deep',
      'For the network R² → dense 2 → relu → dense 3 → hardtanh → dense 1 without bias (18 free parameters) and the risk ' +
        'R(θ) = Σ_{i=1..4} H(N_θ(x_i) − y_i), H(r) = r²/2 for |r| ≤ δ, δ|r| − δ²/2 beyond, δ = 5/2, ' +
        'on data D, the point D is a local minimum with R = 2. Problem D',
    ],
    [
      'outputs',
      'For the network R² → dense 3 → leaky-relu(1/10) → dense 2 (17 free parameters) and the risk ' +
        'R(θ) = 1/2·Σ_{i=1..4} μ_i |N_θ(x_i) − y_i|², μ_i = 2, on data D, the point D is a local minimum with R = 20. Problem D',
    ],
    [
      'descending',
      `${hinge} R(θ) = Σ_{i=1..3} (N_θ(x_i) − y_i)² on data D, the point D with R = 2 is not a local minimum: ` +
        'points arbitrarily close to it have lower risk. Problem D',
    ],
    [
      'saddle',
      `${linear} R(θ) = Σ_{i=1..2} (N_θ(x_i) − y_i)² on data D, the point D with R = 5 is a saddle point: R is differentiable ` +
        'there with gradient 0, and points arbitrarily close to it have lower risk, others higher risk. Problem D',
    ],
    [
      'perfect',
      `${linear} R(θ) = Σ_{i=1..2} (N_θ(x_i) − y_i)² on data D, the point D is a global minimum with R = 0. Problem D`,
    ],
    [
      'quantile',
      `${linear} R(θ) = Σ_{i=1..2} Q(N_θ(x_i) − y_i), Q(r) = r²/(2w) for −wτ ≤ r ≤ w(1−τ), (1−τ)(r − w(1−τ)/2) above, ` +
        '−τ(r + wτ/2) below, τ = 1/2, w = 3, on data D, the point D is a global minimum with R = 1/12. Problem D',
    ],
    [
      'cubed',
      `${linear} R(θ) = Σ_{i=1..2} |N_θ(x_i) − y_i|³ on data D, the point D with R = 9 is not a global minimum; ` +
        'the point D has R = 0, lower by exactly 9. Problem D',
    ],
    [
      'ball',
      `${hinge} R(θ) = Σ_{i=1..2} (N_θ(x_i) − y_i)² on data D, no point within distance 1/10 (Euclidean norm over all free ` +
        'parameters) of the point D with R = 25 is a local minimum. Problem D',
    ],
  ])('%s', async (name, expected) => {
    expect((await restate(theoremOf(all[name] ?? {}))).replaceAll(digest, 'D')).toBe(expected);
  });
});

test('the pieces of --json are exact strings and the digests of the sentence', async () => {
  const theorem = theoremOf(worked);
  const { kind, rule, risk, statement, obligations } = await verdictPieces(theorem);
  expect({ kind, rule, risk, obligations }).toEqual({
    kind: 'spurious-local-minimum',
    rule: 'affine-span',
    risk: { point: '156/29', better: '4/3', gap: '352/87' },
    obligations: { total: 15, by: { 'strict-piece': 12, 'group-moment': 2, 'lower-risk': 1 } },
  });
  const named = [...(await restate(theorem)).matchAll(digest)].map(([, hex]) => hex);
  expect(named).toEqual([statement.data, statement.point, statement.better, statement.problem]);
  expect(Object.keys(statement)).toEqual(['sha256', 'problem', 'data', 'point', 'better']);
});

test('where there is no better point, the keys are null', async () => {
  const { risk, statement } = await verdictPieces(theoremOf(all['perfect'] ?? {}));
  expect(risk).toEqual({ point: '0', better: null, gap: null });
  expect(statement.better).toBe(null);
});
