export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Schema = Readonly<Record<string, Json>>;

/** Keywords under which stands what a schema is about, and no schema. */
const DATA = new Set(['example', 'examples', 'default', 'const', 'enum']);
/** Keywords that hold schemas by names of their own, which may be those of keywords. */
const NAMED = new Set(['properties', 'patternProperties', 'schemas', '$defs']);

/** A document, or a part of one, with each of its objects changed: schemas and what they stand in, the inner ones first. */
export function mapSchemas<Part>(part: Part, change: (schema: Schema) => Schema): Part {
  return mapped(part as Json, change) as Part;
}

function mapped(part: Json, change: (schema: Schema) => Schema): Json {
  if (isList(part)) return part.map((each) => mapped(each, change));
  if (!isSchema(part)) return part;
  const inner = Object.entries(part).map(([key, value]): [string, Json] => [
    key,
    DATA.has(key) ? value : NAMED.has(key) ? named(value, change) : mapped(value, change),
  ]);
  return change(Object.fromEntries(inner));
}

function named(schemas: Json, change: (schema: Schema) => Schema): Json {
  if (!isSchema(schemas)) return schemas;
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, mapped(schema, change)]));
}

export function isList(part: Json | undefined): part is readonly Json[] {
  return Array.isArray(part);
}

export function isSchema(part: Json | undefined): part is Schema {
  return typeof part === 'object' && part !== null && !isList(part);
}
