/** The JSON Schemas against the kernel: never stricter, and as strict about keys, names and types of values. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { jsonSchema, type SchemaName, schemaNames } from '../../src/formats/json-schema.js';
import { checkCertificate } from '../../src/kernel/check.js';
import { Decoder } from '../../src/kernel/decode.js';
import { aboutSchema, proofNodeSchema, statementSchema } from '../../src/kernel/format.js';
import { type JsonObject, type Json as KernelJson, readJson } from '../../src/kernel/json.js';
import { defaultLimits, Meter } from '../../src/kernel/limits.js';
import { Refusal } from '../../src/kernel/verdict.js';
import { type Random, seeded } from '../../src/provers/random.js';
import { library } from '../library.js';
import type { Json } from '../one-change-away.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ajv = new Ajv2020({ allErrors: false });
const validators = Object.fromEntries(schemaNames.map((name) => [name, ajv.compile(jsonSchema(name))])) as Record<
  SchemaName,
  ValidateFunction
>;
const accepts = (name: SchemaName, json: unknown): boolean => validators[name](json);

const files = library().map(({ name, text }) => ({ name, text, json: JSON.parse(text) as Json }));

test('every certificate of the library fits', () => {
  expect(files.length).toBeGreaterThan(500);
  const wrong = files.flatMap(({ name, json }) => (accepts('certificate', json) ? [] : [name]));
  expect(wrong).toEqual([]);
});

test('every problem and point of the library fits, references to data files included', () => {
  const folder = `${root}certificates/data/`;
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  for (const format of ['problem', 'point'] as const) {
    const found = names.filter((name) => name.endsWith(`.${format}.json`));
    expect(found.length).toBeGreaterThan(0);
    for (const name of found) {
      const json = JSON.parse(readFileSync(folder + name, 'utf8')) as Json;
      expect([name, accepts(format, json)]).toEqual([name, true]);
    }
  }
});

describe('problems and points', () => {
  const network = { input: [1], layers: [{ type: 'dense', units: 1 }] };
  const data = { type: 'samples', inputs: [['1']], targets: [['1']] };
  const reference = { type: 'samples', file: 'd.csv', sha256: '0'.repeat(64) };
  const problem = { format: 'cairn-problem', version: 1, network, loss: { function: 'squared' }, data };
  const point = { format: 'cairn-point', version: 1, layers: [{ weights: [['1']], bias: ['0'] }] };
  test.each<[SchemaName, boolean, string, unknown]>([
    ['problem', true, 'whole', problem],
    ['problem', true, 'with its data in a file', { ...problem, data: reference }],
    ['problem', false, 'with its data in a file, and here', { ...problem, data: { ...data, ...reference } }],
    ['problem', false, 'of another version', { ...problem, version: 2 }],
    ['problem', false, 'with a key more', { ...problem, point }],
    ['problem', false, 'without a loss', { ...problem, loss: undefined }],
    ['problem', false, 'with a name that is none', { ...problem, loss: { function: 'sqared' } }],
    ['point', true, 'whole', point],
    [
      'point',
      true,
      'with a common denominator',
      { ...point, layers: [{ weights: { denominator: '2', numerators: [['1']] } }] },
    ],
    [
      'point',
      false,
      'with a denominator 0',
      { ...point, layers: [{ weights: { denominator: '0', numerators: [['1']] } }] },
    ],
    ['point', false, 'with a JSON number', { ...point, layers: [{ weights: [[1]] }] }],
    ['point', false, 'with 1e3', { ...point, layers: [{ weights: [['1e3']] }] }],
    ['point', false, 'of a field', { ...point, field: { name: 'a', polynomial: ['-2', '0', '1'], root: ['1', '2'] } }],
    ['point', false, 'that is a problem', problem],
  ])('a %s fits: %s, %s', (name, fits, _what, json) => {
    // What is undefined is not written.
    expect(accepts(name, JSON.parse(JSON.stringify(json)))).toBe(fits);
  });
});

/**
 * What the decoder says of the parts of a certificate, before anything is asked that a schema cannot say.
 *
 * @returns the code of the refusal, or null
 */
function decoded(text: string): string | null {
  const meter = new Meter(defaultLimits);
  const decoder = new Decoder(meter);
  try {
    const file = readJson(text, meter.limits);
    if (!(file instanceof Map)) return null;
    const { statement, proof, about } = Object.fromEntries(file as JsonObject);
    if (statement === undefined || proof === undefined) return null;
    decoder.decode(statementSchema, statement, '$.statement');
    for (const node of nodesOf(proof)) decoder.decode(proofNodeSchema, node, '$.proof');
    if (about !== undefined) decoder.decode(aboutSchema, about, '$.about');
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.code;
  }
}

const nodesOf = (proof: KernelJson): readonly KernelJson[] =>
  !(proof instanceof Map)
    ? []
    : [...proof].flatMap(([key, node]) =>
        key !== 'each' ? [node] : Array.isArray(node) ? (node as KernelJson[]).flatMap(nodesOf) : [],
      );

/** Places of which check.ts itself says what belongs there: format and version, the obligations and their rules. */
const aboutTheFile =
  /^\$(\.(format|version|statement|proof|about)|\.statement\.kind|\.proof\.each(\[0\])?|\.proof\.\w+\.rule)?$/;
const fileCodes = [
  ...['missing-key', 'missing-obligation', 'unknown-key', 'wrong-type', 'wrong-format', 'unsupported-version'],
  'unsupported-combination',
];

/** A key more, every key less, and two values of other shapes. */
function otherShapes(value: Json, random: Random): readonly (readonly [string, Json])[] {
  const other: readonly Json[] = [null, true, 7, -1, 1.5, 'x', '-0', '1e3', [], {}];
  const replaced = [0, 1].map(() => {
    const by = other[random.integer(0, other.length - 1)] as Json;
    return [`is ${JSON.stringify(by)}`, by] as const;
  });
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return replaced;
  return [
    ...replaced,
    ['has a key more', { ...value, extra: '1' }],
    ...Object.keys(value).map((key) => {
      const { [key]: _, ...rest } = value;
      return [`lacks ${key}`, rest] as const;
    }),
  ];
}

type Place = { readonly path: string; readonly value: Json; readonly replace: (by: Json) => Json };

/** Of a list, its first entry stands for all. */
function* places(value: Json, path = '$', replace: (by: Json) => Json = (by) => by): Generator<Place> {
  yield { path, value, replace };
  if (Array.isArray(value)) {
    if (value.length > 0) yield* places(value[0] as Json, `${path}[0]`, (by) => replace([by, ...value.slice(1)]));
  } else if (value !== null && typeof value === 'object') {
    for (const [key, element] of Object.entries(value)) {
      yield* places(element, `${path}.${key}`, (by) => replace({ ...value, [key]: by }));
    }
  }
}

/** Small certificates that together have every key, in every place, that small certificates have. */
const varied = (() => {
  const seen = new Set<string>();
  return [...files]
    .filter(({ text }) => text.length < 8_000)
    .sort((a, b) => a.text.length - b.text.length)
    .filter(({ json }) => {
      const kinds = json as { statement: { kind: string }; proof: Record<string, { rule?: string }> };
      const tag = `${kinds.statement.kind} ${Object.values(kinds.proof).map(({ rule }) => rule)}`;
      const keys = [...places(json)].map(({ path }) => `${path.replaceAll(/\[\d+\]/g, '[]')}`);
      const fresh = [tag, ...keys].filter((key) => !seen.has(key));
      for (const key of fresh) seen.add(key);
      return fresh.length > 0;
    });
})();

describe('changes of one shape, in certificates that have every key', () => {
  const tooStrict: string[] = [];
  const tooLoose: string[] = [];
  let refused = 0;
  const random = seeded(5);
  for (const { name, json } of varied) {
    for (const { path, value, replace } of places(json)) {
      for (const [what, by] of otherShapes(value, random)) {
        const changed = replace(by);
        const text = JSON.stringify(changed);
        const fits = accepts('certificate', changed);
        const verdict = aboutTheFile.test(path) ? checkCertificate(text) : null;
        const found = verdict === null || verdict.kind === 'proved' ? null : verdict.reason.code;
        const code = decoded(text) ?? (fileCodes.includes(found ?? '') ? found : null);
        if (!fits) refused++;
        const line = `${name}: ${path} ${what}: ${code}`;
        if (!fits && code === null) tooStrict.push(line);
        // No schema says that all rows of a matrix have one length.
        const ragged = what === 'is []' && path.endsWith(']') && ['wrong-shape', 'wrong-type'].includes(code ?? '');
        // Nor which proof on a list is of which kind.
        const unmatched = path.endsWith('each[0]') && code === 'missing-obligation';
        // Nor that all entries are equally deep, as they are not where some were numbers of a field.
        const uneven = what === 'lacks field' && code === 'wrong-type';
        if (fits && code !== null && !ragged && !unmatched && !uneven) tooLoose.push(line);
      }
    }
  }
  test('what the schema refuses, the kernel refuses for its shape', () => expect(tooStrict).toEqual([]));
  test('what the kernel refuses for its shape, the schema refuses', () => expect(tooLoose).toEqual([]));
  test('there is much to refuse', () => expect(refused).toBeGreaterThan(3_000));
});
