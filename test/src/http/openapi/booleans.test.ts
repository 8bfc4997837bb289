import t from 'tap';
import { plainBooleans } from '#src/http/openapi/booleans.js';

void t.test('replaces a boolean constant with the type boolean, and keeps other constants', async (t) => {
  t.same(plainBooleans({ properties: { success: { type: 'boolean', const: true, description: 'd' } } }), {
    properties: { success: { type: 'boolean', description: 'd' } },
  });
  t.same(plainBooleans({ type: 'string', const: 'done' }), { type: 'string', const: 'done' });
});

void t.test('converts an enum of true and false to a boolean', async (t) => {
  t.same(plainBooleans({ type: 'string', enum: ['true', 'false'], description: 'd' }), {
    type: 'boolean',
    description: 'd',
  });
  t.same(plainBooleans({ type: 'string', enum: ['true'] }), { type: 'string', enum: ['true'] });
});
