import { isList, mapSchemas } from './schemas.js';

/**
 * Replaces booleans that allow a single value with plain booleans. Python models from openapi-generator compare a boolean that is always `true` with
 * the string `true`, and reject every response that contains it. Query flags become booleans too, because their values look the same on the wire.
 */
export function plainBooleans<Document>(document: Document): Document {
  return mapSchemas(document, (schema) => {
    if (schema['type'] === 'string' && isSwitch(schema['enum'])) {
      const { enum: _, ...rest } = schema;
      return { ...rest, type: 'boolean' };
    }
    if (schema['type'] !== 'boolean' || schema['const'] === undefined) return schema;
    const { const: _, ...either } = schema;
    return either;
  });
}

function isSwitch(values: unknown): boolean {
  return isList(values as never) && [...(values as readonly unknown[])].sort().join() === 'false,true';
}
