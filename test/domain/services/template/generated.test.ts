import { randomBytes } from 'node:crypto';
import t from 'tap';
import { validate, version } from 'uuid';
import { generatedValue } from '#domain/services/template/generated.js';

void t.test('a password has 24 letters and digits, all equally likely', async (t) => {
  const counts = new Map<string, number>();
  for (let made = 0; made < 2_000; made += 1) {
    const password = generatedValue('password', randomBytes);
    t.match(password, /^[A-Za-z0-9]{24}$/);
    for (const letter of password) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  const expected = (2_000 * 24) / 62;
  t.equal(counts.size, 62);
  for (const [letter, count] of counts)
    t.ok(Math.abs(count - expected) < expected * 0.3, `${letter}: ${count} of ${expected}`);
});

void t.test('random bytes that would make some letters more likely are discarded', async (t) => {
  let drawn = 0;
  const password = generatedValue('password', (count) => new Uint8Array(count).fill(drawn++ === 0 ? 255 : 1));
  t.equal(password, 'B'.repeat(24));
});

void t.test('a hex value has 32 digits, and a UUID is of version 4', async (t) => {
  t.match(generatedValue('hex', randomBytes), /^[0-9a-f]{32}$/);
  for (let made = 0; made < 100; made += 1) {
    const uuid = generatedValue('uuid', randomBytes);
    t.ok(validate(uuid) && version(uuid) === 4, uuid);
  }
});
