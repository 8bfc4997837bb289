import { randomUUID } from 'node:crypto';
import t from 'tap';
import { reservations } from '#domain/accounts/reservation/index.js';
import { startSettlement } from '#src/accounts/settlement.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestClock } from '../../fixtures/test-clock.js';
import { openTestApi } from '../http/support/test-api.js';
import { commandContext } from '../../fixtures/command-context.js';

void t.test('settles old reservations every fifteen seconds, and logs each account', async (t) => {
  const clock = new TestClock(Date.now());
  const { identity, executor, models, caughtUp } = await openTestApi(t);
  const ownerId = randomUUID();
  const reservation = identity.registrations.emailReservationOf('lost@example.org');
  await executor.execute(
    reservations.email,
    reservation,
    { kind: 'reserve', space: 'email', reservation, ownerId },
    commandContext(),
  );
  await caughtUp();
  const warnings: object[] = [];
  const settlement = startSettlement({
    identity,
    executor,
    readModels: models,
    clock,
    ids: { uuid: randomUUID },
    logger: { warn: (record) => warnings.push(record) },
  });
  t.teardown(() => settlement.stop());
  const held = async () => (await executor.load(reservations.email, reservation)).kind;

  await eventually(() => clock.sleeping === 1);
  t.equal(await held(), 'held', 'a new reservation may belong to a registration in progress');
  await clock.stall(11 * 60_000);
  await eventually(async () => (await held()) === 'free');
  await eventually(() => clock.sleeping === 1);
  t.match(warnings, [{ code: 'email-settled', userId: ownerId }]);
  await caughtUp();
  t.equal(await settlement.look(), 0, 'nothing is left to settle');
});
