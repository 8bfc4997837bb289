import { isList, isSchema, mapSchemas, type Json, type Schema } from './schemas.js';

const NULL = 'null';

/**
 * A document with its unions as the generators of clients read them, its meaning unchanged: null is one more type of a schema
 * (`type: [string, null]`), where zod writes `anyOf: [{type: string}, {type: null}]`; of several types each is an alternative of one
 * `oneOf`, where zod writes an `anyOf` in another or `type: [string, number]`. openapi-generator 7.14 and oapi-codegen abort on zod's
 * form, or write what does not compile. A `oneOf` demands that one alternative holds and no other: what is joined must exclude each other.
 */
export function readableUnions<Document>(document: Document): Document {
  return mapSchemas(document, union);
}

/** One schema, those within it readable already. */
function union(schema: Schema): Schema {
  const { type, anyOf, ...rest } = schema;
  if (isList(anyOf)) return joined(rest, anyOf.flatMap(alternatives));
  if (!isList(type) || type.filter((each) => each !== NULL).length <= 1) return schema;
  return { ...rest, oneOf: type.map((each) => ({ type: each })) };
}

/** What an alternative stands for: its own alternatives, where it is nothing but a union. */
function alternatives(schema: Json): readonly Json[] {
  return isSchema(schema) && isList(schema['oneOf']) && Object.keys(schema).length === 1 ? schema['oneOf'] : [schema];
}

function joined(rest: Schema, all: readonly Json[]): Schema {
  const [only, ...others] = all.filter((each) => !isNull(each));
  // A reference has no type of its own that null could be added to.
  if (others.length > 0 || !isSchema(only) || typeof only['type'] !== 'string') return { ...rest, oneOf: all };
  const nullable = { ...only, ...rest, type: [only['type'], NULL] };
  return isList(only['enum']) ? { ...nullable, enum: [...only['enum'], null] } : nullable;
}

function isNull(schema: Json): boolean {
  return isSchema(schema) && schema['type'] === NULL;
}
