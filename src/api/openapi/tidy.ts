import type { OpenAPIV3_1 } from 'openapi-types';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * A document as it is published: only components that something refers to, and where what is taken in and what is
 * given out have the same schema only one of the two. Its order depends on nothing but the routes.
 */
export function tidy(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  let text = JSON.stringify(document);
  const schemas = { ...document.components?.schemas };
  for (let merged = true; merged; ) {
    merged = false;
    const current = JSON.parse(text) as { components?: { schemas?: Record<string, Json> } };
    for (const [name, schema] of Object.entries(current.components?.schemas ?? {})) {
      if (!name.endsWith('Input') || !Object.hasOwn(schemas, name)) continue;
      const output = name.slice(0, -'Input'.length);
      const twin = current.components?.schemas?.[output];
      if (twin === undefined || JSON.stringify(withoutInputs(schema)) !== JSON.stringify(withoutInputs(twin))) continue;
      text = text.replaceAll(`"#/components/schemas/${name}"`, `"#/components/schemas/${output}"`);
      delete schemas[name];
      merged = true;
    }
  }
  const result = JSON.parse(text) as OpenAPIV3_1.Document;
  const known: Record<string, OpenAPIV3_1.SchemaObject> = result.components?.schemas ?? {};
  const used = referred({ ...result, components: {} } as never, known as never);
  const kept = Object.fromEntries(Object.entries(known).filter(([name]) => used.has(name)).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...result, components: { ...result.components, schemas: kept } };
}

/** References to the input form read as those to the output form, to compare what else there is. */
function withoutInputs(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema).replace(/("#\/components\/schemas\/\w+?)Input"/g, '$1"')) as Json;
}

function referred(part: Json, schemas: Readonly<Record<string, Json>>, found = new Set<string>()): Set<string> {
  for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    if (name === undefined || found.has(name)) continue;
    found.add(name);
    referred(schemas[name] ?? null, schemas, found);
  }
  return found;
}
