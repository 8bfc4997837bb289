import t from 'tap';
import { z } from 'zod';
import { clearField, withCleared } from '#src/http/index.js';

const change = z.strictObject({
  name: z.string().optional(),
  note: z.string().nullable().optional(),
  clear: clearField('ClearableInTest', ['note']),
});

void t.test('sets a field to null that is listed in clear', async (t) => {
  t.same(withCleared(change.parse({ name: 'a', clear: ['note'] })), { name: 'a', note: null });
  t.same(withCleared(change.parse({ note: null, clear: ['note'] })), { note: null });
  t.same(withCleared(change.parse({ note: 'b' })), { note: 'b' });
  t.throws(
    () => withCleared(change.parse({ note: 'b', clear: ['note'] })),
    /note cannot be cleared and set at the same time/,
  );
  t.notOk(change.safeParse({ clear: ['name'] }).success, 'only a nullable field can be cleared');
});
