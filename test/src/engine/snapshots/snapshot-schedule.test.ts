import t from 'tap';
import { SnapshotSchedule } from '#src/engine/snapshots/index.js';
import { TestClock } from '../../../fixtures/test-clock.js';

void t.test('few events are not worth it', async (t) => {
  const clock = new TestClock();
  const rhythm = new SnapshotSchedule(clock);
  rhythm.folded(4999);
  await clock.advance(60_000);
  t.notOk(rhythm.isDue(0));
  t.notOk(rhythm.isDue(0, true), 'not even after a first read');
});

void t.test('once nothing happens the state is kept, and what was just read anew at once', async (t) => {
  const clock = new TestClock();
  const rhythm = new SnapshotSchedule(clock);
  rhythm.folded(5000);
  t.notOk(rhythm.isDue(0));
  t.ok(rhythm.isDue(0, true));
  await clock.advance(10_000);
  t.ok(rhythm.isDue(0));
  rhythm.kept();
  t.equal(rhythm.behind, 0);
  t.notOk(rhythm.isDue(0));
});

void t.test(
  'under load it is kept after many events, at least four for each record of the state, and not all the time',
  async (t) => {
    const clock = new TestClock();
    const rhythm = new SnapshotSchedule(clock);
    await clock.advance(9000);
    rhythm.folded(399_999);
    await clock.advance(1000);
    t.ok(rhythm.isDue(99_999));
    t.notOk(rhythm.isDue(100_000), 'a large state');
    rhythm.folded(1);
    t.ok(rhythm.isDue(100_000));
    rhythm.kept();
    rhythm.folded(1_000_000);
    t.notOk(rhythm.isDue(0), 'it was kept just now');
    await clock.advance(5000);
    rhythm.folded(1);
    await clock.advance(5000);
    t.ok(rhythm.isDue(0));
  },
);
