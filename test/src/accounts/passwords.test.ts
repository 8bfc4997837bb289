import t from 'tap';
import { Passwords } from '#src/accounts/passwords.js';

const CHEAP = { memoryCost: 64, timeCost: 1, parallelism: 1 };

void t.test('matches a hash only with its own password', async (t) => {
  const passwords = new Passwords({ atOnce: 1, waiting: 10 }, CHEAP);
  const hash = await passwords.hash('correct horse');
  t.match(hash, /^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
  t.equal(await passwords.matches(hash, 'correct horse'), true);
  for (const wrong of ['correct horse ', 'Correct horse', '', 'short', 'x'.repeat(129)])
    t.equal(await passwords.matches(hash, wrong), false, wrong.slice(0, 20));
  t.equal(await passwords.matches(undefined, 'correct horse'), false, 'a missing hash matches no password');
  t.not(await passwords.hash('correct horse'), hash, 'each hash has its own salt');
});

void t.test('refuses an invalid password before hashing it', async (t) => {
  const passwords = new Passwords({ atOnce: 1, waiting: 10 }, CHEAP);
  for (const wrong of ['seven77', 'x'.repeat(129)])
    await t.rejects(passwords.hash(wrong), { code: 'MUSTER_E_INVALID' });
  for (const right of ['eight888', 'x'.repeat(128)])
    t.equal(await passwords.matches(await passwords.hash(right), right), true);
});

void t.test('refuses to hash passwords beyond the queue limit, as overloaded', async (t) => {
  const passwords = new Passwords({ atOnce: 1, waiting: 2 }, CHEAP);
  const said = await Promise.allSettled(Array.from({ length: 10 }, () => passwords.hash('correct horse')));
  const refused = said.filter((each) => each.status === 'rejected');
  t.equal(refused.length, 7, 'one hash is in progress and two wait');
  for (const { reason } of refused) t.match(reason, { code: 'MUSTER_E_OVERLOADED' });
});
