export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Schema = Readonly<Record<string, Json>>;

/** Keywords that contain data instead of a schema. */
const DATA = new Set(['example', 'examples', 'default', 'const', 'enum']);
/** Keywords whose value maps arbitrary names to schemas. A name can be the same as a keyword, so it must not be read as one. */
const NAMED = new Set(['properties', 'patternProperties', 'schemas', '$defs']);

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
