import t from 'tap';
import { plainPatterns } from '#src/surfaces/kit/openapi/patterns.js';

void t.test('letters of any script are all but the ASCII that a pattern does not hold, as Python does not read their name; all other patterns stay', async (t) => {
  const { pattern, ...rest } = plainPatterns({ type: 'string', pattern: '^[\\p{L}\\p{N}._]+$', maxLength: 3 });
  t.same(rest, { type: 'string', maxLength: 3 });
  t.notMatch(pattern, /\\p/);
  const plain = new RegExp(pattern);
  for (const name of ['ann', 'Ä.1', '名前_9', '𝒜']) t.ok(plain.test(name), name);
  for (const name of ['', ' ', 'a b', 'a/b', 'a\n', '-']) t.notOk(plain.test(name), JSON.stringify(name));
  for (const each of ['^[a-z]+$', '^(?!-)', '[^]]']) t.same(plainPatterns({ pattern: each }), { pattern: each });
  t.same(plainPatterns({ properties: { pattern: { type: 'string' } } }), { properties: { pattern: { type: 'string' } } });
});
