import t, { type Test } from 'tap';
import { COOKIE_LIFETIME_MS } from '#domain/accounts/session/index.js';
import { SESSION_COOKIE } from '#src/accounts/credentials.js';
import { TOKEN_SECONDS } from '#src/accounts/tokens.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestClock } from '../../fixtures/test-clock.js';
import { openTestApi } from '../http/support/test-api.js';
import { commandContext } from '../../fixtures/command-context.js';

const PASSWORD = 'password123';
/** Failed logins after which an account is blocked for an address. */
const BOUND = 3;

async function scene(t: Test) {
  const clock = new TestClock();
  const api = await openTestApi(t, { clock }, undefined, { loginFailures: BOUND, loginFailureSeconds: 60 });
  const { registrations, logins, authenticator } = api.identity;
  const { userId } = await registrations.register(
    { username: 'ann', password: PASSWORD, role: 'user' },
    commandContext(),
  );
  const logIn = (password = PASSWORD, address = 'home') =>
    logins.logIn('ann', password, commandContext(), address);
  const fail = async (times: number, address: string): Promise<void> => {
    for (let index = 0; index < times; index += 1)
      await t.rejects(logIn('a wrong password', address), { code: 'MUSTER_E_CREDENTIALS_WRONG' });
  };
  const accepted = async (headers: Record<string, string>): Promise<boolean> =>
    await authenticator.authenticate({ headers }, ['bearer', 'cookie']).then(
      (principal) => principal?.userId === userId,
      () => false,
    );
  return { api, clock, logins, authenticator, userId, logIn, fail, accepted };
}

void t.test(
  'blocks an address from an account after too many wrong passwords, until the first failure expires',
  async (t) => {
    const { clock, logIn, fail } = await scene(t);
    await fail(BOUND, 'home');
    await t.rejects(
      logIn(),
      { code: 'MUSTER_E_RATE_LIMITED', fields: { retryAfter: 60 } },
      'the right password is refused, too',
    );
    await clock.advance(60_001);
    await logIn();
  },
);

void t.test('clears the failures of an address after a successful login', async (t) => {
  const { logIn, fail } = await scene(t);
  for (let round = 0; round < 3; round += 1) {
    await fail(BOUND - 1, 'home');
    await logIn();
  }
});

void t.test('delays logins to an account under attack, and queues at most 64 of them', async (t) => {
  const { clock, logins, logIn, fail } = await scene(t);
  await fail(BOUND, 'bad');
  const results: Promise<string>[] = [];
  for (let index = 0; index < 65; index += 1) {
    results.push(
      logins.logIn('ann', PASSWORD, commandContext(), `address-${index}`).then(
        () => 'in',
        (error: { code: string }) => error.code,
      ),
    );
  }
  await eventually(() => clock.sleeping >= 64);
  await clock.advance(60_000);
  const said = await Promise.all(results);
  t.equal(said.filter((each) => each === 'in').length, 64);
  t.equal(said.filter((each) => each === 'MUSTER_E_RATE_LIMITED').length, 1);
  await logIn(PASSWORD, 'address-0');
  const later = logIn(PASSWORD, 'one-more');
  await clock.advance(60_000);
  t.ok(await later, 'another login can wait once the earlier ones are done');
});

void t.test(
  'ends a token session after a day and a browser session fifteen minutes after its last use',
  async (t) => {
    const { clock, logins, authenticator, logIn, accepted } = await scene(t);
    const { token } = await logIn();
    const { sessionId } = await logins.openForBrowser('ann', PASSWORD, commandContext());
    const bearer = { authorization: `Bearer ${token}` };
    const cookie = { cookie: `${SESSION_COOKIE}=${authenticator.cookieOf(sessionId)}` };
    t.ok(await accepted(bearer));
    t.ok(await accepted(cookie));
    await clock.advance(COOKIE_LIFETIME_MS - 60_000);
    await logins.renew(sessionId, commandContext());
    await clock.advance(COOKIE_LIFETIME_MS - 1);
    t.ok(await accepted(cookie));
    await clock.advance(1);
    t.notOk(await accepted(cookie));
    await logins.renew(sessionId, commandContext());
    t.notOk(await accepted(cookie), 'an expired session is not renewed');
    await clock.advance(TOKEN_SECONDS * 1000 - 2 * COOKIE_LIFETIME_MS);
    t.ok(await accepted(bearer));
    await clock.advance(COOKIE_LIFETIME_MS + 60_000);
    t.notOk(await accepted(bearer));
  },
);

void t.test('refuses the token, key and cookie of an inactive account', async (t) => {
  const { api, logins, authenticator, userId, logIn, accepted } = await scene(t);
  const { token } = await logIn();
  const { sessionId } = await logins.openForBrowser('ann', PASSWORD, commandContext());
  const { apiKey } = await api.identity.apiKeys.issue(userId, { name: 'k', scopes: ['*'] }, commandContext());
  const shown: Record<string, string>[] = [
    { authorization: `Bearer ${token}` },
    { authorization: `bearer   ${apiKey}` },
    { cookie: `other=1; ${SESSION_COOKIE}=${authenticator.cookieOf(sessionId)}` },
  ];
  for (const headers of shown) t.ok(await accepted(headers), JSON.stringify(headers).slice(0, 30));
  t.notOk(await accepted({ authorization: `Basic ${token}` }), 'another authorization scheme is refused');
  t.notOk(await accepted({ authorization: token }));
  await api.identity.users.setActive(userId, false, commandContext());
  for (const headers of shown) t.notOk(await accepted(headers), JSON.stringify(headers).slice(0, 30));
  await t.rejects(
    logIn(),
    { code: 'MUSTER_E_CREDENTIALS_WRONG' },
    'the error does not reveal that the password was right',
  );
  await api.identity.users.setActive(userId, true, commandContext());
  await logIn();
});

void t.test('accepts an API key only in its exact form and until it expires', async (t) => {
  const { api, clock, userId, accepted } = await scene(t);
  const { apiKey } = await api.identity.apiKeys.issue(
    userId,
    { name: 'k', scopes: ['gpu'], expiresAt: clock.now() + 1000 },
    commandContext(),
  );
  t.ok(await accepted({ authorization: `Bearer ${apiKey}` }));
  const { authenticator } = api.identity;
  t.match(await authenticator.authenticate({ headers: { 'x-api-key': apiKey } }, ['apiKey']), {
    userId,
    via: 'apiKey',
    scopes: ['gpu'],
  });
  t.equal(
    await authenticator.authenticate({ headers: { 'x-api-key': apiKey } }, ['bearer']),
    undefined,
    'an API key is ignored where only tokens are accepted',
  );
  const wrong = [
    apiKey.slice(0, -1),
    `${apiKey}AAAA`,
    `${apiKey}${'='.repeat(200)}`,
    `x${apiKey}`,
    apiKey.replace('mus_', 'MUS_'),
  ];
  for (const text of wrong) t.notOk(await accepted({ authorization: `Bearer ${text}` }), text.slice(0, 12));
  await clock.advance(999);
  t.ok(await accepted({ authorization: `Bearer ${apiKey}` }));
  await clock.advance(1);
  t.notOk(await accepted({ authorization: `Bearer ${apiKey}` }));
});
