import t from 'tap';
import { plainNumbers } from '#src/http/openapi/numbers.js';

const SAFE = Number.MAX_SAFE_INTEGER;
const numbered = (name: string, schema: object) =>
  (plainNumbers({ properties: { [name]: schema } }) as { properties: Record<string, object> }).properties[
    name
  ];

void t.test('chooses int32 or int64 by the bounds or the name of an integer', async (t) => {
  const integer = { type: 'integer', minimum: -SAFE, maximum: SAFE };
  t.same(numbered('count', integer), { type: 'integer', format: 'int32' });
  t.same(numbered('task_id', integer), { type: 'integer', format: 'int64' });
  t.same(numbered('taskIds', { type: 'array', items: integer }), {
    type: 'array',
    items: { type: 'integer', format: 'int64' },
  });
  t.same(numbered('offset', { ...integer, minimum: 0 }), { type: 'integer', format: 'int64', minimum: 0 });
  t.same(numbered('count', { ...integer, maximum: 2 ** 40 }), {
    type: 'integer',
    format: 'int64',
    maximum: 2 ** 40,
  });
  t.same(numbered('disk', { ...integer, maximum: 1000 }), {
    type: 'integer',
    format: 'int32',
    maximum: 1000,
  });
  t.same(numbered('exit_code', { type: ['integer', 'null'] }), {
    type: ['integer', 'null'],
    format: 'int32',
  });
  t.same(
    numbered('resources', { type: 'object', additionalProperties: { type: 'integer', format: 'int64' } }),
    {
      type: 'object',
      additionalProperties: { type: 'integer', format: 'int64' },
    },
  );
  t.same(plainNumbers({ name: 'after_id', in: 'query', schema: { type: 'integer' } }), {
    name: 'after_id',
    in: 'query',
    schema: { type: 'integer', format: 'int64' },
  });
});

void t.test('converts exclusive bounds to inclusive ones', async (t) => {
  t.same(numbered('number', { type: 'integer', exclusiveMinimum: 0, maximum: SAFE }), {
    type: 'integer',
    format: 'int32',
    minimum: 1,
  });
  t.same(numbered('interval', { type: 'number', exclusiveMinimum: 0, maximum: 9, description: 'Seconds' }), {
    type: 'number',
    minimum: 0,
    maximum: 9,
    description: 'Seconds. Must be greater than 0',
  });
});
