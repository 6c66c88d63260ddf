import { describe, expect, test } from 'vitest';
import { type Fields, pointJson, writeFile } from '../../src/formats/write.js';
import { compare } from '../../src/kernel/arithmetic/rational.js';
import { readPoint, readProblem } from '../../src/kernel/check.js';
import { defaultLimits, Meter } from '../../src/kernel/limits.js';
import { evaluateExactly } from '../../src/kernel/model/evaluation.js';
import type { Parameters } from '../../src/kernel/model/network.js';
import { exactRisk } from '../../src/kernel/model/risk.js';
import type { SampleProblem } from '../../src/kernel/statement.js';
import { findBetterPoint } from '../../src/provers/better-point.js';

const search = { seed: 1, effort: 3 };
const inputs = [
  ['0', '1'],
  ['1', '3'],
  ['2', '0'],
  ['3', '5'],
  ['4', '1'],
  ['5', '-2'],
];
const targets = [['0'], ['2'], ['-1'], ['7'], ['1'], ['0']];

function problemOf(layers: readonly Fields[], loss: Fields = { function: 'squared' }, y = targets): SampleProblem {
  const read = readProblem(
    writeFile({
      format: 'cairn-problem',
      version: 1,
      network: { input: [2], layers },
      loss,
      data: { type: 'samples', inputs, targets: y },
    }),
  );
  if (read.kind !== 'read') throw new Error(read.reason.message);
  if (read.value.type !== 'samples') throw new Error('these are samples');
  return read.value;
}

function oneHidden(units: number, activation: string, biases = [true, true], outputs = 1): Fields[] {
  const [hidden = true, output = true] = biases;
  return [
    { type: 'dense', units, bias: hidden },
    { type: 'activation', function: activation },
    { type: 'dense', units: outputs, bias: output },
  ];
}

function zeroPoint({ network }: SampleProblem): Parameters {
  return network.stages.map(({ units, inputs: d, bias }) => ({
    weights: Array.from({ length: units }, () => new Array<bigint>(d).fill(0n)),
    bias: bias ? new Array<bigint>(units).fill(0n) : null,
    denominator: 1n,
    bits: 1,
  }));
}

function riskOf({ network, loss, data }: SampleProblem, parameters: Parameters) {
  const meter = new Meter(defaultLimits);
  return exactRisk(evaluateExactly(network, parameters, data, meter), loss, data, meter);
}

/** Expects something better than `from`, whose risk is as stated and which can be written and read. */
function expectBetter(problem: SampleProblem, from = zeroPoint(problem)): Parameters {
  const better = findBetterPoint(problem, from, search);
  if (better === null) throw new Error('nothing was found');
  const read = readPoint(
    writeFile({ format: 'cairn-point', version: 1, ...pointJson(problem.network, better.parameters) }),
    problem,
  );
  if (read.kind !== 'read') throw new Error(read.reason.message);
  expect(riskOf(problem, read.value.parameters)).toEqual(better.risk);
  expect(compare(better.risk, riskOf(problem, from))).toBe(-1);
  return better.parameters;
}

const activations = ['relu', 'abs', 'leaky-relu', 'hardtanh', 'relu6', 'hard-sigmoid', 'softshrink'];
const losses: Fields[] = [
  { function: 'squared' },
  { function: 'squared', factor: '1/2' },
  { function: 'power', exponent: '4' },
  { function: 'power', exponent: '3' },
  { function: 'huber', threshold: '1' },
  { function: 'smooth-quantile', level: '1/3', width: '1' },
];

describe('beats the zero point', () => {
  for (const activation of activations) {
    test.each([1, 2, 3])(`${activation}, width %i`, (units) => {
      for (const loss of losses) expectBetter(problemOf(oneHidden(units, activation), loss));
    });
  }

  test.each([
    [true, false],
    [false, true],
    [false, false],
  ])('hidden bias %s, output bias %s', (...biases) => {
    for (const activation of activations) expectBetter(problemOf(oneHidden(3, activation, biases)));
  });

  test('two outputs', () => {
    const y = targets.map(([t = '0'], i) => [t, String(i * i)]);
    for (const units of [1, 2, 3, 5]) {
      expectBetter(problemOf(oneHidden(units, 'relu', [true, true], 2), { function: 'squared' }, y));
    }
  });

  test('an affine network', () => {
    expectBetter(problemOf(oneHidden(2, 'identity')));
  });
});

test('goes on from its own answer, or stops', () => {
  const problem = problemOf(oneHidden(2, 'relu'));
  const first = expectBetter(problem);
  const again = findBetterPoint(problem, first, { seed: 2, effort: 10 });
  if (again !== null) expect(compare(again.risk, riskOf(problem, first))).toBe(-1);
});

test('answers null where there is nothing to find', () => {
  const flat = targets.map(() => ['0']);
  const solved = problemOf(oneHidden(2, 'relu'), { function: 'squared' }, flat);
  expect(findBetterPoint(solved, zeroPoint(solved), search)).toBeNull();
});

test.each<[string, Fields[]]>([
  ['deep', [...oneHidden(2, 'relu').slice(0, 2), ...oneHidden(2, 'relu')]],
  [
    'frozen',
    [{ type: 'dense', units: 1, fixed: { weights: [['1', '2']], bias: ['0'] } }, ...oneHidden(2, 'relu').slice(1)],
  ],
  ['linear', [{ type: 'dense', units: 1 }]],
])('answers null for networks that it does not know: %s', (_, layers) => {
  const problem = problemOf(layers);
  expect(findBetterPoint(problem, zeroPoint(problem), search)).toBeNull();
});
