import t from 'tap';
import { TAKEOVER_TIMEOUT_MS, Standby } from '#src/fleet/scheduler/standby.js';
import { TestClock } from '../../../fixtures/test-clock.js';

async function scene() {
  const clock = new TestClock();
  await clock.advance(10_000);
  return { clock, standby: new Standby(clock) };
}

void t.test('plans at once if there is no other scheduler', async (t) => {
  const { standby } = await scene();
  t.equal(standby.waitMs(), 0);
  t.notOk(standby.standing);
  standby.sawNoWork();
  t.equal(standby.waitMs(), 0);
});

void t.test(
  'waits until work has been unplanned for half a second if another scheduler was seen',
  async (t) => {
    const { clock, standby } = await scene();
    standby.sawOther();
    t.ok(standby.standing);
    t.equal(standby.waitMs(), TAKEOVER_TIMEOUT_MS);
    await clock.advance(300);
    t.equal(standby.waitMs(), TAKEOVER_TIMEOUT_MS - 300);
    standby.sawNoWork();
    t.equal(standby.waitMs(), TAKEOVER_TIMEOUT_MS, 'the wait restarts if there was no work to plan');
    await clock.advance(200);
    standby.sawOther();
    t.equal(standby.waitMs(), TAKEOVER_TIMEOUT_MS);
    await clock.advance(TAKEOVER_TIMEOUT_MS);
    t.equal(standby.waitMs(), 0);
    await clock.advance(1000);
    t.equal(standby.waitMs(), 0, 'the wait is never negative');
    t.ok(standby.standing, 'the scheduler stays on standby until it has won');
  },
);

void t.test('becomes active once its append succeeds', async (t) => {
  const { standby } = await scene();
  standby.sawOther();
  standby.won();
  t.notOk(standby.standing);
  t.equal(standby.waitMs(), 0);
});
