import { isList, isSchema, type Json, type Schema } from './schemas.js';

const INT32 = 2 ** 31 - 1;

/** Names of integers that outgrow 32 bits: ids, positions, moments, bytes, and amounts of what nodes declare themselves. */
const WIDE = /(^|_)(id|ids|at)$|(Id|Ids|At|From|Number)$|^(at|from|until|before|position|revision|epoch|offset|bytes|disk|run|tasks|repeats|notice|behind|Resources)$/;

/**
 * A document whose numbers every generator reads. Integers say how wide they are: without that some clients take 32 bits for a position. A bound that is not in
 * the range itself is read as OpenAPI 3.0's boolean by some.
 */
export function plainNumbers<Document>(document: Document): Document {
  return numbered(document as Json, '') as Document;
}

/** Keywords under which a schema is about what the name says, too. */
const SAME_NAME = new Set(['items', 'additionalProperties', 'oneOf', 'allOf', 'schema']);
const DATA = new Set(['example', 'examples', 'default', 'const', 'enum']);
const NAMED = new Set(['properties', 'patternProperties', 'schemas']);

function numbered(part: Json, name: string): Json {
  if (isList(part)) return part.map((each) => numbered(each, name));
  if (!isSchema(part)) return part;
  // A parameter has its name in itself.
  const own = typeof part['in'] === 'string' && typeof part['name'] === 'string' ? part['name'] : name;
  const inner = Object.entries(part).map(([key, value]): [string, Json] => {
    if (DATA.has(key)) return [key, value];
    if (NAMED.has(key) && isSchema(value)) return [key, Object.fromEntries(Object.entries(value).map(([each, schema]) => [each, numbered(schema, each)]))];
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
    const words = `More than ${exclusiveMinimum}`;
    const described = typeof description === 'string' ? `${description}. ${words}` : words;
    return { ...(type !== undefined && { type }), ...rest, minimum: exclusiveMinimum, description: described };
  }
  const { minimum = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : undefined, maximum, ...others } = rest;
  const bounds = [minimum, maximum].filter((each): each is number => typeof each === 'number' && Number.isInteger(each) && Math.abs(each) !== Number.MAX_SAFE_INTEGER);
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
