import t from 'tap';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { BatchingDelay, PAGES_WITHOUT_DELAY } from '#src/engine/read-models/batching-delay.js';
import { TestClock } from '../../../fixtures/test-clock.js';

/** A clock that records the requested pauses. */
class ClockOfPauses extends TestClock {
  readonly pauses: number[] = [];

  override sleep(ms: number, signal?: StopSignal): Promise<void> {
    this.pauses.push(ms);
    return super.sleep(ms, signal);
  }
}

const never = new AbortController().signal;

void t.test('waits in proportion to the size of a page, up to the maximum', async (t) => {
  const clock = new ClockOfPauses();
  const gathering = new BatchingDelay(clock);
  for (const events of [1, 4, 5, 100, 500, 1_024]) {
    const waited = gathering.wait(events, 0n, never);
    await clock.advance(100);
    await waited;
  }
  t.same(clock.pauses, [1, 20, 100, 100]);
});

void t.test('does not wait while a reader needs an unfolded position', async (t) => {
  const clock = new ClockOfPauses();
  const gathering = new BatchingDelay(clock);
  gathering.want(8n);
  for (let pages = 0; pages < PAGES_WITHOUT_DELAY; pages += 1)
    await gathering.wait(100, pages === 0 ? 7n : 8n, never);
  t.same(clock.pauses, [], 'there is no delay while a reader waits, or shortly afterwards');
  const waited = gathering.wait(100, 8n, never);
  gathering.want(8n);
  gathering.want(3n);
  t.equal(
    await Promise.race([waited.then(() => 'over'), clock.advance(0).then(() => 'waits')]),
    'waits',
    'a request for a position that is already folded does not end the delay',
  );
  gathering.want(9n);
  await waited;
  for (let pages = 0; pages < PAGES_WITHOUT_DELAY; pages += 1) await gathering.wait(2, 9n, never);
  const again = gathering.wait(50, 9n, never);
  await clock.advance(10);
  await again;
  t.same(clock.pauses, [20, 10]);
});

void t.test('stops waiting when its follower closes', async (t) => {
  const clock = new ClockOfPauses();
  const gathering = new BatchingDelay(clock);
  const closing = new AbortController();
  const waited = gathering.wait(100, 0n, closing.signal);
  closing.abort();
  await waited;
  await gathering.wait(100, 0n, closing.signal);
  t.same(clock.pauses, [20]);
});
