import type { OpenAPIV3_1 } from 'openapi-types';
import { isList, isSchema, mapSchemas, type Json, type Schema } from './schemas.js';

type Document = OpenAPIV3_1.Document;

/** A union with this mark is preserved. Schemas have it if no operation returns or accepts them as JSON, such as the events of a stream. */
const KEPT = 'x-union';
const REFERENCE = '#/components/schemas/';
const NULL = 'null';

/**
 * Publishes each union as one schema. Most generators read only the first alternative, and their clients then fail on the other alternatives. Objects
 * are merged into one object with the properties of all. Any other union becomes a value of any type, described in words and by `x-any-of`. Requests
 * are still validated against the union.
 */
export function flatUnions(document: Document): Document {
  const schemas = (document.components?.schemas ?? {}) as Readonly<Record<string, Json>>;
  const done = new Map<string, Json>();
  const flatten = <Part>(part: Part): Part => mapSchemas(part, (schema) => flat(schema, resolve));
  const component = (name: string): Json => {
    const known = done.get(name);
    if (known !== undefined) return known;
    const made = flatten(schemas[name] ?? null);
    done.set(name, made);
    return made;
  };
  const resolve = (schema: Json): Json => {
    const reference = isSchema(schema) ? schema['$ref'] : undefined;
    return typeof reference === 'string' && reference.startsWith(REFERENCE)
      ? resolve(component(reference.slice(REFERENCE.length)))
      : schema;
  };
  const { components, ...rest } = document;
  const all = Object.fromEntries(Object.keys(schemas).map((name) => [name, component(name)]));
  return { ...flatten(rest), components: { ...components, schemas: all as never } };
}

type Resolve = (schema: Json) => Json;

/** Flattens one schema, whose inner schemas are already flat. */
function flat(schema: Schema, resolve: Resolve): Schema {
  const { oneOf, [KEPT]: kept, ...rest } = schema;
  if (kept !== undefined) return { ...rest, ...(oneOf !== undefined && { oneOf }) };
  if (!isList(oneOf)) return schema;
  const real = oneOf.filter((each) => !isNull(each));
  if (real.length < 2) return schema;
  const nullable = real.length < oneOf.length;
  const whole = real.map(resolve).filter(isSchema);
  if (!whole.every(isObject)) return ofAnyType(rest, oneOf, resolve);
  const merged = { ...mergedObjects(whole, resolve), ...rest };
  return nullable ? { ...merged, type: ['object', NULL] } : merged;
}

function ofAnyType(
  { description, ...rest }: Schema,
  alternatives: readonly Json[],
  resolve: Resolve,
): Schema {
  const names = [...new Set(alternatives.map((each) => nameOf(resolve(each))))];
  const words = `One of: ${names.join(', ')}`;
  return {
    ...rest,
    description: typeof description === 'string' ? `${description}. ${words}` : words,
    'x-any-of': names,
  };
}

/** Returns the type of a schema or, for an object, its property names. */
function nameOf(schema: Json): string {
  if (!isSchema(schema)) return 'any';
  const properties = Object.keys(propertiesOf(schema));
  if (properties.length > 0) return `{${properties.join(', ')}}`;
  return typeof schema['type'] === 'string' ? schema['type'] : 'any';
}

/** Merges objects into one with all properties. Only properties that all of them require are required. */
function mergedObjects(objects: readonly Schema[], resolve: Resolve): Schema {
  const names = [...new Set(objects.flatMap((each) => Object.keys(propertiesOf(each))))];
  const kind = discriminatorOf(objects, names);
  const properties = names.map((name) => {
    const holders = objects.filter((each) => Object.hasOwn(propertiesOf(each), name));
    const merged = mergedValues(
      holders.map((each) => propertiesOf(each)[name] ?? {}),
      resolve,
    );
    return [
      name,
      kind === undefined || holders.length === objects.length ? merged : ofSome(merged, kind, holders, name),
    ];
  });
  const required = names.filter((name) => objects.every((each) => requiredOf(each).includes(name)));
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as Schema,
    ...(required.length > 0 && { required }),
    ...(objects.every(({ additionalProperties }) => additionalProperties === false) && {
      additionalProperties: false,
    }),
  };
}

/**
 * Describes a property that only some alternatives have. Its default is removed, because clients would also send it with the other alternatives,
 * which refuse the property.
 */
function ofSome(schema: Json, kind: string, holders: readonly Schema[], name: string): Json {
  if (!isSchema(schema)) return schema;
  const { default: _, ...rest } = schema;
  const words = (which: readonly Schema[]): string =>
    which.flatMap((each) => valuesOf(propertiesOf(each)[kind])).join(', ');
  const needed = holders.filter((each) => requiredOf(each).includes(name));
  const told = [
    ...(typeof rest['description'] === 'string' ? [rest['description']] : []),
    `Only with \`${kind}\` ${words(holders)}`,
    ...(needed.length > 0 ? [`Required with ${words(needed)}`] : []),
  ];
  return { ...rest, description: told.join('. ') };
}

/** Returns the property whose values distinguish the alternatives, if there is one. */
function discriminatorOf(objects: readonly Schema[], names: readonly string[]): string | undefined {
  return names.find((name) => {
    const values = objects.map((each) => valuesOf(propertiesOf(each)[name]));
    return (
      values.every((each) => each.length > 0 && each.length < 4) &&
      new Set(values.flat()).size === values.flat().length
    );
  });
}

function mergedValues(values: readonly Json[], resolve: Resolve): Json {
  const [first = {}, ...others] = values;
  if (others.every((each) => JSON.stringify(bare(each)) === JSON.stringify(bare(first)))) return first;
  const whole = values.map(resolve).filter(isSchema);
  const description = whole.find((each) => typeof each['description'] === 'string')?.['description'];
  const described = description === undefined ? {} : { description };
  if (whole.every(isObject)) return { ...mergedObjects(whole, resolve), ...described };
  const types = [
    ...new Set(whole.flatMap((each) => (isList(each['type']) ? each['type'] : [each['type'] ?? 'any']))),
  ];
  const real = types.filter((each) => each !== NULL);
  if (real.length !== 1) return ofAnyType(described, values, resolve);
  const type = types.length > 1 ? [...real, NULL] : (real[0] ?? 'any');
  if (whole.every((each) => valuesOf(each).length > 0))
    return {
      type,
      enum: [...new Set(whole.flatMap(valuesOf)), ...(types.length > 1 ? [null] : [])],
      ...described,
    };
  const shared = Object.entries(whole[0] ?? {}).filter(
    ([key, value]) =>
      key !== 'type' && whole.every((each) => JSON.stringify(each[key]) === JSON.stringify(value)),
  );
  return { type, ...Object.fromEntries(shared), ...described };
}

function bare(schema: Json): Json {
  if (!isSchema(schema)) return schema;
  const { description: _, examples: __, ...rest } = schema;
  return rest;
}

/** Returns the allowed values of a string schema. */
function valuesOf(schema: Json | undefined): readonly string[] {
  if (!isSchema(schema)) return [];
  const all =
    schema['const'] !== undefined ? [schema['const']] : isList(schema['enum']) ? schema['enum'] : [];
  const words = all.filter((each) => typeof each === 'string');
  return all.every((each) => each === null || typeof each === 'string') ? words : [];
}

function propertiesOf({ properties }: Schema): Schema {
  return isSchema(properties) ? properties : {};
}

function requiredOf({ required }: Schema): readonly Json[] {
  return isList(required) ? required : [];
}

function isObject(schema: Json): boolean {
  return isSchema(schema) && schema['type'] === 'object';
}

function isNull(schema: Json): boolean {
  return isSchema(schema) && schema['type'] === NULL;
}
