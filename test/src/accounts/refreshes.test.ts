import t, { type Test } from 'tap';
import { REFRESH_LIFETIME_MS } from '#domain/accounts/session/index.js';
import { TestClock } from '../../fixtures/test-clock.js';
import { openTestApi } from '../http/support/test-api.js';
import { commandContext } from '../../fixtures/command-context.js';

const PASSWORD = 'password123';
const DAY_MS = 24 * 3_600_000;

async function scene(t: Test) {
  const clock = new TestClock();
  const api = await openTestApi(t, { clock });
  const { registrations, refreshes, users, authenticator } = api.identity;
  await registrations.register({ username: 'ann', password: PASSWORD, role: 'user' }, commandContext());
  const first = await refreshes.logIn('ann', PASSWORD, commandContext());
  const accepted = async (token: string): Promise<boolean> =>
    await authenticator.authenticate({ headers: { authorization: `Bearer ${token}` } }, ['bearer']).then(
      () => true,
      () => false,
    );
  return { clock, refreshes, users, first, accepted };
}

const INVALID = { code: 'MUSTER_E_REFRESH_TOKEN_INVALID' };

void t.test('exchanges each refresh token once for a token and the next refresh token', async (t) => {
  const { refreshes, first, accepted } = await scene(t);
  const second = await refreshes.refresh(first.refreshToken, commandContext());
  t.equal(second.userId, first.userId);
  t.not(second.refreshToken, first.refreshToken);
  t.ok(await accepted(second.token));
  const third = await refreshes.refresh(second.refreshToken, commandContext());
  t.ok(await accepted(third.token));
});

void t.test('ends the session and all its tokens if a refresh token is used twice', async (t) => {
  const { refreshes, first, accepted } = await scene(t);
  const second = await refreshes.refresh(first.refreshToken, commandContext());
  await t.rejects(refreshes.refresh(first.refreshToken, commandContext()), INVALID);
  await t.rejects(refreshes.refresh(second.refreshToken, commandContext()), INVALID);
  t.notOk(await accepted(second.token));
});

void t.test('refuses text that is not a refresh token of this server', async (t) => {
  const { refreshes, first } = await scene(t);
  for (const text of ['', first.token, `${first.refreshToken}x`])
    await t.rejects(refreshes.refresh(text, commandContext()), INVALID);
  await refreshes.refresh(first.refreshToken, commandContext());
});

void t.test('keeps a refreshed session alive, and ends others after their lifetime', async (t) => {
  const { clock, refreshes, first } = await scene(t);
  await clock.advance(REFRESH_LIFETIME_MS - DAY_MS);
  const second = await refreshes.refresh(first.refreshToken, commandContext());
  t.equal(second.expiresAt - clock.now() > 0, true);
  await clock.advance(REFRESH_LIFETIME_MS - DAY_MS);
  const third = await refreshes.refresh(second.refreshToken, commandContext());
  await clock.advance(REFRESH_LIFETIME_MS + 10_000);
  await t.rejects(refreshes.refresh(third.refreshToken, commandContext()), INVALID);
});

void t.test(
  'reports an inactive account with its own error, and issues nothing to an erased one',
  async (t) => {
    const { refreshes, users, first } = await scene(t);
    await users.setActive(first.userId, false, commandContext());
    await t.rejects(refreshes.refresh(first.refreshToken, commandContext()), {
      code: 'MUSTER_E_ACCOUNT_INACTIVE',
    });
    await t.rejects(refreshes.logIn('ann', PASSWORD, commandContext()), {
      code: 'MUSTER_E_ACCOUNT_INACTIVE',
    });
    await t.rejects(refreshes.logIn('ann', 'another password', commandContext()), {
      code: 'MUSTER_E_CREDENTIALS_WRONG',
    });
    await users.erase(first.userId, commandContext());
    await t.rejects(refreshes.refresh(first.refreshToken, commandContext()), INVALID);
  },
);

void t.test('ends all earlier sessions when the password is changed', async (t) => {
  const { refreshes, users, first } = await scene(t);
  await users.setPassword(first.userId, 'password456', commandContext());
  await t.rejects(refreshes.refresh(first.refreshToken, commandContext()), INVALID);
  const again = await refreshes.logIn('ann', 'password456', commandContext());
  await refreshes.refresh(again.refreshToken, commandContext());
});
