import { randomBytes } from 'node:crypto';
import t from 'tap';
import { RefreshTokens } from '#src/accounts/refresh-tokens.js';
import { Tokens } from '#src/accounts/tokens.js';
import { TestClock } from '../../fixtures/test-clock.js';

const CLAIMS = { userId: 'u1', sessionId: 's1', refreshId: 'r1' };

void t.test('identifies the account, session and id of a refresh token until it expires', async (t) => {
  const clock = new TestClock();
  const tokens = new RefreshTokens(randomBytes(32), clock);
  const token = await tokens.sign(CLAIMS, clock.now() + 60_000);
  t.same(await tokens.verify(token), CLAIMS);
  await clock.advance(59_000);
  t.same(await tokens.verify(token), CLAIMS);
  await clock.advance(7_000);
  t.equal(await tokens.verify(token), undefined, 'clocks may differ by five seconds, but not by six');
});

void t.test('rejects everything else as a refresh token', async (t) => {
  const clock = new TestClock();
  const secret = randomBytes(32);
  const tokens = new RefreshTokens(secret, clock);
  const token = await tokens.sign(CLAIMS, clock.now() + 60_000);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const wrong = [
    '',
    await new Tokens(secret, clock).sign(CLAIMS, clock.now() + 60_000),
    await new RefreshTokens(randomBytes(32), clock).sign(CLAIMS, clock.now() + 60_000),
    `${token}=`,
    ` ${token}`,
    `${header}.${payload}`,
    `${header}.${payload}.${signature} `,
    `${header}.${payload}x.${signature}`,
    `${token}${'A'.repeat(3_000)}`,
  ];
  for (const text of wrong) t.equal(await tokens.verify(text), undefined, text.slice(0, 30));
  t.equal(await new Tokens(secret, clock).verify(token), undefined, 'a refresh token is not an access token');
});
