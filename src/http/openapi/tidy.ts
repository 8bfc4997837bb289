import type { OpenAPIV3_1 } from 'openapi-types';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Schemas = Readonly<Record<string, Json>>;

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g;
const INPUT = 'Input';

/**
 * Prepares a document for publication. Removes unused components. If the input and output schemas of a component are equal, or only one of them is
 * used, keeps one under the plain name. The order depends only on the routes.
 */
export function tidy(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  const merged = rename(document, twins(schemasOf(document)));
  const used = prune(merged);
  const lonely = Object.keys(used).filter(
    (name) => name.endsWith(INPUT) && !Object.hasOwn(used, plain(name)),
  );
  const renamed = rename(
    { ...merged, components: { ...merged.components, schemas: used as never } },
    new Set(lonely),
  );
  return { ...renamed, components: { ...renamed.components, schemas: prune(renamed) as never } };
}

/** Returns the names of input schemas that are equal to their output schemas, including nested schemas. */
function twins(schemas: Schemas): ReadonlySet<string> {
  const same = new Set(
    Object.keys(schemas).filter(
      (name) =>
        name.endsWith(INPUT) &&
        Object.hasOwn(schemas, plain(name)) &&
        comparable(schemas[name]) === comparable(schemas[plain(name)]),
    ),
  );
  for (let before = -1; before !== same.size;) {
    before = same.size;
    for (const name of same) {
      const differs = referencesOf(schemas[name]).some(
        (inner) => inner.endsWith(INPUT) && Object.hasOwn(schemas, plain(inner)) && !same.has(inner),
      );
      if (differs) same.delete(name);
    }
  }
  return same;
}

/** Serializes a schema, with references to input schemas replaced with references to output schemas. */
function comparable(schema: Json | undefined): string {
  return JSON.stringify(schema).replace(
    REFERENCE,
    (_, name: string) => `"#/components/schemas/${plain(name)}"`,
  );
}

/** Gives input schemas their plain names wherever they occur. */
function rename(document: OpenAPIV3_1.Document, names: ReadonlySet<string>): OpenAPIV3_1.Document {
  const text = JSON.stringify(document).replace(REFERENCE, (whole, name: string) =>
    names.has(name) ? `"#/components/schemas/${plain(name)}"` : whole,
  );
  const result = JSON.parse(text) as OpenAPIV3_1.Document;
  const schemas = Object.entries(schemasOf(result)).map(([name, schema]) => [
    names.has(name) ? plain(name) : name,
    schema,
  ]);
  return { ...result, components: { ...result.components, schemas: Object.fromEntries(schemas) as never } };
}

function prune(document: OpenAPIV3_1.Document): Schemas {
  const schemas = schemasOf(document);
  const found = reachable(schemas, document.paths as never);
  return Object.fromEntries([...found].sort().map((name) => [name, schemas[name] ?? null]));
}

/** Returns the names of the schemas to which a part of a document refers, also through other schemas. */
export function reachable(schemas: Schemas, part: Json): ReadonlySet<string> {
  const found = new Set<string>();
  const follow = (part: Json): void => {
    for (const name of referencesOf(part)) {
      if (found.has(name)) continue;
      found.add(name);
      follow(schemas[name] ?? null);
    }
  };
  follow(part);
  return found;
}

function referencesOf(part: Json | undefined): readonly string[] {
  return [...JSON.stringify(part ?? null).matchAll(REFERENCE)].flatMap(([, name]) => name ?? []);
}

function schemasOf(document: OpenAPIV3_1.Document): Schemas {
  return (document.components?.schemas ?? {}) as unknown as Schemas;
}

function plain(name: string): string {
  return name.endsWith(INPUT) ? name.slice(0, -INPUT.length) : name;
}
