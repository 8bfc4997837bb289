import type { OpenAPIV3_1 } from 'openapi-types';
import { pascal } from './pascal.js';
import { isList, isSchema, type Json } from './schemas.js';

/**
 * Names the values of each enum that is a component after the enum (`TaskSortName`), because in Go all constants of a package share one namespace.
 * Throws if two values would have the same name.
 */
export function namedEnumValues(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  const schemas = (document.components?.schemas ?? {}) as Readonly<Record<string, Json>>;
  const named = Object.entries(schemas).map(([title, schema]) =>
    isSchema(schema) && isList(schema['enum'])
      ? [title, { ...schema, 'x-enum-varnames': valueNames(title, schema['enum']) }]
      : [title, schema],
  );
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(named) as never } };
}

function valueNames(title: string, values: readonly Json[]): string[] {
  // A value such as `-name` stands for the reverse order.
  const names = values.map((value) => title + pascal(String(value).replace(/^-/, 'minus ')));
  if (new Set([title, ...names]).size <= names.length)
    throw new Error(`two values of ${title} would have the same name, or one would have none`);
  return names;
}
