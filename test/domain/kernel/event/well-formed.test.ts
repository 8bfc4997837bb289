import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { z } from 'zod';
import { definitionOf } from '#test/fixtures/muster-events.js';
import { malformedField } from '#domain/kernel/event/well-formed.js';

const SAMPLES = 'test/fixtures/events';

interface Sample {
  readonly type: string;
  readonly data: unknown;
}

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

/** Returns copies of a value in each of which one nested value has another kind, or one field is missing. */
function* damaged(value: unknown): Generator<unknown> {
  for (const other of [null, 5, 'x', true, [], {}]) if (kindOf(other) !== kindOf(value)) yield other;
  if (Array.isArray(value)) {
    for (const [at, each] of value.entries()) for (const other of damaged(each)) yield value.with(at, other);
    if (value.length === 0) yield [null];
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value)) {
      const { [name]: _, ...rest } = value as Record<string, unknown>;
      yield rest;
      for (const other of damaged(each)) yield { ...rest, [name]: other };
    }
  }
}

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

void t.test('finds each damage of a sample that the schema of its event refuses for its kind', (t) => {
  let found = 0;
  for (const name of readdirSync(SAMPLES)) {
    const { type, data } = JSON.parse(readFileSync(join(SAMPLES, name), 'utf8')) as Sample;
    const known = definitionOf(type);
    if (known === undefined || !known.schema.safeParse(data).success) continue;
    t.equal(malformedField(known, data), undefined, name);
    for (const bad of damaged(data)) {
      const parsed = known.schema.safeParse(bad);
      if (parsed.success || !parsed.error.issues.every(isOfKind)) continue;
      found += 1;
      if (malformedField(known, bad) === undefined)
        t.fail(`${name}: ${JSON.stringify(bad)}`, { issues: parsed.error.issues });
    }
  }
  t.ok(found > 2_000, `${found} damages were found`);
  t.end();
});

/** Whether a schema refuses a value for its kind, and not for what it says. */
function isOfKind({ code }: { readonly code?: string }): boolean {
  return code === 'invalid_type' || code === 'invalid_union';
}
