import { isSchema, mapSchemas } from './schemas.js';

/** Removes defaults of objects and lists, which ogen does not support. An absent value is equivalent to an empty one. */
export function plainDefaults<Document>(document: Document): Document {
  return mapSchemas(document, (schema) => {
    const { default: value, ...rest } = schema;
    return isSchema(value) || Array.isArray(value) ? rest : schema;
  });
}
