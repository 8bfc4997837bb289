import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { cookieIn, cookiesIn } from '../../../fixtures/cookie.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { openTestApi } from '../../http/support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

const ROOT = { username: 'root', password: 'password123' };

void t.test(
  'renews a session once for twenty concurrent requests, and sends the cookie with each response',
  async (t) => {
    const clock = new TestClock(Date.now());
    const api = await openTestApi(t, { clock });
    await api.identity.registrations.register({ ...ROOT, role: 'admin' }, commandContext());
    const cookie = cookieIn((await api.say('POST', '/login', ROOT)).headers);
    await clock.advance(61_000);
    const said = await Promise.all(
      Array.from({ length: 20 }, async () => await api.say('POST', '/create_user', {}, { cookie })),
    );
    for (const { headers } of said) t.equal(cookieIn(headers), cookie);
    const renewed = (await api.events()).filter(({ type }) => type === 'SessionRenewed');
    t.equal(renewed.length, 1);
    t.match(JSON.parse(renewed[0]?.data ?? ''), { expiresAt: clock.now() + 900_000 });
  },
);

void t.test('renews the session for a request with an Idempotency-Key and for its repetition', async (t) => {
  const clock = new TestClock(Date.now());
  const api = await openTestApi(t, { clock });
  await api.identity.registrations.register({ ...ROOT, role: 'admin' }, commandContext());
  const cookie = cookieIn((await api.say('POST', '/login', ROOT)).headers);
  const headers = { cookie, 'idempotency-key': 'k' };
  for (let sent = 0; sent < 2; sent += 1) {
    await clock.advance(61_000);
    const said = await api.say('POST', '/create_user', { username: 'ann', password: ROOT.password }, headers);
    t.equal(said.status, 201);
    t.equal(cookieIn(said.headers), cookie);
  }
  t.equal((await api.events()).filter(({ type }) => type === 'SessionRenewed').length, 2);
});

void t.test('processes a request without renewal while the store accepts no events', async (t) => {
  const clock = new TestClock(Date.now());
  const api = await openTestApi(t, { clock });
  await api.identity.registrations.register({ ...ROOT, role: 'admin' }, commandContext());
  const cookie = cookieIn((await api.say('POST', '/login', ROOT)).headers);
  await clock.advance(61_000);
  const full = async (): Promise<never> => {
    throw new MusterError('MUSTER_E_OVERLOADED', { what: 'the disk is full' });
  };
  const { executor } = api as { executor: { execute: CommandExecutor['execute'] } };
  const execute = executor.execute;
  executor.execute = full;
  const said = await api.say('POST', '/create_user', {}, { cookie });
  executor.execute = execute;
  t.equal(said.status, 400, 'the request was processed, and its body refused');
  t.same(cookiesIn(said.headers), []);
  t.equal(cookieIn((await api.say('POST', '/create_user', {}, { cookie })).headers), cookie);
});
