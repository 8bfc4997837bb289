import { isList, isSchema, type Json, type Schema } from './schemas.js';

const INT32 = 2 ** 31 - 1;

/** Names of integers that can exceed 32 bits: ids, positions, moments, bytes, and amounts declared by nodes. */
const WIDE =
  /(^|_)(id|ids|at)$|(Id|Ids|At|From|Number)$|^(at|from|until|before|position|revision|epoch|offset|bytes|disk|run|tasks|repeats|notice|behind|Resources)$/;

/**
 * Rewrites numbers so that every generator supports them. Integers get a format, because some clients assume 32 bits. Exclusive bounds are replaced,
 * because some generators interpret them as the booleans of OpenAPI 3.0.
 */
export function plainNumbers<Document>(document: Document): Document {
  return numbered(document as Json, '') as Document;
}

/** Keywords whose subschemas describe the values of the same name. */
const SAME_NAME = new Set(['items', 'additionalProperties', 'oneOf', 'allOf', 'schema']);
const DATA = new Set(['example', 'examples', 'default', 'const', 'enum']);
const NAMED = new Set(['properties', 'patternProperties', 'schemas']);

function numbered(part: Json, name: string): Json {
  if (isList(part)) return part.map((each) => numbered(each, name));
  if (!isSchema(part)) return part;
  // The name of a parameter is in its property `name`.
  const own = typeof part['in'] === 'string' && typeof part['name'] === 'string' ? part['name'] : name;
  const inner = Object.entries(part).map(([key, value]): [string, Json] => {
    if (DATA.has(key)) return [key, value];
    if (NAMED.has(key) && isSchema(value))
      return [
        key,
        Object.fromEntries(Object.entries(value).map(([each, schema]) => [each, numbered(schema, each)])),
      ];
    return [key, numbered(value, SAME_NAME.has(key) ? own : key)];
  });
  return number(Object.fromEntries(inner), own);
}

function number(schema: Schema, name: string): Schema {
  const { type, exclusiveMinimum, ...rest } = schema;
  const types = isList(type) ? type : [type ?? ''];
  if (!types.includes('integer')) {
    if (typeof exclusiveMinimum !== 'number') return schema;
    const { description } = rest;
    const words = `Must be greater than ${exclusiveMinimum}`;
    const described = typeof description === 'string' ? `${description}. ${words}` : words;
    return {
      ...(type !== undefined && { type }),
      ...rest,
      minimum: exclusiveMinimum,
      description: described,
    };
  }
  const {
    minimum = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : undefined,
    maximum,
    ...others
  } = rest;
  const bounds = [minimum, maximum].filter(
    (each): each is number =>
      typeof each === 'number' && Number.isInteger(each) && Math.abs(each) !== Number.MAX_SAFE_INTEGER,
  );
  const bounded = typeof maximum === 'number' && bounds.includes(maximum);
  const wide = bounds.some((each) => Math.abs(each) > INT32) || (!bounded && WIDE.test(name));
  return {
    type: type ?? 'integer',
    ...others,
    format: others['format'] ?? (wide ? 'int64' : 'int32'),
    ...(typeof minimum === 'number' && bounds.includes(minimum) && { minimum }),
    ...(bounded && { maximum }),
  };
}
