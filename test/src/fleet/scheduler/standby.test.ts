import t from 'tap';
import { TAKEOVER_TIMEOUT_MS, Standby } from '#src/fleet/scheduler/standby.js';
import { TestClock } from '../../../fixtures/test-clock.js';

async function scene() {
  const clock = new TestClock();
  await clock.advance(10_000);
  return { clock, standby: new Standby(clock) };
}

void t.test('who saw no other plans at once', async (t) => {
  const { standby } = await scene();
  t.equal(standby.waitMs(), 0);
  t.notOk(standby.standing);
  standby.sawNoWork();
  t.equal(standby.waitMs(), 0);
});

void t.test('who saw another waits until there was work for half a second and nobody did any', async (t) => {
  const { clock, standby } = await scene();
  standby.sawOther();
  t.ok(standby.standing);
  t.equal(standby.waitMs(), TAKEOVER_TIMEOUT_MS);
  await clock.advance(300);
  t.equal(standby.waitMs(), TAKEOVER_TIMEOUT_MS - 300);
  standby.sawNoWork();
  t.equal(standby.waitMs(), TAKEOVER_TIMEOUT_MS, 'where there was nothing to do nobody can be blamed');
  await clock.advance(200);
  standby.sawOther();
  t.equal(standby.waitMs(), TAKEOVER_TIMEOUT_MS);
  await clock.advance(TAKEOVER_TIMEOUT_MS);
  t.equal(standby.waitMs(), 0);
  await clock.advance(1000);
  t.equal(standby.waitMs(), 0, 'never less');
  t.ok(standby.standing, 'until it has won');
});

void t.test('who has won stands by no more', async (t) => {
  const { standby } = await scene();
  standby.sawOther();
  standby.won();
  t.notOk(standby.standing);
  t.equal(standby.waitMs(), 0);
});
