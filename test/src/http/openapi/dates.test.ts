import t from 'tap';
import { plainDates } from '#src/http/openapi/dates.js';

void t.test('removes the pattern of a date-time, and keeps that of other formats', async (t) => {
  t.same(plainDates({ properties: { at: { type: 'string', format: 'date-time', pattern: '^\\d' } } }), {
    properties: { at: { type: 'string', format: 'date-time' } },
  });
  t.same(plainDates({ type: 'string', format: 'uuid', pattern: '^\\d' }), {
    type: 'string',
    format: 'uuid',
    pattern: '^\\d',
  });
});
