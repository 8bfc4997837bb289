import t from 'tap';
import { compilePattern } from '#domain/kernel/pattern.js';

void t.test('a pattern is made once, and again only when many others were made since', async (t) => {
  const first = compilePattern('first');
  t.equal(compilePattern('first'), first);
  for (let other = 0; other < 255; other += 1) compilePattern(`other-${other}`);
  t.equal(compilePattern('first'), first, 'so many are kept');
  compilePattern('one more');
  const again = compilePattern('first');
  t.not(again, first);
  t.ok(again.ok && again.pattern.matches('the first of all'));
});

void t.test('a pattern says the same of a text each time, of a long one too', async (t) => {
  const compiled = compilePattern('^a+$');
  for (const text of ['aaa', 'b', 'a'.repeat(1_000), `${'a'.repeat(1_000)}b`])
    for (const time of [1, 2, 3])
      t.equal(compiled.ok && compiled.pattern.matches(text), !text.includes('b'), `${time}`);
});

void t.test('a pattern has at most 512 characters', async (t) => {
  t.ok(compilePattern('x'.repeat(512)).ok);
  t.match(compilePattern('x'.repeat(513)), { ok: false, problem: 'a regex has at most 512 characters' });
});
