import type { Schema } from './components.js';

const COMPONENTS = '#/components/schemas/';

/**
 * Gives every object in a document a name, because code generators turn unnamed ones into classes such as `AnonymousSchema_245`. Nested objects
 * are named after their parent. Enumerations remain inline and get a title instead.
 */
export class NamedSchemas {
  readonly #schemas = new Map<string, Schema>();

  /** `components`: schemas that already have names. */
  constructor(components: Readonly<Record<string, Schema>>) {
    for (const name of Object.keys(components)) this.#schemas.set(name, {});
    for (const [name, schema] of Object.entries(components))
      this.#schemas.set(name, this.#withNamedParts(schema, name));
  }

  add(name: string, schema: Schema): Schema {
    if ('$ref' in schema) return schema;
    if (this.#schemas.has(name)) throw new Error(`two schemas would be named ${name}`);
    this.#schemas.set(name, {});
    this.#schemas.set(name, this.#withNamedParts(schema, name));
    return { $ref: `${COMPONENTS}${name}` };
  }

  get all(): Readonly<Record<string, Schema>> {
    return Object.fromEntries([...this.#schemas].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  #part(part: unknown, name: string): unknown {
    if (!isSchema(part) || '$ref' in part) return part;
    const [only, ...others] = Array.isArray(part['allOf']) ? (part['allOf'] as unknown[]) : [];
    if (isSchema(only) && others.length === 0 && Object.keys(part).length === 1) return only;
    if ('properties' in part || alternativesOf(part).length > 1) return this.add(name, part);
    const schema = this.#withNamedParts(part, name);
    return Array.isArray(schema['enum']) ? { title: name, ...schema } : schema;
  }

  #withNamedParts(schema: Schema, name: string): Schema {
    const kept: Record<string, unknown> = { ...schema };
    if (isSchema(schema['properties'])) {
      const parts = Object.entries(schema['properties']).map(([property, part]) => [
        property,
        this.#part(part, `${name}${words(property)}`),
      ]);
      kept['properties'] = Object.fromEntries(parts);
    }
    for (const key of ['items', 'additionalProperties'] as const)
      if (key in schema) kept[key] = this.#part(schema[key], singular(name));
    for (const key of ['oneOf', 'anyOf'] as const) {
      const options = schema[key];
      if (!Array.isArray(options)) continue;
      const distinctions = alternativesOf(schema).length > 1 ? distinctionsOf(options) : [];
      kept[key] = options.map((option: unknown, index) =>
        this.#part(option, `${name}${distinctions[index] ?? ''}`),
      );
    }
    return kept;
  }
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function alternativesOf(schema: Schema): Schema[] {
  return ['oneOf', 'anyOf'].flatMap((key) => {
    const options = schema[key];
    return Array.isArray(options)
      ? options.filter(isSchema).filter((option) => '$ref' in option || 'properties' in option)
      : [];
  });
}

/** Distinguishes alternatives by their properties with a constant value, or otherwise by number. */
function distinctionsOf(options: readonly unknown[]): string[] {
  const constants = options.map((option) => {
    if (!isSchema(option) || !isSchema(option['properties'])) return [];
    const entries = Object.entries(option['properties']).map(
      ([name, property]) => [name, isSchema(property) ? property['const'] : undefined] as const,
    );
    return entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  });
  const shared = (entry: readonly [string, string]): boolean =>
    constants.every((each) => each.some(([name, value]) => name === entry[0] && value === entry[1]));
  const texts = constants.map((each) =>
    words(
      each
        .filter((entry) => !shared(entry))
        .map(([, value]) => value)
        .join(' '),
    ),
  );
  return texts.map((text, index) =>
    texts.indexOf(text) === index && text !== '' ? text : `${text}${index + 1}`,
  );
}

function words(text: string): string {
  return text.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, first: string) => first.toUpperCase());
}

function singular(name: string): string {
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  return /[^s]s$/.test(name) ? name.slice(0, -1) : `${name}Item`;
}
