import { isList, isSchema, mapSchemas, type Json, type Schema } from './schemas.js';

/** Letters and digits of any script: ECMAScript's words for them, which Python's `re` takes for an error. */
const OF_ANY_SCRIPT = /\\p\{/;
const CLASS = /\[(?:\\.|[^\]\\])*\]/g;
const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));

/**
 * A document whose patterns every language reads. The models that openapi-generator makes for Python compile a text's pattern whenever they are filled, so
 * that nobody could make an account with them. What is of any script is there all but the ASCII that it does not hold; the server alone refuses the rest.
 * Several patterns of one text are joined: of an `allOf` some generators make a type of its own, and ogen refuses it.
 */
export function plainPatterns<Document>(document: Document): Document {
  return mapSchemas(document, (schema) => Object.fromEntries(Object.entries(joined(schema)).map(([key, value]) => [key, plain(key, value)])));
}

function joined(schema: Schema): Schema {
  const { allOf, pattern, ...rest } = schema;
  if (!isList(allOf)) return schema;
  const patterns = [pattern, ...allOf.map(patternOf)];
  const all = patterns.filter((each) => typeof each === 'string');
  if (all.length < patterns.length - (pattern === undefined ? 1 : 0)) return schema;
  return { ...rest, pattern: `^${all.map((each) => (each.startsWith('^') ? `(?=${each})` : `(?=[\\s\\S]*(?:${each}))`)).join('')}` };
}

/** The pattern of a schema that says nothing else. */
function patternOf(schema: Json): string | undefined {
  const { pattern, format: _, ...rest } = isSchema(schema) ? schema : {};
  return typeof pattern === 'string' && Object.keys(rest).length === 0 ? pattern : undefined;
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
