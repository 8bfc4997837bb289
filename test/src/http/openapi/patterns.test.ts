import t from 'tap';
import { plainPatterns } from '#src/http/openapi/patterns.js';

void t.test('replaces Unicode property escapes with a character class that Python accepts', async (t) => {
  const { pattern, ...rest } = plainPatterns({
    type: 'string',
    pattern: '^[\\p{L}\\p{N}._]+$',
    maxLength: 3,
  });
  t.same(rest, { type: 'string', maxLength: 3 });
  t.notMatch(pattern, /\\p/);
  const plain = new RegExp(pattern);
  for (const name of ['ann', 'Ä.1', '名前_9', '𝒜']) t.ok(plain.test(name), name);
  for (const name of ['', ' ', 'a b', 'a/b', 'a\n', '-']) t.notOk(plain.test(name), JSON.stringify(name));
  for (const each of ['^[a-z]+$', '^(?!-)', '[^]]'])
    t.same(plainPatterns({ pattern: each }), { pattern: each });
  t.same(plainPatterns({ properties: { pattern: { type: 'string' } } }), {
    properties: { pattern: { type: 'string' } },
  });
});

void t.test('combines several patterns of a string into one', async (t) => {
  const { pattern, ...rest } = plainPatterns({
    type: 'string',
    allOf: [{ pattern: '^[^\\u0000]*$' }, { pattern: '\\S' }, { pattern: '^(?!-)', format: 'x' }],
  }) as unknown as {
    readonly pattern: string;
  };
  t.same(rest, { type: 'string' });
  const joined = new RegExp(pattern, 'u');
  for (const name of ['a', ' a', ' \na ', '名前']) t.ok(joined.test(name), JSON.stringify(name));
  for (const name of ['', '  ', '-a', 'a\u0000']) t.notOk(joined.test(name), JSON.stringify(name));
  const others = { allOf: [{ pattern: 'a' }, { not: { required: ['b'] } }] };
  t.same(plainPatterns(others), others, 'an allOf with more than patterns is unchanged');
});
