import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { onnx } from '../formats/binary-files.js';
import { cairnIn, temporaryFolder } from './cairn.js';

const fixtures = fileURLToPath(new URL('../formats/fixtures/', import.meta.url));
const folder = temporaryFolder();
for (const name of readdirSync(fixtures)) copyFileSync(join(fixtures, name), join(folder, name));
writeFileSync(join(folder, 'one.csv'), 'x,y\n1,2\n');
const cairn = cairnIn(folder);
const words = (line: string): string[] => line.split(' ');
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
const expected = JSON.parse(text('expected.json')) as Readonly<Record<string, number>>;

/** The middle of what `cairn risk` prints. */
function risk(problem: string, point: string): number {
  const { code, out, err } = cairn('risk', problem, '--point', point, '--json');
  expect([code, err]).toEqual([0, '']);
  const { risk } = JSON.parse(out) as { readonly risk: string | { readonly lower: string; readonly upper: string } };
  const value = (quotient: string): number => {
    const [num = '0', den = '1'] = quotient.split('/');
    return Number((BigInt(num) * 10n ** 20n) / BigInt(den)) / 1e20;
  };
  return typeof risk === 'string' ? value(risk) : (value(risk.lower) + value(risk.upper)) / 2;
}

describe('a model becomes a problem and a point whose risk is what PyTorch says', () => {
  test.each([
    [
      'mlp',
      '--targets y0,y1 --reduction mean',
      'loss squared, factor 1/12: the risk is the mean over 6 samples and 2 outputs',
    ],
    ['images', '--loss cross-entropy --reduction mean', 'the target is a class: it is written as a row of 0 and a 1'],
    ['signal', '', "loss squared, factor 1: the risk is a sum (--reduction mean is PyTorch's default)"],
  ])('%s %s', (name, options, note) => {
    const command = `import ${name}.onnx --data ${name}.csv -o ${name}.problem.json --point-out ${name}.point.json`;
    const { code, out, err } = cairn(...words(`${command} ${options}`.trim()));
    expect({ code, out }).toEqual({ code: 0, out: `written: ${name}.problem.json, ${name}.point.json\n` });
    expect(err).toContain(note);
    const found = risk(`${name}.problem.json`, `${name}.point.json`);
    expect(Math.abs(found - (expected[`${name}.onnx`] as number))).toBeLessThan(1e-9);
  });

  test('the factor of the loss is divided, too', () => {
    const command =
      'import mlp.onnx --data mlp.csv --targets y0,y1 --reduction mean -o half.json --point-out half.point.json';
    expect(cairn(...words(command), '--loss', 'squared:factor=1/2').err).toContain('loss squared, factor 1/24');
    expect(JSON.parse(text('half.json'))).toMatchObject({ loss: { function: 'squared', factor: '1/24' } });
  });

  test('an activation is written as the format names it, whether this version has a rule or not', () => {
    const { code } = cairn(...words('import activations.onnx --data one.csv -o a.json --point-out a.point.json'));
    expect(code).toBe(0);
    for (const name of ['tanh', 'gelu', 'silu', 'selu']) expect(text('a.json')).toContain(`"function": "${name}"`);
  });
});

describe('weights become the same point, bit for bit', () => {
  test.each([
    ['mlp.npz', '"2.weight", float32 4 × 4: weights of $.network.layers[2], dense "2"'],
    ['mlp-compressed.npz', '"arr_2", float32 4 × 4: weights of $.network.layers[2], dense "2"'],
    ['mlp.safetensors', '"4.bias", float32 2: bias of $.network.layers[4], dense "4"'],
  ])('%s', (file, note) => {
    const { code, out, err } = cairn('import', file, '--problem', 'mlp.problem.json', '-o', `${file}.json`);
    expect({ code, out }).toEqual({ code: 0, out: `written: ${file}.json\n` });
    expect(err.split('\n')).toContain(note);
    expect(text(`${file}.json`)).toBe(text('mlp.point.json'));
  });

  test('what was rounded before is another point', () => {
    const { code } = cairn(...words('import mlp-bf16.safetensors --problem mlp.problem.json -o bf16.json'));
    expect(code).toBe(0);
    expect(text('bf16.json')).not.toBe(text('mlp.point.json'));
    expect(risk('mlp.problem.json', 'bf16.json')).toBeCloseTo(expected['mlp.onnx'] as number, 1);
  });
});

test('a network that this version declines is 2, and nothing is written', () => {
  const W = { shape: [1, 1], values: [1] };
  const nodes = [
    { op: 'Gemm', in: ['x', 'W'], out: 'h' },
    { op: 'Relu', in: ['h'], out: 'i' },
    { op: 'Abs', in: ['i'], out: 'j' },
    { op: 'Gemm', in: ['j', 'V'], out: 'y' },
  ];
  writeFileSync(join(folder, 'bent.onnx'), onnx({ nodes, tensors: { W, V: W }, input: ['n', 1] }));
  const { code, out, err } = cairn(...words('import bent.onnx --data one.csv -o p.json --point-out q.json'));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('bent.onnx with one.csv: $.network.layers[2]');
  expect(readdirSync(folder)).not.toContain('p.json');
});

describe('nothing is written', () => {
  const model = 'import mlp.onnx -o p.json --point-out q.json';
  const weights = 'import mlp.npz --problem mlp.problem.json -o q.json';
  test.each([
    [3, 'import mlp.npz', "required option '-o, --output <file>'"],
    [3, 'import mlp.npz -o q.json', '--problem is missing'],
    [3, `${weights} --point-out r.json`, '--point-out is for ONNX models'],
    [3, `${weights} --data mlp.csv`, '--data is for ONNX models'],
    [3, `${weights} --reduction mean`, '--reduction is for ONNX models'],
    [3, 'import mlp.npz --problem mlp.csv -o q.json', 'mlp.csv: $'],
    [3, 'import mlp.npz --problem nowhere.json -o q.json', 'nowhere.json: no such file or folder'],
    [3, 'import mlp.npz --problem mlp.problem.json -o mlp.npz', 'the same file is read'],
    [3, 'import mlp.npz --problem mlp.problem.json -o no/q.json', 'no such folder'],
    [3, 'import nowhere.npz --problem mlp.problem.json -o q.json', 'nowhere.npz: no such file or folder'],
    [3, 'import mlp.pt --problem mlp.problem.json -o q.json', 'mlp.pt: expected a file .npz, .safetensors or .onnx'],
    [
      3,
      'import mlp.npz --problem images.problem.json -o q.json',
      'mlp.npz: tensor "0.weight" does not fit $.network.layers[0]: expected 2 × 1 × 3 × 3',
    ],
    [
      3,
      'import not-finite.npz --problem mlp.problem.json -o q.json',
      'not-finite.npz: $.network.layers[2]: found no tensor "2.weight"',
    ],
    [
      3,
      'import integers.npz --problem mlp.problem.json -o q.json',
      'integers.npz: tensor "0.weight": expected float16',
    ],
    [3, 'import objects.npz --problem mlp.problem.json -o q.json', 'objects.npz: tensor "0.weight": expected float16'],
    [3, 'import mlp.onnx --data mlp.csv -o p.json', '--point-out is missing'],
    [3, model, '--data is missing'],
    [3, `${model} --data mlp.csv --problem mlp.problem.json`, '--problem is for weights'],
    [3, 'import mlp.onnx --data mlp.csv -o p.json --point-out ./p.json', 'are the same file'],
    [3, 'import mlp.onnx --data mlp.csv -o p.json --point-out mlp.csv', 'the same file is read'],
    [3, `${model} --data nowhere.csv`, 'nowhere.csv: no such file or folder'],
    [3, `${model} --data mlp.csv`, 'mlp.onnx with mlp.csv: $.data'],
    [3, `${model} --data mlp.csv --targets y2`, 'has no column "y2"'],
    [3, `${model} --data mlp.csv --targets y0,y1 --loss sqared`, 'unknown name "sqared"'],
    [3, `${model} --data mlp.csv --targets y0,y1 --loss squared:factor`, 'expected NAME:key=value'],
    [
      3,
      `${model} --data mlp.csv --targets y0,y1 --loss squared:factor=x`,
      'expected a quantity as the factor, found "x"',
    ],
    [3, `${model} --data mlp.csv --targets y0,y1 --reduction men`, 'did you mean "mean"?'],
    [
      3,
      `${model} --data mlp.csv --inputs x0,x1,x2 --targets y0 --loss cross-entropy`,
      'mlp.csv: sample 0: expected a class from 0 to 1',
    ],
  ])('%d: cairn %s', (expectedCode, command, said) => {
    const before = readdirSync(folder).sort();
    const { code, out, err } = cairn(...words(command));
    expect({ code, out }).toEqual({ code: expectedCode, out: '' });
    expect(err).toContain(said);
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});
