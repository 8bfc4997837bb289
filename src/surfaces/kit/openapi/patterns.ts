import { isList, isSchema, mapSchemas, type Json } from './schemas.js';

/** Letters and digits of any script: ECMAScript's words for them, which Python's `re` takes for an error. */
const OF_ANY_SCRIPT = /\\[pP]\{/;

/**
 * A document without patterns that not every language reads. The models that openapi-generator makes for Python compile a text's pattern whenever they are
 * filled, so that nobody could make an account with them. What is no name is refused by the server all the same.
 */
export function plainPatterns<Document>(document: Document): Document {
  return mapSchemas(document, (schema) => Object.fromEntries(Object.entries(schema).flatMap(([key, value]) => kept(key, value))));
}

/** A keyword as it stays, if it does. */
function kept(key: string, value: Json): [string, Json][] {
  if (key === 'pattern' && typeof value === 'string' && OF_ANY_SCRIPT.test(value)) return [];
  if (key !== 'allOf' || !isList(value)) return [[key, value]];
  const all = value.filter((each) => !isEmpty(each));
  return all.length === 0 ? [] : [[key, all]];
}

function isEmpty(schema: Json): boolean {
  return isSchema(schema) && Object.keys(schema).length === 0;
}
