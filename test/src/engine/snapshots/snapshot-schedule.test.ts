import t from 'tap';
import { SnapshotSchedule } from '#src/engine/snapshots/index.js';
import { TestClock } from '../../../fixtures/test-clock.js';

void t.test('is not due after few events', async (t) => {
  const clock = new TestClock();
  const rhythm = new SnapshotSchedule(clock);
  rhythm.folded(4999);
  await clock.advance(60_000);
  t.notOk(rhythm.isDue(0));
  t.notOk(rhythm.isDue(0, true), 'not even after a first read');
});

void t.test('is due after an idle period, and at once after a long read', async (t) => {
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

void t.test('is due under load only after many events, and not right after another snapshot', async (t) => {
  const clock = new TestClock();
  const rhythm = new SnapshotSchedule(clock);
  await clock.advance(9000);
  rhythm.folded(399_999);
  await clock.advance(1000);
  t.ok(rhythm.isDue(99_999));
  t.notOk(rhythm.isDue(100_000), 'a large state needs more events');
  rhythm.folded(1);
  t.ok(rhythm.isDue(100_000));
  rhythm.kept();
  rhythm.folded(1_000_000);
  t.notOk(rhythm.isDue(0), 'a snapshot was just written');
  await clock.advance(5000);
  rhythm.folded(1);
  await clock.advance(5000);
  t.ok(rhythm.isDue(0));
});
