import { mapSchemas, type Json } from './schemas.js';

/** Letters and digits of any script: ECMAScript's words for them, which Python's `re` takes for an error. */
const OF_ANY_SCRIPT = /\\p\{/;
const CLASS = /\[(?:\\.|[^\]\\])*\]/g;
const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));

/**
 * A document whose patterns every language reads. The models that openapi-generator makes for Python compile a text's pattern whenever they are filled, so
 * that nobody could make an account with them. What is of any script is there all but the ASCII that it does not hold; the server alone refuses the rest.
 */
export function plainPatterns<Document>(document: Document): Document {
  return mapSchemas(document, (schema) => Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, plain(key, value)])));
}

function plain(key: string, value: Json): Json {
  return key === 'pattern' && typeof value === 'string' ? value.replaceAll(CLASS, (all) => (OF_ANY_SCRIPT.test(all) ? withoutAscii(all) : all)) : value;
}

/** All but the ASCII characters that a class does not hold. */
function withoutAscii(characterClass: string): string {
  const held = new RegExp(characterClass, 'u');
  const others = ASCII.filter((character) => !held.test(character));
  return `[^${others.map((character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}]`;
}
