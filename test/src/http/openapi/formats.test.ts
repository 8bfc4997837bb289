import t from 'tap';
import { plainDefaults } from '#src/http/openapi/defaults.js';
import { knownFormats } from '#src/http/openapi/formats.js';

void t.test('removes unknown formats', async (t) => {
  t.same(knownFormats({ type: 'string', format: 'starts_with', pattern: '^/' }), {
    type: 'string',
    pattern: '^/',
  });
  t.same(knownFormats({ type: 'string', format: 'uuid' }), { type: 'string', format: 'uuid' });
  t.same(knownFormats({ properties: { format: { type: 'string' } } }), {
    properties: { format: { type: 'string' } },
  });
});

void t.test('keeps scalar defaults only', async (t) => {
  t.same(plainDefaults({ type: 'object', default: {} }), { type: 'object' });
  t.same(plainDefaults({ type: 'integer', default: 5 }), { type: 'integer', default: 5 });
  t.same(plainDefaults({ properties: { default: { type: 'string' } } }), {
    properties: { default: { type: 'string' } },
  });
});
