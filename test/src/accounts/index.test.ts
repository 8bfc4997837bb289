import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { userSubject } from '#domain/kernel/sealing/index.js';
import { reservations } from '#domain/accounts/reservation/index.js';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { PURPOSE } from '#src/accounts/registrations.js';
import { startSettlement } from '#src/accounts/settlement.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { verify } from '#src/engine/read-models/index.js';
import { FOLDS } from '#src/process/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { openTestApi, type TestApi } from '../http/support/test-api.js';
import { commandContext } from '../../fixtures/command-context.js';

const PASSWORD = 'correct horse 电池';
const ids = { uuid: randomUUID };

async function logIn(
  api: TestApi,
  username: string,
  password = PASSWORD,
): Promise<{ authorization: string }> {
  const said = await api.say('POST', '/api/auth/login', { username, password });
  if (said.status !== 200) throw new Error(said.body);
  return { authorization: `Bearer ${(said.json() as { token: string }).token}` };
}

void t.test('stores no personal or secret data in plain text, and returns no secrets', async (t) => {
  const api = await openTestApi(t, { passwordCost: 'real' });
  const { registrations } = api.identity;
  await registrations.register(
    {
      username: 'SomebodyPersonal',
      password: PASSWORD,
      role: 'admin',
      email: 'somebody@personal.example',
      fullName: 'Some Body Personal',
    },
    commandContext(),
  );
  const token = await logIn(api, 'somebodypersonal');
  const issued = (
    await api.say('POST', '/api/auth/api-keys', { name: 'key-of-somebody', scopes: ['gpu'] }, token)
  ).json() as { id: string; api_key: string };
  const users = (await api.say('GET', '/api/auth/users', undefined, token)).body;
  t.match(users, /somebody@personal.example/, 'an administrator can read the email address');
  const state = await api.identity.users.state(
    (JSON.parse(users) as { users: { id: string }[] }).users[0]?.id ?? '',
  );
  const hash =
    state.kind === 'present' ? await api.identity.sealer.open(state.password, PURPOSE.password) : undefined;
  t.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);

  const secrets = [
    'SomebodyPersonal',
    'somebodypersonal',
    PASSWORD,
    'somebody@personal',
    'Some Body',
    'key-of-somebody',
    issued.api_key,
    hash ?? '',
    '$argon2',
    token.authorization.slice(7),
  ];
  for (const name of readdirSync(t.testdirName)) {
    const bytes = readFileSync(join(t.testdirName, name));
    for (const secret of secrets) t.notOk(bytes.includes(secret), `${name} ${secret.slice(0, 12)}`);
  }
  for (const path of ['/api/auth/users', '/api/auth/me', '/api/auth/api-keys', '/audit/events']) {
    const { body } = await api.say('GET', path, undefined, token);
    for (const secret of [PASSWORD, issued.api_key, hash ?? '', '$argon2'])
      t.notOk(body.includes(secret), `${path} ${secret.slice(0, 8)}`);
  }
});

void t.test('shows an erased account as erased everywhere, deletes its key and frees its name', async (t) => {
  const api = await openTestApi(t);
  const { id } = (
    await api.say('POST', '/api/auth/register', { username: 'ann', password: PASSWORD })
  ).json() as { id: string };
  const ann = await logIn(api, 'ann');
  await firstAdministrator(api.identity, { username: 'root', password: PASSWORD }, ids);
  const admin = await logIn(api, 'root');
  const subject = userSubject(id);
  const sealed = await api.identity.sealer.seal(subject, 'note', 'personal');

  t.equal((await api.say('DELETE', `/api/auth/users/${id}`, undefined, admin)).status, 200);
  t.equal(
    (await api.say('DELETE', `/api/auth/users/${id}`, undefined, admin)).status,
    200,
    'a second deletion also succeeds',
  );
  t.match((await api.say('GET', `/api/auth/users/${id}`, undefined, admin)).json(), {
    username: 'erased',
    erased: true,
    active: false,
  });
  t.equal(await api.identity.sealer.open(sealed, 'note'), undefined);
  t.equal((await api.say('GET', '/api/auth/me', undefined, ann)).status, 401);
  t.equal((await api.say('POST', '/api/auth/login', { username: 'ann', password: PASSWORD })).status, 401);
  t.equal((await api.say('POST', `/api/auth/users/${id}/reactivate`, undefined, admin)).status, 404);
  const again = (
    await api.say('POST', '/api/auth/register', { username: 'ann', password: PASSWORD })
  ).json() as { id: string };
  t.not(again.id, id);

  const stream: string[] = [];
  for (const event of await api.events()) if (event.stream === `user-${id}`) stream.push(event.type);
  t.same(stream, ['UserRegistered', 'UserErased'], 'the history of the account is complete');
  const result = await verify({
    ...FOLDS,
    eventStore: api.store,
    directory: t.testdirName,
  });
  t.same(result.findings, []);
  t.ok(result.holds);
});

void t.test(
  'completes a registration that a crash interrupted, or releases its name if the key is gone',
  async (t) => {
    // Until the settlement is done, each poll below is a failed login. By default, the tenth blocks the account.
    const api = await openTestApi(t, {}, undefined, { loginFailures: 1_000 });
    const { identity } = api;
    const { executor } = api;
    const reserve = async (username: string): Promise<string> => {
      const userId = randomUUID();
      const reservation = identity.registrations.reservationOf(username);
      const subject = userSubject(userId);
      const registration = {
        userId,
        usernameReservation: reservation,
        username: await identity.sealer.seal(subject, PURPOSE.username, username),
        password: await identity.sealer.seal(
          subject,
          PURPOSE.password,
          await identity.passwords.hash(PASSWORD),
        ),
        role: 'user' as const,
        tenantId: randomUUID(),
      };
      const { position } = await executor.execute(
        reservations.username,
        reservation,
        { kind: 'reserve', space: 'username', reservation, ownerId: userId, registration },
        commandContext(),
      );
      await api.models.waitFor(position ?? 0n, 10_000);
      return userId;
    };
    const ann = await reserve('ann');
    await identity.sealer.eraseKey(userSubject(await reserve('lost')));
    t.equal(
      (await api.say('POST', '/api/auth/login', { username: 'ann', password: PASSWORD })).status,
      401,
      'a login is refused before the registration is complete',
    );
    t.equal(
      (await api.say('POST', '/api/auth/register', { username: 'ann', password: PASSWORD })).status,
      409,
    );

    // The settlement runs one minute later.
    const clock = {
      ...systemClock,
      now: () => systemClock.now() + 60_000,
      monotonic: () => systemClock.monotonic(),
      sleep: systemClock.sleep.bind(systemClock),
    };
    const settlement = startSettlement({
      identity,
      executor,
      readModels: api.models,
      clock,
      ids,
      logger: { warn: () => undefined },
    });
    t.teardown(() => settlement.stop());
    await eventually(
      async () =>
        (await api.say('POST', '/api/auth/login', { username: 'ann', password: PASSWORD })).status === 200,
      { interval: 300 },
    );
    t.equal((await identity.users.document(ann))?.number, 1);
    await eventually(
      async () =>
        (await api.say('POST', '/api/auth/register', { username: 'lost', password: PASSWORD })).status ===
        201,
      { interval: 300 },
    );
  },
);

void t.test(
  'releases an email address that a crash left reserved, or confirms it if the account exists',
  async (t) => {
    const api = await openTestApi(t);
    const { identity, executor } = api;
    await firstAdministrator(identity, { username: 'root', password: PASSWORD }, ids);
    const root = await logIn(api, 'root');
    const create = async (username: string, email: string): Promise<number> =>
      (await api.say('POST', '/api/auth/users', { username, password: PASSWORD, email }, root)).status;
    const reserve = async (address: string, ownerId: string = randomUUID()): Promise<string> => {
      const reservation = identity.registrations.emailReservationOf(address);
      const { position } = await executor.execute(
        reservations.email,
        reservation,
        { kind: 'reserve', space: 'email', reservation, ownerId },
        commandContext(),
      );
      await api.models.waitFor(position ?? 0n, 10_000);
      return reservation;
    };
    // The server crashed before it reserved the name, which is the commit point.
    await reserve('lost@example.org');
    t.equal(await create('ann', 'lost@example.org'), 409);
    // The server crashed after the commit point: the account exists, but its address is not confirmed yet.
    t.equal(await create('bob', 'bob@example.org'), 201);
    const bob = (await identity.users.idOf('bob')) ?? '';
    const reservation = identity.registrations.emailReservationOf('bob@example.org');
    await executor.execute(
      reservations.email,
      reservation,
      { kind: 'release', reservation, ownerId: bob },
      commandContext(),
    );
    await reserve('bob@example.org', bob);

    const settle = async (minutes: number): Promise<void> => {
      const clock = { ...systemClock, now: () => systemClock.now() + minutes * 60_000 };
      const settlement = startSettlement({
        identity,
        executor,
        readModels: api.models,
        clock,
        ids,
        logger: { warn: () => undefined },
      });
      await settlement.stop();
      await settlement.look();
      const head = await api.store.head();
      await api.models.waitFor(head ?? 0n, 10_000);
    };
    await settle(1);
    t.equal(
      await create('ann', 'lost@example.org'),
      409,
      'a reservation that is one minute old is left alone',
    );
    await settle(11);
    t.equal(await create('ann', 'lost@example.org'), 201);
    t.equal(await create('carl', 'BOB@example.org'), 409);
    t.match(await executor.load(reservations.email, reservation), {
      kind: 'held',
      ownerId: bob,
      confirmed: true,
    });
    t.equal(await api.models.count('emailReservations'), 0, 'nothing is left to settle');
    t.same(
      (
        await verify({
          ...FOLDS,
          eventStore: api.store,
          directory: t.testdirName,
        })
      ).findings,
      [],
    );
  },
);

void t.test('creates a single first administrator if several servers start at once', async (t) => {
  const api = await openTestApi(t);
  const made = await Promise.all(
    [1, 2, 3].map(() => firstAdministrator(api.identity, { username: 'admin', password: undefined }, ids)),
  );
  const [one, ...others] = made.filter((each) => each !== undefined);
  t.same(others, []);
  t.match(one?.password, /^[\w-]{24}$/);
  const token = await logIn(api, 'admin', one?.password);
  await api.caughtUp();
  t.match((await api.say('GET', '/api/auth/me', undefined, token)).json(), { role: 'admin' });
  t.equal(await firstAdministrator(api.identity, { username: 'ADMIN', password: PASSWORD }, ids), undefined);
});

void t.test(
  'creates the first administrator exactly once and returns its password, even if each step is repeated',
  async (t) => {
    const api = await openTestApi(t);
    let losses = 0;
    const made = await firstAdministrator(
      api.identity,
      { username: 'admin', password: undefined },
      ids,
      async (work) => {
        await work();
        losses += 1;
        return await work();
      },
    );
    t.equal(losses, 2, 'both steps were repeated after a lost response');
    const token = await logIn(api, 'admin', made?.password);
    await api.caughtUp();
    const { users } = (await api.say('GET', '/api/auth/users', undefined, token)).json() as {
      users: unknown[];
    };
    t.equal(users.length, 1);
  },
);

void t.test(
  'lets an API key act as its account until it ends, shows the key once, and lets it issue no others',
  async (t) => {
    const api = await openTestApi(t);
    await api.say('POST', '/api/auth/register', { username: 'ann', password: PASSWORD });
    const ann = await logIn(api, 'ann');
    const issue = async (scopes: string[], more: object = {}): Promise<{ id: string; api_key: string }> =>
      (await api.say('POST', '/api/auth/api-keys', { name: 'k', scopes, ...more }, ann)).json();
    const me = async (key: string): Promise<number> =>
      (await api.say('GET', '/api/auth/me', undefined, { authorization: `Bearer ${key}` })).status;
    const key = await issue(['gpu']);
    t.match(key.api_key, /^mus_[\w-]{86}$/);
    t.equal(await me(key.api_key), 200);
    t.equal(await me((await issue(['*'])).api_key), 200);
    t.equal(await me((await issue(['tasks'])).api_key), 403);
    const flipped = key.api_key.slice(0, -2) + (key.api_key.endsWith('AA') ? 'BA' : 'AA');
    for (const wrong of [
      flipped,
      key.api_key.slice(0, -1),
      `${key.api_key}A`,
      'mus_',
      `mus_${'A'.repeat(86)}`,
      key.api_key.toUpperCase(),
    ])
      t.equal(await me(wrong), 401);
    t.equal(
      (
        await api.say(
          'POST',
          '/api/auth/api-keys',
          { name: 'k', scopes: ['gpu'] },
          { authorization: `Bearer ${key.api_key}` },
        )
      ).status,
      403,
    );
    const list = await api.say('GET', '/api/auth/api-keys', undefined, ann);
    t.equal((list.json() as { count: number }).count, 3);
    t.notOk(list.body.includes(key.api_key));
    await api.say('POST', '/api/auth/register', { username: 'bob', password: PASSWORD });
    t.equal(
      (await api.say('DELETE', `/api/auth/api-keys/${key.id}`, undefined, await logIn(api, 'bob'))).status,
      404,
    );
    t.equal((await api.say('DELETE', `/api/auth/api-keys/${key.id}`, undefined, ann)).status, 200);
    t.equal(await me(key.api_key), 401);
    const brief = await issue(['gpu'], { expires_in_seconds: 1 });
    await eventually(async () => (await me(brief.api_key)) === 401, { interval: 200 });
  },
);
