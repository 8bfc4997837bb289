import { mapSchemas } from './schemas.js';

/**
 * A document whose booleans may be either. The models that openapi-generator makes for Python compare one that is always `true` with the text `true`, and
 * refuse every answer that holds it.
 */
export function plainBooleans<Document>(document: Document): Document {
  return mapSchemas(document, (schema) => {
    if (schema['type'] !== 'boolean' || schema['const'] === undefined) return schema;
    const { const: _, ...either } = schema;
    return either;
  });
}
