import type { OpenAPIV3_1 } from 'openapi-types';
import { isSchema, type Json, type Schema } from './schemas.js';

/**
 * A document in which each object within a component is a component too, named by its place: `ports: [{…}]` of `Task` is `TaskPortsItem`.
 * So a client's types have names that stay while the schema does. openapi-generator names them itself otherwise, and 7.14 then forgets
 * that the outer object takes no further properties; its typescript-fetch leaves such an object out of a union.
 */
export function namedObjects(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  const found = new Map<string, Json>();
  const schemas = document.components?.schemas ?? {};
  const name = (wanted: string, schema: Schema): Json => {
    if (found.has(wanted) || Object.hasOwn(schemas, wanted)) throw new Error(`two schemas would be named ${wanted}: give one of them an id of its own`);
    found.set(wanted, schema);
    return { $ref: `#/components/schemas/${wanted}` };
  };
  const outer = Object.entries(schemas).map(([at, schema]): [string, Json] => [at, inner(at, schema as Json, name)]);
  const all = [...outer, ...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(all) as never } };
}

type Name = (wanted: string, schema: Schema) => Json;

/** A schema, the objects within it named. */
function inner(at: string, schema: Json, name: Name): Json {
  if (!isSchema(schema)) return schema;
  const parts = Object.entries(schema).map(([key, value]): [string, Json] => {
    if (key === 'properties' && isSchema(value))
      return [key, Object.fromEntries(Object.entries(value).map(([property, each]) => [property, named(at + pascal(property), each, name)]))];
    if (key === 'items') return [key, named(`${at}Item`, value, name)];
    if (key === 'additionalProperties') return [key, named(`${at}Value`, value, name)];
    if (key === 'oneOf' && Array.isArray(value)) return [key, (value as readonly Json[]).map((each, index) => named(`${at}Option${index + 1}`, each, name))];
    return [key, value];
  });
  return Object.fromEntries(parts);
}

/** What may stand at a place: the schema, or a reference to it where it is an object that names its properties. */
function named(at: string, schema: Json, name: Name): Json {
  const done = inner(at, schema, name);
  return isSchema(done) && done['type'] === 'object' && isSchema(done['properties']) ? name(at, done) : done;
}

function pascal(property: string): string {
  return property
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
