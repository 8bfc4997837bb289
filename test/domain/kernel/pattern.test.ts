import t from 'tap';
import { compilePattern } from '#domain/kernel/pattern.js';

void t.test('a compiled pattern is cached until 256 others have been compiled', async (t) => {
  const first = compilePattern('first');
  t.equal(compilePattern('first'), first);
  for (let other = 0; other < 255; other += 1) compilePattern(`other-${other}`);
  t.equal(compilePattern('first'), first, '256 patterns are cached');
  compilePattern('one more');
  const again = compilePattern('first');
  t.not(again, first);
  t.ok(again.ok && again.pattern.matches('the first of all'));
});

void t.test('a pattern returns the same result each time it is matched, even for a long text', async (t) => {
  const compiled = compilePattern('^a+$');
  for (const text of ['aaa', 'b', 'a'.repeat(1_000), `${'a'.repeat(1_000)}b`])
    for (const time of [1, 2, 3])
      t.equal(compiled.ok && compiled.pattern.matches(text), !text.includes('b'), `${time}`);
});

void t.test('a pattern of more than 512 characters is refused', async (t) => {
  t.ok(compilePattern('x'.repeat(512)).ok);
  t.match(compilePattern('x'.repeat(513)), {
    ok: false,
    problem: 'a regex must be at most 512 characters long',
  });
});
