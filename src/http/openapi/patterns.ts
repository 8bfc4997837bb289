import { isList, isSchema, mapSchemas, type Json, type Schema } from './schemas.js';

/** Matches ECMAScript's notation for letters and digits of any script, which Python's `re` rejects. */
const OF_ANY_SCRIPT = /\\p\{/;
const CLASS = /\[(?:\\.|[^\]\\])*\]/g;
const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));

/**
 * Rewrites patterns so that every language accepts them. Python models from openapi-generator compile the patterns of strings on every use. A
 * character class for any script becomes all characters except the ASCII characters that it excludes. The server refuses the rest. Several patterns
 * of one string are joined, because some generators create a separate type for an `allOf`, and ogen does not support it.
 */
export function plainPatterns<Document>(document: Document): Document {
  return mapSchemas(document, (schema) =>
    Object.fromEntries(Object.entries(joined(schema)).map(([key, value]) => [key, plain(key, value)])),
  );
}

function joined(schema: Schema): Schema {
  const { allOf, pattern, ...rest } = schema;
  if (!isList(allOf)) return schema;
  const patterns = [pattern, ...allOf.map(patternOf)];
  const all = patterns.filter((each) => typeof each === 'string');
  if (all.length < patterns.length - (pattern === undefined ? 1 : 0)) return schema;
  return {
    ...rest,
    pattern: `^${all.map((each) => (each.startsWith('^') ? `(?=${each})` : `(?=[\\s\\S]*(?:${each}))`)).join('')}`,
  };
}

/** Returns the pattern of a schema that contains nothing else. */
function patternOf(schema: Json): string | undefined {
  const { pattern, format: _, ...rest } = isSchema(schema) ? schema : {};
  return typeof pattern === 'string' && Object.keys(rest).length === 0 ? pattern : undefined;
}

function plain(key: string, value: Json): Json {
  return key === 'pattern' && typeof value === 'string'
    ? value.replaceAll(CLASS, (all) => (OF_ANY_SCRIPT.test(all) ? withoutAscii(all) : all))
    : value;
}

/** Returns a class of all characters except the ASCII characters that the given class excludes. */
function withoutAscii(characterClass: string): string {
  const held = new RegExp(characterClass, 'u');
  const others = ASCII.filter((character) => !held.test(character));
  return `[^${others.map((character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}]`;
}
