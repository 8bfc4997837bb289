import { isList, mapSchemas } from './schemas.js';

/**
 * A document whose booleans may be either. The models that openapi-generator makes for Python compare one that is always `true` with the text `true`, and
 * refuse every answer that holds it. A switch of a query is a boolean too: on the wire its values are the same words.
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
