import { z } from 'zod';
import { WITHHELD } from '#domain/kernel/published-event.js';
import { plainSchema } from '#src/http/index.js';

export type Schema = Readonly<Record<string, unknown>>;

const DEFINITION = /^#\/definitions\//;
const SEALED_PATTERN = /^\^sealed:/;

export class SchemaComponents {
  readonly #schemas = new Map<string, string>();

  of(schema: z.ZodType, io: 'input' | 'output'): Schema {
    const { definitions = {}, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io }) as Schema & {
      readonly definitions?: Readonly<Record<string, Schema>>;
    };
    const names = new Map(
      Object.keys(definitions).map((name) => [name, this.#nameOf(name, definitions, io)]),
    );
    for (const [name, definition] of Object.entries(definitions))
      this.#schemas.set(
        names.get(name) ?? name,
        JSON.stringify(plainSchema(clean(definition, names) as Schema)),
      );
    return plainSchema(clean(rest, names) as Schema);
  }

  get all(): Readonly<Record<string, Schema>> {
    const entries = [...this.#schemas].sort(([left], [right]) => (left < right ? -1 : 1));
    return Object.fromEntries(entries.map(([name, text]) => [name, JSON.parse(text) as Schema]));
  }

  #nameOf(name: string, definitions: Readonly<Record<string, Schema>>, io: 'input' | 'output'): string {
    return io === 'input' && JSON.stringify(definitions).includes('"default"') ? `${name}Input` : name;
  }
}

/** Points references at the components of the document, and replaces sealed fields with a placeholder. */
function clean(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((each) => clean(each, names));
  if (typeof value !== 'object' || value === null) return value;
  if ('pattern' in value && typeof value.pattern === 'string' && SEALED_PATTERN.test(value.pattern))
    return { type: 'string', const: WITHHELD, description: 'Sealed in the log and withheld here' };
  const kept = Object.entries(value).filter(
    ([key, inner]) => key !== '$schema' && !(key === 'id' && typeof inner === 'string'),
  );
  return Object.fromEntries(
    kept.map(([key, inner]) => {
      if (key === '$ref' && typeof inner === 'string') {
        const name = inner.replace(DEFINITION, '');
        return [key, `#/components/schemas/${names.get(name) ?? name}`];
      }
      return [key, clean(inner, names)];
    }),
  );
}
