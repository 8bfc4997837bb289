import { isList, isSchema, mapSchemas, type Json, type Schema } from './schemas.js';

const NULL = 'null';

/**
 * Rewrites unions for client generators without changing their meaning. `anyOf: [{type: string}, {type:
 * null}]` becomes `type: [string, null]`. Nested `anyOf` and `type: [string, number]` become one `oneOf`.
 * openapi-generator 7.14 and oapi-codegen abort on zod's form, or generate invalid code. A `oneOf` requires
 * exactly one match, so joined alternatives must exclude each other.
 */
export function readableUnions<Document>(document: Document): Document {
  return mapSchemas(document, union);
}

/** Rewrites one schema, whose inner schemas are already rewritten. */
function union(schema: Schema): Schema {
  const { type, anyOf, ...rest } = schema;
  if (isList(anyOf)) return joined(rest, anyOf.flatMap(alternatives));
  if (!isList(type) || type.filter((each) => each !== NULL).length <= 1) return schema;
  return { ...rest, oneOf: type.map((each) => ({ type: each })) };
}

/** Returns the alternatives of a schema that is only a union, otherwise the schema itself. */
function alternatives(schema: Json): readonly Json[] {
  return isSchema(schema) && isList(schema['oneOf']) && Object.keys(schema).length === 1
    ? schema['oneOf']
    : [schema];
}

function joined(rest: Schema, all: readonly Json[]): Schema {
  const [only, ...others] = all.filter((each) => !isNull(each));
  // A reference has no type to which null could be added.
  if (others.length > 0 || !isSchema(only) || typeof only['type'] !== 'string')
    return { ...rest, oneOf: all };
  const nullable = { ...only, ...rest, type: [only['type'], NULL] };
  return isList(only['enum']) ? { ...nullable, enum: [...only['enum'], null] } : nullable;
}

function isNull(schema: Json): boolean {
  return isSchema(schema) && schema['type'] === NULL;
}
