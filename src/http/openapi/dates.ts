import { mapSchemas } from './schemas.js';

/**
 * Removes the patterns of dates, which only repeat their format. Clients have a date type, and Python code from openapi-generator would check it
 * against the string pattern, using a name that it does not import.
 */
export function plainDates<Document>(document: Document): Document {
  return mapSchemas(document, (schema) => {
    if (schema['format'] !== 'date-time') return schema;
    const { pattern: _, ...date } = schema;
    return date;
  });
}
