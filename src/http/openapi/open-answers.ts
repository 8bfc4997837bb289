import type { OpenAPIV3_1 } from 'openapi-types';
import { mapOperations } from './parameters.js';
import { mapSchemas, type Json, type Schema } from './schemas.js';
import { reachable } from './tidy.js';

/**
 * Publishes objects in responses as open, because a newer server may send fields that a client does not know. The keyword is left out: with
 * `additionalProperties: true` anywhere in a document, Java classes of openapi-generator 7.14 extend HashMap and are sent empty. Objects of requests
 * alone stay closed: the server refuses unknown fields.
 */
export function openAnswers(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  const schemas = (document.components?.schemas ?? {}) as Readonly<Record<string, Json>>;
  const answers: Json[] = [];
  const opened = mapOperations(document, (operation) => {
    answers.push((operation.responses ?? null) as Json);
    return { ...operation, ...(operation.responses && { responses: mapSchemas(operation.responses, open) }) };
  });
  const inAnswers = reachable(schemas, answers);
  const components = Object.entries(schemas).map(([name, schema]) => [
    name,
    inAnswers.has(name) ? mapSchemas(schema, open) : schema,
  ]);
  return {
    ...opened,
    components: { ...opened.components, schemas: Object.fromEntries(components) as never },
  };
}

function open(schema: Schema): Schema {
  const { additionalProperties, ...rest } = schema;
  return additionalProperties === false ? rest : schema;
}
