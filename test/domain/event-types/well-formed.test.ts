import t from 'tap';
import { z } from 'zod';
import { malformedField } from '#domain/event-types/well-formed.js';

const definition = {
  version: 1,
  schema: z.strictObject({
    name: z.string(),
    size: z.number().int().nullable(),
    parts: z.array(z.strictObject({ id: z.string() })),
    labels: z.record(z.string(), z.string()),
    note: z.string().optional(),
  }),
};
const whole = { name: 'a', size: 1, parts: [{ id: 'x' }], labels: { a: 'b' } };

void t.test('accepts what a fold can read, even if a newer version has added fields', (t) => {
  for (const data of [whole, { ...whole, size: null }, { ...whole, note: 'b' }, { ...whole, more: 1 }])
    t.equal(malformedField(definition, data), undefined, JSON.stringify(data));
  t.end();
});

void t.test('names the field that is missing or of another kind', (t) => {
  for (const [data, problem] of [
    [{}, /^name is missing$/],
    [[], /^the data is no object$/],
    [null, /^the data is no object$/],
    [{ ...whole, name: 5 }, /^name is no string$/],
    [{ ...whole, size: 'x' }, /^size is no /],
    [{ ...whole, parts: {} }, /^parts is no array$/],
    [{ ...whole, parts: [{ id: 'x' }, {}] }, /^parts\[1\]\.id is missing$/],
    [{ ...whole, labels: { a: 1 } }, /^labels\.a is no string$/],
    [{ ...whole, note: null }, /^note is no string$/],
  ] as const)
    t.match(malformedField(definition, data), problem, JSON.stringify(data));
  t.end();
});
