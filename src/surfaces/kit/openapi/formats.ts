import { mapSchemas } from './schemas.js';

/** Formats that OpenAPI's registry or JSON Schema name. */
const KNOWN = new Set(['binary', 'date', 'date-time', 'double', 'email', 'float', 'int32', 'int64', 'ipv4', 'ipv6', 'uri', 'uuid']);

/** A document without formats of zod's own, such as `starts_with`: its pattern says the same. */
export function knownFormats<Document>(document: Document): Document {
  return mapSchemas(document, (schema) => {
    const { format, ...rest } = schema;
    return typeof format !== 'string' || KNOWN.has(format) ? schema : rest;
  });
}
