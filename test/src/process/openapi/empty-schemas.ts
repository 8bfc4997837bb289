/** Returns JSON pointers to schemas that allow anything. Examples are ignored. */
export function emptySchemas(document: unknown): readonly string[] {
  const found: string[] = [];
  walk(document, '', found);
  return found;
}

/** Keywords whose value is one schema. Below: a list of schemas, schemas by name, and plain data. */
const SINGLE = new Set([
  'schema',
  'items',
  'additionalProperties',
  'not',
  'contains',
  'propertyNames',
  'unevaluatedProperties',
  'unevaluatedItems',
  'if',
  'then',
  'else',
]);
const LISTS = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const NAMED = new Set(['properties', 'patternProperties', 'schemas', '$defs', 'dependentSchemas']);
const DATA = new Set(['example', 'examples', 'default', 'const', 'enum']);

function walk(value: unknown, path: string, found: string[]): void {
  if (Array.isArray(value)) {
    value.forEach((each, index) => walk(each, `${path}/${index}`, found));
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    const at = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (DATA.has(key)) continue;
    if (SINGLE.has(key)) check(part, at, found);
    else if (LISTS.has(key) && Array.isArray(part))
      part.forEach((each, index) => check(each, `${at}/${index}`, found));
    else if (NAMED.has(key) && typeof part === 'object' && part !== null)
      Object.entries(part).forEach(([name, each]) => check(each, `${at}/${name}`, found));
    else walk(part, at, found);
  }
}

function check(schema: unknown, path: string, found: string[]): void {
  if (schema === true || (typeof schema === 'object' && schema !== null && saysNothing(schema)))
    found.push(path);
  else walk(schema, path, found);
}

function saysNothing(schema: object): boolean {
  const words = [
    'title',
    'description',
    'example',
    'examples',
    'default',
    'deprecated',
    'readOnly',
    'writeOnly',
  ];
  return Object.keys(schema).every((key) => words.includes(key));
}
