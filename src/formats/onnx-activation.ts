/** Activations of ONNX in the words of the format. */
import { formatRational, type Rational, rational } from '../kernel/arithmetic/rational.js';
import type { OnnxNode } from './onnx-file.js';
import { Attributes, type Constants, refuse, scalar } from './onnx-node.js';
import type { Fields } from './write.js';

/** Operators that are one function, whatever they are given. */
const plain = new Map(
  Object.entries({
    Relu: 'relu',
    Abs: 'abs',
    Tanh: 'tanh',
    Sigmoid: 'sigmoid',
    Softplus: 'softplus',
    HardSwish: 'hardswish',
    Atan: 'atan',
    Sin: 'sin',
  }),
);

/** Bounds of Clip. */
const clipped = new Map(Object.entries({ '0,6': 'relu6', '-1,1': 'hardtanh' }));

/** @returns the function and its parameters, or null where the operator is no activation */
export function activationOf(node: OnnxNode, constants: Constants): Fields | null {
  const attributes = new Attributes(node);
  const fields = read(node, attributes, constants);
  if (fields !== null) attributes.end();
  return fields;
}

function read(node: OnnxNode, attributes: Attributes, constants: Constants): Fields | null {
  const parameter = (name: string, key: string, usual: number): Fields => {
    const value = attributes.float(name, Math.fround(usual));
    if (!Number.isFinite(value)) refuse(node, `expected a finite ${name}, found ${value}`);
    return Math.fround(usual) === value ? {} : { [key]: formatRational(writtenDecimal(value)) };
  };
  const name = plain.get(node.operator);
  if (name !== undefined) return { function: name };
  switch (node.operator) {
    case 'LeakyRelu':
      return { function: 'leaky-relu', ...parameter('alpha', 'slope', 0.01) };
    case 'Elu':
      return { function: 'elu', ...parameter('alpha', 'alpha', 1) };
    case 'Celu':
      return { function: 'celu', ...parameter('alpha', 'alpha', 1) };
    case 'Selu':
      // The numbers of the format are those of ONNX with more digits.
      return {
        function: 'selu',
        ...parameter('alpha', 'alpha', 1.6732632423543772),
        ...parameter('gamma', 'scale', 1.0507009873554805),
      };
    case 'HardSigmoid':
      return hardSigmoid(node, attributes);
    case 'Gelu':
      if (attributes.text('approximate', 'none') !== 'none') refuse(node, 'only the exact gelu has a counterpart');
      return { function: 'gelu' };
    case 'Clip': {
      const bounds = [scalar(constants, node.inputs[1]), scalar(constants, node.inputs[2])];
      const bounded = clipped.get(String(bounds));
      return bounded === undefined
        ? refuse(node, 'only the bounds 0, 6 and −1, 1 have a counterpart')
        : { function: bounded };
    }
    case 'Pow':
      return scalar(constants, node.inputs[1]) === 2 ? { function: 'quadratic' } : null;
    default:
      return null;
  }
}

/** max(0, min(1, alpha·t + beta)) */
function hardSigmoid(node: OnnxNode, attributes: Attributes): Fields {
  const [alpha, beta] = [attributes.float('alpha', Math.fround(0.2)), attributes.float('beta', 0.5)];
  if (alpha === Math.fround(1 / 6) && beta === 0.5) return { function: 'hard-sigmoid' };
  if (!(alpha > 0 && Number.isFinite(alpha) && Number.isFinite(beta))) refuse(node, 'expected alpha > 0');
  const [slope, intercept] = [writtenDecimal(alpha), writtenDecimal(beta)];
  // Where slope·t + intercept is 0, and where it is 1.
  const at = (height: bigint): string =>
    formatRational(rational((height * intercept.den - intercept.num) * slope.den, intercept.den * slope.num));
  return {
    function: 'piecewise',
    breakpoints: [at(0n), at(1n)],
    pieces: [
      { polynomial: ['0'] },
      { polynomial: [formatRational(intercept), formatRational(slope)] },
      { polynomial: ['1'] },
    ],
  };
}

/**
 * The shortest decimal that a float32 reads as this one: what somebody wrote, 0.01, and not the 0.00999999977… that it became.
 *
 * @param x  a finite float32
 */
export function writtenDecimal(x: number): Rational {
  const texts = Array.from({ length: 17 }, (_, places) => x.toExponential(places));
  const text = texts.find((candidate) => Math.fround(Number(candidate)) === x) ?? '';
  const found = /^(-?[0-9])(?:\.([0-9]+))?e([+-][0-9]+)$/.exec(text);
  if (found === null) throw new Error(`Cannot write the float32 ${x}: it is not finite`);
  const [, whole = '', places = '', exponent = ''] = found;
  const power = Number(exponent) - places.length;
  const digits = BigInt(`${whole}${places}`);
  return power < 0 ? rational(digits, 10n ** BigInt(-power)) : rational(digits * 10n ** BigInt(power));
}
