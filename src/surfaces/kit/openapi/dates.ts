import { mapSchemas } from './schemas.js';

/**
 * A document whose dates are told by their format alone. zod adds a pattern that says the same; a client has a type for dates, and
 * openapi-generator's Python checks that type by the pattern of a text, with a name that it forgot to import.
 */
export function plainDates<Document>(document: Document): Document {
  return mapSchemas(document, (schema) => {
    if (schema['format'] !== 'date-time') return schema;
    const { pattern: _, ...date } = schema;
    return date;
  });
}
