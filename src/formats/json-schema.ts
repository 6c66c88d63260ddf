/**
 * JSON Schemas of the three formats (draft 2020-12), printed from the description that the kernel's decoder interprets (kernel/format.ts).
 *
 * A schema is never stricter than the kernel: whatever it refuses, the kernel does not prove. It says which keys there are, which
 * are required, and what their values look like. What values mean together (shapes, signs, and all that is proved) only the kernel checks.
 */
import {
  aboutSchema,
  algebraicPointSchema,
  controlCharacter,
  integerPattern,
  type Kind,
  largestCount,
  layerSchema,
  longestName,
  longestText,
  obligations,
  pointSchema,
  positivePattern,
  problemSchema,
  proofNodeSchema,
  quantityPattern,
  type RecordSchema,
  type RuleName,
  realizationObligations,
  type Schema,
  statementSchema,
  streamPattern,
  streamSchema,
  terms,
  treeSchema,
  unitSchema,
  type VariantsSchema,
} from '../kernel/format.js';
import { unreachable } from '../kernel/verdict.js';

/** A JSON Schema, or a part of one, as plain data. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** The formats that have a schema. */
export const schemaNames = ['certificate', 'problem', 'point'] as const;
/** A format that has a schema. */
export type SchemaName = (typeof schemaNames)[number];

/** Where a problem file may refer to a CSV file beside it, instead of its samples; certificates may not. */
const fileReference = {
  is: 'record',
  required: { file: { is: 'text' }, sha256: { is: 'text' } },
  optional: {
    columns: {
      is: 'record',
      required: {},
      optional: {
        inputs: { is: 'list', of: { is: 'text' }, least: 0 },
        targets: { is: 'list', of: { is: 'text' }, least: 0 },
        weights: { is: 'text' },
      },
    },
  },
} as const satisfies RecordSchema;

const integer = { type: 'string', pattern: `^(?!-0$)${body(integerPattern)}$` };
const positive = { type: 'string', pattern: positivePattern.source };
const entries = (of: JsonSchema, least = 0): JsonSchema => ({
  type: 'array',
  items: of,
  ...(least > 0 ? { minItems: least } : {}),
});
const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });
const fields = (properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required } : {}),
  additionalProperties: false,
});
const text = (longest: number): JsonSchema => ({
  type: 'string',
  maxLength: longest,
  not: { pattern: controlCharacter.source },
});

/** A pattern without its anchors. */
function body({ source }: RegExp): string {
  return source.slice(1, -1);
}

/** Lists, or the same lists of integers over a common denominator. */
const overDenominator = (of: (number: JsonSchema) => JsonSchema): JsonSchema => ({
  anyOf: [
    of(ref('quantity')),
    fields({ denominator: positive, numerators: of(integer) }, ['denominator', 'numerators']),
  ],
});
const nestedName = (number: JsonSchema): string => (number === integer ? 'nestedIntegers' : 'nested');
const tensor = (number: JsonSchema): JsonSchema => entries(entries(ref(nestedName(number))), 1);
const fraction = (coefficients: JsonSchema): JsonSchema =>
  fields({ numerator: coefficients, denominator: coefficients }, ['numerator']);

/** What every other definition is made of. */
const basic: Readonly<Record<string, () => JsonSchema>> = {
  quantity: () => ({
    type: 'string',
    pattern: `^(?!-0$)${body(quantityPattern)}$`,
    description: 'an exact number: "7", "-7/2" or "0.125"',
  }),
  vector: () => overDenominator((number) => entries(number)),
  matrix: () => overDenominator((number) => entries(entries(number))),
  tensor: () => overDenominator(tensor),
  nested: () => ({ anyOf: [ref('quantity'), entries(ref('nested'))] }),
  nestedIntegers: () => ({ anyOf: [integer, entries(ref('nestedIntegers'))] }),
  function: () => ({
    anyOf: [
      ref('quantity'),
      fraction(entries(ref('quantity'), 1)),
      fraction({ ...ref('terms'), type: 'array', minItems: 1 }),
    ],
    description: 'a number, or a quotient of polynomials in the parameters',
  }),
  functions: () => ({
    anyOf: [
      entries(ref('function')),
      fields({ denominator: positive, numerators: entries(integer) }, ['denominator', 'numerators']),
    ],
  }),
  'function-tensor': () => ({
    anyOf: [
      entries(entries(ref('nestedFunctions')), 1),
      fields({ denominator: positive, numerators: tensor(integer) }, ['denominator', 'numerators']),
    ],
  }),
  nestedFunctions: () => ({ anyOf: [ref('function'), entries(ref('nestedFunctions'))] }),
};

/** Parts of the formats that have a definition of their own. */
const named: Readonly<Record<string, Schema>> = {
  layer: layerSchema,
  unit: unitSchema,
  tree: treeSchema,
  terms,
  rationalPoint: pointSchema,
  algebraicPoint: algebraicPointSchema,
  problem: problemSchema,
};

class Printer {
  readonly #definitions = new Map<string, JsonSchema>();
  readonly #names = new Map<Schema, string>(Object.entries(named).map(([name, schema]) => [schema, name]));

  /** @param refersToFiles  whether data may be in a file */
  constructor(readonly refersToFiles: boolean) {}

  get definitions(): JsonSchema {
    const sorted = [...this.#definitions].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted);
  }

  print(schema: Schema, key = ''): JsonSchema {
    const name = this.#names.get(schema);
    return name === undefined ? this.#inline(schema, key) : this.#define(name, () => this.#inline(schema, key));
  }

  /** The keys of an obligation's node are those of one rule that can discharge it. */
  proof(wanted: Readonly<Record<string, readonly RuleName[]>>): {
    readonly [key: string]: JsonSchema;
  } {
    return Object.fromEntries(
      Object.entries(wanted).map(([key, rules]) => [
        key,
        choice(
          'rule',
          rules.map((rule) => [rule, this.#rule(rule)]),
        ),
      ]),
    );
  }

  #rule(rule: RuleName): JsonSchema {
    return this.#define(`rule-${rule}`, () => this.record(proofNodeSchema.cases[rule], { rule }));
  }

  /** Definitions may refer to each other: the name is taken before the definition is made. */
  #define(name: string, make: () => JsonSchema): JsonSchema {
    if (!this.#definitions.has(name)) {
      this.#definitions.set(name, {});
      const made = make();
      this.#definitions.set(name, made);
      for (const other of names(made)) {
        const plain = basic[other];
        if (plain !== undefined) this.#define(other, plain);
        else if (other === 'terms') this.print(terms);
      }
    }
    return ref(name);
  }

  #basic(name: string): JsonSchema {
    return this.#define(name, basic[name] as () => JsonSchema);
  }

  #inline(schema: Schema, key: string): JsonSchema {
    switch (schema.is) {
      case 'quantity':
      case 'vector':
      case 'matrix':
      case 'tensor':
      case 'nested':
      case 'function':
      case 'functions':
      case 'function-tensor':
        return this.#basic(schema.is);
      case 'numbers':
        return { anyOf: [this.#basic('matrix'), entries(entries(this.#basic('nested')))] };
      case 'flag':
        return { type: 'boolean' };
      case 'text':
        return text(key === 'name' ? longestName : longestText);
      case 'count':
        return { type: 'integer', minimum: schema.least, maximum: largestCount };
      case 'counts': {
        const count = { type: 'integer', minimum: schema.least, maximum: largestCount };
        return { anyOf: [count, entries(count, 1)] };
      }
      case 'layer':
        return this.print(layerSchema);
      case 'unit':
        return this.print(unitSchema);
      case 'tree':
        return this.print(treeSchema);
      case 'point':
        return when({ type: 'object', required: ['field'] }, this.print(algebraicPointSchema), this.print(pointSchema));
      case 'list':
        return entries(this.print(schema.of), schema.least);
      case 'list-or-stream':
        return when({ type: 'object' }, this.print(streamSchema), entries(this.print(schema.of), schema.least));
      case 'stream-name':
        return { type: 'string', pattern: streamPattern.source, maxLength: longestName };
      case 'record':
        return this.record(schema, {});
      case 'variants':
        return this.variants(schema, {});
      case 'refused':
        return { not: {}, description: schema.message };
      default:
        return unreachable(schema);
    }
  }

  /** @param tags  names under the keys that have told the record apart */
  variants({ tag, cases }: VariantsSchema, tags: Readonly<Record<string, string>>): JsonSchema {
    return choice(
      tag,
      Object.entries(cases).map(([name, of]) => {
        const known = { ...tags, [tag]: name };
        if (of.is === 'variants') return [name, this.variants(of, known)];
        const inline = this.record(of, known);
        if (!this.refersToFiles || !('file' in of.optional)) return [name, inline];
        return [name, when({ type: 'object', required: ['file'] }, this.record(fileReference, known), inline)];
      }),
    );
  }

  record({ required, optional }: RecordSchema, tags: Readonly<Record<string, string>>): JsonSchema {
    const constants = Object.entries(tags).map(([tag, name]) => [tag, { const: name }] as const);
    const rest = Object.entries({ ...required, ...optional }).map(([key, of]) => [key, this.print(of, key)] as const);
    return fields(Object.fromEntries([...constants, ...rest]), [...Object.keys(tags), ...Object.keys(required)]);
  }
}

function when(condition: JsonSchema, then: JsonSchema, otherwise?: JsonSchema): JsonSchema {
  return { if: condition, then, ...(otherwise === undefined ? {} : { else: otherwise }) };
}

/** Records told apart by the name under one key: who reads what is wrong is told of the case that was meant. */
function choice(tag: string, cases: readonly (readonly [name: string, of: JsonSchema])[]): JsonSchema {
  return {
    type: 'object',
    properties: { [tag]: { enum: cases.map(([name]) => name) } },
    required: [tag],
    allOf: cases.map(([name, of]) => when(has(tag, { const: name }), of)),
  };
}

const has = (key: string, value: JsonSchema): JsonSchema => ({
  type: 'object',
  properties: { [key]: value },
  required: [key],
});

/** The definitions that a part refers to. */
function names(part: unknown): readonly string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === '$ref' ? [String(value).slice('#/$defs/'.length)] : names(value),
  );
}

/**
 * The JSON Schema (draft 2020-12) of a format.
 *
 * @param name  `problem` allows a reference to a CSV file in the place of samples, as problem files may have; `certificate` does not
 * @see proofs/format.md
 */
export function jsonSchema(name: SchemaName): JsonSchema {
  const printer = new Printer(name === 'problem');
  const schema = { certificate, problem, point }[name](printer);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `cairn ${name}, version 1`,
    description: 'What a schema can say of proofs/format.md; the kernel checks the rest.',
    ...schema,
    $defs: printer.definitions,
  };
}

function problem(printer: Printer): JsonSchema {
  return file('cairn-problem', printer.record(problemSchema, {}));
}

function point(printer: Printer): JsonSchema {
  return file('cairn-point', printer.record(pointSchema, {}));
}

/** A file's own keys stand before what it says. */
function file(format: string, said: JsonSchema): JsonSchema {
  const { properties, required } = said as { properties: Record<string, JsonSchema>; required: readonly string[] };
  const head = { format: { const: format }, version: { const: 1 } };
  return fields({ ...head, ...properties }, [...Object.keys(head), ...required]);
}

function certificate(printer: Printer): JsonSchema {
  const statement = printer.variants(statementSchema, {});
  const about = printer.print(aboutSchema);
  return {
    ...file('cairn-certificate', fields({ statement, proof: { type: 'object' }, about }, ['statement', 'proof'])),
    // The obligations are those of the statement's kind.
    allOf: (Object.keys(obligations) as Kind[]).map((kind) =>
      when(has('statement', has('kind', { const: kind })), { properties: { proof: proofOf(printer, kind) } }),
    ),
  };
}

function proofOf(printer: Printer, kind: Kind): JsonSchema {
  const nodes = printer.proof(obligations[kind]);
  if (kind !== 'complete-critical-realizations') return fields(nodes, Object.keys(nodes));
  const each = Object.values(realizationObligations).map((wanted) => {
    const proof = printer.proof(wanted);
    return fields(proof, Object.keys(proof));
  });
  return fields({ ...nodes, each: entries({ anyOf: each }) }, [...Object.keys(nodes), 'each']);
}
