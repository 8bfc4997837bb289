import t from 'tap';
import {
  checkPassword,
  MAX_PASSWORD,
  MIN_PASSWORD,
  passwordProblem,
} from '#domain/accounts/user/password.js';

const LENGTH = 'must be 8 to 128 characters long';

void t.test('a password has 8 to 128 characters, and any Unicode character counts as one', async (t) => {
  for (const length of [MIN_PASSWORD, MAX_PASSWORD])
    for (const sign of ['a', '作', '\u{1F600}'])
      t.equal(passwordProblem(sign.repeat(length)), undefined, `${length} ${sign}`);
  for (const length of [0, MIN_PASSWORD - 1, MAX_PASSWORD + 1, 2 * MAX_PASSWORD + 1, 10_000])
    for (const sign of ['a', '\u{1F600}'])
      t.equal(passwordProblem(sign.repeat(length)), LENGTH, `${length} ${sign}`);
});

void t.test('a password with a lone surrogate is refused', async (t) => {
  for (const half of ['\ud83d', '\ude00', '\ude00\ud83d', '\ud83d\ud83d\ude00'])
    for (const text of [`${half}aaaaaaaa`, `aaaaaaaa${half}`, `aaaa${half}aaaa`])
      t.equal(passwordProblem(text), 'is not valid Unicode');
});

void t.test('an invalid password is reported as a problem of the password field', async (t) => {
  t.doesNotThrow(() => checkPassword('a'.repeat(8)));
  t.throws(() => checkPassword('short'), {
    code: 'MUSTER_E_INVALID',
    fields: { field: 'password', problem: LENGTH },
  });
});
