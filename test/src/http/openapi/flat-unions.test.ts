import t from 'tap';
import type { OpenAPIV3_1 } from 'openapi-types';
import { flatUnions } from '#src/http/openapi/flat-unions.js';

type Schemas = Readonly<Record<string, object>>;

function flat(schemas: Schemas): Record<string, never> {
  const document = {
    openapi: '3.1.0',
    info: { title: 't', version: '1' },
    paths: {},
    components: { schemas },
  } as unknown as OpenAPIV3_1.Document;
  return flatUnions(document).components?.schemas as Record<string, never>;
}

const SHELL = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    executor: { type: 'string', const: 'shell' },
    command: { type: 'string', description: 'A command line' },
  },
  required: ['name', 'executor', 'command'],
  additionalProperties: false,
};
const HTTP = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    executor: { type: 'string', const: 'http' },
    method: { type: 'string', enum: ['GET', 'PUT'], default: 'GET' },
  },
  required: ['name', 'executor'],
  additionalProperties: false,
};

void t.test('merges alternatives into one object, and describes which properties each one has', async (t) => {
  const Request = {
    description: 'A task',
    oneOf: [{ $ref: '#/components/schemas/Shell' }, { $ref: '#/components/schemas/Http' }],
  };
  t.same(flat({ Request, Shell: SHELL, Http: HTTP })['Request'], {
    description: 'A task',
    type: 'object',
    properties: {
      name: { type: 'string' },
      executor: { type: 'string', enum: ['shell', 'http'] },
      command: {
        type: 'string',
        description: 'A command line. Only with `executor` shell. Required with shell',
      },
      method: { type: 'string', enum: ['GET', 'PUT'], description: 'Only with `executor` http' },
    },
    required: ['name', 'executor'],
    additionalProperties: false,
  });
});

void t.test('merges the types, bounds and enums of a property', async (t) => {
  const part = (property: object) => ({ type: 'object', properties: { x: property } });
  const x = (...properties: object[]) =>
    (flat({ X: { oneOf: properties.map(part) } })['X'] as unknown as { properties: { x: object } }).properties
      .x;
  t.same(
    x({ type: 'string', minLength: 1 }, { type: 'string', minLength: 2, maxLength: 3 }),
    { type: 'string' },
    'a bound is kept only if all alternatives have the same one',
  );
  t.same(x({ type: 'string', maxLength: 3 }, { type: ['string', 'null'], maxLength: 3 }), {
    type: ['string', 'null'],
    maxLength: 3,
  });
  t.same(x({ type: ['string', 'null'], enum: ['a', null] }, { type: 'string', enum: ['b'] }), {
    type: ['string', 'null'],
    enum: ['a', 'b', null],
  });
  t.same(x({ type: 'string' }, { type: 'number' }), {
    description: 'One of: string, number',
    'x-any-of': ['string', 'number'],
  });
  const nested = (property: string) => ({
    type: 'object',
    properties: { [property]: { type: 'string' } },
    required: [property],
  });
  t.same(x(nested('a'), nested('b')), {
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'string' } },
  });
});

void t.test('replaces any other union with an untyped schema that lists the alternatives', async (t) => {
  const Reference = { type: 'object', properties: { secret: { type: 'string' } } };
  const Value = {
    description: 'A value',
    oneOf: [{ type: 'string', maxLength: 5 }, { type: 'number' }, { $ref: '#/components/schemas/Reference' }],
  };
  const made = flat({
    Value,
    Reference,
    Map: {
      type: 'object',
      additionalProperties: { oneOf: [{ type: 'string' }, { type: 'null' }, { type: 'number' }] },
    },
  });
  t.same(made['Value'], {
    description: 'A value. One of: string, number, {secret}',
    'x-any-of': ['string', 'number', '{secret}'],
  });
  t.same(made['Map'], {
    type: 'object',
    additionalProperties: {
      description: 'One of: string, null, number',
      'x-any-of': ['string', 'null', 'number'],
    },
  });
});

void t.test('keeps nullable references, and unions marked with x-union', async (t) => {
  const nullable = { oneOf: [{ $ref: '#/components/schemas/Shell' }, { type: 'null' }] };
  const events = { oneOf: [{ $ref: '#/components/schemas/Shell' }, { $ref: '#/components/schemas/Http' }] };
  const made = flat({ Shell: SHELL, Http: HTTP, nullable, events: { ...events, 'x-union': 'kept' } });
  t.same(made['nullable'], nullable);
  t.same(made['events'], events);
});
