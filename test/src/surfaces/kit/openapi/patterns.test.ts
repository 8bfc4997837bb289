import t from 'tap';
import { plainPatterns } from '#src/surfaces/kit/openapi/patterns.js';

void t.test('patterns that Python does not read are left out, and all others stay', async (t) => {
  t.same(plainPatterns({ type: 'string', pattern: '^[\\p{L}]+$', maxLength: 3 }), { type: 'string', maxLength: 3 });
  t.same(plainPatterns({ type: 'string', pattern: '^[a-z]+$' }), { type: 'string', pattern: '^[a-z]+$' });
  t.same(plainPatterns({ allOf: [{ pattern: '\\p{L}' }, { pattern: '^(?!-)' }] }), { allOf: [{ pattern: '^(?!-)' }] });
  t.same(plainPatterns({ type: 'string', allOf: [{ pattern: '\\p{L}' }] }), { type: 'string' });
  t.same(plainPatterns({ properties: { pattern: { type: 'string' } } }), { properties: { pattern: { type: 'string' } } });
});
