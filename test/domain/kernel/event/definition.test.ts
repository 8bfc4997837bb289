import t from 'tap';
import { z } from 'zod';
import { extendedEvent } from '#domain/kernel/event/definition.js';

const { version, writtenAs, upcasters } = extendedEvent(
  z.strictObject({ id: z.string(), because: z.string().optional(), until: z.number().optional() }),
  'because',
  'until',
);

void t.test('an extended event has one version more than it has added fields', (t) => {
  t.equal(version, 3);
  t.strictSame(Object.keys(upcasters ?? {}), ['1', '2']);
  t.end();
});

void t.test('an extended event is written as the oldest version that has its fields', (t) => {
  t.equal(writtenAs?.({ id: 'a' }), 1);
  t.equal(writtenAs?.({ id: 'a', because: 'b' }), 2);
  t.equal(writtenAs?.({ id: 'a', until: 0 }), 3);
  t.equal(writtenAs?.({ id: 'a', because: 'b', until: 0 }), 3);
  t.end();
});

void t.test('former versions of an extended event are read unchanged', (t) => {
  const data = { id: 'a' };
  t.equal(upcasters?.[1]?.(data), data);
  t.equal(upcasters?.[2]?.(data), data);
  t.end();
});
