import { isSchema, mapSchemas } from './schemas.js';

/** A document without defaults of objects and lists, which ogen refuses: what is absent is empty. */
export function plainDefaults<Document>(document: Document): Document {
  return mapSchemas(document, (schema) => {
    const { default: value, ...rest } = schema;
    return isSchema(value) || Array.isArray(value) ? rest : schema;
  });
}
