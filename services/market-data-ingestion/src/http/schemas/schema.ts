/** A JSON Schema, as it validates, serialises and is published. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const text: JsonSchema = { type: 'string' };
export const textOrNone: JsonSchema = { type: ['string', 'null'] };
export const count: JsonSchema = { type: 'integer' };
export const number: JsonSchema = { type: 'number' };
export const numberOrNone: JsonSchema = { type: ['number', 'null'] };
export const flag: JsonSchema = { type: 'boolean' };
export const decimal: JsonSchema = { type: 'string', description: 'exact decimal' };
export const decimalOrNone: JsonSchema = { type: ['string', 'null'], description: 'exact decimal' };
export const instant: JsonSchema = { type: 'string', description: 'UTC, with Z' };
export const instantOrNone: JsonSchema = { type: ['string', 'null'], description: 'UTC, with Z' };

/** A schema that others refer to by name, with an example of what it describes. */
export interface NamedSchema extends JsonSchema {
  readonly $id: string;
  readonly examples: readonly [unknown];
}

/** An object with exactly these fields; those that may be left out are named. */
export function exactly(
  properties: Readonly<Record<string, JsonSchema>>,
  { optional = [] }: { readonly optional?: readonly string[] } = {},
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

export function oneOf(...values: readonly string[]): JsonSchema {
  return { type: 'string', enum: values };
}

export function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

export function named($id: string, schema: JsonSchema, example: unknown): NamedSchema {
  return { $id, ...schema, examples: [example] };
}

/** The named schema, or `null` in its place. */
export function orNone({ $id: _, examples: __, ...schema }: NamedSchema): JsonSchema {
  return { ...schema, type: ['object', 'null'] };
}

export function ref({ $id }: NamedSchema): JsonSchema {
  return { $ref: `${$id}#` };
}

/** One page of a list; `nextCursor` is `null` on the last one. */
export function pageOf(item: NamedSchema): JsonSchema {
  return {
    ...exactly({ items: listOf(ref(item)), nextCursor: textOrNone }),
    examples: [{ items: item.examples, nextCursor: null }],
  };
}
