import { mapSchemas } from './schemas.js';

const KNOWN = new Set([
  'binary',
  'date',
  'date-time',
  'double',
  'email',
  'float',
  'int32',
  'int64',
  'ipv4',
  'ipv6',
  'uri',
  'uuid',
]);

/** Removes zod's own formats, such as `starts_with`, whose patterns are equivalent. */
export function knownFormats<Document>(document: Document): Document {
  return mapSchemas(document, (schema) => {
    const { format, ...rest } = schema;
    return typeof format !== 'string' || KNOWN.has(format) ? schema : rest;
  });
}
