import type { OpenAPIV3_1 } from 'openapi-types';
import { pascal } from './pascal.js';
import { isSchema, type Json, type Schema } from './schemas.js';

/**
 * Turns each object within a component into a separate component, named after its location: `ports: [{…}]` of `Task` becomes `TaskPortsItem`. This
 * gives clients stable type names. Otherwise openapi-generator invents names. Version 7.14 then no longer generates the outer object as one without
 * additional properties, and its typescript-fetch omits such an object from unions.
 */
export function namedObjects(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  const found = new Map<string, Json>();
  const schemas = document.components?.schemas ?? {};
  const name = (wanted: string, schema: Schema): Json => {
    if (found.has(wanted) || Object.hasOwn(schemas, wanted))
      throw new Error(`two schemas would be named ${wanted}: give one of them an id of its own`);
    found.set(wanted, schema);
    return { $ref: `#/components/schemas/${wanted}` };
  };
  const outer = Object.entries(schemas).map(([at, schema]): [string, Json] => [
    at,
    inner(at, schema as Json, name),
  ]);
  const all = [...outer, ...found].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [at, schema] of all) refuseOwnName(at, schema);
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(all) as never } };
}

/**
 * Throws if a property is named like its schema. In C#, a member may not have the name of its class. Python code of openapi-python-client uses the name
 * for the new object and for the value of the property.
 */
function refuseOwnName(at: string, schema: Json): void {
  const { properties } = isSchema(schema) ? schema : {};
  for (const property of isSchema(properties) ? Object.keys(properties) : [])
    if (pascal(property).toLowerCase() === at.toLowerCase())
      throw new Error(`the schema ${at} has a property ${property}: give the schema an id of its own`);
}

type Name = (wanted: string, schema: Schema) => Json;

/** Returns a schema whose inner objects are named. */
function inner(at: string, schema: Json, name: Name): Json {
  if (!isSchema(schema)) return schema;
  const parts = Object.entries(schema).map(([key, value]): [string, Json] => {
    if (key === 'properties' && isSchema(value))
      return [
        key,
        Object.fromEntries(
          Object.entries(value).map(([property, each]) => [
            property,
            named(at + pascal(property), each, name),
          ]),
        ),
      ];
    if (key === 'items') return [key, named(`${at}Item`, value, name)];
    if (key === 'additionalProperties') return [key, named(`${at}Value`, value, name)];
    if (key === 'oneOf' && Array.isArray(value))
      return [
        key,
        (value as readonly Json[]).map((each, index) => named(`${at}Option${index + 1}`, each, name)),
      ];
    return [key, value];
  });
  return Object.fromEntries(parts);
}

/** Returns the schema, or a reference to it if it is an object with named properties. */
function named(at: string, schema: Json, name: Name): Json {
  const done = inner(at, schema, name);
  return isSchema(done) && done['type'] === 'object' && isSchema(done['properties']) ? name(at, done) : done;
}
