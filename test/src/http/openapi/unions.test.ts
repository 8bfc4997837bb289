import t from 'tap';
import { isList, isSchema, mapSchemas, type Json, type Schema } from '#src/http/openapi/schemas.js';
import { readableUnions } from '#src/http/openapi/unions.js';
import { generateOpenapi } from '#src/process/openapi/generate.js';

const NULL = { type: 'null' };
const TEXT = { type: 'string', maxLength: 10 };

void t.test('converts a union with null to a nullable type', async (t) => {
  t.same(readableUnions({ anyOf: [TEXT, NULL] }), { type: ['string', 'null'], maxLength: 10 });
  t.same(
    readableUnions({ anyOf: [NULL, TEXT] }),
    { type: ['string', 'null'], maxLength: 10 },
    'the order of the alternatives does not matter',
  );
  t.same(readableUnions({ description: 'outer', anyOf: [{ ...TEXT, description: 'inner' }, NULL] }), {
    type: ['string', 'null'],
    maxLength: 10,
    description: 'outer',
  });
  t.same(
    readableUnions({ anyOf: [{ type: 'string', enum: ['a'] }, NULL] }),
    { type: ['string', 'null'], enum: ['a', null] },
    'null is also added to an enum',
  );
  t.same(readableUnions({ type: ['string', 'null'] }), { type: ['string', 'null'] });
});

void t.test('converts several types to alternatives of oneOf', async (t) => {
  t.same(readableUnions({ type: ['string', 'number', 'boolean'], description: 'd' }), {
    description: 'd',
    oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }],
  });
  t.same(readableUnions({ type: ['string', 'number', 'null'] }), {
    oneOf: [{ type: 'string' }, { type: 'number' }, NULL],
  });
  t.same(
    readableUnions({ anyOf: [{ anyOf: [TEXT, { type: 'number' }] }, { type: 'object' }] }),
    { oneOf: [TEXT, { type: 'number' }, { type: 'object' }] },
    'nested unions are flattened',
  );
  t.same(readableUnions({ anyOf: [{ $ref: '#/a' }, { $ref: '#/b' }] }), {
    oneOf: [{ $ref: '#/a' }, { $ref: '#/b' }],
  });
  t.same(
    readableUnions({ anyOf: [{ $ref: '#/a' }, NULL] }),
    { oneOf: [{ $ref: '#/a' }, NULL] },
    'a reference remains an alternative, because it has no type to add null to',
  );
});

void t.test('ignores examples and property names', async (t) => {
  const examples = [{ anyOf: [TEXT, NULL], type: ['a', 'b'] }];
  t.same(readableUnions({ examples }), { examples });
  const properties = { anyOf: { type: 'array', items: TEXT }, type: TEXT, examples: { anyOf: [TEXT, NULL] } };
  t.same(readableUnions({ properties }), {
    properties: { ...properties, examples: { type: ['string', 'null'], maxLength: 10 } },
  });
});

void t.test('publishes no anyOf, and no list of types other than nullable ones', async (t) => {
  for (const [name, text] of Object.entries(await generateOpenapi())) {
    const found: Schema[] = [];
    mapSchemas(JSON.parse(text) as Schema, (schema) => {
      const { type } = schema;
      if (schema['anyOf'] !== undefined || (isList(type) && (type.length !== 2 || !type.includes('null'))))
        found.push(schema);
      return schema;
    });
    t.same(found, [], name);
  }
});

void t.test('publishes only mutually exclusive alternatives in oneOf', async (t) => {
  for (const [name, text] of Object.entries(await generateOpenapi())) {
    const document = JSON.parse(text) as { components: { schemas: Record<string, Schema> } };
    const whole = (schema: Json): Schema => {
      if (!isSchema(schema)) throw new Error('no schema');
      return typeof schema['$ref'] === 'string'
        ? (document.components.schemas[schema['$ref'].split('/').at(-1) ?? ''] ?? {})
        : schema;
    };
    mapSchemas(document as unknown as Schema, (schema) => {
      const all = isList(schema['oneOf']) ? schema['oneOf'].map(whole) : [];
      for (const [index, one] of all.entries())
        for (const other of all.slice(index + 1))
          t.ok(exclude(one, other), `${name}: ${JSON.stringify([one, other]).slice(0, 300)}`);
      return schema;
    });
  }
});

/** Returns whether no value fits both, because of their types, a constant in both, or a property that one requires and the other forbids. */
function exclude(one: Schema, other: Schema): boolean {
  if (types(one).every((type) => !types(other).includes(type))) return true;
  const [ones, others] = [one['properties'], other['properties']];
  if (!isSchema(ones) || !isSchema(others)) return false;
  const constants = Object.keys(ones).some(
    (key) =>
      constant(ones[key]) !== undefined &&
      constant(others[key]) !== undefined &&
      constant(ones[key]) !== constant(others[key]),
  );
  return constants || wants(one, other) || wants(other, one);
}

function types({ type }: Schema): readonly Json[] {
  const all = isList(type) ? type : [type ?? 'any'];
  return all.map((each) => (each === 'integer' ? 'number' : each));
}

function constant(schema: Json | undefined): Json | undefined {
  return isSchema(schema) ? schema['const'] : undefined;
}

function wants({ required }: Schema, { properties, additionalProperties }: Schema): boolean {
  return (
    additionalProperties === false &&
    isList(required) &&
    required.some((key) => !Object.hasOwn(properties as object, String(key)))
  );
}
