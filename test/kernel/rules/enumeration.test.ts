import { describe, expect, test } from 'vitest';
import { canonicalStatement } from '../../../src/kernel/canonical.js';
import {
  abs,
  activation,
  answer,
  certificate,
  changed,
  check,
  codeOf,
  dense,
  type Fields,
  frozen,
  type ProblemParts,
  piecewise,
  point,
  problem,
  relu,
  type Value,
} from '../../certificate.js';
import { enumerated, globalBy, minimumOf, nodeFor, rational, riskAt } from '../../enumerated.js';

const hardtanh = activation('hardtanh');
const identity = activation('identity');

/** Two hinges fit (1, 0, 1) equally well: (1, ½, ½) and (½, ½, 1). */
const valley: ProblemParts = { layers: [dense(1), relu, dense(1)], x: [-1, 0, 1], y: [1, 0, 1] };
const hinge = point([[['1/2']], [0]], [[[1]], ['1/2']]);
const mirrored = point([[['-1/2']], [0]], [[[1]], ['1/2']]);
const half = rational(1n, 2n);
const node = nodeFor(problem(valley), half);
const proof = '$.proof.globalMinimum';

const enumeration = (parts: ProblemParts): string => codeOf(check(enumerated(problem(parts))));

describe('a hinge on three points', () => {
  const proved = globalBy(problem(valley), hinge, node);
  const with_ = (path: string, by: Value | undefined): string => answer(check(changed(proved, path, by)));
  const tree = `${proof}.tree`;
  const one = `${proof}.combinations[2]`;

  test('is a global minimum at either fit', () => {
    expect(check(proved)).toMatchObject({
      kind: 'proved',
      theorem: { rule: 'enumeration', obligations: { by: { 'kept-leaf': 6, combination: 12 } } },
    });
    expect(answer(check(globalBy(problem(valley), mirrored, node)))).toBe('proved');
  });

  test.each<[string, string, Value | undefined, string]>([
    ['a sample that is not there', `${tree}.sample`, 3, `out-of-range ${tree}.sample`],
    ['a breakpoint that is not there', `${tree}.breakpoint`, 1, `out-of-range ${tree}.breakpoint`],
    ['a sign split on twice', `${tree}.below.sample`, 0, `repeated-kink ${tree}.below`],
    ['a leaf kept too early', `${tree}.below`, { kept: true }, `undecided-kink ${tree}.below`],
    ['a leaf that is not kept', `${tree}.below`, { kept: false }, `wrong-hint ${tree}.below`],
    ['an empty node', `${tree}.below`, {}, `wrong-hint ${tree}.below`],
    ['a split with one side', `${tree}.above`, undefined, `wrong-hint ${tree}`],
    ['a split that is kept', `${tree}.kept`, true, `wrong-hint ${tree}`],
    ['a split without its breakpoint', `${tree}.breakpoint`, undefined, `wrong-hint ${tree}`],
    ['a split that is infeasible', `${tree}.infeasible`, [], `wrong-hint ${tree}`],
    [
      'a whole side called empty',
      `${tree}.below`,
      { infeasible: ['1'] },
      `nonzero-combination ${tree}.below.infeasible`,
    ],
    [
      'multipliers 0 exclude nothing',
      `${tree}.below`,
      { infeasible: ['0'] },
      `not-infeasible ${tree}.below.infeasible`,
    ],
    ['no multipliers exclude nothing', tree, { infeasible: [] }, `not-infeasible ${tree}.infeasible`],
    ['too many multipliers', `${tree}.below`, { infeasible: ['0', '1'] }, `wrong-length ${tree}.below.infeasible`],
    [
      'negative multipliers',
      `${tree}.below`,
      { infeasible: ['-1'] },
      `negative-multiplier ${tree}.below.infeasible[0]`,
    ],
    ['an unknown key', `${tree}.leaf`, true, `unknown-key ${tree}.leaf`],
    ['a prediction that is too short', `${one}.prediction[0]`, undefined, `wrong-length ${one}.prediction`],
    ['a prediction with Σ g ≠ 0', `${one}.prediction[0]`, '2', `nonzero-residual-sum ${one}.prediction`],
    ['too few lists of multipliers', `${one}.multipliers`, [], `empty-list ${one}.multipliers`],
    ['two lists for one unit', `${one}.multipliers[1]`, ['0', '0', '0'], `wrong-length ${one}.multipliers`],
    ['too few multipliers', `${one}.multipliers[0][0]`, undefined, `wrong-length ${one}.multipliers[0]`],
    ['a combination too few', `${proof}.combinations[11]`, undefined, `wrong-length ${proof}.combinations`],
    ['no combination', `${proof}.combinations`, [], `empty-list ${proof}.combinations`],
    ['no tree', tree, undefined, `missing-key ${proof}`],
  ])('%s is refused', (_, path, by, expected) => {
    expect(with_(path, by)).toBe(expected);
  });

  test.each(['sample', 'breakpoint', 'below', 'above'])('kept in place of %s is refused', (key) => {
    const { tree: root, ...rest } = node as { tree: Fields };
    const { [key]: _, ...others } = root;
    const by = { ...rest, tree: { ...others, kept: true } };
    expect(answer(check(globalBy(problem(valley), hinge, by)))).toBe(`wrong-hint ${tree}`);
  });

  test('a combination too many is refused', () => {
    const { combinations } = node as { combinations: readonly Value[] };
    const more = [...combinations, combinations[0] as Value];
    expect(with_(`${proof}.combinations`, more)).toBe(`wrong-length ${proof}.combinations`);
    const twice = globalBy(
      problem({ ...valley, layers: [dense(2), relu, dense(1)] }),
      point(
        [
          [['1/2'], [0]],
          [0, 0],
        ],
        [[[1, 0]], ['1/2']],
      ),
      node,
    );
    expect(codeOf(check(twice))).toBe('wrong-length');
  });

  test('the order of the combinations is that of the leaves and signs', () => {
    const { combinations } = node as { combinations: readonly Value[] };
    const answers = combinations.map((_, c) => {
      const swapped = combinations.map((entry, k) =>
        k === c ? combinations[c ^ 1] : k === (c ^ 1) ? combinations[c] : entry,
      );
      return codeOf(check(changed(proved, `${proof}.combinations`, swapped as Value)));
    });
    expect(answers.filter((code) => code !== 'proved').length).toBeGreaterThan(0);
    for (const code of answers) expect(['proved', 'nonzero-combination', 'negative-multiplier']).toContain(code);
  });

  test('every multiplier matters', () => {
    const { combinations } = node as { combinations: readonly { multipliers: readonly (readonly string[])[] }[] };
    combinations.forEach(({ multipliers }, c) => {
      multipliers[0]?.forEach((_, k) => {
        const at = `${proof}.combinations[${c}].multipliers[0][${k}]`;
        expect(with_(at, '-1/7').split(' ')[0]).toBe('negative-multiplier');
        expect(with_(at, '1001/1000').split(' ')[0]).toBe('nonzero-combination');
      });
    });
  });

  // theory.md 6: without the comparison with R(θ), the constant 2/3 would be "global".
  test('the constant 2/3 is not a global minimum', () => {
    const constant = point([[[0]], [0]], [[[0]], ['2/3']]);
    expect(answer(check(globalBy(problem(valley), constant, node)))).toMatch(/^bound-too-low .*prediction$/);
    const parallel = (node as { combinations: readonly { multipliers: Value }[] }).combinations.map(
      ({ multipliers }) => ({
        prediction: ['2/3', '2/3', '2/3'],
        multipliers,
      }),
    );
    expect(codeOf(check(globalBy(problem(valley), constant, { ...node, combinations: parallel })))).not.toBe('proved');
  });

  test('a point a little above the minimum is refused', () => {
    const near = point([[['1/2']], [0]], [[[1]], ['501/1000']]);
    expect(codeOf(check(globalBy(problem(valley), near, node)))).toBe('bound-too-low');
  });
});

describe('several breakpoints', () => {
  const steps: ProblemParts = { layers: [dense(1), hardtanh, dense(1)], x: [-2, 1, 2], y: [0, -1, 3] };
  const proved = enumerated(problem(steps));
  const tree = `${proof}.tree`;

  test('hardtanh is settled', () => {
    expect(codeOf(check(proved))).toBe('proved');
  });

  test.each<[string, Value, string]>([
    // Above 1 and below −1: the closure is empty, and no piece is taken.
    ['below.above', { kept: true }, 'contradictory-signs'],
    ['below.above', { infeasible: ['1', '2'] }, 'nonzero-combination'],
    ['above.below', { infeasible: ['1', '1'] }, 'not-infeasible'],
  ])('at %s: %j is refused', (path, by, expected) => {
    // Sample 0 alone: below −1 and above 1 is empty, above −1 and below 1 is not.
    const alone: ProblemParts = { layers: [dense(1), hardtanh, dense(1)], x: [1], y: [3] };
    const certified = enumerated(problem(alone));
    expect(codeOf(check(certified))).toBe('proved');
    expect(codeOf(check(changed(certified, `${tree}.${path}`, by)))).toBe(expected);
  });

  test('a form that falls with |v| is refused', () => {
    // Without an output bias Σ g need not be 0: where the unit is constant, only one sign of v raises the risk.
    const parts: ProblemParts = { layers: [dense(1), hardtanh, dense(1, false)], x: [1, 2, 3], y: [1, 3, -1] };
    const certified = enumerated(problem(parts));
    expect(codeOf(check(certified))).toBe('proved');
    const { proof: parsed } = certified as { proof: { globalMinimum: { combinations: readonly Value[] } } };
    const { combinations } = parsed.globalMinimum;
    const codes = combinations.map((_, c) =>
      codeOf(check(changed(certified, `${proof}.combinations[${c}]`, combinations[c ^ 1]))),
    );
    expect(codes).toContain('negative-on-a-cone');
  });
});

describe('data at which nothing is crossed', () => {
  // Without a hidden bias w·x̃ is 0 at x = 0 for all w: a split on its sign would "show" both sides to be empty.
  const through: ProblemParts = { layers: [dense(1, false), relu, dense(1)], x: [-1, 0, 2], y: [2, 0, 1] };
  test('they are left out', () => {
    expect(enumeration(through)).toBe('proved');
  });
  test('a split on them is refused', () => {
    const empty = { sample: 1, breakpoint: 0, below: { infeasible: ['1'] }, above: { infeasible: ['1'] } };
    const { risk, points } = minimumOf(problem(through));
    const good = nodeFor(problem(through), risk);
    const wrong = globalBy(problem(through), points[0] as Fields, { ...good, tree: empty });
    expect(answer(check(wrong))).toBe(`never-crossed ${proof}.tree`);
  });
  test('with a breakpoint elsewhere, one side is empty', () => {
    const shifted = piecewise([0, 1], [0, 0], [1, 0], [0, 1]);
    expect(enumeration({ ...through, layers: [dense(1, false), shifted, dense(1)] })).toBe('proved');
    expect(enumeration({ layers: [dense(1, false), shifted, dense(1, false)], x: [0, 0], y: [1, 2] })).toBe('proved');
  });
});

describe('what the rule covers', () => {
  test.each<[string, ProblemParts]>([
    ['abs', { layers: [dense(1), abs, dense(1)], x: [-1, 0, 1, 2], y: [1, 0, 2, 1] }],
    [
      'leaky relu',
      { layers: [dense(2), activation('leaky-relu', { slope: '1/3' }), dense(1)], x: [0, 1, 2], y: [1, 3, 1] },
    ],
    [
      'a bend that does not pass through 0',
      { layers: [dense(1), piecewise([1], [-1, 2], ['1/2', '1/2']), dense(1)], x: [0, 1, 3, 4], y: [2, 1, 2, 1] },
    ],
    ['duplicated inputs', { layers: [dense(1), relu, dense(1)], x: [0, 0, 1, 1], y: [0, 1, 3, 1] }],
    [
      'inputs that span a line',
      {
        layers: [dense(1), relu, dense(1)],
        x: [
          [1, 2],
          [2, 4],
          [3, 6],
        ],
        y: [1, 3, 2],
      },
    ],
    ['weights', { layers: [dense(1), relu, dense(1)], x: [-1, 0, 1], y: [1, 0, 1], weights: ['1/3', 2, 5] }],
    [
      'fractions',
      {
        layers: [dense(1), hardtanh, dense(1)],
        x: ['1/3', '-2/5', '7/2'],
        y: ['1/7', '0.3', -2],
        weights: ['1/3', 2, 5],
      },
    ],
    [
      'a factor',
      { layers: [dense(1), relu, dense(1)], x: [-1, 0, 1], y: [1, 0, 1], loss: { function: 'squared', factor: '2/7' } },
    ],
    ['no biases', { layers: [dense(2, false), relu, dense(1, false)], x: [-2, 1, 3], y: [1, 2, -1] }],
    ['a hidden bias alone', { layers: [dense(1), relu, dense(1, false)], x: [-1, 0, 1], y: [1, 3, 1] }],
    [
      'a frozen first part',
      {
        layers: [
          frozen([
            [[1], [-2]],
            ['1/2', 0],
          ]),
          relu,
          dense(1),
          relu,
          dense(1),
        ],
        x: [-1, 0, 1, 2],
        y: [1, 3, 1, 0],
      },
    ],
    [
      'two inputs',
      {
        layers: [dense(1), relu, dense(1)],
        x: [
          [0, 0],
          [1, 0],
          [0, 1],
          [1, 1],
        ],
        y: [0, 1, 1, 0],
      },
    ],
  ])('%s', (_, parts) => {
    expect(enumeration(parts)).toBe('proved');
  });

  test('frozen layers: their values are among those that the rule bounds', () => {
    const free = problem(valley);
    const hidden = { ...valley, layers: [frozen([[['1/2']], [0]]), relu, dense(1)] };
    expect(codeOf(check(globalBy(problem(hidden), point([[[1]], ['1/2']]), nodeFor(free, half))))).toBe('proved');
    const output = { ...valley, layers: [dense(1), relu, frozen([[[1]], ['1/2']])] };
    expect(codeOf(check(globalBy(problem(output), point([[['1/2']], [0]]), nodeFor(free, half))))).toBe('proved');
    const worse = { ...valley, layers: [frozen([[[0]], [0]]), relu, dense(1)] };
    expect(codeOf(check(globalBy(problem(worse), point([[[0]], ['2/3']]), nodeFor(free, half))))).toBe('bound-too-low');
  });

  test('an output bias that is frozen and 0 asks nothing of Σ g; one that is not 0 does', () => {
    const without = { ...valley, layers: [dense(1), relu, dense(1, false)] };
    const { risk, points } = minimumOf(problem(without));
    const carried = nodeFor(problem(without), risk);
    const [hidden, outer] = (points[0] as { layers: readonly Fields[] }).layers as [Fields, { weights: Value }];
    const fixed = (bias: string): Fields => ({
      type: 'dense',
      units: 1,
      fixed: { weights: outer.weights, bias: [bias] },
    });
    const at = (bias: string) => problem({ ...valley, layers: [dense(1), relu, fixed(bias)] });
    expect(codeOf(check(globalBy(at('0'), { layers: [hidden] }, carried)))).toBe('proved');
    expect(codeOf(check(globalBy(at('1/9'), { layers: [hidden] }, carried)))).toBe('nonzero-residual-sum');
  });

  test.each<[string, ProblemParts, Fields]>([
    [
      'two outputs',
      {
        ...valley,
        layers: [dense(1), relu, dense(2)],
        y: [
          [1, 0],
          [0, 0],
          [1, 0],
        ],
      },
      point(
        [[['1/2']], [0]],
        [
          [[1], [0]],
          ['1/2', 0],
        ],
      ),
    ],
    [
      'two hidden layers',
      { ...valley, layers: [dense(1), relu, dense(1), relu, dense(1)] },
      point([[['1/2']], [0]], [[[1]], [0]], [[[1]], ['1/2']]),
    ],
    ['no hidden layer', { ...valley, layers: [dense(1)] }, point([[[0]], ['2/3']])],
    ['a loss with irrational values', { ...valley, loss: { function: 'log-cosh' } }, hinge],
    [
      'a loss that is not convex',
      { ...valley, loss: { function: 'polynomial', coefficients: ['0', '0', '-1', '0', '1'] } },
      hinge,
    ],
  ])('%s: declined', (_, parts, at) => {
    expect(codeOf(check(globalBy(problem(parts), at, node)))).toBe('unsupported-combination');
  });

  test('leaves that would not fit into memory together are declined', () => {
    const proved = globalBy(problem(valley), hinge, node);
    expect(codeOf(check(proved, { limits: { limbs: 60 } }))).toBe('limit-limbs');
    expect(codeOf(check(proved, { limits: { operations: 800 } }))).toBe('limit-operations');
    expect(codeOf(check(proved, { limits: { nodes: 5 } }))).toBe('limit-nodes');
  });

  test('without a bend there is one leaf, and nothing to carry for it', () => {
    const line = { ...valley, layers: [dense(1), identity, dense(1)] };
    const choice: Fields = { prediction: ['2/3', '2/3', '2/3'], multipliers: [[]] };
    const constant = point([[[0]], [0]], [[[0]], ['2/3']]);
    const fit = { rule: 'enumeration', tree: { kept: true }, combinations: [choice, choice] };
    expect(codeOf(check(globalBy(problem(line), constant, fit)))).toBe('proved');
    const tilted = { ...choice, prediction: ['1', '2/3', '1/3'] };
    const wrong = { ...fit, combinations: [choice, tilted] };
    expect(codeOf(check(globalBy(problem(line), constant, wrong)))).toBe('bound-too-low');
    expect(codeOf(check(globalBy(problem(valley), constant, fit)))).toBe('undecided-kink');
  });

  test('a smooth activation is declined', () => {
    const smooth = { ...valley, layers: [dense(1), activation('elu'), dense(1)] };
    const affine = point([[['1/2']], [5]], [[[1]], [0]]);
    expect(codeOf(check(globalBy(problem(smooth), affine, node)))).toBe('unsupported-activation');
  });

  test('other convex losses are bounded by their tangents', () => {
    // Huber's loss is half the square here: every residual of every p̂ is at most 1 in size.
    const huber = { ...valley, loss: { function: 'huber', threshold: '1' } };
    const halved = { ...valley, loss: { function: 'squared', factor: '1/2' } };
    expect(codeOf(check(globalBy(problem(huber), hinge, nodeFor(problem(halved), rational(1n, 4n)))))).toBe('proved');
    expect(
      codeOf(check(globalBy(problem({ ...huber, loss: { function: 'huber', threshold: '1/4' } }), hinge, node))),
    ).not.toBe('proved');
  });

  test('it does not show local minima', () => {
    const local = certificate('local-minimum', { problem: problem(valley), point: hinge }, { localMinimum: node });
    expect(codeOf(check(local))).toBe('unsupported-combination');
  });
});

describe('against brute force', () => {
  /** Minimal standard generator, so that the problems are the same each time. */
  let state = 20_221_115;
  const integer = (low: number, high: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return low + (state % (high - low + 1));
  };
  const bends = [relu, abs, hardtanh, activation('leaky-relu', { slope: '1/4' })];

  test.each(Array.from({ length: 24 }, (_, k) => k))('random problem %i', (k) => {
    const units = 1 + (k % 2);
    const d = 1 + (k % 3 === 2 ? 1 : 0);
    const n = 4 - (d - 1);
    const parts: ProblemParts = {
      layers: [dense(units, k % 5 !== 4), bends[k % 4] as Fields, dense(1, k % 7 !== 6)],
      x: Array.from({ length: n }, () => Array.from({ length: d }, () => integer(-3, 3))),
      y: Array.from({ length: n }, () => integer(-4, 4)),
      weights: Array.from({ length: n }, () => integer(1, 3)),
    };
    const posed = problem(parts);
    let certified: Fields;
    try {
      certified = enumerated(posed);
    } catch (error) {
      // With hardtanh the least risk may be a limit only.
      expect(String(error)).toContain('no minimum is attained');
      return;
    }
    const verdict = check(certified);
    expect(codeOf(verdict)).toBe('proved');
    const { statement } = certified as { statement: { point: Fields } };
    const least = riskAt(posed, statement.point);
    for (let attempt = 0; attempt < 300; attempt++) {
      const some = (): string => `${integer(-12, 12)}/${integer(1, 4)}`;
      const layer = (rows: number, width: number, bias: boolean) => ({
        weights: Array.from({ length: rows }, () => Array.from({ length: width }, some)),
        ...(bias ? { bias: Array.from({ length: rows }, some) } : {}),
      });
      const found = riskAt(posed, { layers: [layer(units, d, k % 5 !== 4), layer(1, units, k % 7 !== 6)] });
      expect(found.num * least.den >= least.num * found.den).toBe(true);
    }
  });
});

describe('ill-posed best approximation', () => {
  const claim = (parts: ProblemParts, at: Fields, otherPoint: Fields, jump: string, by: Fields = node): Fields =>
    certificate(
      'ill-posed-best-approximation',
      { problem: problem(parts), point: at, otherPoint, jump },
      { globalMinimum: by },
    );

  test('two hinges are equally good', () => {
    const verdict = check(claim(valley, hinge, mirrored, '1/2'));
    expect(verdict).toMatchObject({ kind: 'proved', theorem: { obligations: { by: { 'equal-risk': 1, jump: 1 } } } });
    expect(codeOf(check(claim(valley, mirrored, hinge, '1/3')))).toBe('proved');
  });

  const flat = point([[[0]], [0]], [[[0]], ['2/3']]);
  test.each<[string, Fields, string]>([
    ['a larger jump', claim(valley, hinge, mirrored, '501/1000'), 'jump-not-reached $.statement.jump'],
    ['the same point twice', claim(valley, hinge, hinge, '1/1000'), 'jump-not-reached $.statement.jump'],
    [
      'another point with the same predictions',
      claim(valley, hinge, point([[[1]], [0]], [[['1/2']], ['1/2']]), '1/1000'),
      'jump-not-reached $.statement.jump',
    ],
    ['a jump of 0', claim(valley, hinge, mirrored, '0'), 'nonpositive-jump $.statement.jump'],
    ['a negative jump', claim(valley, hinge, mirrored, '-1'), 'nonpositive-jump $.statement.jump'],
    ['another point of higher risk', claim(valley, hinge, flat, '1/10'), 'risks-differ $.statement.otherPoint'],
    [
      'a point that is no global minimum',
      claim(valley, flat, hinge, '1/10'),
      `bound-too-low ${proof}.combinations[3].prediction`,
    ],
    [
      'two points of one risk that are no global minima',
      claim(valley, point([[[1]], [0]], [[[1]], [0]]), point([[[-1]], [0]], [[[1]], [0]]), '1/10'),
      `bound-too-low ${proof}.combinations[0].prediction`,
    ],
    [
      'another loss',
      claim({ ...valley, loss: { function: 'huber', threshold: '1' } }, hinge, mirrored, '1/2'),
      'unsupported-combination $.statement.problem.loss',
    ],
    [
      'a fourth power',
      claim({ ...valley, loss: { function: 'power', exponent: '4' } }, hinge, mirrored, '1/2'),
      'unsupported-combination $.statement.problem.loss',
    ],
    [
      'a shifted square',
      claim({ ...valley, loss: { function: 'polynomial', coefficients: ['0', '1', '1'] } }, hinge, mirrored, '1/2'),
      'unsupported-combination $.statement.problem.loss',
    ],
    [
      'another rule',
      claim(valley, hinge, mirrored, '1/2', { rule: 'zero-loss' }),
      'unsupported-combination $.proof.globalMinimum.rule',
    ],
    [
      'no other point',
      changed(claim(valley, hinge, mirrored, '1/2'), '$.statement.otherPoint', undefined) as Fields,
      'missing-key $.statement',
    ],
    [
      'no jump',
      changed(claim(valley, hinge, mirrored, '1/2'), '$.statement.jump', undefined) as Fields,
      'missing-key $.statement',
    ],
    [
      'a better point',
      changed(claim(valley, hinge, mirrored, '1/2'), '$.statement.betterPoint', hinge) as Fields,
      'unknown-key $.statement.betterPoint',
    ],
  ])('%s is refused', (_, wrong, expected) => {
    expect(answer(check(wrong))).toBe(expected);
  });

  test('the other point and the jump are part of the statement', () => {
    const texts = [claim(valley, hinge, mirrored, '1/2'), claim(valley, hinge, mirrored, '1/3')].map((certified) => {
      const verdict = check(certified);
      return verdict.kind === 'proved' ? canonicalStatement(verdict.theorem.statement) : '';
    });
    expect(new Set(texts).size).toBe(2);
    expect(texts[0]).toMatch(/"otherPoint":\{"layers":\[.*\]\},"jump":"1\/2"\}$/);
  });

  test('c times the square is the squared loss, however it is written', () => {
    const square = { ...valley, loss: { function: 'polynomial', coefficients: ['0', '0', '1'] } };
    expect(codeOf(check(claim(square, hinge, mirrored, '1/2')))).toBe('proved');
    const shifted = { ...valley, loss: { function: 'polynomial', coefficients: ['1', '0', '1'] } };
    expect(codeOf(check(claim(shifted, hinge, mirrored, '1/2')))).toBe('unsupported-combination');
  });
});
