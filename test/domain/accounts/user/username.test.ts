import t from 'tap';
import { username, usernameKey } from '#domain/accounts/user/index.js';
import { takesLessThan } from '../../../fixtures/processor-time.js';

void t.test('usernames that differ only in case, width or composition are the same name', async (t) => {
  for (const [a, b] of [
    ['Ann', 'aNN'],
    ['straße', 'STRASSE'],
    ['ＡＢ', 'ab'],
    ['e\u0301a', 'éA'],
    ['ΣΑΣ', 'σας'],
    ['用户', '用户'],
  ] as const)
    t.equal(usernameKey(a), usernameKey(b), `${a} ${b}`);
  t.not(usernameKey('ann'), usernameKey('anna'));
  for (const good of ['a', 'newuser', 'ann.b_c-d@x+y', '用户', 'é'.normalize('NFD'), 'x'.repeat(64)])
    t.ok(username.safeParse(good).success, good);
  for (const bad of [
    '',
    ' a',
    'a b',
    '.a',
    'x'.repeat(65),
    'a\u0000',
    '<a>',
    'a\u202eb',
    '__proto__',
    '😀',
    'a/b',
  ])
    t.notOk(username.safeParse(bad).success, JSON.stringify(bad));
});

void t.test('a username that is far too long is refused quickly', async (t) => {
  const long = '\ufdfa'.repeat(150_000);
  t.notOk(await takesLessThan(t, 300, 'the refusal', () => username.safeParse(long).success));
});
