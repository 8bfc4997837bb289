import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { reservations } from '#domain/accounts/reservation/index.js';
import { users } from '#domain/accounts/user/index.js';
import { userSubject } from '#domain/kernel/sealing/index.js';
import { PURPOSE } from '#src/accounts/registrations.js';
import { startSettlement } from '#src/accounts/settlement.js';
import { verify } from '#src/engine/read-models/index.js';
import { FOLDS } from '#src/process/index.js';
import { openTestApi } from '../http/support/test-api.js';
import { commandContext } from '../../fixtures/command-context.js';

const ids = { uuid: randomUUID };
const ANN = { username: 'ann', password: 'password123', role: 'user', email: 'ann@example.org' } as const;

void t.test('completes a change of email address that a crash interrupted', async (t) => {
  const { identity, executor, models, store } = await openTestApi(t);
  const { userId } = await identity.registrations.register(ANN, commandContext());
  const [former, next] = [
    identity.registrations.emailReservationOf(ANN.email),
    identity.registrations.emailReservationOf('new@example.org'),
  ];
  await executor.execute(
    reservations.email,
    next,
    { kind: 'reserve', space: 'email', reservation: next, ownerId: userId },
    commandContext(),
  );
  const email = await identity.sealer.seal(userSubject(userId), PURPOSE.email, 'new@example.org');
  const profile = { email, emailReservation: next };
  await executor.execute(users, userId, { kind: 'changeProfile', userId, profile }, commandContext());

  const clock = { ...systemClock, now: () => systemClock.now() + 11 * 60_000 };
  const caughtUp = async (): Promise<boolean> => await models.waitFor((await store.head()) ?? 0n, 10_000);
  await caughtUp();
  const settlement = startSettlement({
    identity,
    executor,
    readModels: models,
    clock,
    ids,
    logger: { warn: () => undefined },
  });
  await settlement.stop();
  await settlement.look();
  await caughtUp();
  t.match(await executor.load(reservations.email, next), {
    kind: 'held',
    ownerId: userId,
    confirmed: true,
  });
  t.same(await executor.load(reservations.email, former), { kind: 'free' });
  t.equal(await models.count('emailReservations'), 0, 'nothing is left to settle');
  t.match(await identity.users.opened(userId), { email: 'new@example.org' });
});

void t.test(
  'stores no name or email address in plain text, and the read model equals a rebuild',
  async (t) => {
    const { identity, models, store } = await openTestApi(t);
    const { userId } = await identity.registrations.register(
      { ...ANN, firstName: 'FirstPersonal', lastName: 'LastPersonal' },
      commandContext(),
    );
    const wanted = { firstName: 'NextPersonal', email: 'other@personal.example' };
    const position = await identity.profiles.change(userId, wanted, commandContext());
    await models.waitFor(position ?? 0n, 10_000);
    const document = await identity.users.document(userId);
    t.match(document && (await identity.users.open(document)), {
      ...wanted,
      lastName: 'LastPersonal',
      fullName: 'NextPersonal LastPersonal',
    });
    t.same(
      document && (await identity.users.open(document)),
      await identity.users.opened(userId),
      'the stream of the account gives the same profile',
    );
    for (const name of readdirSync(t.testdirName)) {
      const bytes = readFileSync(join(t.testdirName, name));
      for (const secret of ['FirstPersonal', 'LastPersonal', 'NextPersonal', 'personal.example'])
        t.notOk(bytes.includes(secret), `${name} ${secret}`);
    }
    t.same(
      (
        await verify({
          ...FOLDS,
          eventStore: store,
          directory: t.testdirName,
        })
      ).findings,
      [],
    );
  },
);

void t.test('keeps a configured full name until the account sets its own names', async (t) => {
  const { identity } = await openTestApi(t);
  const { userId } = await identity.registrations.register(
    { ...ANN, fullName: 'Ann Given' },
    commandContext(),
  );
  t.match(await identity.users.opened(userId), { fullName: 'Ann Given', firstName: null, lastName: null });
  await identity.profiles.change(userId, { lastName: 'Own' }, commandContext());
  t.match(await identity.users.opened(userId), { fullName: 'Own', firstName: null, lastName: 'Own' });
});

void t.test('refuses to change the profile of a missing or erased account', async (t) => {
  const { identity } = await openTestApi(t);
  await t.rejects(identity.profiles.change(randomUUID(), { firstName: 'x' }, commandContext()), {
    code: 'MUSTER_E_USER_NOT_FOUND',
  });
  const { userId } = await identity.registrations.register(ANN, commandContext());
  await identity.users.erase(userId, commandContext());
  await t.rejects(identity.profiles.change(userId, { email: 'x@example.org' }, commandContext()), {
    code: 'MUSTER_E_USER_NOT_FOUND',
  });
});
