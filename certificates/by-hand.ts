/** Problems and points by hand in few words, and what they are. */
import { type AnyPoint, type CertifyRequest, certify, readAnyPoint, readProblem } from '../src/index.js';

export type Fields = { readonly [key: string]: unknown };

export const activation = (name: string, parameters: Fields = {}): Fields => ({
  type: 'activation',
  function: name,
  ...parameters,
});
export const relu = activation('relu');

/** The certificate of what a point is; of what it is claimed to be, or of the negation, where a claim is named. */
export async function decide(
  problem: Fields,
  point: Fields,
  { better, ...options }: Partial<Omit<CertifyRequest, 'better'>> & { readonly better?: Fields } = {},
): Promise<string> {
  const read = readProblem(JSON.stringify({ format: 'cairn-problem', version: 1, ...problem }));
  if (read.kind !== 'read') throw new Error(read.reason.message);
  const pointOf = (layers: Fields): AnyPoint => {
    const at = readAnyPoint(JSON.stringify({ format: 'cairn-point', version: 1, ...layers }), read.value);
    if (at.kind !== 'read') throw new Error(at.reason.message);
    return at.value;
  };
  const answer = await certify(read.value, pointOf(point), {
    ...{ seed: 1, effort: 10, ...options },
    ...(better === undefined ? {} : { better: pointOf(better) }),
  });
  if (answer.kind !== 'certified') throw new Error(answer.reason.message);
  return answer.text;
}

export const network = (inputs: number, units: number, act: Fields, outputs = 1): Fields => ({
  input: [inputs],
  layers: [{ type: 'dense', units }, act, { type: 'dense', units: outputs }],
});
export const inline = (inputs: readonly (readonly string[])[], targets: readonly (readonly string[])[]): Fields => ({
  type: 'samples',
  inputs,
  targets,
});
export const problem = (net: Fields, data: Fields, loss: Fields = { function: 'squared' }): Fields => ({
  network: net,
  loss,
  data,
});

export const column = (...values: readonly (number | string)[]): string[][] => values.map((value) => [String(value)]);
export const point = (...layers: readonly (readonly [string[][], string[]])[]): Fields => ({
  layers: layers.map(([weights, bias]) => ({ weights, bias })),
});
